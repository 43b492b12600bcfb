"""The organisation takes places back, with a reason that the person is told; late, it pays for that."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce

from gigcx.ledger.models import Entry
from gigcx.ledger.record import record_many
from marketplace.actions.claim import let_go
from marketplace.actions.compensate import compensate, told
from marketplace.actions.offers import end_offer
from marketplace.actions.refused import Refused
from marketplace.actions.release import lock_booking
from marketplace.models import Booking, Offer, Shift
from marketplace.vocabulary import (
    LIVE_STATES,
    BookingRefusal,
    BookingState,
    OfferState,
    PlanRefusal,
    PullReason,
)  # fmt: skip

HELD = (BookingState.HELD, BookingState.RELEASING)


@transaction.atomic(durable=True)
def pull_booking(*, booking_id: int, words: str, actor: str, now: datetime) -> None:
    """Take one person's place back; `words` say why. The place is free for the next.

    Raises `Refused` with every reason, nothing changed; `Booking.DoesNotExist`.
    """
    agent_id = Booking.objects.values_list("agent_id", flat=True).get(pk=booking_id)
    booking = lock_booking(booking_id=booking_id, agent_id=agent_id)
    reasons: list[str] = []
    if booking.status == BookingState.CHECKED_IN:
        reasons.append(PlanRefusal.CHECKED_IN)
    elif booking.status not in HELD:
        reasons.append(BookingRefusal.NOT_HELD)
    if not words.strip():
        reasons.append(PlanRefusal.WHY)
    if reasons:
        raise Refused(reasons)
    pull(booking, why=PullReason.DISPATCHER, words=words.strip(), actor=actor, now=now)


def pull(booking: Booking, *, why: PullReason, words: str = "", actor: str, now: datetime) -> None:
    """Take a held place back. The caller has locked agent, shift and booking, in this order."""
    owed = compensate([booking], why=why, now=now).get(booking.pk)
    data = {"before": booking.status, "why": why, "words": words} | told(owed)
    let_go(booking, status=BookingState.PULLED, kind="booking.pulled", actor=actor, now=now, data=data)


def pull_all(shift_ids: Collection[int], *, actor: str, now: datetime) -> None:
    """Take back every place in these locked shifts, and every offer of one: they are cancelled, nobody comes after."""
    live = Booking.objects.filter(shift_id__in=shift_ids, status__in=LIVE_STATES).order_by("pk")
    bookings = list(live.select_related("shift__queue").select_for_update(of=("self",)))
    owed = compensate(bookings, why=PullReason.CANCELLED, now=now)
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
            data={
                "booking": booking.pk,
                "shift": booking.shift_id,
                "before": booking.status,
                "why": PullReason.CANCELLED,
            }
            | told(owed.get(booking.pk)),
        )
        for booking in bookings
    )
    for offer in Offer.objects.filter(shift_id__in=shift_ids, status=OfferState.OPEN).order_by("pk"):
        end_offer(offer, status=OfferState.WITHDRAWN, kind="offer.withdrawn", actor=actor, now=now)
