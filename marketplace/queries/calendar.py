"""An agent's calendar: work, what is kept free and what is offered, cut into days by the agent's own clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from gigcx.accounts.models import Agent
from marketplace.claiming.hours import DAY, Period, local_day
from marketplace.models import Availability, Booking, Duty
from marketplace.models.duty import DutySource
from marketplace.queries.wishes import read_wishes
from marketplace.vocabulary import (
    LIVE_STATES,
    AvailabilityKind,
    AvailabilitySource,
    BookingState,
    WorkPlace,
)

SHOWN_STATES = (*LIVE_STATES, BookingState.WORKED, BookingState.NO_SHOW, BookingState.EXCUSED)
"""Bookings that stand in a calendar; what was given back or taken back does not."""


class ItemKind(StrEnum):
    """What an item of a calendar is."""

    BOOKING = "booking"
    DUTY = "duty"
    TIME_OFF = "time_off"
    BLACKOUT = "blackout"
    OFFERED = "offered"


WORK = (ItemKind.BOOKING, ItemKind.DUTY)
AWAY = (ItemKind.TIME_OFF, ItemKind.BLACKOUT)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in a calendar."""

    kind: ItemKind
    start: datetime
    end: datetime
    title: str = ""
    """The queue; empty for standby, or duty whose queue is decided on the day. Of what is kept free the note."""
    place: str = ""
    """The site; empty: from home."""
    on_site: bool = False
    """At a site, even if none is named."""
    status: str = ""
    """Of a booking."""
    booking_id: int | None = None
    worked_seconds: int | None = None
    """Of a booking that is closed: the paid time."""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class DayItem:
    """The part of an item that lies on one day."""

    item: Item
    start: datetime
    end: datetime

    @property
    def from_before(self) -> bool:
        """Whether it began on a day before."""
        return self.start > self.item.start

    @property
    def whole_day(self) -> bool:
        """Whether it began before and goes on after."""
        return self.from_before and self.end < self.item.end


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A local day with what is in it, by start."""

    day: date
    work: Sequence[DayItem]
    away: Sequence[DayItem]
    offered: Sequence[DayItem]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.work or self.away or self.offered)


def calendar_days(*, agent: Agent, days: Sequence[date]) -> list[CalendarDay]:
    """These days in a row, in the agent's zone; four statements."""
    zone = ZoneInfo(agent.timezone)
    within = Period(local_day(days[0], zone).start, local_day(days[-1], zone).end)
    items = calendar_items(agent_id=agent.pk, within=within)
    return [_day(day, items, zone) for day in days]


def calendar_items(*, agent_id: int, within: Period) -> list[Item]:
    """All that touches the period, by start; four statements."""
    found = [*_bookings(agent_id, within), *_duties(agent_id, within), *_kept_free(agent_id, within)]
    free = read_wishes(agent_id=agent_id, within=within).free
    found += [Item(kind=ItemKind.OFFERED, start=one.start, end=one.end) for one in free]
    return sorted(found, key=lambda item: (item.start, item.end))


def _bookings(agent_id: int, within: Period) -> list[Item]:
    rows = Booking.objects.filter(
        agent_id=agent_id, status__in=SHOWN_STATES, period__overlap=(within.start, within.end)
    ).select_related("shift__queue", "shift__site")
    return [
        Item(
            kind=ItemKind.BOOKING,
            start=row.period.lower,
            end=row.period.upper,
            title=row.shift.queue.name if row.shift.queue else "",
            place=row.shift.site.name if row.shift.site else "",
            on_site=row.shift.work_place == WorkPlace.SITE,
            status=row.status,
            booking_id=row.pk,
            worked_seconds=row.worked_seconds,
            notes=row.shift.notes,
        )
        for row in rows
    ]


def _duties(agent_id: int, within: Period) -> list[Item]:
    """Duty that no booking stands for."""
    rows = Duty.objects.filter(agent_id=agent_id, period__overlap=(within.start, within.end))
    return [
        Item(
            kind=ItemKind.DUTY,
            start=row.period.lower,
            end=row.period.upper,
            title=row.queue.name if row.queue else "",
            place=row.site.name if row.site else "",
            on_site=row.site is not None,
        )
        for row in rows.exclude(source=DutySource.BOOKING).select_related("queue", "site")
    ]


def _kept_free(agent_id: int, within: Period) -> list[Item]:
    rows = Availability.objects.filter(
        agent_id=agent_id, kind=AvailabilityKind.BLACKOUT, period__overlap=(within.start, within.end)
    )
    kinds = {AvailabilitySource.TIME_OFF: ItemKind.TIME_OFF}
    return [
        Item(
            kind=kinds.get(AvailabilitySource(row.source), ItemKind.BLACKOUT),
            start=row.period.lower,
            end=row.period.upper,
            title=row.calendar.name if row.calendar else row.note,
        )
        for row in rows.select_related("calendar")
    ]


def _day(day: date, items: Sequence[Item], zone: ZoneInfo) -> CalendarDay:
    whole = local_day(day, zone)
    parts = [
        DayItem(item, max(item.start, whole.start), min(item.end, whole.end))
        for item in items
        if item.start < whole.end and whole.start < item.end
    ]
    return CalendarDay(
        day=day,
        work=[part for part in parts if part.item.kind in WORK],
        away=[part for part in parts if part.item.kind in AWAY],
        offered=[part for part in parts if part.item.kind is ItemKind.OFFERED],
    )


def month_of(day: date) -> list[date]:
    """The days of whole weeks, from Monday, that the month of `day` touches."""
    first = day.replace(day=1)
    last = (first + 31 * DAY).replace(day=1) - DAY
    monday, sunday = first - first.weekday() * DAY, last + (6 - last.weekday()) * DAY
    return [monday + number * DAY for number in range((sunday - monday).days + 1)]


def week_of(day: date) -> list[date]:
    """The seven days from Monday."""
    monday = day - day.weekday() * DAY
    return [monday + number * DAY for number in range(7)]
