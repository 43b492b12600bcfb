"""What cancelling shifts would mean for the people who hold places in them; nothing is changed."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace.models import Booking, MarketPolicy
from marketplace.vocabulary import BOUND_STATES


@dataclass(frozen=True, slots=True)
class Price:
    """Who would lose a place, and what for."""

    people: int
    late: int
    """Of them so late that something is owed."""
    owed: Mapping[str, int]
    """In minor units, by currency."""


def price_of(*, shift_ids: Collection[int], now: datetime) -> Price:
    """What `cancel_shifts` would take back and owe now; two statements."""
    policy = MarketPolicy.objects.get(pk=1)
    bound = Booking.objects.filter(shift_id__in=shift_ids, status__in=BOUND_STATES).select_related("shift")
    notice = timedelta(hours=policy.late_cancel_hours)
    late = [booking for booking in bound if now > booking.period.lower - notice]
    owed: Counter[str] = Counter()
    for booking in late:
        owed[booking.shift.currency] += round(policy.late_cancel_share * booking.pay)
    return Price(people=len(bound), late=len(late), owed=dict(sorted(owed.items())))
