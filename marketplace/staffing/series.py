"""Surges in any series of counts: intervals of any length, watched as each one ends.

What an ordinary interval brings is its expected count e × the day's level × noise, and up to TOLERATED × that. The
level is one factor a day, a gamma distribution with the spread of the past, learnt through the day; the noise is
Poisson's and, on top, `jitter`, a coefficient of variation (real counts have it, near-Poisson ones have none) that
neighbours share: a bank's half-hours jitter by 4.7 %, its five minutes by 5.4 %; e itself is known up to its `doubt`.
So the counts of the last w intervals, with m = level × Σe, are negative binomial with

    variance = m + m² (jitter² + Σ doubt e² ÷ (Σe)² + variance of the level)

and an alarm is raised when, for one of the WINDOWS, so many or more were to be expected with a chance of less than
α ÷ 4, and they are LEAST_SURGE × m or more. With α = `false_alarms` ÷ the intervals of a month of 30 watched days,
ordinary counts raise at most so many alarms a queue-month on average (each interval is four tests of at most α ÷ 4),
whatever the rate and the length of intervals.

**How soon.** One test is of the last interval alone and one of the last two, so a surge is told after one or two
intervals if it is of a size that two intervals can show: `least_factor` says which, for each expected count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike

from marketplace.staffing.checks import BoolArray, IntArray
from marketplace.staffing.usual import MONTH_DAYS, Usual

WINDOWS = (1, 2, 4, 8)
FALSE_ALARMS = 1.0
"""A queue-month: thirty watched days."""
TOLERATED = 1.05
"""So far off may the shape of a day be, for hours, and it is no surge."""
LEAST_SURGE = 1.1
"""A smaller factor is none, however sure."""
KEPT = 0.95
"""What the level keeps of an interval's evidence when the next one has ended."""
OVER = 0.05
"""A surge is over after two intervals neither of which is stranger than this."""
SIZES = np.array([1.25, 1.5, 2.0, 3.0, 5.0, 8.0])
Z90 = 1.6448536269514722


@dataclass(frozen=True, slots=True)
class Alarm:
    """One surge. Positions are indices of the series."""

    since: int
    """The first interval of it."""
    told: int
    """The interval at whose end it was told."""
    ended: int | None
    """The first interval after it; None while it lasts, or at the end of the day."""
    factor: float
    """Counts ÷ what was to be expected, when it was told."""
    low: float
    """The factor is between `low` and `high` with 90 % probability."""
    high: float
    sure: float
    """The probability that it is no chance, if one day in thirty sees a surge."""
    expected: float
    """Contacts an interval, without the surge, when it was told."""


def watch_series(
    *,
    counts: ArrayLike,
    expected: ArrayLike,
    days: ArrayLike,
    usual: Usual | None = None,
    doubt: ArrayLike = 0.0,
    false_alarms: float = FALSE_ALARMS,
) -> list[Alarm]:
    """The surges in one series, each as it would have been told at the end of an interval.

    `counts` and `expected` (NaN: closed or unknown) are one an interval, `days` their local day as a number. Nothing is
    used of an interval before it ended. `doubt` is the squared relative error of `expected` (0 for a good forecast).
    `false_alarms` is the mean number a queue-month that ordinary counts raise.
    """
    came, mean = np.asarray(counts, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    day, unsure = np.asarray(days), np.broadcast_to(np.asarray(doubt, dtype=np.float64), mean.shape)
    known = np.isfinite(came) & np.isfinite(mean) & (mean > 0)
    usual = usual or Usual()
    level = false_alarms / intervals_a_month(known=known, days=day) / len(WINDOWS)
    alarms: list[Alarm] = []
    watcher = _Day(usual)
    for at in range(len(came)):
        if at and day[at] != day[at - 1]:
            watcher = _Day(usual)
        if known[at]:
            _step(
                watcher, alarms, at=at, came=float(came[at]), mean=float(mean[at]), doubt=float(unsure[at]), level=level
            )
    return alarms


def intervals_a_month(*, known: BoolArray, days: IntArray) -> float:
    """How many intervals thirty watched days have."""
    watched = len(np.unique(days[known]))
    return max(float(known.sum()) / max(watched, 1) * MONTH_DAYS, 1.0)


class _Day:
    """What is known within one day."""

    def __init__(self, usual: Usual) -> None:
        self.usual = usual
        prior = max(usual.day_spread, 1e-3) ** -2
        self.shape = self.weight = self.prior = prior
        self.last: list[tuple[int, float, float, float]] = []
        """(position, count, expected, doubt) not yet taken into the level, the latest last."""
        self.alarm: int | None = None
        """Which one is on."""
        self.quiet = 0

    def chance(self, width: int) -> tuple[float, float, float, float]:
        """P(as many or more) in the last `width`; their count; its mean and variance for ordinary ones."""
        rows = self.last[-width:]
        count, awaited = sum(row[1] for row in rows), sum(row[2] for row in rows)
        m = awaited * self.shape / self.weight
        unsure = sum(row[3] * row[2] ** 2 for row in rows) / awaited**2
        relative = self.usual.jitter**2 + unsure + 1 / self.shape
        chance = tail(count, mean=m * TOLERATED, relative=relative) if count >= LEAST_SURGE * m else 1.0
        return chance, count, m, m + m * m * relative

    def learn(self, *, keep: int) -> None:
        """Take all but the last `keep` intervals into the level."""
        while len(self.last) > keep:
            _, count, awaited, doubt = self.last.pop(0)
            worth = 1 / (1 + (self.usual.jitter**2 + doubt) * awaited)
            self.shape = self.prior + KEPT * (self.shape - self.prior) + worth * count
            self.weight = self.prior + KEPT * (self.weight - self.prior) + worth * awaited


def tail(count: float, *, mean: float, relative: float) -> float:
    """P(X ≥ count) for a negative binomial X with this mean and variance mean + relative × mean²."""
    if count <= 0:
        return 1.0
    shape = 1 / max(relative, 1e-9)
    return float(scipy.special.betainc(count, shape, mean / (mean + shape)))


def _step(day: _Day, alarms: list[Alarm], *, at: int, came: float, mean: float, doubt: float, level: float) -> None:
    day.last.append((at, came, mean, doubt))
    if day.alarm is not None:
        # what a surge brings says nothing of the day's level
        chance = day.chance(1)[0]
        day.quiet = day.quiet + 1 if chance > OVER else 0
        if day.quiet >= 2:
            alarms[day.alarm] = _ended(alarms[day.alarm], at - 1)
            day.alarm, day.quiet, day.last = None, 0, []
        else:
            day.last = day.last[-2:]
        return
    day.learn(keep=max(WINDOWS))
    best: tuple[float, int] | None = None
    for width in WINDOWS:
        if width <= len(day.last):
            chance = day.chance(width)[0]
            if chance < level and (best is None or chance < best[0]):
                best = (chance, width)
    if best is not None:
        alarms.append(_told(day, best[1], at=at))
        day.alarm, day.quiet = len(alarms) - 1, 0


def _ended(alarm: Alarm, at: int) -> Alarm:
    return Alarm(
        since=alarm.since, told=alarm.told, ended=at, factor=alarm.factor, low=alarm.low, high=alarm.high,
        sure=alarm.sure, expected=alarm.expected,
    )  # fmt: skip


def _told(day: _Day, width: int, *, at: int) -> Alarm:
    _, count, m, variance = day.chance(width)
    relative = (variance - m) / m**2
    factor = count / m
    # of the logarithm: Poisson's part at the surged rate, and what is not known of level and jitter
    spread = float(np.sqrt(1 / max(count, 1.0) + relative))
    odds = np.mean(
        [np.exp(np.clip(_log_chance(count, m * k, relative) - _log_chance(count, m, relative), -50, 50)) for k in SIZES]
    ) / (MONTH_DAYS * 20)
    return Alarm(
        since=day.last[-width][0],
        told=at,
        ended=None,
        factor=factor,
        low=factor * float(np.exp(-Z90 * spread)),
        high=factor * float(np.exp(Z90 * spread)),
        sure=float(odds / (1 + odds)),
        expected=m / width,
    )


def _log_chance(count: float, mean: float, relative: float) -> float:
    """ln P(X = count) of the negative binomial, up to what does not depend on the mean."""
    shape = 1 / max(relative, 1e-9)
    return float(count * np.log(mean / (mean + shape)) + shape * np.log(shape / (mean + shape)))


def least_factor(
    *, expected: float, usual: Usual, month_intervals: float, false_alarms: float = FALSE_ALARMS, surely: float = 0.9
) -> float:
    """The least surge (a factor on `expected` contacts an interval) told within two intervals with this probability.

    Early in a day, with nothing learnt of its level: the hardest case.
    """
    level = false_alarms / month_intervals / len(WINDOWS)
    mean = 2 * expected
    relative = usual.jitter**2 + usual.day_spread**2
    need = LEAST_SURGE * mean
    while tail(need, mean=mean * TOLERATED, relative=relative) >= level:
        need = np.ceil(need + max(1.0, 0.002 * need))
    low, high = 1.0, 1e6
    for _ in range(60):
        middle = float(np.sqrt(low * high))
        if tail(need, mean=mean * middle, relative=usual.jitter**2) < surely:
            low = middle
        else:
            high = middle
    return high
