"""Which arcs of a problem can matter: most floors have few queues in need, and most arcs lead elsewhere."""

from __future__ import annotations

import numpy as np

from marketplace.matching.arrays import ranges
from marketplace.matching.options import count
from marketplace.matching.problem import Problem
from marketplace.matching.state import NOWHERE, BoolArray, FloatArray


def worthwhile(problem: Problem) -> BoolArray:
    """For each arc, whether some optimal plan might use it. Arcs to an agent's own queue never are.

    Where every move costs something, an optimal plan is a set of chains of moves, each ending at a queue that gains an
    agent; no chain may cost more than it gains there. `worth[q]` bounds what one agent more at q is worth, at q itself
    or by letting another go on from there; an arc is dropped if it costs at least the worth of its end. Where some
    move saves proficiency cost, going round in circles may pay, and nothing is dropped.
    """
    owner, arc = ranges(start=problem.arc_start[:-1], stop=problem.arc_start[1:])
    source, target = problem.queue[owner], problem.arc_queue[arc]
    price = problem.switch_cost[owner] + problem.arc_cost[arc] - problem.stay_cost[owner]
    elsewhere: BoolArray = source != target
    if not elsewhere.any() or price[elsewhere].min() <= 0.0:
        return elsewhere
    worth = _worth_at_present(problem)
    while True:
        live = elsewhere & (source != NOWHERE) & (worth[target] > price)
        better = worth.copy()
        np.maximum.at(better, source[live], (worth[target] - price)[live])
        if np.array_equal(better, worth):
            paying: BoolArray = elsewhere & (worth[target] > price)
            return paying
        worth = better


def _worth_at_present(problem: Problem) -> FloatArray:
    """What one agent more than now saves at each queue: no later one saves more."""
    queues, last = len(problem.cost), problem.cost.shape[1] - 1
    present = problem.fixed + count(problem.queue, queues=queues) - problem.base
    row = np.arange(queues)
    worth: FloatArray = problem.cost[row, np.clip(present, 0, last)] - problem.cost[row, np.clip(present + 1, 0, last)]
    return worth
