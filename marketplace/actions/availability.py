"""An agent says when to work: weekly or once, offered or kept free.

Everything here takes the agent's lock, as a claim does: a period is not kept free while a shift in it is being taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from gigcx.accounts.models import Agent
from gigcx.ledger.record import record
from marketplace.actions.claim import lock_agent
from marketplace.actions.refused import Refused
from marketplace.claiming.hours import Period, merged
from marketplace.claiming.readings import covered, on_day, without
from marketplace.claiming.weekly import Weekly, with_added, with_removed
from marketplace.models import Availability, Booking, WeeklyAvailability
from marketplace.queries.availability import weekly_of
from marketplace.vocabulary import BOUND_STATES, AvailabilityKind, AvailabilityRefusal, AvailabilitySource

LONGEST = timedelta(days=62)
MOST_WEEKLY = 150
MOST_PERIODS = 1000


class Brush(StrEnum):
    """What painting on the week does."""

    WEEKLY = "weekly"
    """Offered every week."""
    AVAILABLE = "available"
    """Offered in this week."""
    BLACKOUT = "blackout"
    """Kept free in this week."""
    CLEAR = "clear"
    """Nothing said any more, weekly or once."""


KINDS = {Brush.AVAILABLE: AvailabilityKind.AVAILABLE, Brush.BLACKOUT: AvailabilityKind.BLACKOUT}


@dataclass(frozen=True, slots=True)
class Said:
    """One kind, one note, one period, as the agent said it."""

    kind: str
    note: str
    period: Period


@transaction.atomic(durable=True)
def offer_weekly(*, agent_id: int, weekly: Sequence[Weekly], actor: str, now: datetime) -> bool:
    """Offer these periods every week, beside what is offered; whether that is new. Raises `Refused`."""
    if any(one.since and one.until and one.until <= one.since for one in weekly):
        raise Refused([AvailabilityRefusal.PERIOD])
    lock_agent(agent_id)
    return _set_weekly(agent_id, with_added(weekly_of(agent_id=agent_id), weekly), actor=actor, now=now)


@transaction.atomic(durable=True)
def withdraw_weekly(*, agent_id: int, weekly: Sequence[Weekly], actor: str, now: datetime) -> bool:
    """Take these hours of the week out of all that is offered weekly; whether anything changed."""
    lock_agent(agent_id)
    return _set_weekly(agent_id, with_removed(weekly_of(agent_id=agent_id), weekly), actor=actor, now=now)


@transaction.atomic(durable=True)
def drop_weekly(*, weekly_id: int, agent_id: int, actor: str, now: datetime) -> None:
    """Withdraw one row as it is written. Raises `WeeklyAvailability.DoesNotExist` for somebody else's."""
    lock_agent(agent_id)
    row = WeeklyAvailability.objects.get(pk=weekly_id, agent_id=agent_id)
    gone = Weekly(row.weekday, row.start, row.end, row.since, row.until)
    left = [one for one in weekly_of(agent_id=agent_id) if one != gone]
    _set_weekly(agent_id, left, actor=actor, now=now)


@transaction.atomic(durable=True)
def set_periods(
    *, agent_id: int, periods: Sequence[Period], kind: AvailabilityKind | None, note: str = "", actor: str,
    now: datetime,
) -> bool:  # fmt: skip
    """Offer these periods once or keep them free, instead of what the agent had said of them; whether that is new.

    `kind` None: nothing is said of them any more. Time off and imported calendars stay. Raises `Refused`, also where a
    shift that the agent holds would be kept free.
    """
    lock_agent(agent_id)
    return _set_periods(agent_id, periods, kind, note=note, actor=actor, now=now)


@transaction.atomic(durable=True)
def paint(*, agent_id: int, spans: Sequence[tuple[date, Weekly]], brush: Brush, actor: str, now: datetime) -> bool:
    """Paint parts of days (each with its date and its hours) on the week; whether anything changed.

    What is all painted so already is cleared instead, as a second tap on a button does. Raises `Refused`.
    """
    lock_agent(agent_id)
    zone = ZoneInfo(Agent.objects.values_list("timezone", flat=True).get(pk=agent_id))
    periods = merged(
        piece for day, hours in spans for piece in on_day(day, start=hours.start, end=hours.end, zone=zone)
    )
    hours, before = [hours for _, hours in spans], weekly_of(agent_id=agent_id)
    if brush is not Brush.CLEAR and _is_painted(agent_id, periods, hours, before, brush):
        brush = Brush.CLEAR
    changed = False
    if brush is Brush.WEEKLY:
        changed = _set_weekly(agent_id, with_added(before, hours), actor=actor, now=now)
    elif brush is Brush.CLEAR:
        changed = _set_weekly(agent_id, with_removed(before, hours), actor=actor, now=now)
    return _set_periods(agent_id, periods, KINDS.get(brush), note="", actor=actor, now=now) or changed


def _is_painted(
    agent_id: int, periods: Sequence[Period], hours: Sequence[Weekly], weekly: Sequence[Weekly], brush: Brush
) -> bool:
    rows = _own(agent_id, periods)
    if brush is Brush.WEEKLY:
        return not rows and with_added(weekly, hours) == with_added(weekly, [])
    said = [one.period for one in map(_said, rows) if one.kind == KINDS[brush]]
    return all(covered(period, said) for period in periods)


def _set_weekly(agent_id: int, wanted: Sequence[Weekly], *, actor: str, now: datetime) -> bool:
    before = weekly_of(agent_id=agent_id)
    if set(wanted) == set(before):
        return False
    if len(wanted) > MOST_WEEKLY:
        raise Refused([AvailabilityRefusal.TOO_MANY])
    WeeklyAvailability.objects.filter(agent_id=agent_id).delete()
    WeeklyAvailability.objects.bulk_create(
        WeeklyAvailability(
            agent_id=agent_id, weekday=one.weekday, start=one.start, end=one.end, since=one.since, until=one.until
        )
        for one in wanted
    )
    _tell(agent_id, {"weekly": [_plain(one) for one in wanted]}, actor=actor, now=now)
    return True


def _set_periods(
    agent_id: int, periods: Sequence[Period], kind: AvailabilityKind | None, *, note: str, actor: str, now: datetime
) -> bool:
    if not periods:  # hours that the clock skips
        return False
    if any(not timedelta(0) < one.length <= LONGEST for one in periods):
        raise Refused([AvailabilityRefusal.PERIOD])
    if kind == AvailabilityKind.BLACKOUT and _holds(agent_id, periods):
        raise Refused([AvailabilityRefusal.BOOKED])
    rows = _own(agent_id, periods)
    before = [_said(row) for row in rows]
    left = [Said(one.kind, one.note, piece) for one in before for piece in without([one.period], periods)]
    wanted = _written([*left, *(Said(kind, note, one) for one in periods if kind)])
    if set(wanted) == set(before):
        return False
    Availability.objects.filter(pk__in=[row.pk for row in rows]).delete()
    if Availability.objects.filter(agent_id=agent_id, period__endswith__gt=now).count() + len(wanted) > MOST_PERIODS:
        raise Refused([AvailabilityRefusal.TOO_MANY])
    Availability.objects.bulk_create(
        Availability(agent_id=agent_id, kind=one.kind, note=one.note, period=(one.period.start, one.period.end))
        for one in wanted
    )
    spans = [[one.start.isoformat(), one.end.isoformat()] for one in periods]
    _tell(agent_id, {"kind": kind, "periods": spans}, actor=actor, now=now)
    return True


def _own(agent_id: int, periods: Sequence[Period]) -> list[Availability]:
    """What the agent said of these periods or right beside them."""
    near = Q()
    for one in periods:
        near |= Q(period__overlap=(one.start, one.end)) | Q(period__adjacent_to=(one.start, one.end))
    return list(Availability.objects.filter(near, agent_id=agent_id, source=AvailabilitySource.OWN))


def _holds(agent_id: int, periods: Sequence[Period]) -> bool:
    inside = Q()
    for one in periods:
        inside |= Q(period__overlap=(one.start, one.end))
    return Booking.objects.filter(inside, agent_id=agent_id, status__in=BOUND_STATES).exists()


def _said(row: Availability) -> Said:
    return Said(row.kind, row.note, Period(row.period.lower, row.period.upper))


def _written(said: Sequence[Said]) -> list[Said]:
    """What touches, of one kind with one note, as one."""
    by_words = sorted(said, key=lambda one: (one.kind, one.note))
    return [
        Said(kind, note, period)
        for (kind, note), group in groupby(by_words, key=lambda one: (one.kind, one.note))
        for period in merged(one.period for one in group)
    ]


def _plain(one: Weekly) -> list[Any]:
    bounds = [bound.isoformat() if bound else None for bound in (one.since, one.until)]
    return [one.weekday, f"{one.start:%H:%M}", f"{one.end:%H:%M}", *bounds]


def _tell(agent_id: int, data: dict[str, Any], *, actor: str, now: datetime) -> None:
    record(kind="availability.changed", subject=f"agent:{agent_id}", actor=actor, at=now, data=data)
