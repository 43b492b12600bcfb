"""What is so: the whole floor at one instant, as the matcher sees it.

Everything here is a plain value: ids, numbers and arrays. `marketplace.snapshot` makes a `State` from rows, the
replay makes one from its model, and `build`, `solve` and `accept` see no difference between the two.

Tables are stored by column (one array a field) because a floor of 100,000 agents is read every five seconds.
Instants are seconds since the epoch in UTC; `FOREVER` and `NEVER` stand for open ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

NEVER = 0
FOREVER = 2**62
NOWHERE = -1
"""The queue index of an agent on duty who serves no queue."""


class Presence(IntEnum):
    """What an agent is doing now."""

    OFFLINE = 0
    READY = 1
    ON_CONTACT = 2
    WRAP_UP = 3
    PAUSED = 4


class Mode(IntEnum):
    """How far the matcher may go in a department; between two departments the lower value wins."""

    OFF = 0
    SHADOW = 1
    APPROVE = 2
    AUTO = 3


class Refusal(StrEnum):
    """Why an agent may not take a move. The values are stable codes: the API and the ledger carry them."""

    NOT_ON_DUTY = "not_on_duty"
    DUTY_ENDING = "duty_ending"
    BREAK_NEAR = "break_near"
    NOT_READY = "not_ready"
    PINNED = "pinned"
    DWELL = "dwell"
    MOVES_EXHAUSTED = "moves_exhausted"
    SKILL_MISSING = "skill_missing"
    LEVEL_TOO_LOW = "level_too_low"
    CERTIFICATION_MISSING = "certification_missing"
    CERTIFICATION_EXPIRED = "certification_expired"
    SKILL_EXPIRED = "skill_expired"
    WORK_PLACE = "work_place"
    QUEUE_CLOSED = "queue_closed"
    DONOR_SHORT = "donor_short"
    NO_GAIN = "no_gain"
    MODE = "mode"
    SAME_QUEUE = "same_queue"
    STANDS_BY = "stands_by_elsewhere"
    STALE = "stale"


@dataclass(frozen=True, slots=True, eq=False)
class Queues:
    """One row a queue. Rates are contacts per second, durations seconds."""

    id: IntArray
    department: IntArray
    """Index into `State.modes`."""
    priority: IntArray
    """1–9; multiplies what a lost contact weighs."""
    target_share: FloatArray
    target_seconds: FloatArray
    patience_seconds: FloatArray
    handle_seconds: FloatArray
    """Mean contact plus wrap-up time as measured, or the queue's own figure before anything was measured."""
    waiting: IntArray
    longest_wait_seconds: FloatArray
    recent_arrivals: FloatArray
    """Arrivals seen, each weighted by exp(−age / 300 s)."""
    recent_seconds: FloatArray
    """The exposure behind `recent_arrivals`: the same weight integrated over the time watched, at most 300 s."""
    forecast_before: FloatArray
    """Forecast rate 300 s ago; NaN where there is no forecast (so for the next two)."""
    forecast_now: FloatArray
    forecast_ahead: FloatArray
    """Forecast rate at the time a move made now takes effect (now + changeover + 30 s)."""
    open: BoolArray
    home_allowed: BoolArray
    """Whether the queue may be served from home."""

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, slots=True, eq=False)
class Agents:
    """One row an agent on duty."""

    id: IntArray
    queue: IntArray
    """Index into `Queues`, or `NOWHERE`."""
    profile: IntArray
    """Row of this person in `Eligible`."""
    department: IntArray
    """The home department: index into `State.modes`."""
    presence: IntArray
    """A `Presence` value."""
    assigned_at: IntArray
    """Since when at `queue`."""
    arrives_at: IntArray
    """When the changeover of the last move is expected to be over; not after now for one who is there."""
    until: IntArray
    """The end of duty."""
    moved_at: IntArray
    """The last move by the matcher in this duty, or `NEVER`."""
    moves: IntArray
    """Moves by the matcher in this duty."""
    pinned: BoolArray
    at_home: BoolArray
    version: IntArray
    """The assignment's version, for compare-and-set."""
    since: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """The first assignment of this duty. Empty where nobody keeps it; then `Limits.moves_per_hour` does not bind."""
    standby: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """The department (index into `State.modes`) that pays the agent to stand by, or `NOWHERE`. Empty: nobody does."""
    break_at: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """When a planned break that was not taken begins, or has begun; `FOREVER`: none is near. Empty: nobody has any."""

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, slots=True, eq=False)
class Eligible:
    """Which profile may serve which queue, by skills and certifications alone; compressed sparse rows.

    The queues of profile p are `queue[start[p]:start[p + 1]]`, ascending. A pair counts from `valid_from` until
    `valid_until`, the intersection of the validity of everything that the queue asks for.
    """

    start: IntArray
    queue: IntArray
    level: IntArray
    """The lowest level, 1–5, that the person holds among the skills which the queue asks for; 5 if it asks for none."""
    valid_from: IntArray
    valid_until: IntArray


@dataclass(frozen=True, slots=True)
class Limits:
    """The policy that people set. The defaults are the ones that were measured; see docs/matching.md."""

    tick_seconds: float = 5.0
    changeover_seconds: float = 5.0
    """As measured: from the move applied to the agent available at the new queue."""
    dwell_seconds: float = 10.0
    """An agent stays at least this long, or the changeover if that is longer."""
    moves_per_duty: int = 80
    moves_per_hour: float = 20.0
    """Over a duty: an agent may have made at most 1 + this × hours on duty since the first assignment."""
    min_remaining_seconds: float = 30.0
    """No move for one whose duty ends sooner than this after the changeover."""
    donor_margin: float = 1.5
    """A queue already short of its target gives only if the gain is at least this × the loss."""
    switch_constant: float = 0.04
    """σ = switch_constant × √look-ahead, in lost contacts; 0.03 more, 0.05 fewer moves."""
    plan_above_seconds: float = 180.0
    """With a measured changeover above this the matcher makes no moves of its own: the interval plan is followed."""

    @property
    def least_stay(self) -> float:
        """Seconds within which nothing may take an agent away again for a move to be worth it."""
        return max(self.dwell_seconds, self.changeover_seconds + self.min_remaining_seconds)


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """The floor at the instant `now`."""

    now: int
    queues: Queues
    agents: Agents
    eligible: Eligible
    modes: IntArray
    """A `Mode` value for each department index."""
    limits: Limits = field(default_factory=Limits)
