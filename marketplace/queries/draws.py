"""A draw as whoever plans the shift sees it: whose ticket is which, what each weighs, and what came out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from gigcx.accounts.models import Agent
from marketplace.claiming.draw import weight
from marketplace.claiming.reasons import ClaimRefusal
from marketplace.models import Booking, Draw
from marketplace.queries.equity import equity_of
from marketplace.vocabulary import BookingState


@dataclass(frozen=True, slots=True)
class Ticket:
    """One request in a draw. Before the draw its figures are those of the moment, and it has no rank."""

    number: int
    agent: Agent
    booked_hours: float
    wanted_hours: float
    lost: int
    """Draws lost in a row."""
    rank: int | None
    """Where it was drawn, from 1."""
    drawn: bool
    """It won a place."""
    against: Sequence[ClaimRefusal]
    """What stood against it when it was drawn."""

    @property
    def weight(self) -> Decimal:
        """How much it counts."""
        return weight(booked_hours=self.booked_hours, wanted_hours=self.wanted_hours, lost=self.lost)


def tickets_of(*, draw: Draw, now: datetime) -> list[Ticket]:
    """All requests: as they were drawn, or before it in the order of their numbers; at most two statements."""
    bookings = Booking.objects.filter(shift_id=draw.shift_id).select_related("agent")
    if draw.drawn_at is None:
        return _asking(draw, list(bookings.filter(status=BookingState.REQUESTED).order_by("pk")), now=now)
    known = bookings.in_bulk([ticket["ticket"] for ticket in draw.record["tickets"]])
    ranks = {number: rank for rank, number in enumerate(draw.record["order"], start=1)}
    winners = set(draw.record["winners"])
    found = [
        Ticket(
            number=ticket["ticket"],
            agent=known[ticket["ticket"]].agent,
            booked_hours=ticket["booked_hours"],
            wanted_hours=ticket["wanted_hours"],
            lost=ticket["lost"],
            rank=ranks[ticket["ticket"]],
            drawn=ticket["ticket"] in winners,
            against=[ClaimRefusal(code) for code in ticket["against"]],
        )
        for ticket in draw.record["tickets"]
    ]
    return sorted(found, key=lambda ticket: ticket.rank or 0)


def _asking(draw: Draw, bookings: Sequence[Booking], *, now: datetime) -> list[Ticket]:
    agents = [booking.agent_id for booking in bookings]
    equity = equity_of(agent_ids=agents, start=draw.shift.starts_at, now=now)
    figures = [(booking, equity[booking.agent_id]) for booking in bookings]
    return [
        Ticket(
            number=booking.pk, agent=booking.agent, booked_hours=one.booked_hours, wanted_hours=one.wanted_hours,
            lost=one.lost, rank=None, drawn=False, against=(),
        )
        for booking, one in figures
    ]  # fmt: skip
