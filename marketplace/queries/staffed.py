"""Who is there, now and ahead: people on duty or booked by queue, on a picture's time axis.

In the cell that holds *now* people count where they are assigned. Later they count at the queue of their duty (moves
are for minutes, duty is for hours), or where they are now if the duty names none; and who holds a place in a shift at
the shift's queue, once, whether the booking is a duty already or not. Who is planned without any queue is kept apart,
by what he or she is able to serve (on standby: of the department's queues): `gap` places them where most are missing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from marketplace.matching.state import BoolArray, Eligible, FloatArray, IntArray
from marketplace.queries.grid import Grid
from marketplace.vocabulary import BOUND_STATES

PLANNED = """
WITH planned AS (
  SELECT d.agent_id, coalesce(d.queue_id, n.queue_id) AS queue_id, s.department_id, b.id IS NOT NULL AS booked,
    lower(d.period) AS since, least(upper(d.period), d.signed_off_at) AS until, s.breaks
  FROM marketplace_duty d LEFT JOIN marketplace_agentnow n ON n.duty_id = d.id
    LEFT JOIN marketplace_booking b ON b.duty_id = d.id LEFT JOIN marketplace_shift s ON s.id = b.shift_id
  WHERE d.period && tstzrange(%(since)s, %(until)s)
  UNION ALL
  SELECT b.agent_id, s.queue_id, s.department_id, true, s.starts_at, s.ends_at, s.breaks
  FROM marketplace_booking b JOIN marketplace_shift s ON s.id = b.shift_id
  WHERE b.period && tstzrange(%(since)s, %(until)s) AND b.status = ANY(%(bound)s) AND b.duty_id IS NULL
), present AS (
  SELECT agent_id, queue_id, department_id, booked, since, until, 1 AS people FROM planned
  UNION ALL
  SELECT agent_id, queue_id, department_id, booked, greatest(since, to_timestamp((pause->>0)::float8)),
    least(until, to_timestamp((pause->>1)::float8)), -1
  FROM planned, jsonb_array_elements(breaks) AS pause
  WHERE to_timestamp((pause->>0)::float8) < until AND since < to_timestamp((pause->>1)::float8)
)
"""
"""Duty, and bookings that are none yet; less the breaks that their shifts plan."""
# the same period and queue again and again: rosters and shifts are made in blocks
AHEAD = """
SELECT queue_id, booked, extract(epoch FROM since)::float8, extract(epoch FROM until)::float8, sum(people)
FROM present WHERE queue_id = ANY(%(queues)s) GROUP BY 1, 2, 3, 4
"""
UNPLACED = """
SELECT agent_id, department_id, extract(epoch FROM since)::float8, extract(epoch FROM until)::float8, people
FROM present WHERE queue_id IS NULL
"""
PRESENT = """
SELECT q.id, q.department_id, count(n.agent_id)
FROM marketplace_queue q LEFT JOIN marketplace_agentnow n ON n.queue_id = q.id WHERE q.id = ANY(%(queues)s) GROUP BY 1
"""
PAST = """
SELECT queue_id, extract(epoch FROM lower(period))::float8,
    extract(epoch FROM least(coalesce(upper(period), %(now)s), %(now)s))::float8, count(*)
FROM marketplace_assignment WHERE queue_id = ANY(%(queues)s) AND period && tstzrange(least(%(since)s, %(now)s), %(now)s)
GROUP BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True, eq=False)
class Able:
    """Who is able to serve what: `eligible` by rows of `people` (agent ids) and `queues` (queue ids), both sorted."""

    people: IntArray
    queues: IntArray
    eligible: Eligible


@dataclass(frozen=True, slots=True, eq=False)
class Staffed:
    """People there. Both tables are people on average over a cell."""

    placed: FloatArray
    """Queues × cells."""
    booked: FloatArray
    """Those of them who hold a place in a shift; the rest are on the roster, or on duty by hand."""
    free: FloatArray
    """Kinds × cells: planned without a queue, by what they are able to serve."""
    serves: BoolArray
    """Kinds × queues: which of the queues each kind is able to serve."""


def read_staffed(*, queue_ids: Sequence[int], grid: Grid, now: datetime, able: Able | None = None) -> Staffed:
    """People at these queues (in the order given) in each cell, in four statements.

    Cells before `now` hold who was assigned, later ones who is planned. Without `able` nobody knows what people who
    are planned without a queue could serve: they are left out.
    """
    position = {queue: row for row, queue in enumerate(queue_ids)}
    asked = {
        "queues": list(queue_ids),
        "since": datetime.fromtimestamp(grid.start, UTC),
        "until": datetime.fromtimestamp(grid.end, UTC),
        "bound": [str(state) for state in BOUND_STATES],
        "now": now,
    }
    instant = now.timestamp()
    with connection.cursor() as cursor:
        ahead = _rows(cursor, PLANNED + AHEAD, asked)
        past = _fill(_rows(cursor, PAST, asked), position, grid)
        present = _rows(cursor, PRESENT, asked)
        unplaced = _rows(cursor, PLANNED + UNPLACED, asked) if able is not None else []
    booked = _fill([(queue, *rest) for queue, is_booked, *rest in ahead if is_booked], position, grid)
    placed = _fill([(queue, *rest) for queue, _, *rest in ahead], position, grid)
    before = grid.starts + grid.step_seconds <= instant
    at_now = ~before & (grid.starts <= instant)
    placed[:, before] = past[:, before]
    placed[:, at_now] = 0.0
    for queue, _, people in present:
        placed[position[queue], at_now] = people
    departments = {queue: department for queue, department, _ in present}
    free, serves = _kinds(unplaced, _Service(able, position, departments), grid)
    free[:, before | at_now] = 0.0
    return Staffed(placed=placed, booked=np.minimum(booked, placed), free=free, serves=serves)


def _rows(cursor: Any, statement: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    cursor.execute(statement, asked)
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _fill(rows: list[tuple[Any, ...]], position: Mapping[int, int], grid: Grid) -> FloatArray:
    queues, starts, ends, people = zip(*rows, strict=True) if rows else ((), (), (), ())
    row = [position[queue] for queue in queues]
    # a duty that was signed off before the axis begins ends before it starts there
    return grid.fill(row=row, start=starts, end=ends, weight=people, rows=len(position))


@dataclass(frozen=True, slots=True, eq=False)
class _Service:
    """What people without a queue could serve."""

    able: Able | None
    position: Mapping[int, int]
    """Rows by queue."""
    departments: Mapping[int, int]
    """Departments by queue."""

    def of(self, agent: int) -> frozenset[int]:
        """The rows of the queues that the agent is able to serve."""
        if self.able is None:
            return frozenset()
        profile = int(np.searchsorted(self.able.people, agent))
        if profile >= len(self.able.people) or self.able.people[profile] != agent:
            return frozenset()
        start = self.able.eligible.start
        ids = self.able.queues[self.able.eligible.queue[start[profile] : start[profile + 1]]].tolist()
        return frozenset(self.position[one] for one in ids if one in self.position)

    def within(self, department: int) -> frozenset[int]:
        """The rows of the department's queues."""
        return frozenset(self.position[queue] for queue, owner in self.departments.items() if owner == department)


def _kinds(rows: list[tuple[Any, ...]], service: _Service, grid: Grid) -> tuple[FloatArray, BoolArray]:
    """People without a queue, counted by the set of queues that they are able to serve."""
    sets: dict[frozenset[int], int] = {}
    known: dict[tuple[int, int | None], frozenset[int]] = {}
    kind = []
    for agent, department, *_ in rows:
        if (agent, department) not in known:
            served = service.of(agent)
            known[agent, department] = served if department is None else served & service.within(department)
        kind.append(sets.setdefault(known[agent, department], len(sets)))
    _, _, starts, ends, people = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    free = grid.fill(row=kind, start=starts, end=ends, weight=people, rows=len(sets))
    serves: NDArray[np.bool_] = np.zeros((len(sets), len(service.position)), dtype=np.bool_)
    for served, row in sets.items():
        serves[row, list(served)] = True
    return free, serves
