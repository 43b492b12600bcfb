"""Fifty-two weeks: a level that wanders, and the shape of a year.

The logarithm of a week's contacts is the sum of a random walk, a yearly shape of three harmonics, and noise, all
Gaussian; so the coming weeks follow by linear prediction from the past ones, with a spread that widens. How much each
part moves is not known: each answer of a small grid is weighted by its likelihood. Before a year was seen, its shape
only widens the spread. Holidays and events come on top, as they do for the days.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
import scipy

from marketplace.forecasting.clock import DAY_SECONDS, from_wall, to_wall
from marketplace.forecasting.grid import Grid
from marketplace.forecasting.special import Special
from marketplace.matching.state import BoolArray, FloatArray, IntArray

WEEKS = 52
YEAR = 365.2425 / 7


WALKS, SHAPES, NOISES = (0.004, 0.012, 0.036), (0.03, 0.12, 0.4), (0.02, 0.06, 0.15)
"""Standard deviations: of the level's weekly step, of a first harmonic, of a week."""
FIRST = 1.0
"""Standard deviation of the level at the first week."""
ENOUGH = 0.5
"""A week of which less is known says nothing."""
NEAR = 0.8
"""What is left, a week later, of the difference to what the days' forecast says."""
DECILE = 1.2815515655446004


@dataclass(frozen=True, slots=True)
class WeekRow:
    """Offered contacts expected in one week."""

    start: int
    """Seconds since the epoch: Monday 00:00 by the clock on the wall."""
    mean: float
    p10: float
    p50: float
    p90: float


def make_weeks(grid: Grid, special: Special, coming: FloatArray, *, since: int) -> list[WeekRow]:
    """From the first Monday that is not before `since`; `coming` are the means of the days after the grid's last one.

    `special` must reach over the weeks. Days × slots.
    """
    totals, known, usual = weekly_totals(grid, special.normal)
    day = -(-to_wall(since, grid.zone) // DAY_SECONDS)
    monday = day + (-(day + 3)) % 7
    first_monday = grid.first_day + (-(grid.first_day + 3)) % 7
    gap = (monday - first_monday) // 7 - len(totals)
    log, variance = ahead_of(totals, known, weeks=gap + WEEKS)
    log, variance = log[gap:], variance[gap:]
    begin = monday - (grid.first_day + grid.days)
    near = coming[max(begin, 0) : begin + 7] if begin >= 0 else coming[:7]
    if len(near) == 7 and near.sum() > 0:
        # before the first whole week was seen, the days' forecast is all there is
        shift = float(np.log(near.sum())) - log[0]
        log = log + shift * (NEAR ** np.arange(WEEKS) if known.any() else 1.0)
    rows = []
    for ahead in range(WEEKS):
        days = np.arange(7) + monday + 7 * ahead - grid.first_day
        share = _share_of_usual(special, usual, days)
        middle, spread = float(np.exp(log[ahead])) * share, float(np.sqrt(variance[ahead]))
        start = from_wall((monday + 7 * ahead) * DAY_SECONDS, grid.zone) or from_wall(
            (monday + 7 * ahead) * DAY_SECONDS + 3600, grid.zone
        )
        rows.append(
            WeekRow(
                start=start[0],
                mean=middle * float(np.exp(spread**2 / 2)),
                p10=middle * float(np.exp(-DECILE * spread)),
                p50=middle,
                p90=middle * float(np.exp(DECILE * spread)),
            )
        )
    return rows


def _share_of_usual(special: Special, usual: FloatArray, days: IntArray) -> float:
    """What holidays and events leave of a week, or add."""
    inside = days < len(special.factor)
    factor = np.ones((7, usual.shape[1]))
    factor[inside] = special.factor[days[inside]] * ~special.closed[days[inside], None]
    total = float(usual.sum())
    return float((usual * factor).sum()) / total if total > 0 else 1.0


def weekly_totals(grid: Grid, normal: FloatArray) -> tuple[FloatArray, BoolArray, FloatArray]:
    """Contacts of each whole week from the first Monday on, whether it is known, and the mean of a weekday and slot."""
    weekdays = grid.weekdays
    counted = np.isfinite(normal)
    size = (7, normal.shape[1])
    total, times = np.zeros(size), np.zeros(size)
    np.add.at(total, weekdays, np.where(counted, normal, 0.0))
    np.add.at(times, weekdays, counted)
    usual = np.divide(total, times, out=np.zeros(size), where=times > 0)
    skip = int((-(grid.first_day + 3)) % 7)
    weeks = max(grid.days - skip, 0) // 7
    block = normal[skip : skip + weeks * 7].reshape(weeks, 7, normal.shape[1])
    there = np.isfinite(block)
    seen = np.where(there, block, 0.0).sum(axis=(1, 2))
    covered = (there * usual).sum(axis=(1, 2)) / max(float(usual.sum()), 1e-9)
    known = covered >= ENOUGH
    return np.where(known, seen / np.maximum(covered, ENOUGH), np.nan), known, usual


def ahead_of(totals: FloatArray, known: BoolArray, *, weeks: int) -> tuple[FloatArray, FloatArray]:
    """Log of the coming weeks' contacts and its variance, from those seen. With none seen: 0, and a wide one."""
    past = np.flatnonzero(known)
    if not len(past):
        return np.zeros(weeks), np.full(weeks, 0.5**2) + WALKS[1] ** 2 * np.arange(1, weeks + 1)
    values = np.log(totals[past] + 0.5)
    centre = float(np.median(values[-8:]))
    poisson = 1 / (totals[past] + 0.5)
    coming = np.arange(len(totals), len(totals) + weeks)
    scores, logs, variances = [], [], []
    for walk, shape, noise in product(WALKS, SHAPES, NOISES):
        among = _likeness(past, past, walk, shape) + np.diag(noise**2 + poisson)
        across = _likeness(coming, past, walk, shape)
        try:
            factor = scipy.linalg.cho_factor(among, lower=True)
        except scipy.linalg.LinAlgError:  # pragma: no cover - noise keeps it definite
            continue
        off = values - centre
        solved = scipy.linalg.cho_solve(factor, off)
        scores.append(-0.5 * off @ solved - np.log(np.diag(factor[0])).sum())
        logs.append(centre + across @ solved)
        own = FIRST**2 + walk**2 * coming + shape**2 * HARMONICS
        variances.append(own - (across * scipy.linalg.cho_solve(factor, across.T).T).sum(axis=1) + noise**2)
    weight = np.exp(np.array(scores) - max(scores))
    weight /= weight.sum()
    log = weight @ np.array(logs)
    variance = weight @ (np.array(variances) + (np.array(logs) - log) ** 2)
    return log, variance + 1 / np.maximum(np.exp(log), 1.0)


HARMONICS = sum(1 / k**2 for k in (1, 2, 3))


def _likeness(here: IntArray, there: IntArray, walk: float, shape: float) -> FloatArray:
    """Covariance of the weeks' logarithms without their own noise."""
    yearly = _yearly(int(max(here.max(), there.max())) + 1)[np.abs(here[:, None] - there[None])]
    answer: FloatArray = FIRST**2 + walk**2 * np.minimum(here[:, None], there[None]) + shape**2 * yearly
    return answer


@lru_cache(maxsize=64)
def _yearly(weeks: int) -> FloatArray:
    """Covariance of the year's shape by distance in weeks, for a first harmonic of variance 1."""
    distance = np.arange(weeks)
    answer: FloatArray = sum(np.cos(2 * np.pi * k * distance / YEAR) / k**2 for k in (1, 2, 3))  # type: ignore[assignment]
    return answer
