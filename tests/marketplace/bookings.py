"""Shifts to claim, and people who hold places in them."""

from datetime import datetime, timedelta

from gigcx.accounts.models import Agent
from marketplace.actions.claim import claim
from marketplace.models import Booking, Queue, Shift
from marketplace.vocabulary import ShiftState, WorkPlace
from tests.factories import NOW

TOMORROW = NOW + timedelta(days=1)


def make_shift(
    queue: Queue | None, *, start: datetime = TOMORROW, hours: float = 4, places: int = 1, **fields: object
) -> Shift:
    """An open shift from home, by default tomorrow at the same time."""
    figures: dict[str, object] = {
        "work_place": WorkPlace.HOME, "pay_per_hour": 1800, "pay": round(1800 * hours), "currency": "EUR",
        "status": ShiftState.OPEN, "created_at": NOW, "created_by": "user:1",
    }  # fmt: skip
    return Shift.objects.create(
        queue=queue, starts_at=start, ends_at=start + timedelta(hours=hours), places=places, **figures | fields
    )


def hold(shift: Shift, agent: Agent, *, now: datetime = NOW) -> Booking:
    """The agent's booking of the shift, claimed."""
    return Booking.objects.get(pk=claim(shift_id=shift.pk, agent_id=agent.pk, actor="user:2", now=now).booking_id)
