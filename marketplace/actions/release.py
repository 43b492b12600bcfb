"""Giving a place back: undone freely at first, later given up, and inside the lock-down held until replaced."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from gigcx.ledger.record import record
from marketplace.actions.claim import let_go, lock_agent
from marketplace.actions.offers import offer_next, withdraw_replacement
from marketplace.actions.refused import Refused
from marketplace.models import Booking, MarketPolicy, Shift
from marketplace.vocabulary import BookingRefusal, BookingState

GIVEN_BACK = (BookingState.HELD, BookingState.RELEASING)


@dataclass(frozen=True, slots=True)
class Released:
    """Whether the place is free; if not, the agent is held until replaced, at the latest until `until`."""

    free: bool
    until: datetime | None = None


@transaction.atomic(durable=True)
def undo_claim(*, booking_id: int, agent_id: int, actor: str, now: datetime) -> None:
    """Take a fresh claim back, without a mark. Raises `Refused`; `Booking.DoesNotExist` for somebody else's."""
    booking = lock_booking(booking_id=booking_id, agent_id=agent_id)
    reasons = _against(booking, now)
    if not reasons and (booking.undo_until is None or booking.undo_until <= now):
        reasons.append(BookingRefusal.UNDO_OVER)
    if reasons:
        raise Refused(reasons)
    let_go(booking, status=BookingState.RELEASED, kind="booking.undone", actor=actor, now=now)


@transaction.atomic(durable=True)
def release(*, booking_id: int, agent_id: int, actor: str, now: datetime) -> Released:
    """Give the place back; inside the lock-down, ask to be replaced. Asking again changes nothing.

    Raises `Refused`; `Booking.DoesNotExist` for somebody else's.
    """
    booking = lock_booking(booking_id=booking_id, agent_id=agent_id)
    if reasons := _against(booking, now):
        raise Refused(reasons)
    policy = MarketPolicy.objects.get(pk=1)
    start = booking.period.lower
    fresh = booking.undo_until is not None and now < booking.undo_until
    if fresh or now < start - timedelta(hours=policy.lock_down_hours):
        let_go(booking, status=BookingState.RELEASED, kind="booking.released", actor=actor, now=now)
        return Released(free=True)
    if booking.status == BookingState.HELD:
        booking.status, booking.releasing_at = BookingState.RELEASING, now
        booking.save(update_fields=["status", "releasing_at"])
        tell(booking, kind="booking.releasing", actor=actor, now=now)
        offer_next(booking.shift_id, replaces=booking, actor=actor, now=now)
    return Released(free=False, until=start - timedelta(minutes=policy.replace_until_minutes))


@transaction.atomic(durable=True)
def keep_place(*, booking_id: int, agent_id: int, actor: str, now: datetime) -> None:
    """After all the agent will come: no more looking for a replacement. Raises `Refused`, `Booking.DoesNotExist`."""
    booking = lock_booking(booking_id=booking_id, agent_id=agent_id)
    if reasons := _against(booking, now):
        raise Refused(reasons)
    if booking.status == BookingState.RELEASING:
        booking.status, booking.releasing_at = BookingState.HELD, None
        booking.save(update_fields=["status", "releasing_at"])
        tell(booking, kind="booking.kept", actor=actor, now=now)
        withdraw_replacement(booking, actor=actor, now=now)


def lock_booking(*, booking_id: int, agent_id: int) -> Booking:
    """The agent's booking with agent, shift and booking locked, in this order. Raises `Booking.DoesNotExist`."""
    lock_agent(agent_id)
    shift_id = Booking.objects.values_list("shift_id", flat=True).get(pk=booking_id, agent_id=agent_id)
    Shift.objects.select_for_update().only("pk").get(pk=shift_id)
    return Booking.objects.select_for_update().get(pk=booking_id, agent_id=agent_id)


def tell(booking: Booking, *, kind: str, actor: str, now: datetime, **more: object) -> None:
    """The Entry of what happened to a booking, on its agent's page."""
    data = {"booking": booking.pk, "shift": booking.shift_id} | more
    record(kind=kind, subject=f"agent:{booking.agent_id}", actor=actor, at=now, data=data)


def _against(booking: Booking, now: datetime) -> list[BookingRefusal]:
    reasons = []
    if booking.status not in GIVEN_BACK:
        reasons.append(BookingRefusal.NOT_HELD)
    if booking.period.lower <= now:
        reasons.append(BookingRefusal.SHIFT_BEGUN)
    return reasons
