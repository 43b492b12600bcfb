"""Shifts as dispatchers want them."""

from datetime import datetime, timedelta

from marketplace.actions.shift_figures import ShiftFigures
from marketplace.models import Queue
from tests.marketplace.bookings import TOMORROW


def wanted(queue: Queue, *, start: datetime = TOMORROW, hours: float = 4, **fields: object) -> ShiftFigures:
    """A shift from home for the queue, by default tomorrow at the same time."""
    figures: dict[str, object] = {
        "queue_id": queue.pk, "department_id": queue.department_id, "work_place": "home", "pay_per_hour": 1800,
    }  # fmt: skip
    figures |= {"starts_at": start, "ends_at": start + timedelta(hours=hours)}
    return ShiftFigures(**figures | fields)  # type: ignore[arg-type]  # by name
