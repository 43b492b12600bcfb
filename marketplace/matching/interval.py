"""The interval plan: where everybody should serve for the next quarter of an hour, by the forecast alone.

It is what planners do by hand, what a replay measures the matcher against, and what the matcher follows where moving
people takes too long for anything else. Loss is stationary here (Erlang A), since nothing of the present is looked at:

    cost(n) = priority × λ × seconds × (P(abandon) + ½ × share answered late)

as its convex envelope. Busy agents count as movable: they finish first.
"""

from __future__ import annotations

import numpy as np

from marketplace.matching.build import drawn_on, level_cost, stay_cost
from marketplace.matching.cost import LATE_WEIGHT
from marketplace.matching.curves import convex_envelope
from marketplace.matching.limits import INTERVAL_LIMITS, free_to_move, stands_by
from marketplace.matching.options import count, options, serving
from marketplace.matching.outlook import SHORTEST_SECONDS
from marketplace.matching.problem import Problem
from marketplace.matching.state import NOWHERE, FloatArray, IntArray, Mode, State
from marketplace.staffing.erlang import erlang_a

INTERVAL_SECONDS = 900.0
PLAN_SWITCH_COST = 0.5
"""Lost contacts that a move must save over the interval, besides those that the changeover itself costs."""


def build_interval(
    state: State, *, rate: FloatArray, seconds: float = INTERVAL_SECONDS, mode: Mode = Mode.AUTO
) -> Problem:
    """The problem of the next interval. `rate` is the forecast over it, in contacts a second and queue.

    Nobody comes to or leaves a queue whose rate is unknown (NaN).
    """
    chosen = options(state, mode=mode, agents=_plannable(state, known=~np.isnan(rate)))
    size = len(state.queues)
    arc_known = ~np.isnan(rate[chosen.queue])
    owner = np.repeat(np.arange(len(chosen.agent)), np.diff(chosen.start))[arc_known]
    start = np.searchsorted(owner, np.arange(len(chosen.agent) + 1)).astype(np.int64)
    queue = state.agents.queue[chosen.agent]
    present = count(state.agents.queue[serving(state)], queues=size)
    here = count(queue, queues=size)
    up = count(chosen.queue[arc_known], queues=size)
    return Problem(
        cost=_interval_loss(state, rate=rate, base=present - here, most=here + up, seconds=seconds),
        base=present - here,
        fixed=present - here,
        row=chosen.agent,
        queue=queue,
        arc_start=start,
        arc_queue=chosen.queue[arc_known],
        arc_cost=level_cost(chosen.level[arc_known]),
        stay_cost=stay_cost(state, chosen.agent),
        switch_cost=_switch_cost(state) * drawn_on(state, chosen.agent),
    )


def _plannable(state: State, *, known: np.ndarray) -> IntArray:
    """Everybody at a queue with a forecast whom nothing but the contact in hand holds there, and those on standby."""
    free = free_to_move(state, limits=INTERVAL_LIMITS)
    queue = state.agents.queue[free]
    placed = (queue != NOWHERE) & np.append(known, False)[queue]
    plannable: IntArray = free[placed | (stands_by(state, free) & (queue == NOWHERE))]
    return plannable


def _switch_cost(state: State) -> float:
    """What the plan asks of a move, in the weight of a contact of median priority."""
    handle = float(np.median(np.maximum(state.queues.handle_seconds, SHORTEST_SECONDS)))
    lost = state.limits.changeover_seconds / handle
    return float(np.median(state.queues.priority)) * (PLAN_SWITCH_COST + lost)


def _interval_loss(state: State, *, rate: FloatArray, base: IntArray, most: IntArray, seconds: float) -> FloatArray:
    """Expected weighted loss over the interval with `base` agents and up to `most` more; constant beyond."""
    queues = state.queues
    arriving = np.nan_to_num(rate)
    column = np.minimum(np.arange(int(most.max(initial=0)) + 1)[None, :], most[:, None])
    busy = arriving > 0
    long_run = erlang_a(
        rate=np.where(busy, arriving, 1.0)[:, None],
        handle_seconds=np.maximum(queues.handle_seconds, SHORTEST_SECONDS)[:, None],
        patience_seconds=np.maximum(queues.patience_seconds, SHORTEST_SECONDS)[:, None],
        agents=base[:, None] + column,
        target_seconds=queues.target_seconds[:, None],
    )
    late = 1.0 - long_run.service_level - long_run.abandonment
    share = long_run.abandonment + LATE_WEIGHT * np.maximum(late, 0.0)
    loss = queues.priority[:, None] * arriving[:, None] * seconds * np.minimum.accumulate(share, axis=1)
    return convex_envelope(column, loss)
