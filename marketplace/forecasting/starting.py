"""Where a queue with little or no history begins: a sibling's shape, or a day drawn by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from marketplace.forecasting.candidates import Start, walk
from marketplace.forecasting.clock import DAY_SECONDS
from marketplace.forecasting.grid import Grid, lay_out
from marketplace.forecasting.history import History
from marketplace.matching.state import BoolArray

OWN_DAYS = 56
"""With so many days of its own a queue borrows nothing."""
UNKNOWN_LEVEL = 0.7
"""Standard deviation of the log level where it is a sibling's."""
DRAWN_LEVEL = 0.3
"""The same where a person drew it."""


@dataclass(frozen=True, slots=True)
class Borrowed:
    """What is taken for known, and the hours that the other is open."""

    start: Start
    open_hours: BoolArray

    def opened(self, grid: Grid) -> Grid:
        """The grid, open where its own counts say so; where they don't reach yet, where the other is."""
        seen = np.flatnonzero(np.isfinite(grid.counts).any(axis=1))
        own = np.isin(np.arange(7), grid.weekdays[seen])
        return replace(grid, opened=np.where(own[:, None], grid.opened, self.open_hours))


def starting(grid: Grid, *, like: History | None, curve: Sequence[float] | None, since: int) -> Borrowed | None:
    """None where the queue knows enough itself, or nobody lends. ValueError for a curve that isn't 24 numbers ≥ 0."""
    if curve is not None and (len(curve) != 24 or not all(np.isfinite(curve)) or min(curve) < 0):
        raise ValueError("a drawn day has 24 values, one for each hour, none below 0")
    if grid.days >= OWN_DAYS:
        return None
    if curve is not None and sum(curve) > 0:
        slots = DAY_SECONDS // grid.step_seconds
        middle = (grid.phase + (np.arange(slots) + 0.5) * grid.step_seconds) / 3600 % 24
        drawn = np.asarray(curve, dtype=np.float64)[middle.astype(np.int64)]
        share = np.tile(drawn / drawn.sum(), (7, 1))
        return Borrowed(Start(share, float(np.log(sum(curve))), DRAWN_LEVEL), share > 0)
    if like is not None and like.step_seconds == grid.step_seconds:
        other = lay_out(replace(like, events=()), since=since)
        if other.days:
            found = walk(other, other.counts, origins=np.array([other.days - 1]))
            coming = (other.first_day + other.days + np.arange(7) + 3) % 7
            week = np.empty_like(found.cubes[0, 0, :7])
            week[coming] = found.cubes[0, 0, :7]
            share = week / np.maximum(week.sum(axis=1, keepdims=True), 1e-12)
            return Borrowed(Start(share, float(found.effects[0]), UNKNOWN_LEVEL, found.effects[1:]), other.opened)
    return None
