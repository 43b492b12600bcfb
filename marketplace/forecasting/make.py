"""The forecast of one queue: rows for the coming days, 52 weeks, and how good it has been."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from marketplace.forecasting.backtest import NOTHING, Backtest, measure
from marketplace.forecasting.blend import blend_weights, contacts_known, due_weights
from marketplace.forecasting.candidates import AHEAD, Candidates, Start, walk
from marketplace.forecasting.clock import DAY_SECONDS, to_wall
from marketplace.forecasting.forecast_row import ForecastRow
from marketplace.forecasting.grid import Grid, lay_out
from marketplace.forecasting.history import History
from marketplace.forecasting.rows import Fitted, coming_rows
from marketplace.forecasting.special import specials
from marketplace.forecasting.spread import day_spread, inside_of, measure_spread
from marketplace.forecasting.starting import starting
from marketplace.forecasting.weeks import WEEKS, WeekRow, make_weeks
from marketplace.matching.state import BoolArray, FloatArray, IntArray

WINDOW = 84
"""Origins of the rolling backtest: the last so many days."""
WALK_DAYS = 280
"""So far back the levels and shapes of days are followed."""
LEAST_DAYS = 14
"""Known before the first origin."""
WARM_DAYS = 7
"""Origins before the first, from a week's end on, that say only which candidate does well."""


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
    recent = grid.latest(WALK_DAYS + _silent_days(grid), special.normal)
    origins = np.arange(max(min(LEAST_DAYS, recent.days) - 1, recent.days - 1 - WINDOW, -1), recent.days)
    if len(origins) == 1 and origins[0] >= 0:
        origins = np.array([origins[0] - 1, origins[0]])
    fitted, backtest = fit(recent, origins, None if start is None else start.start)
    rows = coming_rows(fitted, special, since=since, until=until)
    weeks = make_weeks(grid, special, fitted.mean[-1], since=since)
    return Made(rows, weeks, backtest, fitted.day_spread)


def fit(grid: Grid, origins: IntArray, start: Start | None) -> tuple[Fitted, Backtest]:
    """Forecasts from consecutive origins, each from what was known by then, and what they were worth."""
    first = int(origins[0])
    warm = np.arange(max(first - WARM_DAYS, 6), first)
    candidates = walk(grid, grid.counts, origins=np.append(warm, origins), start=start)
    mix = _mixed(grid, candidates)[len(warm) :]
    candidates = candidates.since(len(warm))
    truth = at_days(grid.counts, origins[:, None] + np.arange(1, AHEAD + 1))
    mean = np.einsum("oc,cohs->ohs", mix, _filled_in(candidates))
    spread = measure_spread(
        mean,
        truth if start is not None else np.where(_something_known(grid, origins)[:, None, None], truth, np.nan),
        variance=candidates.variance,
        due=due_weights(len(origins), AHEAD),
    )
    backtest = measure(
        mean=mean,
        naive=candidates.cubes[-1],
        truth=truth,
        inside=inside_of(truth, mean, spread),
        counts=grid.counts,
        mix=mix[-1],
    )
    return Fitted(grid, candidates, mean, mix, spread, day_spread(mean, truth, excess=spread.excess)), backtest


def _silent_days(grid: Grid) -> int:
    """Days since the last that has a count: however long ago it is, what was known then is still the best there is."""
    known = np.flatnonzero(np.isfinite(grid.counts).any(axis=1))
    return grid.days - 1 - int(known[-1]) if len(known) else 0


def _something_known(grid: Grid, origins: IntArray) -> BoolArray:
    """Whether any day had come by each origin: how far off a guess out of nothing was says nothing of later ones."""
    days = np.append(0, np.isfinite(grid.counts).any(axis=1).cumsum())
    answer: BoolArray = days[origins + 1] > 0
    return answer


def _mixed(grid: Grid, candidates: Candidates) -> FloatArray:
    """How much of each candidate, origins × candidates."""
    origins = candidates.origins
    truth = at_days(grid.counts, origins[:, None] + np.arange(1, AHEAD + 1))
    model, naive = candidates.cubes[0], candidates.cubes[-1]
    return blend_weights(
        _filled_in(candidates),
        np.where(np.isfinite(naive), truth, np.nan),
        due=due_weights(len(origins), AHEAD),
        filled=grid.filled(origins),
        rate=model.sum(axis=(1, 2)) / np.maximum((model > 0).sum(axis=(1, 2)), 1),
        contacts=contacts_known(grid.counts, origins),
    )


def _filled_in(candidates: Candidates) -> FloatArray:
    """The cubes, with the model's word where a candidate has nothing to say."""
    return np.where(np.isfinite(candidates.cubes), candidates.cubes, candidates.cubes[0])


def at_days(counts: FloatArray, days: IntArray) -> FloatArray:
    """Rows of `counts`, nan for days outside."""
    beside = np.full((1, counts.shape[1]), np.nan)
    inside = (days >= 0) & (days < len(counts))
    answer: FloatArray = np.concatenate([counts, beside])[np.where(inside, days, len(counts))]
    return answer
