"""How reliable an organisation is to the people who book its shifts: the other side of a person's own figure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, Sum

from marketplace.models import Booking, Compensation
from marketplace.queries.shifts import in_departments
from marketplace.vocabulary import BookingState

WINDOW = timedelta(days=90)
"""Shifts that started in the last so many days; what was taken back counts at once."""
PROMISED = (
    BookingState.HELD, BookingState.RELEASING, BookingState.CHECKED_IN, BookingState.WORKED, BookingState.NO_SHOW,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Promises:
    """Places that a department promised, and those of them that it took back late."""

    places: int
    broken: int
    owed: Mapping[str, int]
    """What is due for them, in minor units by currency."""

    @property
    def reliability(self) -> float | None:
        """The share of places that was not taken back late; None where none was promised."""
        return 1 - self.broken / self.places if self.places else None


def kept_promises(*, department_id: int, now: datetime) -> Promises:
    """The department's last 90 days: places kept, and places taken back later than the market policy allows.

    Places that people gave back, were excused from, or that were taken back in time are no promise either way. Two
    statements.
    """
    late = Q(status=BookingState.PULLED, compensation__isnull=False)
    begun = Q(status__in=PROMISED, shift__starts_at__lte=now)
    found = Booking.objects.filter(
        in_departments([department_id], prefix="shift__"), shift__starts_at__gt=now - WINDOW
    ).aggregate(places=Count("pk", filter=begun | late), broken=Count("pk", filter=late))
    rows = Compensation.objects.filter(department_id=department_id, at__gt=now - WINDOW)
    owed = rows.values_list("currency").annotate(Sum("amount")).order_by("currency")
    return Promises(places=found["places"], broken=found["broken"], owed=dict(owed))
