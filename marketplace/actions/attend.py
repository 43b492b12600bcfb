"""Before and instead of coming: *I will come*, and *I am ill*."""

from datetime import datetime, timedelta

from django.db import transaction

from marketplace.actions.claim import let_go
from marketplace.actions.refused import Refused
from marketplace.actions.release import GIVEN_BACK, lock_booking, tell
from marketplace.models import MarketPolicy
from marketplace.vocabulary import BookingRefusal, BookingState


@transaction.atomic(durable=True)
def confirm(*, booking_id: int, agent_id: int, actor: str, now: datetime) -> bool:
    """Say shortly before the start that one will come; whether that is new.

    Raises `Refused`; `Booking.DoesNotExist` for somebody else's.
    """
    booking = lock_booking(booking_id=booking_id, agent_id=agent_id)
    asked_from = booking.period.lower - timedelta(hours=MarketPolicy.objects.get(pk=1).reconfirm_hours)
    reasons = [BookingRefusal.NOT_HELD] if booking.status != BookingState.HELD else []
    reasons += [BookingRefusal.SHIFT_BEGUN] if booking.period.lower <= now else []
    reasons += [BookingRefusal.CONFIRM_EARLY] if now < asked_from else []
    if reasons:
        raise Refused(reasons)
    if booking.confirmed_at is not None:
        return False
    booking.confirmed_at = now
    booking.save(update_fields=["confirmed_at"])
    tell(booking, kind="booking.confirmed", actor=actor, now=now)
    return True


@transaction.atomic(durable=True)
def report_ill(*, booking_id: int, agent_id: int, actor: str, now: datetime) -> None:
    """Excused, without a mark; the place goes to whoever waits, at once.

    Raises `Refused` for a place that is not held, or after the shift; `Booking.DoesNotExist` for somebody else's.
    """
    booking = lock_booking(booking_id=booking_id, agent_id=agent_id)
    reasons = [BookingRefusal.NOT_HELD] if booking.status not in GIVEN_BACK else []
    reasons += [BookingRefusal.CHECK_IN_OVER] if booking.period.upper <= now else []
    if reasons:
        raise Refused(reasons)
    let_go(booking, status=BookingState.EXCUSED, kind="booking.excused", actor=actor, now=now, data={"why": "ill"})
