"""Calendars that agents bring: added, read, read again, taken away. Of them only busy times are kept, as blackouts."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from gigcx.accounts.models import Agent
from gigcx.ledger.record import record
from marketplace.actions.claim import lock_agent
from marketplace.actions.refused import Refused
from marketplace.calendars.fetch import checked, fetch
from marketplace.calendars.read import Unreadable, busy_periods
from marketplace.claiming.hours import Period
from marketplace.models import Availability, BusyCalendar
from marketplace.vocabulary import AvailabilityKind, AvailabilitySource, CalendarTrouble

MOST = 5
AHEAD = timedelta(days=180)
EVERY = timedelta(hours=4)
SOON = timedelta(minutes=30)
"""After trouble that may pass."""
PASSING = {CalendarTrouble.UNREACHABLE}
Fetch = Callable[[str], bytes]


@transaction.atomic(durable=True)
def add_calendar(*, agent_id: int, name: str, url: str, actor: str, now: datetime) -> BusyCalendar:
    """Have a calendar read from an https address from now on. Raises `Refused`."""
    try:
        checked(url)
    except Unreadable as problem:
        raise Refused([problem.trouble]) from problem
    lock_agent(agent_id)
    row = _new(agent_id, name, url=url.strip()[:1000], due_at=now)
    _tell(row, "calendar.due", actor=actor, now=now)
    return row


@transaction.atomic(durable=True)
def read_file(*, agent_id: int, name: str, content: bytes, actor: str, now: datetime) -> BusyCalendar:
    """Take the busy times out of a file; a file of the same name before is replaced. Raises `Refused`."""
    lock_agent(agent_id)
    try:
        periods = _periods(agent_id, content, now)
    except Unreadable as problem:
        raise Refused([problem.trouble]) from problem
    before = BusyCalendar.objects.filter(agent_id=agent_id, name=name.strip()[:60], url="").first()
    row = before or _new(agent_id, name, url="", due_at=None)
    _keep(row, periods, actor=actor, now=now)
    return row


@transaction.atomic(durable=True)
def read_again(*, calendar_id: int, agent_id: int, actor: str, now: datetime) -> None:
    """Have it read at once. Raises `BusyCalendar.DoesNotExist` for somebody else's, and for a file."""
    lock_agent(agent_id)
    row = BusyCalendar.objects.exclude(url="").get(pk=calendar_id, agent_id=agent_id)
    row.due_at = now
    row.save(update_fields=["due_at"])
    _tell(row, "calendar.due", actor=actor, now=now)


@transaction.atomic(durable=True)
def remove_calendar(*, calendar_id: int, agent_id: int, actor: str, now: datetime) -> None:
    """Forget it with all its busy times. Raises `BusyCalendar.DoesNotExist` for somebody else's."""
    lock_agent(agent_id)
    row = BusyCalendar.objects.get(pk=calendar_id, agent_id=agent_id)
    _tell(row, "calendar.removed", actor=actor, now=now)
    row.delete()


def read_due_calendars(*, now: datetime, get: Fetch = fetch) -> int:
    """Read every calendar that is due; how many. Each is put off first, so that one that kills its reader waits."""
    done = 0
    while (row := _take_due(now)) is not None:
        _read(row, now=now, get=get)
        done += 1
    return done


@transaction.atomic(durable=True)
def _take_due(now: datetime) -> BusyCalendar | None:
    row = BusyCalendar.objects.filter(due_at__lte=now).order_by("due_at").select_for_update(skip_locked=True).first()
    if row is not None:
        row.due_at = now + EVERY
        row.save(update_fields=["due_at"])
    return row


def _read(row: BusyCalendar, *, now: datetime, get: Fetch) -> None:
    """Fetch and read outside any transaction, then keep what was found, or why nothing was."""
    trouble, periods = "", []
    try:
        periods = _periods(row.agent_id, get(row.url), now)
    except Unreadable as problem:
        trouble = str(problem.trouble)
    with transaction.atomic(durable=True):
        lock_agent(row.agent_id)
        if not BusyCalendar.objects.filter(pk=row.pk).exists():  # taken away meanwhile
            return
        if not trouble:
            _keep(row, periods, actor="clock", now=now)
            return
        again = {"due_at": now + SOON} if trouble in PASSING else {}
        BusyCalendar.objects.filter(pk=row.pk).update(trouble=trouble, **again)
        if trouble != row.trouble:
            _tell(row, "calendar.failed", actor="clock", now=now)


def _periods(agent_id: int, content: bytes, now: datetime) -> list[Period]:
    zone = ZoneInfo(Agent.objects.values_list("timezone", flat=True).get(pk=agent_id))
    return busy_periods(content, within=Period(now - timedelta(days=1), now + AHEAD), zone=zone)


def _new(agent_id: int, name: str, *, url: str, due_at: datetime | None) -> BusyCalendar:
    mine = BusyCalendar.objects.filter(agent_id=agent_id)
    if mine.count() >= MOST:
        raise Refused([CalendarTrouble.TOO_MANY])
    name = name.strip()[:60]
    if mine.filter(name=name).exists():
        raise Refused([CalendarTrouble.NAME_TAKEN])
    return BusyCalendar.objects.create(agent_id=agent_id, name=name, url=url, due_at=due_at)


def _keep(row: BusyCalendar, periods: Sequence[Period], *, actor: str, now: datetime) -> None:
    """Busy then and at no other time."""
    BusyCalendar.objects.filter(pk=row.pk).update(read_at=now, trouble="")
    wanted = {(one.start, one.end) for one in periods}
    rows = list(Availability.objects.filter(calendar=row))
    kept = {(one.period.lower, one.period.upper) for one in rows}
    if wanted == kept:
        return
    Availability.objects.filter(calendar=row).delete()
    Availability.objects.bulk_create(
        Availability(
            agent_id=row.agent_id, calendar=row, period=span, kind=AvailabilityKind.BLACKOUT,
            source=AvailabilitySource.CALENDAR,
        )
        for span in sorted(wanted)
    )  # fmt: skip
    _tell(row, "calendar.read", actor=actor, now=now)


def _tell(row: BusyCalendar, kind: str, *, actor: str, now: datetime) -> None:
    record(kind=kind, subject=f"agent:{row.agent_id}", actor=actor, at=now, data={"calendar": row.pk})
