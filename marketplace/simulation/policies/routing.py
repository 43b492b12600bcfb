"""The two bounds without assignments: contacts are routed one by one to whoever can take them."""

from __future__ import annotations

from collections.abc import Iterable

from marketplace.simulation.calls import Serve
from marketplace.simulation.floor import Floor
from marketplace.simulation.policies.base import Policy


class Routing(Policy):
    """Every idle agent takes the longest-waiting contact he or she has the skill for; no changeover, no moves."""

    name = "routing"
    serve = Serve.SKILLS

    def place(self, floor: Floor) -> Iterable[tuple[int, int]]:
        return ()


class Pooled(Routing):
    """The same with every skill for everyone."""

    name = "pooled"
    serve = Serve.EVERYTHING
