"""Fifty-two weeks: the level of the coming fortnight, with quantiles that widen as it may wander."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marketplace.forecasting.clock import DAY_SECONDS, from_wall, to_wall
from marketplace.forecasting.grid import Grid
from marketplace.matching.state import FloatArray

WEEKS = 52
DECILE = 1.2815515655446004
LEAST_WANDER = 0.02
"""Standard deviation of a week's step of the log level."""


@dataclass(frozen=True, slots=True)
class WeekRow:
    """Offered contacts expected in one week."""

    start: int
    """Seconds since the epoch: Monday 00:00 by the clock on the wall."""
    mean: float
    p10: float
    p50: float
    p90: float


def make_weeks(grid: Grid, mean: FloatArray, excess: FloatArray, *, since: int) -> list[WeekRow]:
    """From the means of the coming days (days ahead × slots)."""
    day = -(-to_wall(since, grid.zone) // DAY_SECONDS)
    monday = day + (-(day + 3)) % 7
    week = float(mean[:7].sum())
    rows = []
    for ahead in range(WEEKS):
        spread = float(np.sqrt(np.log1p(excess[6]) + LEAST_WANDER**2 * (ahead + 1) + 1 / max(week, 1.0)))
        start = (from_wall((monday + 7 * ahead) * DAY_SECONDS, grid.zone) or (0,))[0]
        rows.append(
            WeekRow(
                start,
                week,
                week * np.exp(-DECILE * spread),
                week * np.exp(-(spread**2) / 2),
                week * np.exp(DECILE * spread),
            )
        )
    return rows
