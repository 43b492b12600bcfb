"""What a policy may see of the floor, as the matcher's own `State`: nothing from after now, nothing of what is drawn.

The counterpart of `marketplace.snapshot`, which makes the same `State` from rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from math import ceil, exp

import numpy as np

from marketplace.matching.state import (
    FOREVER,
    NEVER,
    Agents,
    Eligible,
    FloatArray,
    Limits,
    Mode,
    Queues,
    State,
)
from marketplace.simulation.calls import Duty, Queue
from marketplace.simulation.desk import Desk
from marketplace.simulation.expect import Expectation
from marketplace.simulation.floor import Floor

MEMORY_SECONDS = 300.0
"""Arrivals seen fade with this time constant, as `State.Queues.recent_arrivals` says."""
PRIOR_CONTACTS = 10.0
"""How many measured contacts a queue's own handle time counts for."""


class Observer:
    """Watches one floor. `look` is called at rising instants; each look costs a pass over the desks."""

    def __init__(
        self,
        *,
        queues: Sequence[Queue],
        duties: Sequence[Duty],
        expectation: Expectation,
        limits: Limits,
        zone: tzinfo = UTC,
    ) -> None:
        self.limits = limits
        self.queues = queues
        self._expectation = expectation
        self._zone = zone
        self._prior = np.array([queue.handle_seconds for queue in queues])
        self._recent = np.zeros(len(queues))
        self._offered = np.zeros(len(queues))
        self._watched = 0.0
        self._looked_at: float | None = None
        self._eligible, self._profile_of = _profiles(duties)
        self._constant = {
            "id": np.arange(len(queues)),
            "department": np.zeros(len(queues), dtype=np.int64),
            "priority": np.array([queue.priority for queue in queues], dtype=np.int64),
            "target_share": np.array([queue.target_share for queue in queues]),
            "target_seconds": np.array([queue.target_seconds for queue in queues]),
            "patience_seconds": np.array([queue.patience_seconds for queue in queues]),
            "home_allowed": np.ones(len(queues), dtype=np.bool_),
        }
        self._always_open = all(queue.opens is None for queue in queues)
        self._duties = duties

    def rates(self, *, at: float, now: float) -> FloatArray:
        """What is expected at `at`, in contacts per second and queue; NaN where nothing is known."""
        return self._expectation.rates(at=at, now=now)

    def handle_seconds(self, floor: Floor) -> FloatArray:
        """Mean handle time by queue over the contacts finished so far, with the queue's own figure as a prior."""
        finished = np.array([tally.finished for tally in floor.tallies])
        seconds = np.array([tally.handle_seconds for tally in floor.tallies])
        mean: FloatArray = (self._prior * PRIOR_CONTACTS + seconds) / (PRIOR_CONTACTS + finished)
        return mean

    def look(self, floor: Floor) -> tuple[State, list[int]]:
        """The state now, and the agent's number for each row of `State.agents`."""
        self._watch(floor)
        desks = [desk for desk in floor.desks if desk.on_duty()]
        state = State(
            now=int(floor.now),
            queues=self._queues(floor),
            agents=self._agents(desks),
            eligible=self._eligible,
            modes=np.array([Mode.AUTO]),
            limits=self.limits,
        )
        return state, [desk.number for desk in desks]

    def _watch(self, floor: Floor) -> None:
        """Let the arrivals seen fade, and add those since the last look (as if they came in the middle of it)."""
        now = floor.now
        offered = np.array([float(tally.offered) for tally in floor.tallies])
        passed = now - self._looked_at if self._looked_at is not None else 0.0
        fade = exp(-passed / MEMORY_SECONDS)
        middle = exp(-min(passed, self.limits.tick_seconds) / 2 / MEMORY_SECONDS)
        self._recent = self._recent * fade + (offered - self._offered) * middle
        self._watched = self._watched * fade + MEMORY_SECONDS * (1 - fade)
        self._offered, self._looked_at = offered, now

    def _queues(self, floor: Floor) -> Queues:
        now, rates = floor.now, self._expectation.rates
        ahead = now + self.limits.changeover_seconds + 30
        return Queues(
            **self._constant,
            handle_seconds=self.handle_seconds(floor),
            waiting=np.array(floor.lines.waiting),
            longest_wait_seconds=_longest_waits(floor),
            recent_arrivals=self._recent,
            recent_seconds=np.full(len(self.queues), self._watched),
            forecast_before=rates(at=now - MEMORY_SECONDS, now=now),
            forecast_now=rates(at=now, now=now),
            forecast_ahead=rates(at=ahead, now=now),
            open=self._open(now),
        )

    def _open(self, now: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        if self._always_open:
            return np.ones(len(self.queues), dtype=np.bool_)
        moment = datetime.fromtimestamp(now, self._zone)
        time = moment.hour * 3600 + moment.minute * 60 + moment.second
        return np.array([is_open(queue, time) for queue in self.queues])

    def _agents(self, desks: list[Desk]) -> Agents:
        count = len(desks)
        return Agents(
            id=np.array([desk.number for desk in desks], dtype=np.int64),
            queue=np.array([desk.heading for desk in desks], dtype=np.int64),
            profile=np.array([self._profile_of[desk.duty] for desk in desks], dtype=np.int64),
            department=np.zeros(count, dtype=np.int64),
            presence=np.array([desk.presence for desk in desks], dtype=np.int64),
            assigned_at=np.array([int(desk.assigned_at) for desk in desks], dtype=np.int64),
            arrives_at=np.array([ceil(desk.arrives_at) for desk in desks], dtype=np.int64),
            until=np.array([int(desk.until) for desk in desks], dtype=np.int64),
            moved_at=np.array([int(desk.moved_at) if desk.moves else NEVER for desk in desks], dtype=np.int64),
            moves=np.array([desk.moves for desk in desks], dtype=np.int64),
            pinned=np.zeros(count, dtype=np.bool_),
            at_home=np.array([self._duties[desk.duty].at_home for desk in desks], dtype=np.bool_),
            version=np.zeros(count, dtype=np.int64),
            since=np.array([int(desk.signed_on_at) for desk in desks], dtype=np.int64),
        )


def is_open(queue: Queue, time: int) -> bool:
    """Whether the queue is open at this many seconds after local midnight; hours may cross midnight."""
    if queue.opens is None or queue.closes is None:
        return True
    if queue.opens <= queue.closes:
        return queue.opens <= time < queue.closes
    return time >= queue.opens or time < queue.closes


def _longest_waits(floor: Floor) -> FloatArray:
    firsts = [floor.lines.first(queue) for queue in range(len(floor.tallies))]
    return np.array([floor.now - first.arrived_at if first else 0.0 for first in firsts])


def _profiles(duties: Sequence[Duty]) -> tuple[Eligible, list[int]]:
    """One profile for each distinct set of skills, and the profile of each duty."""
    rows: dict[tuple[tuple[int, int], ...], int] = {}
    profile_of = [rows.setdefault(duty.skills, len(rows)) for duty in duties]
    pairs = [pair for skills in rows for pair in skills]
    starts = np.concatenate([[0], np.cumsum([len(skills) for skills in rows])]).astype(np.int64)
    eligible = Eligible(
        start=starts,
        queue=np.array([queue for queue, _ in pairs], dtype=np.int64),
        level=np.array([level for _, level in pairs], dtype=np.int64),
        valid_from=np.full(len(pairs), NEVER, dtype=np.int64),
        valid_until=np.full(len(pairs), FOREVER, dtype=np.int64),
    )
    return eligible, profile_of
