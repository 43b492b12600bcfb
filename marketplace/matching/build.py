"""State → Problem: who could move, where to, and what each queue would lose with more or fewer agents."""

from __future__ import annotations

import numpy as np

from marketplace.matching.arrays import find_in_rows
from marketplace.matching.limits import stands_by
from marketplace.matching.options import Options, count, options, serving
from marketplace.matching.outlook import Outlook, ordinary_weight, outlook, switching_costs
from marketplace.matching.problem import Problem
from marketplace.matching.state import NOWHERE, FloatArray, IntArray, Mode, State

LEVEL_COST = 0.02
"""Lost contacts for each level below 5: enough to choose between equals, too little to cause a move."""
FAIRNESS = 1e-3
"""The share of σ that separates the agent moved least and longest ago from the one moved most: it breaks ties only."""
STANDBY_SHARE = 0.25
"""Of σ: drawing on standby takes so much less gain than a move between queues, and leaves no queue worse."""


def build(state: State, *, mode: Mode = Mode.AUTO) -> Problem:
    """The problem of this tick, for the pairs whose mode is exactly `mode`.

    Without options (and so without moves) where the measured changeover is longer than a tick can judge:
    then the interval plan is followed. Agents without any option are counted as fixed.
    """
    chosen = options(state, mode=mode, agents=None if live(state) else np.zeros(0, dtype=np.int64))
    down, up = reach(state, chosen)
    view, weight = outlook(state, down=down, up=up), ordinary_weight(state)
    queue = state.agents.queue[chosen.agent]
    present = count(state.agents.queue[serving(state)], queues=len(state.queues))
    return Problem(
        cost=with_floors(view),
        base=view.curves.base,
        fixed=present - count(queue, queues=len(state.queues)),
        row=chosen.agent,
        queue=queue,
        arc_start=chosen.start,
        arc_queue=chosen.queue,
        arc_cost=level_cost(chosen.level, weight=weight),
        stay_cost=stay_cost(state, chosen.agent, weight=weight),
        switch_cost=prices(state, chosen.agent),
        view=view,
    )


def live(state: State) -> bool:
    """Whether the matcher makes moves of its own at this changeover."""
    return state.limits.changeover_seconds <= state.limits.plan_above_seconds


def reach(state: State, chosen: Options) -> tuple[IntArray, IntArray]:
    """How many agents each queue could lose and gain at most."""
    size = len(state.queues)
    return count(state.agents.queue[chosen.agent], queues=size), count(chosen.queue, queues=size)


def with_floors(view: Outlook) -> FloatArray:
    """The cost with, below each floor, a slope that no gain anywhere outweighs.

    One more than the steepest slope at or above present staffing is enough: an optimal plan that drains a queue below
    its floor sends those agents, directly or through others, to queues above their own present staffing, where each
    gains less than that; keeping them would have been better.
    """
    column = np.arange(view.cost.shape[1])[None, :]
    steps = np.where(column[:, :-1] >= view.curves.present[:, None], view.cost[:, :-1] - view.cost[:, 1:], 0.0)
    barrier = 1.0 + float(steps.max(initial=0.0))
    cost: FloatArray = view.cost + barrier * np.maximum(view.floor[:, None] - column, 0)
    return cost


def level_cost(level: IntArray, *, weight: float = 1.0) -> FloatArray:
    """What it costs to be served by somebody who knows less."""
    return weight * LEVEL_COST * (5.0 - level.astype(np.float64))


def stay_cost(state: State, agent: IntArray, *, weight: float = 1.0) -> FloatArray:
    """The proficiency cost of where the agents are: 0 nowhere, and where they are no longer eligible."""
    table = state.eligible
    queue = state.agents.queue[agent]
    at = find_in_rows(start=table.start, values=table.queue, row=state.agents.profile[agent], wanted=queue)
    known = (queue != NOWHERE) & (at >= 0)
    if not known.any():
        return np.zeros(len(agent))
    return np.where(known, level_cost(table.level[np.maximum(at, 0)], weight=weight), 0.0)


def prices(state: State, agent: IntArray) -> FloatArray:
    """What a move of each agent costs, wherever it leads."""
    price: FloatArray = switching_costs(state) * (1.0 + FAIRNESS * turn(state, agent)) * drawn_on(state, agent)
    return price


def drawn_on(state: State, agent: IntArray) -> FloatArray:
    """The share of σ that the agent's move costs: little for those who stand by and serve nowhere yet."""
    waiting = stands_by(state, agent) & (state.agents.queue[agent] == NOWHERE)
    return np.where(waiting, STANDBY_SHARE, 1.0)


def turn(state: State, agent: IntArray) -> FloatArray:
    """Whose turn it is, from 0 (moved least, longest ago) to 1; equals have the same number."""
    moves, moved_at = state.agents.moves[agent], state.agents.moved_at[agent]
    order = np.lexsort((moved_at, moves))
    later = (np.diff(moves[order]) != 0) | (np.diff(moved_at[order]) != 0)
    place: FloatArray = np.zeros(len(agent))
    place[order[1:]] = np.cumsum(later)
    place /= max(1.0, float(place.max(initial=0.0)))
    return place
