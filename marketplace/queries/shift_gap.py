"""What a search for shifts starts from: the gap of some queues of one department, in whole people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from marketplace.matching.state import FloatArray, IntArray
from marketplace.models import Queue
from marketplace.queries.gap import read_gaps
from marketplace.queries.grid import Grid
from marketplace.queries.shifts import promised, standing_by
from marketplace.queries.staffed import Able

STEP_SECONDS = 900
HALF_A_PERSON = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class ShiftGap:
    """Tables are queues × cells, people."""

    grid: Grid
    queues: Sequence[Queue]
    need: IntArray
    there: FloatArray
    """Staffed, and promised by the free places of draft and open shifts."""
    is_forecast: bool

    @property
    def people(self) -> IntArray:
        """People missing; below zero are too many."""
        return np.floor(self.need - self.there + HALF_A_PERSON).astype(np.int64)


def grid_between(*, since: datetime, until: datetime, now: datetime) -> Grid:
    """Quarters of an hour of the period, from the next whole hour on at the earliest."""
    soonest = -(-int(now.timestamp()) // 3600) * 3600
    start = max(int(since.timestamp()) // STEP_SECONDS * STEP_SECONDS, soonest)
    return Grid.ahead(now=datetime.fromtimestamp(start, UTC), until=until, step_seconds=STEP_SECONDS)


def read_shift_gap(
    *, department_id: int, queue_ids: Sequence[int], grid: Grid, now: datetime, able: Able | None
) -> ShiftGap:
    """The gap of the active ones among these queues; standby counts where most people are missing."""
    gaps = read_gaps(department_ids=[department_id], grid=grid, now=now, able=able)
    rows = [row for row, queue in enumerate(gaps.queues) if queue.pk in set(queue_ids)]
    queues = [gaps.queues[row] for row in rows]
    there = gaps.staffed[rows] + promised(queue_ids=[queue.pk for queue in queues], grid=grid, now=now)
    need = gaps.need[rows]
    if queues:
        _share_out(standing_by(department_ids=[department_id], grid=grid, now=now)[0], need, there)
    return ShiftGap(grid=grid, queues=queues, need=need, there=there, is_forecast=gaps.is_forecast)


def _share_out(standby: FloatArray, need: IntArray, there: FloatArray) -> None:
    """One person after the other goes where most are missing."""
    cells = np.flatnonzero(standby >= HALF_A_PERSON)
    for cell in cells.tolist():
        for _ in range(round(float(standby[cell]))):
            there[int(np.argmax(need[:, cell] - there[:, cell])), cell] += 1
