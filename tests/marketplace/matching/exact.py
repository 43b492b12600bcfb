"""Independent solvers: they share nothing with the product but the meaning of a problem."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import linprog

from marketplace.matching.problem import Problem
from marketplace.matching.state import NOWHERE


def by_enumeration(document: dict[str, Any]) -> float:
    """The least objective of a small document: every reachable staffing, with the cheapest way to reach it."""
    names = [queue["id"] for queue in document["queues"]]
    ways: dict[tuple[int, ...], float] = {tuple(0 for _ in names): 0.0}
    for agent in document["agents"]:
        here = agent["queue"]
        choices = {here: agent["eligible"].get(here, 0.0)}
        if agent["movable"]:
            for queue, cost in agent["eligible"].items():
                if queue != here:
                    choices[queue] = cost + document["switch_cost"]
        following: dict[tuple[int, ...], float] = {}
        for staffing, so_far in ways.items():
            for queue, cost in choices.items():
                after = tuple(n + (name == queue) for n, name in zip(staffing, names, strict=True))
                following[after] = min(following.get(after, np.inf), so_far + cost)
        ways = following
    return min(
        cost
        + sum(
            queue["cost"][min(n, len(queue["cost"]) - 1)] for n, queue in zip(staffing, document["queues"], strict=True)
        )
        for staffing, cost in ways.items()
    )


def objective_of(document: dict[str, Any], answer: dict[str, Any]) -> float:
    """What the moves of an answer really cost, by the definition in the interface; asserts that they are legal."""
    at = {agent["id"]: agent["queue"] for agent in document["agents"]}
    agents = {agent["id"]: agent for agent in document["agents"]}
    total = 0.0
    for move in answer["moves"]:
        agent = agents[move["agent"]]
        assert agent["movable"]
        assert move["from"] == at[move["agent"]] == agent["queue"] != move["to"]
        assert move["to"] in agent["eligible"]
        at[move["agent"]] = move["to"]
        total += document["switch_cost"]
    for name, queue in at.items():
        total += agents[name]["eligible"].get(queue, 0.0)
    for queue in document["queues"]:
        n = sum(place == queue["id"] for place in at.values())
        assert answer["staffing"][queue["id"]] == n
        total += queue["cost"][min(n, len(queue["cost"]) - 1)]
    return total


def by_linear_program(problem: Problem) -> float:
    """The least objective of a problem, from HiGHS: choices of agents and slots of queues as one linear program."""
    queues, width = problem.cost.shape
    cost: list[float] = []
    entries: list[tuple[int, int, float]] = []
    movable = len(problem.row)

    def add(price: float, agent: int | None, queue: int | None, sign: float) -> None:
        column = len(cost)
        cost.append(price)
        if agent is not None:
            entries.append((agent, column, 1.0))
        if queue is not None:
            entries.append((movable + queue, column, sign))

    bounds: list[tuple[float, float | None]] = []
    for agent in range(movable):
        here = int(problem.queue[agent])
        add(float(problem.stay_cost[agent]), agent, None if here == NOWHERE else here, 1.0)
        for arc in range(int(problem.arc_start[agent]), int(problem.arc_start[agent + 1])):
            if problem.arc_queue[arc] != here:
                add(float(problem.arc_cost[arc] + problem.switch_cost[agent]), agent, int(problem.arc_queue[arc]), 1.0)
    bounds += [(0.0, 1.0)] * len(cost)
    constant = 0.0
    for queue in range(queues):
        first = int(problem.fixed[queue] - problem.base[queue])
        constant += float(problem.cost[queue, min(first, width - 1)])
        for column in range(first, width - 1):
            add(float(problem.cost[queue, column + 1] - problem.cost[queue, column]), None, queue, -1.0)
            bounds.append((0.0, 1.0))
        add(0.0, None, queue, -1.0)
        bounds.append((0.0, None))
    matrix = np.zeros((movable + queues, len(cost)))
    for row, column, value in entries:
        matrix[row, column] = value
    wanted = np.concatenate([np.ones(movable), np.zeros(queues)])
    found = linprog(cost, A_eq=matrix, b_eq=wanted, bounds=bounds, method="highs")
    assert found.status == 0, found.message
    return constant + float(found.fun)
