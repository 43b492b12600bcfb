"""Check-in: a booking becomes duty, and the matcher sees the agent at its next tick."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, Func
from django.db.models.functions import Lower
from django.db.utils import IntegrityError

from marketplace.actions.offers import count_one_more, withdraw_replacement
from marketplace.actions.refused import Refused
from marketplace.actions.release import lock_booking, tell
from marketplace.claiming.breaks import unpaid_seconds
from marketplace.models import Booking, Duty, MarketPolicy, Shift
from marketplace.models.duty import DutySource
from marketplace.queries.breaks import PAUSES, as_breaks, as_pauses
from marketplace.vocabulary import BookingRefusal, BookingState

EXPECTED = (BookingState.HELD, BookingState.RELEASING, BookingState.NO_SHOW)
"""Whoever comes late after being marked as absent is checked in all the same."""


@transaction.atomic(durable=True)
def check_in(*, booking_id: int, agent_id: int, actor: str, now: datetime) -> Duty:
    """Begin the duty of a booking; again, the same duty.

    It runs from the start of the shift, or from `now` for those who come later, to the shift's end.
    Raises `Refused`; `Booking.DoesNotExist` for somebody else's.
    """
    booking = lock_booking(booking_id=booking_id, agent_id=agent_id)
    if booking.status == BookingState.CHECKED_IN and booking.duty is not None:
        return booking.duty
    if reasons := _against(booking, now):
        raise Refused(reasons)
    duty = _duty(booking, now)
    if booking.status == BookingState.NO_SHOW:
        count_one_more(booking.shift_id)
    booking.status, booking.checked_in_at, booking.duty = BookingState.CHECKED_IN, now, duty
    booking.releasing_at = booking.ended_at = None
    booking.save(update_fields=["status", "checked_in_at", "duty", "releasing_at", "ended_at"])
    late = max(0.0, (now - booking.period.lower).total_seconds())
    tell(booking, kind="booking.checked_in", actor=actor, now=now, late_seconds=round(late))
    withdraw_replacement(booking, actor=actor, now=now)
    return duty


def close_worked(*, now: datetime, actor: str) -> int:
    """Close the bookings whose duty is over or signed off, with the paid time; how many. Idempotent, two statements.

    Paid is the duty's time, less its unpaid breaks as `claiming.breaks` counts them.
    """
    with connection.cursor() as cursor:
        cursor.execute(OVER, {"now": now})
        rows = cursor.fetchall()
        if not rows:
            return 0
        worked = [_worked_seconds(*row[1:]) for row in rows]
        closed = {"bookings": [row[0] for row in rows], "until": [row[2] for row in rows], "worked": worked}
        cursor.execute(CLOSE, closed | {"now": now, "actor": actor})
    return len(rows)


def _worked_seconds(since: datetime, until: datetime, breaks: Sequence[Any], pauses: Sequence[Any] | None) -> int:
    unpaid = unpaid_seconds(start=since, end=until, planned=as_breaks(breaks), pauses=as_pauses(pauses))
    return max(0, round((until - since).total_seconds() - unpaid))


def reopen_worked(*, agent_id: int, now: datetime) -> None:
    """Whoever signs on again goes on with the booking of the duty that is under way."""
    Booking.objects.filter(agent_id=agent_id, status=BookingState.WORKED, duty__period__contains=now).update(
        status=BookingState.CHECKED_IN, ended_at=None, worked_seconds=None
    )


OVER = f"""
SELECT b.id, lower(d.period), greatest(lower(d.period), least(upper(d.period), d.signed_off_at)), s.breaks::json,
  {PAUSES}
FROM marketplace_booking b JOIN marketplace_duty d ON d.id = b.duty_id JOIN marketplace_shift s ON s.id = b.shift_id
WHERE b.status = 'checked_in' AND (d.signed_off_at IS NOT NULL OR upper(d.period) <= %(now)s)
ORDER BY b.id FOR NO KEY UPDATE OF b
"""
CLOSE = """
WITH closed AS (
  UPDATE marketplace_booking b SET status = 'worked', ended_at = o.until, worked_seconds = o.worked
  FROM unnest(%(bookings)s::bigint[], %(until)s::timestamptz[], %(worked)s::int[]) AS o(id, until, worked)
  WHERE o.id = b.id RETURNING b.id, b.agent_id, b.shift_id, b.worked_seconds
)
INSERT INTO ledger_entry (at, kind, actor, subject, data)
SELECT %(now)s, 'booking.worked', %(actor)s, 'agent:' || agent_id,
  jsonb_build_object('booking', id, 'shift', shift_id, 'worked_seconds', worked_seconds) FROM closed ORDER BY id
"""


def _against(booking: Booking, now: datetime) -> list[BookingRefusal]:
    if booking.status not in EXPECTED:
        return [BookingRefusal.NOT_HELD]
    if booking.period.upper <= now:
        return [BookingRefusal.CHECK_IN_OVER]
    opens = timedelta(minutes=MarketPolicy.objects.get(pk=1).check_in_minutes)
    return [BookingRefusal.CHECK_IN_EARLY] if now < booking.period.lower - opens else []


def _duty(booking: Booking, now: datetime) -> Duty:
    shift = Shift.objects.get(pk=booking.shift_id)
    period = DateTimeTZRange(max(now, booking.period.lower), booking.period.upper)
    _free(booking.agent_id, period)
    try:
        with transaction.atomic():
            return Duty.objects.create(
                agent_id=booking.agent_id, period=period, queue_id=shift.queue_id, site_id=shift.site_id,
                source=DutySource.BOOKING,
            )  # fmt: skip
    except IntegrityError as overlap:  # the roster, or a hand, was first
        raise Refused([BookingRefusal.ON_DUTY]) from overlap


def _free(agent_id: int, period: DateTimeTZRange) -> None:
    """A duty that was signed off ends where it did: what was left of it is free for a shift that was claimed since."""
    left = Duty.objects.filter(agent_id=agent_id, period__overlap=period, signed_off_at__gt=Lower("period"))
    ended = Func(Lower("period"), F("signed_off_at"), function="tstzrange", output_field=DateTimeRangeField())
    left.filter(signed_off_at__lte=period.lower).update(period=ended)
