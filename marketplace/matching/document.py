"""A problem and its plan as JSON, the form that `python -m marketplace.matching` reads and prints."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from marketplace.matching.problem import Plan, Problem
from marketplace.matching.state import NOWHERE

TOLERANCE = 1e-9
"""A cost list may fail to fall, or to be convex, by this much: rounding."""


class MalformedError(ValueError):
    """The document is not a problem; `faults` names every place and what to do."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A problem with the names that its indices stand for."""

    problem: Problem
    queue_ids: list[str]
    agent_ids: list[str]
    settled_cost: float
    """Proficiency cost of the agents who are not movable: part of the objective, no part of the problem."""

    def answer(self, plan: Plan) -> dict[str, Any]:
        """The plan as it is printed."""
        return {
            "objective": plan.objective + self.settled_cost,
            "moves": [
                {
                    "agent": self.agent_ids[move.agent],
                    "from": None if move.source == NOWHERE else self.queue_ids[move.source],
                    "to": self.queue_ids[move.target],
                    "gain": move.gain,
                    "loss": move.loss,
                    "cost": move.cost,
                }
                for move in plan.moves
            ],
            "staffing": dict(zip(self.queue_ids, plan.staffing.tolist(), strict=True)),
        }


def parse(text: str) -> Document:
    """The document in `text`. Raises `MalformedError` with every fault."""
    try:
        raw = json.loads(text, object_pairs_hook=_without_duplicates)
    except RecursionError as error:
        raise MalformedError(["document: nested too deeply, write one problem"]) from error
    except ValueError as error:
        raise MalformedError([f"document: {error}; write valid JSON"]) from error
    reader = _Reader()
    document = reader.read(raw)
    if reader.faults or document is None:
        raise MalformedError(reader.faults)
    return document


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        raise ValueError(f"the key {twice[0]!r} occurs twice in one object")
    return found


@dataclass(slots=True)
class _Reader:
    faults: list[str] = field(default_factory=list)

    def read(self, raw: Any) -> Document | None:
        if not isinstance(raw, dict):
            self.fault("document", "not an object", 'write {"queues": […], "agents": […], "switch_cost": 0.5}')
            return None
        queues = self.rows(raw, "queues")
        agents = self.rows(raw, "agents")
        switch_cost = self.number(raw.get("switch_cost"), "switch_cost")
        queue_ids = self.names(queues, "queues")
        agent_ids = self.names(agents, "agents")
        costs = [self.cost(row.get("cost"), f"queues[{at}].cost") for at, row in enumerate(queues)]
        index = {name: at for at, name in enumerate(queue_ids)}
        people = [self.agent(row, f"agents[{at}]", index) for at, row in enumerate(agents)]
        return None if self.faults else _document(queue_ids, agent_ids, costs, people, switch_cost)

    def fault(self, where: str, what: str, remedy: str) -> None:
        self.faults.append(f"{where}: {what}, {remedy}")

    def rows(self, raw: dict[str, Any], name: str) -> list[dict[str, Any]]:
        rows = raw.get(name)
        if not isinstance(rows, list):
            self.fault(name, "not a list", "give a list, which may be empty")
            return []
        for at, row in enumerate(rows):
            if not isinstance(row, dict):
                self.fault(f"{name}[{at}]", "not an object", "give an object with an id")
        return [row if isinstance(row, dict) else {} for row in rows]

    def names(self, rows: list[dict[str, Any]], table: str) -> list[str]:
        names: list[str] = []
        seen: set[str] = set()
        for at, row in enumerate(rows):
            name = row.get("id")
            if not isinstance(name, str):
                self.fault(f"{table}[{at}].id", "not a text", "give each row an id")
                name = ""
            elif name in seen:
                self.fault(f"{table}[{at}].id", f"{name!r} occurs twice", "give each row an id of its own")
            seen.add(name)
            names.append(name)
        return names

    def number(self, value: Any, where: str) -> float:
        """A finite number of 0 or more."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fault(where, "not a number", "give a number of 0 or more")
            return 0.0
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            self.fault(where, f"{number} is not finite", "give a number of 0 or more")
        elif number < 0:
            self.fault(where, f"{number:g} is negative", "give a number of 0 or more")
        return number

    def cost(self, values: Any, where: str) -> list[float]:
        if not isinstance(values, list) or not values:
            self.fault(where, "not a list of numbers", "give the cost with 0, 1, 2, … agents")
            return [0.0]
        before = len(self.faults)
        cost = [self.number(value, f"{where}[{at}]") for at, value in enumerate(values)]
        if len(self.faults) == before:
            self.shape(cost, where)
        return cost

    def shape(self, cost: list[float], where: str) -> None:
        falls = [left - right for left, right in pairwise(cost)]
        rising = next((at for at, fall in enumerate(falls) if fall < -TOLERANCE), None)
        bent = next((at for at in range(1, len(falls)) if falls[at] > falls[at - 1] + TOLERANCE), None)
        if rising is not None:
            self.fault(f"{where}[{rising + 1}]", "more agents cost more", "let costs stay or fall with each agent")
        elif bent is not None:
            self.fault(
                f"{where}[{bent + 1}]",
                f"not convex: agent {bent + 1} saves more than agent {bent}",
                "let each agent save no more than the one before",
            )

    def agent(self, row: dict[str, Any], where: str, index: dict[str, int]) -> tuple[int, dict[int, float], bool]:
        """Queue index, proficiency cost by queue index, movable."""
        queue, eligible, movable = row.get("queue"), row.get("eligible", {}), row.get("movable", True)
        if queue is not None and (not isinstance(queue, str) or queue not in index):
            self.fault(f"{where}.queue", f"{queue!r} is no queue", "name one of the queues, or null")
            queue = None
        if not isinstance(movable, bool):
            self.fault(f"{where}.movable", "neither true nor false", "write true or false")
        if not isinstance(eligible, dict):
            self.fault(f"{where}.eligible", "not an object", "map each queue to the cost of serving it")
            eligible = {}
        for name in eligible:
            if name not in index:
                self.fault(f"{where}.eligible", f"{name!r} is no queue", "name only queues of this document")
        costs = {
            index[name]: self.number(value, f"{where}.eligible[{name!r}]")
            for name, value in eligible.items()
            if name in index
        }
        return NOWHERE if queue is None else index[queue], costs, bool(movable)


def _document(
    queue_ids: list[str],
    agent_ids: list[str],
    costs: list[list[float]],
    people: list[tuple[int, dict[int, float], bool]],
    switch_cost: float,
) -> Document:
    width = max((len(cost) for cost in costs), default=1)
    table = np.array([cost + [cost[-1]] * (width - len(cost)) for cost in costs], dtype=np.float64)
    settled = [(queue, eligible) for queue, eligible, movable in people if not movable and queue != NOWHERE]
    movable = [at for at, person in enumerate(people) if person[2]]
    arcs = [sorted((q, c) for q, c in people[at][1].items() if q != people[at][0]) for at in movable]
    fixed = np.zeros(len(queue_ids), dtype=np.int64)
    np.add.at(fixed, [queue for queue, _ in settled], 1)
    problem = Problem(
        cost=table.reshape(len(queue_ids), width),
        base=np.zeros(len(queue_ids), dtype=np.int64),
        fixed=fixed,
        row=np.array(movable, dtype=np.int64),
        queue=np.array([people[at][0] for at in movable], dtype=np.int64),
        arc_start=np.cumsum([0, *(len(row) for row in arcs)]).astype(np.int64),
        arc_queue=np.array([queue for row in arcs for queue, _ in row], dtype=np.int64),
        arc_cost=np.array([cost for row in arcs for _, cost in row], dtype=np.float64),
        stay_cost=np.array([people[at][1].get(people[at][0], 0.0) for at in movable], dtype=np.float64),
        switch_cost=np.full(len(movable), switch_cost),
    )
    return Document(
        problem=problem,
        queue_ids=queue_ids,
        agent_ids=agent_ids,
        settled_cost=math.fsum(eligible.get(queue, 0.0) for queue, eligible in settled),
    )
