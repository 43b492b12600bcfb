"""Which arcs of a problem can matter: most floors have few queues in need, and most arcs lead elsewhere."""

from __future__ import annotations

import numpy as np

from marketplace.matching.arrays import ranges
from marketplace.matching.options import count
from marketplace.matching.problem import Problem
from marketplace.matching.state import NOWHERE, BoolArray, FloatArray, IntArray


def worthwhile(problem: Problem) -> BoolArray:
    """For each arc, whether some optimal plan might use it. Arcs to an agent's own queue never are.

    Where every move costs something, an optimal plan is a set of chains of moves, each ending at a queue that gains an
    agent; no chain may cost more than it gains there. `worth[q]` bounds what one agent more at q is worth, at q itself
    or by letting another go on from there; an arc is dropped if it costs at least the worth of its end. Where some
    move saves proficiency cost, going round in circles may pay, and nothing is dropped.
    """
    source, target, price = _moves(problem)
    elsewhere: BoolArray = source != target
    if not elsewhere.any() or price[elsewhere].min() <= 0.0:
        return elsewhere
    worth = _saving(problem)[:, 0]
    while True:
        live = elsewhere & (source != NOWHERE) & (worth[target] > price)
        better = worth.copy()
        np.maximum.at(better, source[live], (worth[target] - price)[live])
        if np.array_equal(better, worth):
            paying: BoolArray = elsewhere & (worth[target] > price)
            return paying
        worth = better


def useful_room(problem: Problem) -> IntArray:
    """How many agents more than now each queue can gain in some optimal plan.

    From the first on who saves no more there than the cheapest of all moves costs, the chain of moves that ends with
    such an agent may as well be left out. Where some move costs nothing, that is as many as there are arcs.
    """
    source, target, price = _moves(problem)
    elsewhere = source != target
    least = float(price[elsewhere].min(initial=np.inf))
    arcs = count(target, queues=len(problem.cost))
    return arcs if least <= 0.0 else np.minimum(arcs, (_saving(problem) > least).sum(axis=1))


def _moves(problem: Problem) -> tuple[IntArray, IntArray, FloatArray]:
    """From where, whereto and for what price each arc moves its agent."""
    owner, arc = ranges(start=problem.arc_start[:-1], stop=problem.arc_start[1:])
    price = problem.switch_cost[owner] + problem.arc_cost[arc] - problem.stay_cost[owner]
    return problem.queue[owner], problem.arc_queue[arc], price


def _saving(problem: Problem) -> FloatArray:
    """What the first agent more than now saves at each queue (row), the second, and so on; no later one saves more."""
    queues, last = len(problem.cost), problem.cost.shape[1] - 1
    present = problem.fixed + count(problem.queue, queues=queues) - problem.base
    column = np.clip(present[:, None] + np.arange(last + 2)[None, :], 0, last)
    return -np.diff(np.take_along_axis(problem.cost, column, axis=1), axis=1)
