"""The six policies of a replay, by name."""

from __future__ import annotations

from marketplace.simulation.policies.base import Policy
from marketplace.simulation.policies.greedy import Greedy
from marketplace.simulation.policies.matcher import Matcher
from marketplace.simulation.policies.plan import Plan
from marketplace.simulation.policies.routing import Pooled, Routing

POLICIES: dict[str, type[Policy]] = {policy.name: policy for policy in (Policy, Plan, Greedy, Matcher, Routing, Pooled)}

__all__ = ["POLICIES", "Policy"]
