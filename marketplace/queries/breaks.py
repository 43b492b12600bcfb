"""The breaks that a shift plans, as whoever works it sees them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from marketplace.models import Duty, Shift


@dataclass(frozen=True, slots=True)
class PlannedBreak:
    """A break `[start, end)` that is not over."""

    start: datetime
    end: datetime
    paid: bool
    due: bool
    """It is time to take it."""


def breaks_ahead(*, duty: Duty | None, now: datetime) -> list[PlannedBreak]:
    """What is left of the breaks of the shift that the duty came from; none of a roster's duty. One statement."""
    if duty is None:
        return []
    planned = Shift.objects.filter(bookings__duty=duty).values_list("breaks", flat=True).first() or []
    instant = now.timestamp()
    return [
        PlannedBreak(datetime.fromtimestamp(begin, UTC), datetime.fromtimestamp(stop, UTC), paid, due=begin <= instant)
        for begin, stop, paid in planned
        if instant < stop
    ]
