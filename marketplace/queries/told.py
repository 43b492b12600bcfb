"""One booking with all that is told of it after each tap."""

from gigcx.accounts.models import Agent
from gigcx.database.prepared import Columns, prepared_one
from marketplace.models import Booking, Compensation, Queue, Shift

BOOKING, AGENT, QUEUE = Columns(Booking, "b"), Columns(Agent, "a", ("id", "code")), Columns(Queue, "q", ("id", "code"))
SHIFT, OWED = Columns(Shift, "s", ("id", "queue_id", "currency", "breaks")), Columns(Compensation, "c")
ONE = f"""
SELECT {BOOKING}, {AGENT}, {SHIFT}, {QUEUE}, {OWED} FROM marketplace_booking b
  JOIN accounts_agent a ON a.id = b.agent_id JOIN marketplace_shift s ON s.id = b.shift_id
  LEFT JOIN marketplace_queue q ON q.id = s.queue_id LEFT JOIN marketplace_compensation c ON c.booking_id = b.id
WHERE b.id = %s
"""


def told_booking(booking_id: int) -> Booking:
    """The booking with its agent, its shift, the shift's queue and what is owed for it; of those only what is told.

    Raises `Booking.DoesNotExist`.
    """
    row = prepared_one(ONE, [booking_id])
    columns = iter(row or ())
    booking = BOOKING.made(columns) if row else None
    if booking is None:
        raise Booking.DoesNotExist
    agent, shift, queue, owed = AGENT.made(columns), SHIFT.made(columns), QUEUE.made(columns), OWED.made(columns)
    assert agent is not None  # noqa: S101 - the joins are inner
    assert shift is not None  # noqa: S101 - as above
    shift.queue = queue
    booking.agent, booking.shift = agent, shift
    Booking.compensation.related.set_cached_value(booking, owed)  # type: ignore[attr-defined]  # a one-to-one's way back
    return booking
