"""Problem → Plan: an exact minimum-cost flow, solved from nothing every tick.

One unit flows from each movable agent through a queue (or straight to the sink, for one who stays nowhere) to the
sink. The arcs from a queue to the sink carry the marginal cost of one agent more: because costs are convex, the
cheapest arcs fill first, and the flow costs what the staffing costs. Such a flow has an optimum in whole agents.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marketplace.matching.arrays import ranges
from marketplace.matching.options import count
from marketplace.matching.order import receive_first
from marketplace.matching.problem import Move, Plan, Problem
from marketplace.matching.prune import useful_room, worthwhile
from marketplace.matching.state import NOWHERE, FloatArray, IntArray

UNITS_PER_AGENT = 4e6
"""Costs are rounded to 1/(this × agents): all roundings of a plan together stay below a millionth of a lost contact."""
LARGEST_COST = 2.0**60
"""The solver multiplies costs by the number of nodes and wants the product below 2⁶³."""


class UnsolvedError(RuntimeError):
    """The solver gave no optimum; that would be a fault in the problem's numbers, not a state of the floor."""


def solve(problem: Problem, *, prune: bool = True) -> Plan:
    """The plan of least cost. The same problem gives the same plan, and every call starts from nothing.

    Without `prune` the solver gets every arc, also those that no optimal plan needs.

    A move's terms are taken at the margin of the final plan: `gain` is what its target's cost would rise by with one
    agent fewer than planned, `loss` what its source's would fall by with one more. So the moves into one queue all
    have the same gain (that of the last one), and undoing any single move would cost gain − loss − cost ≥ 0.
    """
    used = worthwhile(problem) if prune else np.ones(len(problem.arc_queue), dtype=np.bool_)
    room = useful_room(problem) if prune else count(problem.arc_queue, queues=len(problem.cost))
    target = _targets(problem, used, room) if used.any() else problem.queue.copy()
    return _plan(problem, target)


@dataclass(frozen=True, slots=True, eq=False)
class _Arcs:
    tail: IntArray
    head: IntArray
    capacity: IntArray
    cost: FloatArray


def _targets(problem: Problem, used: np.ndarray, room: IntArray) -> IntArray:
    """The queue of each movable agent in the best plan, given the arcs that can matter and how many may come."""
    owner, arc = ranges(start=problem.arc_start[:-1], stop=problem.arc_start[1:])
    owner, arc = owner[used[arc]], arc[used[arc]]
    who, node = np.unique(owner, return_inverse=True)
    queues = len(problem.cost)
    sink = len(who) + queues
    stays = problem.queue[who]
    moving = _Arcs(
        tail=node,
        head=len(who) + problem.arc_queue[arc],
        capacity=np.ones(len(arc), dtype=np.int64),
        cost=problem.arc_cost[arc] + problem.switch_cost[owner],
    )
    staying = _Arcs(
        tail=np.arange(len(who)),
        head=np.where(stays == NOWHERE, sink, len(who) + stays),
        capacity=np.ones(len(who), dtype=np.int64),
        cost=problem.stay_cost[who],
    )
    # Agents without an arc that matters stay where they are.
    rest = problem.fixed + count(problem.queue, queues=queues) - count(stays, queues=queues)
    most = count(stays, queues=queues) + np.minimum(count(problem.arc_queue[arc], queues=queues), room)
    flow = _flow([moving, staying, *_slots(problem, rest, most, first_node=len(who), sink=sink)], len(who), sink)
    target = problem.queue.copy()
    gone = flow[: len(arc)] > 0
    target[owner[gone]] = problem.arc_queue[arc[gone]]
    return target


def _slots(problem: Problem, rest: IntArray, most: IntArray, *, first_node: int, sink: int) -> list[_Arcs]:
    """The arcs from queues to the sink: one for each run of agents that save the same, and one that saves nothing."""
    saving = problem.cost[:, :-1] - problem.cost[:, 1:]
    first = np.clip(rest - problem.base, 0, saving.shape[1])
    queue, column = ranges(start=first, stop=np.minimum(first + most, saving.shape[1]))
    saved = saving[queue, column]
    queue, saved = queue[saved > 0], saved[saved > 0]
    begins = np.ones(len(queue), dtype=np.bool_)
    begins[1:] = (queue[1:] != queue[:-1]) | (saved[1:] != saved[:-1])
    run = np.flatnonzero(begins)
    useful = _Arcs(
        tail=first_node + queue[run],
        head=np.full(len(run), sink),
        capacity=np.diff(np.append(run, len(queue))),
        cost=-saved[run],
    )
    touched = np.flatnonzero(most)
    idle = _Arcs(
        tail=first_node + touched, head=np.full(len(touched), sink), capacity=most[touched], cost=np.zeros(len(touched))
    )
    return [useful, idle]


def _flow(arcs: list[_Arcs], agents: int, sink: int) -> IntArray:
    """The flow on each arc, in the order given."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # noqa: PLC0415 - slow to import, and a web process never solves

    cost = np.concatenate([part.cost for part in arcs])
    largest = float(np.abs(cost).max(initial=0.0))
    scale = min(UNITS_PER_AGENT * agents, LARGEST_COST / (sink + 2) / max(largest, 1e-9))
    solver = SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([part.tail for part in arcs]).astype(np.int32),
        np.concatenate([part.head for part in arcs]).astype(np.int32),
        np.concatenate([part.capacity for part in arcs]).astype(np.int64),
        np.rint(cost * scale).astype(np.int64),
    )
    nodes = np.append(np.arange(agents), sink).astype(np.int32)
    solver.set_nodes_supplies(nodes, np.append(np.ones(agents), -agents).astype(np.int64))
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise UnsolvedError(f"The solver ended with {status}; the largest cost is {largest:g}.")
    flows: IntArray = solver.flows(np.arange(len(cost), dtype=np.int32))
    return flows


def _plan(problem: Problem, target: IntArray) -> Plan:
    """The plan in which movable agent i serves `target[i]`."""
    queues, last = len(problem.cost), problem.cost.shape[1] - 1
    staffing = problem.fixed + count(target, queues=queues)
    column = staffing - problem.base
    row = np.arange(queues)
    final = problem.cost[row, np.clip(column, 0, last)]
    gain = problem.cost[row, np.clip(column - 1, 0, last)] - final
    loss = final - problem.cost[row, np.clip(column + 1, 0, last)]

    moved = np.flatnonzero(target != problem.queue)
    serving = problem.stay_cost.copy()
    serving[moved] = problem.arc_cost[_arc_of(problem, moved, target[moved])]
    cost = problem.switch_cost[moved] + serving[moved] - problem.stay_cost[moved]
    objective = float(final.sum() + serving.sum() + problem.switch_cost[moved].sum())
    moves = tuple(
        Move(
            agent=int(problem.row[agent]),
            source=(source := int(problem.queue[agent])),
            target=(goal := int(target[agent])),
            gain=float(gain[goal]),
            loss=0.0 if source == NOWHERE else float(loss[source]),
            cost=float(price),
        )
        for agent, price in zip(moved.tolist(), cost.tolist(), strict=True)
    )
    return Plan(objective=objective, moves=receive_first(moves), staffing=staffing, view=problem.view)


def _arc_of(problem: Problem, agent: IntArray, queue: IntArray) -> IntArray:
    """The arc that leads each agent to its queue."""
    owner, arc = ranges(start=problem.arc_start[agent], stop=problem.arc_start[agent + 1])
    hit = problem.arc_queue[arc] == queue[owner]
    found: IntArray = arc[hit]
    return found
