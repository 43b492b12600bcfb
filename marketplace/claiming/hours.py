"""Working time: rest, hours a day and a week, days in a row, each by the agent's own clock.

A day runs from local midnight to local midnight, so it has 23 or 25 hours when the clocks change, and what is counted
is time that passed: a night shift from 22:00 to 06:00 is seven hours in spring, nine in autumn, eight otherwise.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
NOTHING = timedelta(0)


class Period(NamedTuple):
    """`[start, end)`, aware UTC."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """Time that passes from start to end."""
        return self.end - self.start

    def shared(self, other: "Period") -> timedelta:
        """How much of it lies in the other one."""
        start = self.start if self.start > other.start else other.start
        end = self.end if self.end < other.end else other.end
        return end - start if start < end else NOTHING


def merged(periods: Iterable[Period], *, gap: timedelta = NOTHING) -> list[Period]:
    """The periods by start, those that touch, overlap or lie less than `gap` apart taken as one."""
    found: list[Period] = []
    for period in sorted(periods, key=lambda one: one.start):
        last = found[-1] if found else None
        if last is not None and (period.start <= last.end or period.start - last.end < gap):
            found[-1] = Period(last.start, max(last.end, period.end))
        else:
            found.append(period)
    return found


@lru_cache(maxsize=1024)
def local_day(day: date, zone: ZoneInfo) -> Period:
    """The day from midnight to midnight by the clock of `zone`; 23 to 25 hours long."""
    return Period(_midnight(day, zone), _midnight(day + DAY, zone))


@lru_cache(maxsize=1024)
def local_week(day: date, zone: ZoneInfo) -> Period:
    """The week, from Monday's midnight, that `day` lies in."""
    monday = day - timedelta(days=day.weekday())
    return Period(_midnight(monday, zone), _midnight(monday + timedelta(days=7), zone))


def days_of(period: Period, zone: ZoneInfo) -> list[date]:
    """The local dates that the period touches, in order."""
    first = period.start.astimezone(zone).date()
    last = (period.end - timedelta(microseconds=1)).astimezone(zone).date()
    return [first] if first == last else [first + timedelta(days=number) for number in range((last - first).days + 1)]


def worked_in(periods: Iterable[Period], window: Period) -> timedelta:
    """Time worked within the window; what overlaps counts once."""
    return sum((period.shared(window) for period in merged(periods)), NOTHING)


class Planned:
    """What an agent works already, by his or her own clock, asked about for one shift after the other.

    What days and weeks hold is worked out once, however many shifts are asked about.
    """

    def __init__(self, work: Iterable[Period], *, zone: ZoneInfo) -> None:
        self.work = tuple(work)
        self._zone = zone
        self._merged = merged(self.work)
        self._total = sum((period.length for period in self._merged), NOTHING)
        self._days = {period.start.astimezone(zone).date() for period in self.work}
        self._within: dict[Period, timedelta] = {}
        self._stretches: dict[timedelta, list[Period]] = {}

    def most(self, shift: Period) -> timedelta:
        """No day and no week holds more than this, the shift included: a limit that this keeps is kept."""
        return self._total + shift.length

    def stretch_around(self, shift: Period, *, rest: timedelta) -> Period:
        """The stretch of work that the shift would be part of: from one rest of at least `rest` to the next."""
        if rest not in self._stretches:
            self._stretches[rest] = merged(self.work, gap=rest)
        start, end = shift.start, shift.end
        for stretch in self._stretches[rest]:
            if _near(stretch.end, start, rest) and _near(end, stretch.start, rest):
                start, end = min(start, stretch.start), max(end, stretch.end)
        return Period(start, end)

    def longest_day(self, shift: Period) -> tuple[date, timedelta]:
        """Of the local days that the shift touches, the one with most work (the shift included), and how much."""
        days = days_of(shift, self._zone)
        return max(((day, self._with(shift, local_day(day, self._zone))) for day in days), key=lambda one: one[1])

    def longest_week(self, shift: Period) -> timedelta:
        """Of the local weeks (from Monday) that the shift touches, the most work in one, the shift included."""
        weeks = {local_week(day, self._zone) for day in days_of(shift, self._zone)}
        return max(self._with(shift, week) for week in weeks)

    def days_in_a_row(self, shift: Period) -> int:
        """Length of the run of local days with work that the shift would be part of.

        Work counts for the day on which it starts, so that a night shift is one day and not two.
        """
        day = shift.start.astimezone(self._zone).date()
        run = 1
        for step in (-DAY, DAY):
            other = day + step
            while other in self._days:
                run += 1
                other += step
        return run

    def _with(self, shift: Period, window: Period) -> timedelta:
        """Time worked within the window, the shift included; what overlaps counts once."""
        if any(one.start < shift.end and shift.start < one.end for one in self._merged):
            return worked_in([*self._merged, shift], window)
        if window not in self._within:
            self._within[window] = worked_in(self._merged, window)
        return self._within[window] + shift.shared(window)


def _near(end: datetime, start: datetime, rest: timedelta) -> bool:
    """Whether what begins at `start` belongs to what ended at `end`: no rest lies between."""
    return start <= end or start - end < rest


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of the local day; where midnight itself is skipped, the instant that follows the jump."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
