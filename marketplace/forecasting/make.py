"""The forecast of one queue: rows for the coming days, 52 weeks, and how good it has been."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from marketplace.forecasting.backtest import Backtest, measure
from marketplace.forecasting.blend import blend_weights, due_weights
from marketplace.forecasting.candidates import AHEAD, Candidates, Start, walk
from marketplace.forecasting.clock import DAY_SECONDS, to_wall
from marketplace.forecasting.grid import Grid, lay_out
from marketplace.forecasting.history import History
from marketplace.forecasting.intraday import correct_day
from marketplace.forecasting.spread import SHARES, Spread, count_quantile, inside_of, levels_of, measure_spread
from marketplace.forecasting.starting import starting
from marketplace.forecasting.weekday import ForecastRow
from marketplace.forecasting.weeks import WeekRow, make_weeks
from marketplace.matching.state import FloatArray, IntArray

WINDOW = 84
"""Origins of the rolling backtest: the last so many days."""
LEAST_DAYS = 7
"""Known before the first origin."""


@dataclass(frozen=True, slots=True)
class Made:
    """All that is forecast for one queue."""

    rows: list[ForecastRow]
    """Open intervals that end after `since` and begin before `until`."""
    weeks: list[WeekRow]
    """52 weeks from the first Monday that is not before `since`."""
    backtest: Backtest
    day_spread: float
    """Standard deviation of the log day factor one day ahead."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A grid with its forecasts from each origin; the last origin is the present."""

    grid: Grid
    candidates: Candidates
    mean: FloatArray
    """Origins × days ahead × slots."""
    mix: FloatArray
    spread: Spread


def make_forecast(
    *, history: History, since: int, until: int, like: History | None = None, curve: Sequence[float] | None = None
) -> Made:
    """Forecast from the counts of intervals that ended by `since`, for those that begin before `until`.

    `like` is a sibling queue whose weekly shape is borrowed where the queue's own history is short (its level too
    where there is none); `curve` a drawn day of 24 hourly values. With neither and without counts there are no rows.
    ValueError where no whole number of intervals makes a day.
    """
    grid = lay_out(history, since=since)
    start = starting(grid, like=like, curve=curve, since=since)
    if start is not None:
        grid = start.opened(grid)
    if not grid.opened.any():
        return Made([], [], Backtest(None, None, None, None, "none"), 0.0)
    origins = np.arange(max(min(LEAST_DAYS, grid.days) - 1, grid.days - 1 - WINDOW, -1), grid.days)
    if len(origins) == 1 and origins[0] >= 0:
        origins = np.array([origins[0] - 1, origins[0]])
    fitted, backtest = fit(grid, origins, None if start is None else start.start)
    rows = _rows(fitted, since=since, until=until)
    weeks = make_weeks(fitted.grid, fitted.mean[-1], fitted.spread.excess[-1], since=since)
    return Made(rows, weeks, backtest, day_spread(fitted))


def fit(grid: Grid, origins: IntArray, start: Start | None) -> tuple[Fitted, Backtest]:
    """Forecasts from consecutive origins, each from what was known by then, and what they were worth."""
    candidates = walk(grid, grid.counts, origins=origins, start=start)
    target = origins[:, None] + np.arange(1, AHEAD + 1)
    truth = at_days(grid.counts, target)
    cubes = np.where(np.isfinite(candidates.cubes), candidates.cubes, candidates.cubes[0])
    due = due_weights(len(origins), AHEAD)
    mix = blend_weights(cubes, truth, due=due)
    mean = np.einsum("oc,cohs->ohs", mix, cubes)
    spread = measure_spread(mean, truth, variance=candidates.variance, due=due)
    backtest = measure(
        mean=mean,
        naive=candidates.cubes[-1],
        truth=truth,
        inside=inside_of(truth, mean, spread),
        counts=grid.counts,
        mix=mix[-1],
    )
    return Fitted(grid, candidates, mean, mix, spread), backtest


def at_days(counts: FloatArray, days: IntArray) -> FloatArray:
    """Rows of `counts`, nan for days outside."""
    beside = np.full((1, counts.shape[1]), np.nan)
    inside = (days >= 0) & (days < len(counts))
    answer: FloatArray = np.concatenate([counts, beside])[np.where(inside, days, len(counts))]
    return answer


def day_spread(fitted: Fitted) -> float:
    """Of the present origin, one day ahead: C there is the day factor's variance, mostly. Closed days don't count."""
    grid = fitted.grid
    coming = (grid.first_day + grid.days - 1 + np.arange(1, 8) + 3) % 7
    excess = fitted.spread.excess[-1, :7][grid.opened[coming].any(axis=1)]
    return float(np.sqrt(np.log1p(excess[0] if len(excess) else 0.0)))


def _rows(fitted: Fitted, *, since: int, until: int) -> list[ForecastRow]:
    grid = fitted.grid
    first = to_wall(since, grid.zone) // DAY_SECONDS
    last = to_wall(until - 1, grid.zone) // DAY_SECONDS
    today = grid.first_day + grid.days - 1
    rows: list[ForecastRow] = []
    for day in range(first, last + 1):
        origin = -2 if day <= today else -1
        if day <= today and len(fitted.mean) < 2:
            origin = -1
        ahead = max(day - (today - 1 if origin == -2 else today), 1)
        of_day = _day_rows(fitted, day, origin=origin, ahead=ahead)
        if day == today:
            came = {
                row.start: value
                for row, value in ((row, _count(grid, row.start)) for row in of_day)
                if np.isfinite(value) and row.start + grid.step_seconds <= since
            }
            of_day = correct_day(
                rows=of_day, step_seconds=grid.step_seconds, came=came, now=since, day_spread=day_spread(fitted)
            )
        rows += of_day
    return [row for row in rows if row.start + grid.step_seconds > since and row.start < until]


def _day_rows(fitted: Fitted, day: int, *, origin: int, ahead: int) -> list[ForecastRow]:
    grid = fitted.grid
    held = ahead if ahead <= AHEAD else AHEAD - 6 + (ahead - AHEAD - 1) % 7
    opened = np.flatnonzero(grid.opened[(day + 3) % 7])
    mean = fitted.mean[origin, held - 1, opened]
    excess = np.full(len(opened), fitted.spread.excess[origin, held - 1] * (1 + (ahead - held) / 14))
    levels = levels_of(fitted.spread.scores[origin, held - 1])
    quantiles = [count_quantile(np.full(len(opened), levels[which]), mean, excess) for which in range(len(SHARES))]
    rows = [
        ForecastRow(start, float(mean[i]), float(quantiles[0][i]), float(quantiles[1][i]), float(quantiles[2][i]))
        for i, slot in enumerate(opened)
        for start in grid.instants(day, int(slot))
    ]
    return sorted(rows, key=lambda row: row.start)


def _count(grid: Grid, start: int) -> float:
    wall = to_wall(start, grid.zone)
    day, within = wall // DAY_SECONDS - grid.first_day, wall % DAY_SECONDS
    return float(grid.counts[day, (within - grid.phase) // grid.step_seconds])
