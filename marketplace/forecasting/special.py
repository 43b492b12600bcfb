"""Days and hours that are not as others: public holidays and known events.

What is special in the past is left out of what is taken for normal, and compared with it: the same weekday and time of
the weeks around. The logarithm of that ratio, over all occurrences of one name, is drawn to what is taken for likely
beforehand as far as it is uncertain. A holiday on which the queue never had a count is closed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from marketplace.forecasting.clock import DAY_SECONDS
from marketplace.forecasting.grid import Grid, walls_of
from marketplace.forecasting.history import Event, History
from marketplace.matching.state import BoolArray, FloatArray

SUNDAY = 6
SUNDAY_LIKE = 0.6
"""An unseen holiday is so much of the way (in logarithms) from its weekday to a Sunday,"""
HALF_CLOSED = 0.5
"""or this factor where Sundays are closed."""
HOLIDAY_SPREAD, BETWEEN_HOLIDAYS = 0.5, 0.3
"""Standard deviations of the log effect: of all holidays of a queue beforehand, and of one beside the others."""
EVENT_SPREAD, GIVEN_SPREAD = 0.4, 0.1
"""Of an event's whose effect is to be learnt, beforehand, and of one that a person gave."""
OCCURRENCE = 0.1
"""Between two occurrences of the same."""
NEAR_WEEKS = (-2, -1, 1, 2)
FAR_WEEKS = 12


@dataclass(frozen=True, slots=True)
class Special:
    """Days × slots from the grid's first day to the last that is forecast."""

    factor: FloatArray
    variance: FloatArray
    """Of the logarithm of the factor."""
    closed: BoolArray
    """Days on which nobody comes though the weekday is open."""
    normal: FloatArray
    """The grid's counts without what was special."""


def known_country(code: str) -> bool:
    """Whether `holidays` knows a country, or a country and its subdivision joined by a hyphen."""
    import holidays  # noqa: PLC0415 - a tenth of the start of a process, and most of them never forecast

    country, _, part = code.partition("-")
    places = holidays.list_supported_countries()
    return country in places and (not part or part in places[country])


@lru_cache(maxsize=512)
def holidays_of(code: str, year: int) -> dict[int, str]:
    """Names of public holidays by day since 1970-01-01; one that is moved to another day keeps its name."""
    import holidays  # noqa: PLC0415 - a tenth of the start of a process, and most of them never forecast

    country, _, part = code.partition("-")
    found = holidays.country_holidays(country, subdiv=part or None, years=year, language="en_US")
    return {(day - date(1970, 1, 1)).days: name.replace(" (observed)", "") for day, name in found.items()}


def specials(history: History, grid: Grid, *, last_day: int) -> Special:
    """What is known of past and coming special days, up to a day since 1970-01-01."""
    days = max(last_day + 1 - grid.first_day, grid.days)
    size = (days, grid.counts.shape[1])
    factor, variance = np.ones(size), np.zeros(size)
    closed = np.zeros(days, dtype=bool)
    normal = grid.counts.copy()
    shares = [(event, _overlap(event, grid, days)) for event in history.events]
    names = _holidays(history.country, grid.first_day, days) if history.country else {}
    for event, share in shares:
        past = share[: grid.days]
        if event.factor is not None and event.factor > 0:
            normal /= 1 + (event.factor - 1) * past
        else:
            normal[past > 0] = np.nan
    normal[[day for day in names if day < grid.days]] = np.nan
    for day, (log, spread, shut) in _holiday_effects(grid, normal, names).items():
        factor[day], variance[day], closed[day] = factor[day] * np.exp(log), variance[day] + spread**2, shut
    for event, share in shares:
        log, spread = _event_effect(event, shares, grid, normal)
        factor *= 1 + (np.exp(log) - 1) * share
        variance += spread**2 * (share > 0)
    return Special(factor, variance, closed, normal)


def _holidays(code: str, first_day: int, days: int) -> dict[int, str]:
    years = {(date(1970, 1, 1) + timedelta(days=first_day + day)).year for day in (*range(0, days, 300), days - 1)}
    found = {day - first_day: name for year in years for day, name in holidays_of(code, year).items()}
    return {day: name for day, name in found.items() if 0 <= day < days}


def _overlap(event: Event, grid: Grid, days: int) -> FloatArray:
    """Which share of each slot of each day an event covers, by the clock on the wall."""
    begin, end = walls_of(np.array([event.start, event.end], dtype=np.int64), grid.zone)
    starts = (grid.first_day + np.arange(days))[:, None] * DAY_SECONDS + grid.phase
    starts = starts + np.arange(grid.counts.shape[1]) * grid.step_seconds
    covered = np.minimum(starts + grid.step_seconds, end) - np.maximum(starts, begin)
    answer: FloatArray = np.clip(covered / grid.step_seconds, 0.0, 1.0)
    return answer


def _normally(day: int, normal: FloatArray) -> FloatArray:
    """What is normal at each slot of a day: the mean of the weeks around, else the latest that is known before."""
    for weeks in (NEAR_WEEKS, *((-week,) for week in range(3, FAR_WEEKS))):
        near = [day + 7 * week for week in weeks if 0 <= day + 7 * week < len(normal)]
        known = np.isfinite(normal[near])
        if known.any():
            total = np.where(known, normal[near], 0.0).sum(axis=0)
            times = known.sum(axis=0)
            return np.divide(total, times, out=np.full(total.shape, np.nan), where=times > 0)
    return np.full(normal.shape[1], np.nan)


def _holiday_effects(grid: Grid, normal: FloatArray, names: dict[int, str]) -> dict[int, tuple[float, float, bool]]:
    """Log effect, its standard deviation and whether closed, of each coming holiday (and past ones, unused)."""
    seen: dict[str, list[tuple[float, float]]] = defaultdict(list)
    shut: dict[str, list[bool]] = defaultdict(list)
    for day, name in names.items():
        if day < grid.days:
            usual, counts = _normally(day, normal), grid.counts[day]
            both = np.isfinite(usual) & np.isfinite(counts)
            if np.isfinite(usual).any():
                shut[name].append(not np.isfinite(counts).any())
            if both.any():
                here, there = float(counts[both].sum()), float(usual[both].sum())
                seen[name].append((float(np.log((here + 0.5) / (there + 0.5))), OCCURRENCE**2 + 1 / (there + 0.5)))
    every = [(log, variance + BETWEEN_HOLIDAYS**2) for ones in seen.values() for log, variance in ones]
    closings = [one for ones in shut.values() for one in ones]
    answer = {}
    for day, name in names.items():
        guess = _sunday_like(grid, normal, (grid.first_day + day + 3) % 7)
        common, spread = _drawn(guess, HOLIDAY_SPREAD, every)
        log, spread = _drawn(common, float(np.hypot(spread, BETWEEN_HOLIDAYS)), seen[name])
        mine = shut[name] or (closings if len(closings) > 1 else [])
        answer[day] = log, float(np.hypot(spread, OCCURRENCE)), bool(mine) and all(mine)
    return answer


def _sunday_like(grid: Grid, normal: FloatArray, weekday: int) -> float:
    """The log effect of a holiday that nothing is known of."""
    if not grid.opened[SUNDAY].any():
        return float(np.log(HALF_CLOSED))
    totals = np.nan_to_num(normal[-FAR_WEEKS * 7 :]).sum(axis=1)
    weekdays = grid.weekdays[-FAR_WEEKS * 7 :]
    known = np.isfinite(normal[-FAR_WEEKS * 7 :]).any(axis=1)
    here, sundays = totals[known & (weekdays == weekday)], totals[known & (weekdays == SUNDAY)]
    if not len(here) or not len(sundays):
        return 0.0
    return min(SUNDAY_LIKE * float(np.log((sundays.mean() + 0.5) / (here.mean() + 0.5))), 0.0)


def _drawn(mean: float, spread: float, seen: list[tuple[float, float]]) -> tuple[float, float]:
    """Mean and standard deviation of a normal mean after observations (value, variance)."""
    precision = 1 / spread**2 + sum(1 / variance for _, variance in seen)
    drawn = mean / spread**2 + sum(value / variance for value, variance in seen)
    return drawn / precision, precision**-0.5


def _event_effect(
    event: Event, shares: list[tuple[Event, FloatArray]], grid: Grid, normal: FloatArray
) -> tuple[float, float]:
    """Log effect of an event and its standard deviation: as given, else learnt from all past events of its name."""
    if event.factor is not None and event.factor > 0:
        return float(np.log(event.factor)), GIVEN_SPREAD
    seen = []
    for other, share in shares:
        if other.name == event.name and other.factor is None:
            here = there = 0.0
            for day in np.flatnonzero((share[: grid.days] > 0).any(axis=1)):
                usual, counts = _normally(int(day), normal), grid.counts[day]
                both = np.isfinite(usual) & np.isfinite(counts) & (share[day] > 0.5)
                here, there = here + float(counts[both].sum()), there + float(usual[both].sum())
            if there > 0:
                seen.append((float(np.log((here + 0.5) / (there + 0.5))), OCCURRENCE**2 + 1 / there))
    return _drawn(0.0, EVENT_SPREAD, seen)
