"""An organisation that takes places back late owes for them: the stated share of the pay."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from marketplace.actions.shift_figures import owner_of
from marketplace.models import Booking, Compensation, MarketPolicy
from marketplace.vocabulary import BOUND_STATES, PullReason


def compensate(bookings: Iterable[Booking], *, why: PullReason, now: datetime) -> dict[int, Compensation]:
    """What is owed for taking these places back now, by booking; nothing for those that are early enough.

    The caller is about to end the bookings, in the same transaction, and has read their shifts and queues along.
    """
    policy = MarketPolicy.objects.get(pk=1)
    notice = timedelta(hours=policy.late_cancel_hours)
    owed = [
        Compensation(
            booking=booking, department_id=_owed_by(booking, why), currency=booking.shift.currency,
            amount=round(policy.late_cancel_share * booking.pay), why=why, at=now,
        )
        for booking in bookings
        if booking.status in BOUND_STATES and now > booking.period.lower - notice
    ]  # fmt: skip
    return {one.booking_id: one for one in Compensation.objects.bulk_create(owed)}


def _owed_by(booking: Booking, why: PullReason) -> int:
    """The department whose shift it is; where a lender called its people back, the lender."""
    return booking.agent.department_id if why == PullReason.RECALLED else owner_of(booking.shift)


def told(owed: Compensation | None) -> dict[str, object]:
    """The same for an Entry."""
    return {} if owed is None else {"owed": owed.amount, "currency": owed.currency}
