"""An agent appeals a mark; a dispatcher hears it and decides."""

from datetime import datetime

from django.db import transaction

from gigcx.ledger.record import record
from marketplace.actions.refused import Refused
from marketplace.actions.release import lock_booking
from marketplace.claiming.reliability import Outcome
from marketplace.models import Appeal, Booking
from marketplace.queries.reliability import promises_of
from marketplace.vocabulary import BookingRefusal, BookingState


@transaction.atomic(durable=True)
def appeal(*, booking_id: int, agent_id: int, text: str, actor: str, now: datetime) -> Appeal:
    """Say why the mark on a booking is not deserved; once for each.

    Raises `Refused` where there is no mark, nothing is said, or it was appealed already; `Booking.DoesNotExist`.
    """
    booking = lock_booking(booking_id=booking_id, agent_id=agent_id)
    reasons = [] if _marked(booking, now) else [BookingRefusal.NO_MARK]
    reasons += [] if text.strip() else [BookingRefusal.APPEAL_EMPTY]
    reasons += [BookingRefusal.APPEALED] if Appeal.objects.filter(booking=booking).exists() else []
    if reasons:
        raise Refused(reasons)
    found = Appeal.objects.create(booking=booking, text=text.strip()[:600], made_at=now)
    _tell(booking, kind="appeal.made", actor=actor, now=now)
    return found


@transaction.atomic(durable=True)
def decide_appeal(*, appeal_id: int, upheld: bool, answer: str, actor: str, now: datetime) -> Appeal:
    """Uphold the appeal, which takes the mark away, or turn it down.

    Raises `Refused` where it was decided already; `Appeal.DoesNotExist`.
    """
    booking_id, agent_id = Appeal.objects.values_list("booking_id", "booking__agent_id").get(pk=appeal_id)
    booking = lock_booking(booking_id=booking_id, agent_id=agent_id)
    found = Appeal.objects.select_for_update().get(pk=appeal_id)
    if found.upheld is not None:
        raise Refused([BookingRefusal.DECIDED])
    found.upheld, found.answer, found.decided_at, found.decided_by = upheld, answer.strip()[:600], now, actor
    found.save(update_fields=["upheld", "answer", "decided_at", "decided_by"])
    if upheld and booking.status == BookingState.NO_SHOW:
        booking.status = BookingState.EXCUSED
        booking.save(update_fields=["status"])
    _tell(booking, kind="appeal.upheld" if upheld else "appeal.turned_down", actor=actor, now=now)
    return found


def _marked(booking: Booking, now: datetime) -> bool:
    mine = promises_of(agent_ids=[booking.agent_id], now=now)[booking.agent_id]
    return any(one.booking == booking.pk and one.outcome != Outcome.KEPT for one in mine)


def _tell(booking: Booking, *, kind: str, actor: str, now: datetime) -> None:
    data = {"booking": booking.pk, "shift": booking.shift_id}
    record(kind=kind, subject=f"agent:{booking.agent_id}", actor=actor, at=now, data=data)
