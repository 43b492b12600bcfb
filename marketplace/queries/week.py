"""One agent's week by the agent's own clock, hour by hour: what was said of each hour, and the work in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from gigcx.accounts.models import Agent
from marketplace.claiming.hours import DAY, Period, local_week, merged
from marketplace.claiming.readings import covered, on_day
from marketplace.claiming.weekly import offered
from marketplace.models import Availability, Booking, Duty
from marketplace.models.duty import DutySource
from marketplace.queries.availability import weekly_of
from marketplace.vocabulary import BOUND_STATES, AvailabilityKind


class Hour(StrEnum):
    """What an hour of the week is; the first that holds, in this order."""

    SKIPPED = "skipped"
    """The clock jumps over it."""
    WORK = "work"
    BLACKOUT = "blackout"
    WEEKLY = "weekly"
    ONCE = "once"
    PART = "part"
    """Offered for some of it."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class HourOfWeek:
    """One cell."""

    day: date
    hour: int
    what: Hour


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from Monday; `rows` has 24 rows of seven hours."""

    days: Sequence[date]
    rows: Sequence[Sequence[HourOfWeek]]

    @property
    def before(self) -> date:
        """A day of the week before."""
        return self.days[0] - 7 * DAY

    @property
    def after(self) -> date:
        """A day of the week after."""
        return self.days[0] + 7 * DAY


@dataclass(frozen=True, slots=True)
class _Said:
    work: Sequence[Period]
    blackout: Sequence[Period]
    weekly: Sequence[Period]
    once: Sequence[Period]


def read_week(*, agent: Agent, day: date) -> Week:
    """The week that `day` lies in; four statements."""
    zone = ZoneInfo(agent.timezone)
    said = _read(agent, local_week(day, zone), zone)
    monday = day - timedelta(days=day.weekday())
    days = [monday + number * DAY for number in range(7)]
    rows = [[HourOfWeek(one, hour, _what(said, one, hour, zone)) for one in days] for hour in range(24)]
    return Week(days=days, rows=rows)


def work_in(*, agent_id: int, within: Period) -> list[Period]:
    """When the agent is bound to work in that time, by booking or duty; two statements."""
    window = (within.start, within.end)
    booked = Booking.objects.filter(agent_id=agent_id, status__in=BOUND_STATES, period__overlap=window)
    duties = Duty.objects.filter(agent_id=agent_id, period__overlap=window).exclude(source=DutySource.BOOKING)
    return _periods([*booked.values_list("period", flat=True), *duties.values_list("period", flat=True)])


def _read(agent: Agent, week: Period, zone: ZoneInfo) -> _Said:
    rows = list(Availability.objects.filter(agent=agent, period__overlap=(week.start, week.end)))
    return _Said(
        work=work_in(agent_id=agent.pk, within=week),
        blackout=_periods(row.period for row in rows if row.kind == AvailabilityKind.BLACKOUT),
        weekly=offered(weekly_of(agent_id=agent.pk), within=week, zone=zone),
        once=_periods(row.period for row in rows if row.kind == AvailabilityKind.AVAILABLE),
    )


def _periods(ranges: Iterable[Any]) -> list[Period]:
    return merged(Period(one.lower, one.upper) for one in ranges)


def _what(said: _Said, day: date, hour: int, zone: ZoneInfo) -> Hour:
    pieces = on_day(day, start=time(hour), end=time((hour + 1) % 24), zone=zone)
    if not pieces:
        return Hour.SKIPPED
    if _touch(pieces, said.work):
        return Hour.WORK
    if _touch(pieces, said.blackout):
        return Hour.BLACKOUT
    if all(covered(piece, said.weekly) for piece in pieces):
        return Hour.WEEKLY
    if all(covered(piece, [*said.weekly, *said.once]) for piece in pieces):
        return Hour.ONCE
    return Hour.PART if _touch(pieces, [*said.weekly, *said.once]) else Hour.NONE


def _touch(pieces: Iterable[Period], others: Sequence[Period]) -> bool:
    return any(piece.start < other.end and other.start < piece.end for piece in pieces for other in others)


def ahead_of(*, agent_id: int, now: datetime) -> list[Availability]:
    """What the agent said of single periods that are not over, and time off and imported busy times, by start."""
    rows = Availability.objects.filter(agent_id=agent_id, period__endswith__gt=now).select_related("calendar")
    return list(rows.order_by("period"))
