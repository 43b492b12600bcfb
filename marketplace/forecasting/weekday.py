"""The plain forecast: the mean of the same weekday and time, with quantiles from the spread among those weeks.

Counts of one weekday and time vary more than a Poisson's: mostly one factor for the whole day. So the variance of a
count with mean m is m + αm² (negative binomial), and α is measured from all cells of the queue together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import scipy

from marketplace.forecasting.clock import DAY_SECONDS, from_wall, time_of_day, to_wall, weekday
from marketplace.matching.state import FloatArray

WEEKS = 8
"""The latest so many counts of a weekday and time are the mean."""
PRIOR_ALPHA = 0.02
"""Taken until enough was seen: 0.005 in a large bank's counts, 0.02 to 0.3 in the busy lines of a small one."""
PRIOR_WEIGHT = 48.0
"""Degrees of freedom that the prior counts for: two cells an hour over a day."""
QUANTILES = (0.1, 0.5, 0.9)

Cell = tuple[int, int]
"""Weekday and time of day in the queue's own zone."""


@dataclass(frozen=True, slots=True)
class ForecastRow:
    """Offered contacts expected in one interval."""

    start: int
    """Seconds since the epoch."""
    mean: float
    p10: float
    p50: float
    p90: float


def weekday_forecast(
    *, counts: Iterable[tuple[int, float]], step_seconds: int, zone: ZoneInfo, since: int, until: int
) -> list[ForecastRow]:
    """Rows for the open intervals of one queue that end after `since` and start before `until`, in order.

    `counts` are (interval start, offered), each over `step_seconds`. An interval without a count is unknown, or closed
    if the counts reach across that weekday and time and never have it: then it gets no row. A weekday that the counts
    do not reach yet takes the mean of the same time on all days seen. Clock changes: a time that is skipped has no
    row, one that comes twice has two.
    """
    past, span = _by_cell(counts, zone)
    if not past:
        return []
    alpha = overdispersion(past.values())
    known = _summaries(past, alpha)
    anyday = _summaries(_by_time(past), alpha)
    rows: list[ForecastRow] = []
    times = sorted({time for _, time in past})
    free_from = since - step_seconds
    first_day, last_day = to_wall(since, zone) // DAY_SECONDS - 1, to_wall(until, zone) // DAY_SECONDS
    for day in range(first_day, last_day + 1):
        for time in times:
            wall = day * DAY_SECONDS + time
            figures = known.get((weekday(wall), time))
            if figures is None and not _reaches(span, wall):
                figures = anyday[0, time]
            if figures is None:
                continue
            rows += [
                ForecastRow(start, *figures)
                for start in from_wall(wall, zone)
                if start + step_seconds > since and start < until
            ]
    return _without_overlaps(sorted(rows, key=lambda row: row.start), step_seconds, free_from)


def overdispersion(groups: Iterable[Sequence[float]]) -> float:
    """α of variance = m + αm², from groups of counts with a mean of their own; moments, pooled, drawn to the prior.

    E[s² − m] = αm², and m̄² − s²/n estimates m² without bias; summed over groups, so that large ones count most.
    """
    excess = square = freedom = 0.0
    for group in groups:
        if len(group) > 1:
            values = np.asarray(group, dtype=np.float64)
            mean, variance = float(values.mean()), float(values.var(ddof=1))
            excess += variance - mean
            square += max(mean * mean - variance / len(values), 0.0)
            freedom += len(values) - 1
    seen = max(excess / square, 0.0) if square > 0 else PRIOR_ALPHA
    return (freedom * seen + PRIOR_WEIGHT * PRIOR_ALPHA) / (freedom + PRIOR_WEIGHT)


def _by_cell(counts: Iterable[tuple[int, float]], zone: ZoneInfo) -> tuple[dict[Cell, list[float]], tuple[int, int]]:
    """The latest counts of each weekday and time; and the first and last wall time that there is a count of."""
    past: dict[Cell, list[float]] = defaultdict(list)
    walls = []
    for start, offered in sorted(counts):
        wall = to_wall(start, zone)
        walls.append(wall)
        past[weekday(wall), time_of_day(wall)].append(offered)
    return {cell: values[-WEEKS:] for cell, values in past.items()}, (min(walls, default=0), max(walls, default=0))


def _by_time(past: dict[Cell, list[float]]) -> dict[Cell, list[float]]:
    """The same over all weekdays, as if each day were a Monday."""
    merged: dict[Cell, list[float]] = defaultdict(list)
    for (_, time), values in past.items():
        merged[0, time] += values
    return merged


def _summaries(past: dict[Cell, list[float]], alpha: float) -> dict[Cell, tuple[float, float, float, float]]:
    """Mean and quantiles of each cell; the mean's own error is part of the spread."""
    cells = list(past)
    number = np.array([len(past[cell]) for cell in cells], dtype=np.float64)
    mean = np.array([sum(past[cell]) for cell in cells]) / number
    variance = (mean + alpha * mean**2) * (1 + 1 / number)
    levels = [quantile(share, mean, variance) for share in QUANTILES]
    return {
        cell: (float(mean[i]), float(levels[0][i]), float(levels[1][i]), float(levels[2][i]))
        for i, cell in enumerate(cells)
    }


def quantile(share: float, mean: FloatArray, variance: FloatArray) -> FloatArray:
    """The least count with P(at most it) ≥ share: negative binomial with these moments, Poisson where v is not above m.

    Size r = m²/(v − m), success p = m/v; P(at most k) = I_p(r, k + 1), and Q(k + 1, m) for the Poisson.
    """
    wide = (variance > mean * (1 + 1e-9)) & (mean > 0)
    size = np.where(wide, mean**2, 1.0) / np.where(wide, variance - mean, 1.0)
    success = np.where(wide, mean, 1.0) / np.where(wide, variance, 2.0)
    narrow_mean = np.where(mean > 0, mean, 1.0)
    found = np.where(wide, scipy.special.nbdtrik(share, size, success), scipy.special.pdtrik(share, narrow_mean))
    answer: FloatArray = np.maximum(np.ceil(found), 0.0)
    below = np.maximum(answer - 1, 0.0)
    enough = (
        np.where(wide, scipy.special.betainc(size, below + 1, success), scipy.special.gammaincc(below + 1, narrow_mean))
        >= share
    )
    answer[enough] = below[enough]
    answer[mean <= 0] = 0.0
    return answer


def _reaches(span: tuple[int, int], wall: int) -> bool:
    """Whether the counts reach across this weekday and time in some week."""
    week = 7 * DAY_SECONDS
    nearest = span[0] + (wall - span[0]) % week
    return nearest <= span[1]


def _without_overlaps(rows: list[ForecastRow], step_seconds: int, free_from: int) -> list[ForecastRow]:
    """Drop a row that starts before the one before it ends: zones that shift by less than a step make some."""
    kept: list[ForecastRow] = []
    for row in rows:
        if row.start >= free_from:
            kept.append(row)
            free_from = row.start + step_seconds
    return kept
