"""From a fitted queue to the rows of its coming intervals, with what is special about their days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marketplace.forecasting.candidates import AHEAD, Candidates
from marketplace.forecasting.clock import DAY_SECONDS, time_of_day, to_wall
from marketplace.forecasting.forecast_row import ForecastRow
from marketplace.forecasting.grid import Grid
from marketplace.forecasting.intraday import correct_day
from marketplace.forecasting.special import Special
from marketplace.forecasting.spread import SHARES, Spread, count_quantile, levels_of
from marketplace.matching.state import FloatArray

FARTHER_DAYS = 14
"""Beyond the days that were measured, the variance grows by as much as it is in so many days."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A grid with its forecasts from each origin; the last origin is the present."""

    grid: Grid
    candidates: Candidates
    mean: FloatArray
    """Origins × days ahead × slots."""
    mix: FloatArray
    """Origins × candidates: how much of each."""
    spread: Spread
    day_spread: float
    """Standard deviation of the log day factor one day ahead."""


def coming_rows(fitted: Fitted, special: Special, *, since: int, until: int) -> list[ForecastRow]:
    """Rows of the open intervals that end after `since` and begin before `until`; of today, corrected by what came."""
    grid = fitted.grid
    first, last = to_wall(since, grid.zone) // DAY_SECONDS, to_wall(until - 1, grid.zone) // DAY_SECONDS
    today = grid.first_day + grid.days - 1
    special_from = grid.first_day + grid.days - len(special.normal)
    rows: list[ForecastRow] = []
    for day in range(first, last + 1):
        row = day - special_from
        if special.closed[row]:
            continue
        effect = special.factor[row], special.variance[row]
        if day > today:
            rows += _day_rows(fitted, day, origin=-1, ahead=day - today, effect=effect)
            continue
        # today's own counts are in the last origin already, so what to correct is what the day before foretold
        origin = max(-2, -len(fitted.mean))
        of_day = _day_rows(fitted, day, origin=origin, ahead=1, effect=effect)
        came = {
            one.start: value
            for one, value in zip(of_day, (_count(grid, one.start) for one in of_day), strict=True)
            if np.isfinite(value) and one.start + grid.step_seconds <= since
        }
        rows += correct_day(
            rows=of_day, step_seconds=grid.step_seconds, came=came, now=since, day_spread=fitted.day_spread
        )
    return _apart(
        [row for row in rows if row.start + grid.step_seconds > since and row.start < until], grid.step_seconds
    )


def _day_rows(
    fitted: Fitted, day: int, *, origin: int, ahead: int, effect: tuple[FloatArray, FloatArray]
) -> list[ForecastRow]:
    grid = fitted.grid
    held = ahead if ahead <= AHEAD else AHEAD - 6 + (ahead - AHEAD - 1) % 7
    opened = np.flatnonzero(grid.opened[(day + 3) % 7])
    mean = fitted.mean[origin, held - 1, opened] * effect[0][opened]
    farther = 1 + (ahead - held) / FARTHER_DAYS
    excess = fitted.spread.excess[origin, held - 1] * farther + effect[1][opened]
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
    slot = (time_of_day(wall) - grid.phase) // grid.step_seconds
    return float(grid.counts[wall // DAY_SECONDS - grid.first_day, slot])


def _apart(rows: list[ForecastRow], step_seconds: int) -> list[ForecastRow]:
    """Drop a row that starts before the one before it ends: zones that shift by less than a step make some."""
    kept: list[ForecastRow] = []
    for row in sorted(rows, key=lambda row: row.start):
        if not kept or row.start >= kept[-1].start + step_seconds:
            kept.append(row)
    return kept
