"""Who is there, now and ahead: people on duty by queue, on a picture's time axis.

In the cell that holds *now* people count where they are assigned. Later they count at the queue of their duty (moves
are for minutes, duty is for hours), or where they are now if the duty names none. Who is planned without any queue is
kept apart, by what he or she is able to serve: `gap` places them where most people are missing.
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

# the same period and queue again and again: rosters are made in blocks
AHEAD = """
SELECT coalesce(d.queue_id, n.queue_id), extract(epoch FROM lower(d.period))::float8,
    extract(epoch FROM least(upper(d.period), d.signed_off_at))::float8, count(*)
FROM marketplace_duty d LEFT JOIN marketplace_agentnow n ON n.duty_id = d.id
WHERE d.period && tstzrange(%(since)s, %(until)s) AND coalesce(d.queue_id, n.queue_id) = ANY(%(queues)s)
GROUP BY 1, 2, 3
"""
UNPLACED = """
SELECT d.agent_id, extract(epoch FROM lower(d.period))::float8,
    extract(epoch FROM least(upper(d.period), d.signed_off_at))::float8
FROM marketplace_duty d LEFT JOIN marketplace_agentnow n ON n.duty_id = d.id
WHERE d.period && tstzrange(%(since)s, %(until)s) AND coalesce(d.queue_id, n.queue_id) IS NULL
"""
PRESENT = "SELECT queue_id, count(*) FROM marketplace_agentnow WHERE queue_id = ANY(%(queues)s) GROUP BY 1"
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
        "now": now,
    }
    instant = now.timestamp()
    with connection.cursor() as cursor:
        placed = _fill(_rows(cursor, AHEAD, asked), position, grid)
        past = _fill(_rows(cursor, PAST, asked), position, grid)
        present = _rows(cursor, PRESENT, asked)
        unplaced = _rows(cursor, UNPLACED, asked) if able is not None else []
    before = grid.starts + grid.step_seconds <= instant
    at_now = ~before & (grid.starts <= instant)
    placed[:, before] = past[:, before]
    placed[:, at_now] = 0.0
    for queue, people in present:
        placed[position[queue], at_now] = people
    free, serves = _kinds(unplaced, able, position, grid)
    free[:, before | at_now] = 0.0
    return Staffed(placed=placed, free=free, serves=serves)


def _rows(cursor: Any, statement: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    cursor.execute(statement, asked)
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _fill(rows: list[tuple[Any, ...]], position: Mapping[int, int], grid: Grid) -> FloatArray:
    queues, starts, ends, people = zip(*rows, strict=True) if rows else ((), (), (), ())
    row = [position[queue] for queue in queues]
    # a duty that was signed off before the axis begins ends before it starts there
    return grid.fill(row=row, start=starts, end=ends, weight=people, rows=len(position))


def _kinds(
    rows: list[tuple[Any, ...]], able: Able | None, position: Mapping[int, int], grid: Grid
) -> tuple[FloatArray, BoolArray]:
    """People without a queue, counted by the set of queues that they are able to serve."""
    sets: dict[frozenset[int], int] = {}
    kind = [sets.setdefault(served, len(sets)) for served in _served(rows, able, position)]
    _, starts, ends = zip(*rows, strict=True) if rows else ((), (), ())
    free = grid.fill(row=kind, start=starts, end=ends, weight=np.ones(len(rows)), rows=len(sets))
    serves: NDArray[np.bool_] = np.zeros((len(sets), len(position)), dtype=np.bool_)
    for served, row in sets.items():
        serves[row, list(served)] = True
    return free, serves


def _served(rows: list[tuple[Any, ...]], able: Able | None, position: Mapping[int, int]) -> list[frozenset[int]]:
    if able is None or not rows:
        return []
    known: dict[int, frozenset[int]] = {}
    start, queue = able.eligible.start, able.queues[able.eligible.queue]
    for agent in {row[0] for row in rows}:
        profile = int(np.searchsorted(able.people, agent))
        found = profile < len(able.people) and able.people[profile] == agent
        ids = queue[start[profile] : start[profile + 1]].tolist() if found else []
        known[agent] = frozenset(position[one] for one in ids if one in position)
    return [known[row[0]] for row in rows]
