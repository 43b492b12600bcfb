"""Open draft shifts so that agents see them, or cancel shifts; all of those named or none."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce

from gigcx.ledger.models import Entry
from gigcx.ledger.record import record_many
from marketplace.actions.offers import end_offer
from marketplace.actions.refused import Refused
from marketplace.models import Booking, Offer, Shift
from marketplace.vocabulary import LIVE_STATES, BookingState, OfferState, ShiftRefusal, ShiftState


@transaction.atomic(durable=True)
def open_shifts(*, shift_ids: Collection[int], actor: str, now: datetime) -> int:
    """Open these drafts; how many. Raises `Refused` with every reason, then none is opened."""
    shifts = _locked(shift_ids)
    reasons = {ShiftRefusal.NOT_DRAFT for shift in shifts if shift.status != ShiftState.DRAFT}
    reasons |= {ShiftRefusal.PAST for shift in shifts if shift.starts_at <= now}
    return _change(shifts, ShiftState.OPEN, kind="shift.opened", reasons=reasons, actor=actor, now=now)


@transaction.atomic(durable=True)
def cancel_shifts(*, shift_ids: Collection[int], actor: str, now: datetime) -> int:
    """Cancel these shifts, drafts or open; how many. Whoever holds a place loses it and is told.

    Raises `Refused` with every reason, then none is cancelled.
    """
    shifts = _locked(shift_ids)
    reasons = {ShiftRefusal.CANCELLED for shift in shifts if shift.status == ShiftState.CANCELLED}
    reasons |= {ShiftRefusal.PAST for shift in shifts if shift.starts_at <= now}
    changed = _change(shifts, ShiftState.CANCELLED, kind="shift.cancelled", reasons=reasons, actor=actor, now=now)
    _pull_all([shift.pk for shift in shifts], actor=actor, now=now)
    return changed


def _locked(shift_ids: Collection[int]) -> Sequence[Shift]:
    """The shifts under lock, by id. Raises `Shift.DoesNotExist` unless all of them exist."""
    found = list(
        Shift.objects.filter(pk__in=shift_ids).select_related("queue").order_by("pk").select_for_update(of=("self",))
    )
    if len(found) != len(set(shift_ids)):
        raise Shift.DoesNotExist
    return found


def _change(
    shifts: Sequence[Shift], status: ShiftState, *, kind: str, reasons: set[ShiftRefusal], actor: str, now: datetime
) -> int:
    if reasons:
        raise Refused(sorted(reasons))
    stamp = {"opened_at": now} if status == ShiftState.OPEN else {"cancelled_at": now}
    Shift.objects.filter(pk__in=[shift.pk for shift in shifts]).update(status=status, **stamp)
    record_many(
        Entry(
            kind=kind,
            subject=f"shift:{shift.pk}",
            actor=actor,
            at=now,
            data={"queue": shift.queue_id, "department": shift.department_id, "before": shift.status},
        )
        for shift in shifts
    )
    return len(shifts)


def _pull_all(shift_ids: Sequence[int], *, actor: str, now: datetime) -> None:
    """Take back every place in these locked shifts, and every offer of one."""
    bookings = list(
        Booking.objects.filter(shift_id__in=shift_ids, status__in=LIVE_STATES).order_by("pk").select_for_update()
    )
    Booking.objects.filter(pk__in=[booking.pk for booking in bookings]).update(
        status=BookingState.PULLED, ended_at=now, held_at=Coalesce("held_at", Value(now))
    )
    Shift.objects.filter(pk__in=shift_ids).update(taken=0)
    record_many(
        Entry(
            kind="booking.pulled",
            subject=f"agent:{booking.agent_id}",
            actor=actor,
            at=now,
            data={"booking": booking.pk, "shift": booking.shift_id, "before": booking.status, "why": "cancelled"},
        )
        for booking in bookings
    )
    for offer in Offer.objects.filter(shift_id__in=shift_ids, status=OfferState.OPEN).order_by("pk"):
        end_offer(offer, status=OfferState.WITHDRAWN, kind="offer.withdrawn", actor=actor, now=now)
