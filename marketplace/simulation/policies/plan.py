"""Planning without looking: every quarter of an hour the floor is staffed anew from the forecast alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from marketplace.matching import solve
from marketplace.matching.interval import INTERVAL_SECONDS, build_interval
from marketplace.matching.state import FloatArray
from marketplace.simulation.floor import Floor
from marketplace.simulation.policies.base import Policy

SAMPLES = (1 / 6, 1 / 2, 5 / 6)
"""Where in the interval the forecast is read; their mean is the interval's rate."""


class Plan(Policy):
    """The interval plan of `marketplace.matching.interval`, on the clock's quarters. Without a forecast: `static`."""

    name = "plan"

    @property
    def every_seconds(self) -> float | None:
        return INTERVAL_SECONDS

    def decide(self, floor: Floor) -> Sequence[tuple[int, int]]:
        rate = self.interval_rate(floor.now)
        if np.isnan(rate).all():
            return ()
        state, agents = self.observer.look(floor)
        plan = solve(build_interval(state, rate=rate))
        return [(agents[move.agent], move.target) for move in plan.moves]

    def interval_rate(self, now: float) -> FloatArray:
        """The forecast's mean rate over the interval that begins now."""
        instants = [now + share * INTERVAL_SECONDS for share in SAMPLES]
        rate: FloatArray = np.mean([self.observer.rates(at=at, now=now) for at in instants], axis=0)
        return rate
