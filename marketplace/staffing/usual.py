"""What is usual of a series of counts: what to expect of each interval, and how far ordinary ones stray from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from marketplace.staffing.checks import FloatArray, IntArray

MONTH_DAYS = 30
DAYS_BACK = 20
LEAST_DAYS = 5
MEDIAN_CHI2 = 0.454936423119572
MOST_JITTER = 1.0
LEAST_SPREAD = 0.05
"""Twenty days can't show that their levels differ by less."""
COARSE = 5.0
"""Counts below this on the whole are too coarse for their median square to show a jitter."""


@dataclass(frozen=True, slots=True)
class Usual:
    """How ordinary counts of a series stray from what is expected."""

    day_spread: float = 0.1
    """Coefficient of variation of the day's level."""
    jitter: float = 0.0
    """Of each interval, beside Poisson's own."""


def learn_usual(*, counts: ArrayLike, expected: ArrayLike, days: ArrayLike) -> Usual:
    """The spread of days and the jitter of intervals, from ordinary past ones, robust to a few surges among them.

    `days` numbers the day of each interval; intervals with NaN in either are left out.
    """
    came, mean, day = (np.asarray(value, dtype=np.float64).ravel() for value in (counts, expected, days))
    good = np.isfinite(came) & np.isfinite(mean) & (mean > 0)
    came, mean, day = came[good], mean[good], day[good]
    if len(came) < 3 * MONTH_DAYS:
        return Usual()
    _, which = np.unique(day, return_inverse=True)
    total, awaited = np.bincount(which, came), np.bincount(which, mean)
    level = total / awaited
    off = np.median(np.abs(np.log(np.maximum(level, 0.01)) - np.log(max(float(np.median(level)), 0.01)))) * 1.4826
    spread = float(np.sqrt(max(off**2 - float(np.median(1 / awaited)), LEAST_SPREAD**2)))
    m = mean * np.maximum(level, 0.01)[which]
    squares = (came - m) ** 2
    low, high = 0.0, MOST_JITTER
    for _ in range(30):
        middle = (low + high) / 2
        if float(np.median(squares / (m + middle**2 * m**2))) > MEDIAN_CHI2:
            low = middle
        else:
            high = middle
    return Usual(day_spread=min(spread, 0.5), jitter=high if float(np.median(m)) >= COARSE else 0.0)


def usual_counts(
    *, counts: ArrayLike, days: Sequence[int] | IntArray, times: Sequence[int] | IntArray, weekdays: ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """What to expect of each interval from earlier days alone, and the squared relative error of that.

    For where there is no forecast; NaN until five days are known. The error is that of counting: one over the contacts
    that the mean rests on.

    The mean share of this time of day in the last DAYS_BACK days of the same kind (weekdays, or that day of the
    weekend), × the mean total of the last four days with the same weekday.
    """
    came = np.asarray(counts, dtype=np.float64)
    day, time, weekday = np.asarray(days), np.asarray(times), np.asarray(weekdays)
    labels, row = np.unique(day, return_inverse=True)
    slots, column = np.unique(time, return_inverse=True)
    table = np.full((len(labels), len(slots)), np.nan)
    table[row, column] = came
    kind = np.zeros(len(labels), dtype=np.int64)
    kind[row] = weekday
    group = np.where(kind < 5, 0, kind)
    awaited, doubt = np.full(table.shape, np.nan), np.zeros(table.shape)
    for at in range(len(labels)):
        alike = np.flatnonzero(group[:at] == group[at])[-DAYS_BACK:]
        if len(alike) < LEAST_DAYS:
            continue
        past = table[alike]
        seen = np.isfinite(past)
        typical = np.nansum(past, axis=0) / np.maximum(seen.sum(axis=0), 1)
        same = table[np.flatnonzero(kind[:at] == kind[at])[-4:]]
        both = np.isfinite(same)
        base = float((both * typical).sum())
        scale = float(np.nansum(same)) / base if both.any() and base > 0 else 1.0
        awaited[at] = np.where(seen.any(axis=0), typical * scale, np.nan)
        doubt[at] = 1 / np.maximum(np.nansum(past, axis=0), 1.0)
    return awaited[row, column], doubt[row, column]
