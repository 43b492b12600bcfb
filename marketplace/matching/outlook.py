"""What each queue faces and how its loss depends on its staffing: the picture that build, accept and explain share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marketplace.matching.cost import Load, look_ahead_seconds, switching_cost, time_steps
from marketplace.matching.curves import Curves, curves
from marketplace.matching.options import count, serving
from marketplace.matching.state import BoolArray, FloatArray, IntArray, Presence, State
from marketplace.staffing.arrivals import rate_ahead

SHORTEST_SECONDS = 10.0
"""Handle times and patience count as no less: shorter ones are faults of measurement, and finer than a time step."""

LEAST_MISSED = 1.0
"""Expected contacts answered late over the look-ahead, below which no target is at stake."""


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """Curves with what donor protection makes of them. One row for each of `queue`."""

    queue: IntArray
    """Index into `State.queues`."""
    curves: Curves
    floor: IntArray
    """The column below which a queue that meets its target may not be drained; 0 where it is short already."""
    short: BoolArray
    """The queue misses its target over the look-ahead with the agents it has."""
    cost: FloatArray
    """The loss, steeper by the donor margin below the present staffing of a queue that is short."""


def arrival_rates(state: State) -> FloatArray:
    """Contacts a second to expect over the look-ahead, from the forecast and what was just seen. Closed queues: 0."""
    queues = state.queues
    rate = rate_ahead(
        recent_arrivals=queues.recent_arrivals,
        recent_seconds=queues.recent_seconds,
        forecast_before=queues.forecast_before,
        forecast_now=queues.forecast_now,
        forecast_ahead=queues.forecast_ahead,
    )
    return np.where(queues.open, rate, 0.0)


def switching_costs(state: State) -> float:
    """σ, in the weight of a contact of ordinary priority."""
    limits = state.limits
    return ordinary_weight(state) * switching_cost(
        changeover_seconds=limits.changeover_seconds, constant=limits.switch_constant
    )


def ordinary_weight(state: State) -> float:
    """The median priority: what is counted in contacts weighs this much, so that only differences matter."""
    priority = state.queues.priority[state.queues.open]
    return float(np.median(priority)) if len(priority) else 1.0


def outlook(state: State, *, down: IntArray, up: IntArray, queue: IntArray | None = None) -> Outlook:
    """The curves from `down` agents fewer than now to `up` more (by queue of the state), for the queues asked."""
    changeover = state.limits.changeover_seconds
    steps = time_steps(seconds=look_ahead_seconds(changeover_seconds=changeover))
    chosen = np.arange(len(state.queues), dtype=np.int64) if queue is None else queue
    facing = load(state, steps=steps).rows(chosen)
    drawn = curves(
        facing,
        weight=state.queues.priority[chosen].astype(np.float64),
        down=down[chosen],
        up=up[chosen],
        steps=steps,
        tick_seconds=state.limits.tick_seconds,
        changeover_seconds=changeover,
    )
    return protected(
        drawn,
        queue=chosen,
        target_share=state.queues.target_share[chosen],
        expected=facing.rate * (steps[-1][0] + steps[-1][1]) + state.queues.waiting[chosen],
        margin=state.limits.donor_margin,
    )


def protected(
    drawn: Curves, *, queue: IntArray, target_share: FloatArray, expected: FloatArray, margin: float
) -> Outlook:
    """Donor protection, judged on the look-ahead: a stationary formula would let almost nobody give anything.

    A target is missed where too small a share of the `expected` contacts is answered in time and that comes to as much
    as LEAST_MISSED contacts: a queue that gets a call every few minutes needs nobody to sit there for the next one
    while somebody waits elsewhere.
    """
    row = np.arange(len(queue))
    late = (1.0 - drawn.share) * expected[:, None]
    misses = (drawn.share < target_share[:, None]) & (late >= LEAST_MISSED)
    short = misses[row, drawn.present]
    column = np.arange(drawn.share.shape[1])[None, :]
    missed = misses & (column <= drawn.present[:, None])
    floor = np.where(short, 0, np.where(missed, column + 1, 0).max(axis=1))
    at_present = drawn.loss[row, drawn.present][:, None]
    steeper = short[:, None] & (column < drawn.present[:, None])
    cost = np.where(steeper, at_present + margin * (drawn.loss - at_present), drawn.loss)
    return Outlook(queue=queue, curves=drawn, floor=floor, short=short, cost=cost)


def load(state: State, *, steps: list[tuple[float, float]]) -> Load:
    """What each queue of the state faces over `steps`."""
    queues, agents = state.queues, state.agents
    at_work = serving(state)
    at = agents.queue[at_work]
    presence = agents.presence[at_work]
    busy = at[(presence == Presence.ON_CONTACT) | (presence == Presence.WRAP_UP)]
    size = len(queues)
    return Load(
        agents=count(at, queues=size).astype(np.float64),
        contacts=(count(busy, queues=size) + queues.waiting).astype(np.float64),
        rate=arrival_rates(state),
        handle_seconds=np.maximum(queues.handle_seconds, SHORTEST_SECONDS),
        patience_seconds=np.maximum(queues.patience_seconds, SHORTEST_SECONDS),
        target_seconds=queues.target_seconds,
        absent=_absent(state, at_work, steps=steps),
        waiting=queues.waiting.astype(np.float64),
        longest_wait_seconds=queues.longest_wait_seconds,
    )


def _absent(state: State, at_work: IntArray, *, steps: list[tuple[float, float]]) -> FloatArray:
    """How many of the agents at each queue are not there in each step: not arrived yet, or off duty by then."""
    agents, size = state.agents, len(state.queues)
    end = state.now + steps[-1][0] + steps[-1][1]
    passing = at_work[(agents.arrives_at[at_work] > state.now) | (agents.until[at_work] < end)]
    absent = np.zeros((size, len(steps)))
    if not len(passing):
        return absent
    arrives, until, at = agents.arrives_at[passing], agents.until[passing], agents.queue[passing]
    for step, (start, _) in enumerate(steps):
        away = (arrives > state.now + start) | (until <= state.now + start)
        absent[:, step] = count(at[away], queues=size)
    return absent
