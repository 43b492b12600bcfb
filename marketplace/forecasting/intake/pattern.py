"""A broken weekly pattern: weeks whose days stand under the wrong weekday, and two days that changed places.

Each day is compared, hour by hour, with the median of every weekday, on the scale on which a Poisson count varies by
one whatever its level (2√x), after the level of the weeks around was taken out. A day that is out of its place is far
from its own weekday and near to another; a holiday is that too, so one day alone says nothing: a shift must explain a
whole week, and an exchange both of its days.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from marketplace.forecasting.intake.codes import Code, Finding
from marketplace.forecasting.intake.series import DAY, Series
from marketplace.matching.state import FloatArray, IntArray

LEAST_WEEKS = 4
LEVEL_DAYS = 14
"""The level of a day is the median over so many days before and after it."""
SHIFTS = (1, -1, 2, -2, 3, -3)
BETTER = 3.0
"""Out of place: so many times nearer to another weekday than to its own."""
FAR = 4.0
"""And so many times further from its own than days usually are."""
LEAST_DAYS = 3
LEAST_OUT = 2
"""Days that must be out of place: one may be a holiday."""


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """A queue's days: first day number, rates by hour `[day, hour]`, and how far each is from each weekday."""

    first: int
    distance: FloatArray
    """`[day, weekday]`; a day's own stands at its weekday."""
    noise: float
    """How far days usually are from their own."""
    some: np.ndarray
    """Which days have rows at all: others say nothing."""

    def own(self) -> FloatArray:
        day = np.arange(len(self.distance))
        own: FloatArray = self.distance[day, (self.first + day) % 7]
        return own


def find_shifted(series: Series, *, findings: list[Finding]) -> IntArray | None:
    """Days to subtract from each row's date where weeks are shifted, exchanges among them; None: the pattern holds."""
    days = _days(series)
    if days is None:
        return None
    move: IntArray = np.zeros(len(days.distance), dtype=np.int64)
    shifted = _shifted_weeks(days)
    _tell_shifts(series, days, shifted, findings, move)
    _find_swaps(series, days, set(shifted), findings, move)
    if not move.any():
        return None
    by_row: IntArray = move[series.day - days.first]
    return by_row


def _days(series: Series) -> Days | None:
    """The days on one scale, or None where there is too little to say anything."""
    first, last = int(series.day[0]), int(series.day[-1])
    number = last - first + 1
    if number < LEAST_WEEKS * 7 or series.step > DAY // 24:
        return None
    hours = np.zeros((number, 24))
    np.add.at(hours, (series.day - first, series.wall % DAY // 3600), series.offered)
    total = hours.sum(axis=1)
    level = np.array([_typical(total[max(0, day - LEVEL_DAYS) : day + LEVEL_DAYS + 1]) for day in range(number)])
    if not (level > 0).all():
        return None
    scaled = 2 * np.sqrt(hours * (np.median(level) / level)[:, None])
    weekday = (first + np.arange(number)) % 7
    usual = np.array([np.median(scaled[weekday == day], axis=0) for day in range(7)])
    distance = ((scaled[:, None, :] - usual[None, :, :]) ** 2).mean(axis=2)
    own = distance[np.arange(number), weekday]
    rows = np.bincount(series.day - first, minlength=number)
    return Days(first=first, distance=distance, noise=max(float(np.median(own)), 1.0), some=rows > 0)


def _typical(totals: FloatArray) -> float:
    """The median of the days on which something came."""
    some = totals[totals > 0]
    return float(np.median(some)) if len(some) else 0.0


def _shifted_weeks(days: Days) -> dict[int, int]:
    """By Monday's number: how many days later than it should be a week stands.

    Two days out of place say so, and one in a week next to such a one.
    """
    own = days.own()
    found: dict[int, int] = {}
    faint: dict[int, int] = {}
    for monday in range(-(days.first % 7), len(own), 7):
        week = np.arange(max(monday, 0), min(monday + 7, len(own)))
        week = week[days.some[week]]
        if len(week) < LEAST_DAYS:
            continue
        there = {shift: days.distance[week, (days.first + week - shift) % 7] for shift in SHIFTS}
        best = min(SHIFTS, key=lambda shift: float(there[shift].sum()))
        out = int(((own[week] > BETTER * there[best]) & (own[week] > FAR * days.noise)).sum())
        total = float(there[best].sum())
        if own[week].sum() > BETTER * total and total < BETTER * days.noise * len(week):
            (found if out >= LEAST_OUT else faint if out else {})[monday] = best
    for monday, shift in faint.items():
        if shift in {found.get(monday - 7), found.get(monday + 7)}:
            found[monday] = shift
    return found


def _tell_shifts(series: Series, days: Days, shifted: dict[int, int], findings: list[Finding], move: IntArray) -> None:
    """One finding for weeks in a row that are shifted alike."""
    mondays = sorted(shifted)
    while mondays:
        first = last = mondays.pop(0)
        while mondays and mondays[0] == last + 7 and shifted[mondays[0]] == shifted[first]:
            last = mondays.pop(0)
        move[max(first, 0) : last + 7] = shifted[first]
        rows = (series.day - days.first >= first) & (series.day - days.first < last + 7)
        data = {"days": shifted[first], **_period(series, rows)}
        line = int(series.line[rows].min())
        findings.append(Finding(Code.SHIFTED, line, "interval_start", series.queue, rows=int(rows.sum()), data=data))


def _find_swaps(series: Series, days: Days, shifted: set[int], findings: list[Finding], move: IntArray) -> None:
    """In each week that is not shifted the pair of days, if any, that are much nearer to each other's weekday."""
    own = days.own()
    for monday in range(-(days.first % 7), len(own), 7):
        week = range(max(monday, 0), min(monday + 7, len(own)))
        if monday in shifted:
            continue
        pairs = [(float(_swapped(days, one, other)), one, other) for one, other in combinations(week, 2)]
        pairs = [pair for pair in pairs if _out_of_place(days, own, *pair)]
        if not pairs:
            continue
        _, one, other = min(pairs)
        move[one], move[other] = one - other, other - one
        rows = np.isin(series.day - days.first, (one, other))
        data = {"one": (days.first + one) % 7, "other": (days.first + other) % 7, **_period(series, rows)}
        line = int(series.line[rows].min())
        findings.append(Finding(Code.SWAPPED, line, "interval_start", series.queue, rows=int(rows.sum()), data=data))


def _swapped(days: Days, one: int, other: int) -> float:
    """How far both are from each other's weekday."""
    return float(days.distance[one, (days.first + other) % 7] + days.distance[other, (days.first + one) % 7])


def _out_of_place(days: Days, own: FloatArray, swapped: float, one: int, other: int) -> bool:
    apart = days.distance[one, (days.first + other) % 7], days.distance[other, (days.first + one) % 7]
    return bool(
        own[one] > BETTER * apart[0]
        and own[other] > BETTER * apart[1]
        and min(own[one], own[other]) > FAR * days.noise
        and swapped < 2 * BETTER * days.noise
    )


def _period(series: Series, rows: np.ndarray) -> dict[str, object]:
    start = series.start[rows]
    return {"start": int(start[0]), "end": int(start[-1]) + series.step, "zone": series.zone.key}
