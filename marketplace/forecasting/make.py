"""The forecast of one queue: rows for the coming days, 52 weeks, and how good it has been."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from marketplace.forecasting.backtest import NOTHING, Backtest, measure
from marketplace.forecasting.blend import blend_weights, due_weights
from marketplace.forecasting.candidates import AHEAD, Start, walk
from marketplace.forecasting.clock import DAY_SECONDS, to_wall
from marketplace.forecasting.grid import Grid, lay_out
from marketplace.forecasting.history import History
from marketplace.forecasting.rows import Fitted, coming_rows
from marketplace.forecasting.special import specials
from marketplace.forecasting.spread import day_spread, inside_of, measure_spread
from marketplace.forecasting.starting import starting
from marketplace.forecasting.weekday import ForecastRow
from marketplace.forecasting.weeks import WEEKS, WeekRow, make_weeks
from marketplace.matching.state import FloatArray, IntArray

WINDOW = 84
"""Origins of the rolling backtest: the last so many days."""
WALK_DAYS = 280
"""So far back the levels and shapes of days are followed."""
LEAST_DAYS = 14
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
        return Made([], [], NOTHING, 0.0)
    last_day = max(
        to_wall(until - 1, grid.zone) // DAY_SECONDS, to_wall(since, grid.zone) // DAY_SECONDS + 7 * (WEEKS + 2)
    )
    special = specials(history, grid, last_day=last_day)
    recent = grid.latest(WALK_DAYS, special.normal)
    origins = np.arange(max(min(LEAST_DAYS, recent.days) - 1, recent.days - 1 - WINDOW, -1), recent.days)
    if len(origins) == 1 and origins[0] >= 0:
        origins = np.array([origins[0] - 1, origins[0]])
    fitted, backtest = fit(recent, origins, None if start is None else start.start)
    rows = coming_rows(fitted, special, since=since, until=until)
    weeks = make_weeks(grid, special, fitted.mean[-1], since=since)
    return Made(rows, weeks, backtest, fitted.day_spread)


def fit(grid: Grid, origins: IntArray, start: Start | None) -> tuple[Fitted, Backtest]:
    """Forecasts from consecutive origins, each from what was known by then, and what they were worth."""
    candidates = walk(grid, grid.counts, origins=origins, start=start)
    target = origins[:, None] + np.arange(1, AHEAD + 1)
    truth = at_days(grid.counts, target)
    cubes = np.where(np.isfinite(candidates.cubes), candidates.cubes, candidates.cubes[0])
    due = due_weights(len(origins), AHEAD)
    compared = np.where(np.isfinite(candidates.cubes[-1]), truth, np.nan)
    mix = blend_weights(cubes, compared, due=due, filled=grid.filled(origins))
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
    return Fitted(grid, candidates, mean, mix, spread, day_spread(mean, truth, excess=spread.excess)), backtest


def at_days(counts: FloatArray, days: IntArray) -> FloatArray:
    """Rows of `counts`, nan for days outside."""
    beside = np.full((1, counts.shape[1]), np.nan)
    inside = (days >= 0) & (days < len(counts))
    answer: FloatArray = np.concatenate([counts, beside])[np.where(inside, days, len(counts))]
    return answer
