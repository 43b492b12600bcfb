"""Who goes where: state → build → problem → solve → plan → accept. Pure: no Django, no database, no clock."""

from marketplace.matching.accept import accept
from marketplace.matching.build import build
from marketplace.matching.explain import explain
from marketplace.matching.placement import place
from marketplace.matching.solve import solve

__all__ = ["accept", "build", "explain", "place", "solve"]
