"""Working time: rest, hours a day and a week, days in a row, each by the agent's own clock.

A day runs from local midnight to local midnight, so it has 23 or 25 hours when the clocks change, and what is counted
is time that passed: a night shift from 22:00 to 06:00 is seven hours in spring, nine in autumn, eight otherwise.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """`[start, end)`, aware UTC."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """Time that passes from start to end."""
        return self.end - self.start


def merged(periods: Iterable[Period], *, gap: timedelta = timedelta(0)) -> list[Period]:
    """The periods by start, those that touch, overlap or lie less than `gap` apart taken as one."""
    found: list[Period] = []
    for period in sorted(periods, key=lambda one: one.start):
        last = found[-1] if found else None
        if last is not None and (period.start <= last.end or period.start - last.end < gap):
            found[-1] = Period(last.start, max(last.end, period.end))
        else:
            found.append(period)
    return found


def stretch_around(periods: Sequence[Period], *, shift: Period, rest: timedelta) -> Period:
    """The stretch of work that the shift would be part of: from one rest of at least `rest` to the next."""
    for stretch in merged([*periods, shift], gap=rest):
        if stretch.start <= shift.start < stretch.end:
            return stretch
    raise AssertionError("A shift is part of its own stretch.")


def local_day(day: date, zone: ZoneInfo) -> Period:
    """The day from midnight to midnight by the clock of `zone`; 23 to 25 hours long."""
    return Period(_midnight(day, zone), _midnight(day + DAY, zone))


def local_week(day: date, zone: ZoneInfo) -> Period:
    """The week, from Monday's midnight, that `day` lies in."""
    monday = day - timedelta(days=day.weekday())
    return Period(_midnight(monday, zone), _midnight(monday + timedelta(days=7), zone))


def days_of(period: Period, zone: ZoneInfo) -> list[date]:
    """The local dates that the period touches, in order."""
    first = period.start.astimezone(zone).date()
    last = (period.end - timedelta(microseconds=1)).astimezone(zone).date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def worked_in(periods: Iterable[Period], window: Period) -> timedelta:
    """Time worked within the window; what overlaps counts once."""
    total = timedelta(0)
    for period in merged(periods):
        overlap = min(period.end, window.end) - max(period.start, window.start)
        total += max(overlap, timedelta(0))
    return total


def longest_day(periods: Sequence[Period], *, shift: Period, zone: ZoneInfo) -> tuple[date, timedelta]:
    """Of the local days that the shift touches, the one with most work (the shift included), and how much."""
    work = [*periods, shift]
    return max(((day, worked_in(work, local_day(day, zone))) for day in days_of(shift, zone)), key=lambda one: one[1])


def longest_week(periods: Sequence[Period], *, shift: Period, zone: ZoneInfo) -> timedelta:
    """Of the local weeks (from Monday) that the shift touches, the most work in one, the shift included."""
    work = [*periods, shift]
    weeks = {local_week(day, zone) for day in days_of(shift, zone)}
    return max(worked_in(work, week) for week in weeks)


def days_in_a_row(periods: Sequence[Period], *, shift: Period, zone: ZoneInfo) -> int:
    """Length of the run of local days with work that the shift would be part of.

    Work counts for the day on which it starts, so that a night shift is one day and not two.
    """
    worked = {period.start.astimezone(zone).date() for period in periods}
    day = shift.start.astimezone(zone).date()
    run = 1
    for step in (-DAY, DAY):
        other = day + step
        while other in worked:
            run += 1
            other += step
    return run


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of the local day; where midnight itself is skipped, the instant that follows the jump."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
