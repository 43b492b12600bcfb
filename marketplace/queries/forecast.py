"""The forecast and what came, on a picture's time axis, for all queues at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.db import connection

from marketplace.matching.state import FloatArray
from marketplace.queries.grid import Grid

FORECAST = """
SELECT queue_id, extract(epoch FROM starts_at)::float8, seconds, mean, p10, p90, planned_mean FROM marketplace_forecast
WHERE queue_id = ANY(%s) AND starts_at > %s AND starts_at < %s AND seconds > 0
"""
# minutes of a switch and the quarters of a file may count the same contacts: the shorter count wins where it is whole
CAME = """
SELECT queue_id, extract(epoch FROM starts_at)::float8, seconds, offered,
    extract(epoch FROM least(starts_at + make_interval(secs => seconds), as_of))::float8
FROM marketplace_interval
WHERE queue_id = ANY(%s) AND starts_at > %s AND starts_at < %s AND seconds <= %s
"""
LONGEST_SECONDS = 7200
"""No row that is longer is read: counts of a day say nothing about an hour."""
COVERED = 0.8
"""A cell with less of it counted is unknown."""


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """Contacts a second, queues × cells; NaN where nothing is forecast."""

    mean: FloatArray
    low: FloatArray
    """10 % of the outcomes are lower."""
    high: FloatArray
    """10 % of the outcomes are higher."""
    planned: FloatArray
    """The mean as it was before today was corrected by what came; NaN where it was not."""

    def of(self, rows: Sequence[int]) -> "Expected":
        """Those of some of the queues."""
        chosen = list(rows)
        return Expected(self.mean[chosen], self.low[chosen], self.high[chosen], self.planned[chosen])


def read_expected(*, queue_ids: Sequence[int], grid: Grid) -> Expected:
    """The forecast of these queues, in the order given; one statement."""
    position = {queue: row for row, queue in enumerate(queue_ids)}
    rows = _read(FORECAST, [list(queue_ids), *_around(grid)], columns=7)
    row = np.array([position[queue] for queue in rows[:, 0].astype(int).tolist()], dtype=np.int64)
    start, seconds = rows[:, 1], rows[:, 2]

    def rate(column: int) -> FloatArray:
        known = np.isfinite(rows[:, column])
        of, begin, end = row[known], start[known], (start + seconds)[known]
        share = grid.fill(row=of, start=begin, end=end, weight=np.ones(len(of)), rows=len(queue_ids))
        total = grid.fill(row=of, start=begin, end=end, weight=(rows[:, column] / seconds)[known], rows=len(queue_ids))
        return _over(total, share, least=1e-6)

    return Expected(mean=rate(3), low=rate(4), high=rate(5), planned=rate(6))


def read_came(*, queue_ids: Sequence[int], grid: Grid) -> FloatArray:
    """Contacts a second that came, queues × cells; NaN where too little was counted; one statement."""
    position = {queue: row for row, queue in enumerate(queue_ids)}
    rows = _read(CAME, [list(queue_ids), *_around(grid), LONGEST_SECONDS], columns=5)
    fine = rows[:, 2] <= grid.step_seconds / 2
    known = np.full((len(queue_ids), grid.cells), np.nan)
    for which in (~fine, fine):
        part = rows[which]
        row = [position[queue] for queue in part[:, 0].astype(int).tolist()]
        start, end = part[:, 1], np.maximum(part[:, 4], part[:, 1])
        seconds = np.maximum(end - start, 1.0)
        share = grid.fill(row=row, start=start, end=end, weight=np.ones(len(part)), rows=len(queue_ids))
        rate = grid.fill(row=row, start=start, end=end, weight=part[:, 3] / seconds, rows=len(queue_ids))
        seen = _over(rate, share, least=COVERED)
        known = np.where(np.isnan(seen), known, seen)
    return known


def _over(total: FloatArray, share: FloatArray, *, least: float) -> FloatArray:
    """The mean over the part that is known; NaN where that is less than `least`."""
    answer: FloatArray = np.full(total.shape, np.nan)
    known = share >= least
    answer[known] = total[known] / share[known]
    return answer


def _around(grid: Grid) -> tuple[datetime, datetime]:
    return datetime.fromtimestamp(grid.start - LONGEST_SECONDS, UTC), datetime.fromtimestamp(grid.end, UTC)


def _read(statement: str, asked: Sequence[Any], *, columns: int) -> FloatArray:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return np.array(cursor.fetchall(), dtype=np.float64).reshape(-1, columns)
