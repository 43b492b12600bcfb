"""Where agents start: the first queue of those on duty who serve nowhere yet."""

from __future__ import annotations

import numpy as np

from marketplace.matching.arrays import ranges
from marketplace.matching.build import level_cost
from marketplace.matching.limits import not_competent, stands_by, work_place
from marketplace.matching.options import count
from marketplace.matching.problem import Problem
from marketplace.matching.solve import solve
from marketplace.matching.state import NOWHERE, FloatArray, IntArray, State

SMALLEST_SHARE = 1e-6
"""The load, as a share of the mean, of a queue that expects nothing: last choice, but better than no queue."""
LEVEL_SHARE = 1e-4
"""The weight of proficiency against even load: it chooses between equals."""


def place(state: State) -> IntArray:
    """A queue for each agent: where he or she is already, else a first one; `NOWHERE` for whom no queue is open.

    Who stands by waits there too, until the matcher draws on it.

    Agents go where forecast work per agent is highest, counting those already there, all at once and exactly: the n-th
    agent of a queue with load w is worth w/(2n − 1) (the divisors of Sainte-Laguë, which spread most evenly). Without
    any forecast all queues count the same. A first placement is no move and asks for no dwell, gain or mode.
    """
    nowhere = np.flatnonzero(state.agents.queue == NOWHERE)
    waiting = nowhere[~stands_by(state, nowhere)]
    profile = state.agents.profile[waiting]
    owner, arc = ranges(start=state.eligible.start[profile], stop=state.eligible.start[profile + 1])
    agent, queue, level = waiting[owner], state.eligible.queue[arc], state.eligible.level[arc]
    open_to = ~(not_competent(state, agent, queue) | work_place(state, agent, queue))
    owner, queue, level = owner[open_to], queue[open_to], level[open_to]
    placed = state.agents.queue.copy()
    if not len(owner):
        return placed
    load = expected_load(state)
    here = count(placed, queues=len(load))
    coming = count(queue, queues=len(load))
    plan = solve(
        Problem(
            cost=_evenness(load, here, int(coming.max())),
            base=here,
            fixed=here,
            row=waiting,
            queue=np.full(len(waiting), NOWHERE, dtype=np.int64),
            arc_start=np.searchsorted(owner, np.arange(len(waiting) + 1)).astype(np.int64),
            arc_queue=queue,
            arc_cost=LEVEL_SHARE * SMALLEST_SHARE * level_cost(level),
            stay_cost=np.zeros(len(waiting)),
            switch_cost=np.zeros(len(waiting)),
        )
    )
    for move in plan.moves:
        placed[move.agent] = move.target
    return placed


def expected_load(state: State) -> FloatArray:
    """Agents that the forecast keeps busy at each queue, scaled to a mean of 1; unknown counts as the mean."""
    queues = state.queues
    work = np.where(queues.open, queues.forecast_now * queues.handle_seconds, 0.0)
    known = ~np.isnan(work)
    mean = float(work[known].mean()) if known.any() else 0.0
    if mean <= 0.0:
        return np.where(queues.open, 1.0, SMALLEST_SHARE)
    return np.maximum(np.where(known, work, mean) / mean, SMALLEST_SHARE)


def _evenness(load: FloatArray, here: IntArray, coming: int) -> FloatArray:
    """A convex cost whose n-th agent saves load/(2n − 1), from those already there to `coming` more."""
    nth = here[:, None] + np.arange(1, coming + 1)[None, :]
    saving = load[:, None] / (2.0 * nth - 1.0)
    left = np.cumsum(saving[:, ::-1], axis=1)[:, ::-1]
    return np.concatenate([left, np.zeros((len(load), 1))], axis=1)
