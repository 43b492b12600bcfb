"""What every policy is: a way to place agents, and a decision at each tick."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from marketplace.matching.state import NOWHERE
from marketplace.simulation.calls import Duty, Serve
from marketplace.simulation.floor import Floor
from marketplace.simulation.observe import Observer

INTERVAL_SECONDS = 900.0


class Policy:
    """Decides which queue each agent serves. The base is `static`: each agent stays where the duty begins."""

    name = "static"
    serve = Serve.ASSIGNED

    def __init__(self, *, observer: Observer) -> None:
        self.observer = observer

    @property
    def every_seconds(self) -> float | None:
        """How often to be asked; None: never."""
        return None

    def place(self, floor: Floor) -> Iterable[tuple[int, int]]:
        """Where those start whose duty names no queue: (agent, queue), each sent there before the next is asked for."""
        for desk in floor.desks:
            duty = floor.duties[desk.duty]
            if desk.on_duty() and desk.heading == NOWHERE and duty.skills:
                yield desk.number, spread(floor, duty, observer=self.observer)

    def decide(self, floor: Floor) -> Sequence[tuple[int, int]]:
        """(agent, queue) for each agent to send elsewhere now."""
        return ()


def spread(floor: Floor, duty: Duty, *, observer: Observer) -> int:
    """The eligible queue with the most load per agent there, once this one is counted; equal loads without a forecast.

    The load is the rate expected over the duty × handle seconds, in agents.
    """
    there = [0] * len(floor.tallies)
    for desk in floor.desks:
        if desk.on_duty() and desk.heading != NOWHERE:
            there[desk.heading] += 1
    instants = np.arange(floor.now, duty.ends_at, INTERVAL_SECONDS)
    rates = np.array([observer.rates(at=float(at), now=floor.now) for at in instants])
    known = len(rates) > 0 and not np.isnan(rates).any()
    load = rates.mean(axis=0) * observer.handle_seconds(floor) if known else np.ones(len(there))
    return max(duty.eligible, key=lambda queue: (float(load[queue]) / (there[queue] + 1), -queue))
