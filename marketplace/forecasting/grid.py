"""Counts laid out as days × times of day by the clock on the wall, so that both clock changes come out right."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from marketplace.forecasting.clock import DAY_SECONDS, from_wall, to_wall
from marketplace.forecasting.history import History
from marketplace.matching.state import BoolArray, FloatArray, IntArray

LONGEST_DAYS = 1_100
"""Three years: what lies further back is left out."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Counts of one queue by local day and time of day."""

    first_day: int
    """Days since 1970-01-01 of the first row, by the clock on the wall."""
    counts: FloatArray
    """Days × slots; nan where unknown or closed. A wall time that came twice has the mean of both."""
    opened: BoolArray
    """Weekdays × slots (Monday is 0): whether there may be contacts."""
    phase: int
    """Seconds after midnight of the first slot."""
    step_seconds: int
    zone: ZoneInfo

    @property
    def days(self) -> int:
        return len(self.counts)

    @property
    def weekdays(self) -> IntArray:
        """Of each day; Monday is 0."""
        return (self.first_day + np.arange(self.days) + 3) % 7  # 1970-01-01 was a Thursday

    def filled(self, days: IntArray) -> FloatArray:
        """Share of the open intervals up to each of these rows that have a count; 1 before the first (row -1)."""
        opened = np.append(0, self.opened[self.weekdays].sum(axis=1).cumsum())
        known = np.append(0, np.isfinite(self.counts).sum(axis=1).cumsum())
        share = np.divide(known, opened, out=np.ones(len(opened)), where=opened > 0)
        answer: FloatArray = share[days + 1]
        return answer

    def latest(self, days: int, counts: FloatArray) -> Grid:
        """The last days of it at most, with other counts in place of its own (one row a day)."""
        first = max(self.days - days, 0)
        return replace(self, first_day=self.first_day + first, counts=counts[first:])

    def instants(self, day: int, slot: int) -> tuple[int, ...]:
        """When a slot of a day (since 1970-01-01) begins: once, or never or twice where the clock changes."""
        return from_wall(day * DAY_SECONDS + self.phase + slot * self.step_seconds, self.zone)


def lay_out(history: History, *, since: int) -> Grid:
    """Counts of intervals that ended by `since`, up to the local day that `since` lies in (its row may be partly nan).

    ValueError where no whole number of intervals makes a day.
    """
    step = history.step_seconds
    if step <= 0 or DAY_SECONDS % step:
        raise ValueError(f"a day is no whole number of intervals of {step} s, choose a length that divides 86400")
    last_day = to_wall(since - 1, history.zone) // DAY_SECONDS
    known = np.isfinite(history.offered) & (history.starts + step <= since)
    starts, offered = history.starts[known], history.offered[known]
    walls = walls_of(starts, history.zone)
    recent = walls >= (last_day + 1 - LONGEST_DAYS) * DAY_SECONDS
    walls, offered = walls[recent], offered[recent]
    slots = DAY_SECONDS // step
    if not len(walls):
        empty = np.full((0, slots), np.nan)
        return Grid(last_day + 1, empty, np.zeros((7, slots), dtype=bool), 0, step, history.zone)
    phases, often = np.unique(walls % step, return_counts=True)
    phase = int(phases[often.argmax()])
    day, within = np.divmod(walls, DAY_SECONDS)
    slot = np.maximum(within - phase, 0) // step
    first = int(day.min())
    size = (last_day + 1 - first, slots)
    place = (day - first) * slots + slot
    total = np.bincount(place, weights=offered, minlength=size[0] * slots)
    times = np.bincount(place, minlength=size[0] * slots)
    counts = np.where(times > 0, total / np.maximum(times, 1), np.nan).reshape(size)
    return Grid(first, counts, _opened(counts, first, walls, phase, step), phase, step, history.zone)


def _opened(counts: FloatArray, first: int, walls: IntArray, phase: int, step: int) -> BoolArray:
    """Closed is what the counts reach across and never have; a weekday that they don't reach is as other days."""
    weekdays = (first + np.arange(len(counts)) + 3) % 7
    seen = np.isfinite(counts)
    opened = np.array([seen[weekdays == weekday].any(axis=0) for weekday in range(7)])
    begin, end = int(walls.min()), int(walls.max())
    if end - begin < 7 * DAY_SECONDS:
        slot_walls = (np.arange(first, first + 7)[:, None] * DAY_SECONDS) + phase + np.arange(counts.shape[1]) * step
        reached = ((slot_walls >= begin) & (slot_walls <= end)) | (
            (slot_walls + 7 * DAY_SECONDS >= begin) & (slot_walls + 7 * DAY_SECONDS <= end)
        )
        order = (first + np.arange(7) + 3) % 7
        opened[order] |= ~reached & seen.any(axis=0)
    return opened


def walls_of(starts: IntArray, zone: ZoneInfo) -> IntArray:
    """`to_wall` of many instants: days on which the offset stays the same are done at once."""
    days, of = np.unique(starts // DAY_SECONDS, return_inverse=True)
    edges = np.array([_edge_offsets(int(day), zone) for day in days], dtype=np.int64).reshape(-1, 2)
    walls = starts + edges[of, 0]
    for place in np.flatnonzero(edges[of, 0] != edges[of, 1]):
        walls[place] = to_wall(int(starts[place]), zone)
    return np.asarray(walls, dtype=np.int64)


@lru_cache(maxsize=20_000)
def _edge_offsets(day: int, zone: ZoneInfo) -> tuple[int, int]:
    """The zone's offset at the begin and the end of a day of UTC."""
    begin, end = day * DAY_SECONDS, (day + 1) * DAY_SECONDS
    return to_wall(begin, zone) - begin, to_wall(end, zone) - end
