"""One queue's rows as arrays on the wall clock of its zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from marketplace.forecasting.intake.read import Raw
from marketplace.matching.state import FloatArray, IntArray

DAY = 86_400
WEEK = 7 * DAY
HALF_HOUR = 1800


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Ascending by time."""

    queue: str
    step: int
    zone: ZoneInfo
    line: IntArray
    start: IntArray
    wall: IntArray
    """What the wall clock shows, as seconds since its own Monday, 1969-12-29 00:00."""
    offered: FloatArray

    @property
    def cell(self) -> IntArray:
        """Weekday and time of day."""
        return self.wall % WEEK

    @property
    def day(self) -> IntArray:
        """Days since that Monday."""
        return self.wall // DAY


def series_of(rows: Sequence[Raw], *, step: int, zone: ZoneInfo) -> Series:
    """Arrays of one queue's rows, which ascend by time."""
    start = np.array([row.start for row in rows], dtype=np.int64)
    return Series(
        queue=rows[0].queue,
        step=step,
        zone=zone,
        line=np.array([row.line for row in rows], dtype=np.int64),
        start=start,
        wall=wall_of(start, zone),
        offered=np.array([row.offered for row in rows], dtype=np.float64),
    )


def wall_of(start: IntArray, zone: ZoneInfo) -> IntArray:
    """Instants to wall clock seconds since Monday, 1969-12-29. Clocks change at whole half-hours of UTC only."""
    days, place = np.unique(start // DAY, return_inverse=True)
    bounds = np.array([[_offset(int(day) * 48, zone), _offset(int(day) * 48 + 48, zone)] for day in days])
    offsets = bounds[place, 0]
    for row in np.flatnonzero(bounds[place, 0] != bounds[place, 1]):
        offsets[row] = _offset(int(start[row]) // HALF_HOUR, zone)
    wall: IntArray = start + offsets + 3 * DAY  # 1970-01-01 was a Thursday
    return wall


@lru_cache(maxsize=500_000)
def _offset(slot: int, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(slot * HALF_HOUR, UTC).astimezone(zone).utcoffset()
    return round(offset.total_seconds()) if offset is not None else 0


def group_median(keys: IntArray, values: FloatArray) -> tuple[FloatArray, IntArray]:
    """For each row the median of all values with its key, and how many these are."""
    _, place, count = np.unique(keys, return_inverse=True, return_counts=True)
    order = np.lexsort((values, place))
    ends = np.cumsum(count)
    begins = ends - count
    low, high = order[begins + (count - 1) // 2], order[begins + count // 2]
    median: FloatArray = (values[low] + values[high]) / 2
    return median[place], count[place]


def runs(wanted: np.ndarray) -> list[tuple[int, int]]:
    """The stretches `[first, past)` where a boolean array is true."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], wanted.astype(np.int8), [0]))))
    return [(int(first), int(past)) for first, past in zip(edges[::2], edges[1::2], strict=True)]
