"""The draw of a shift's places among all who asked, once the time for asking is over (docs/draw.md)."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from gigcx.ledger.record import record
from marketplace.actions.ask import against_asking
from marketplace.actions.claim import lock_calendars, lock_shift
from marketplace.actions.offers import end_booking
from marketplace.actions.waiting import tell_place
from marketplace.claiming import draw as lots
from marketplace.models import Booking, Draw, Shift, WaitingPlace
from marketplace.queries.claim_facts import facts_of_many
from marketplace.queries.equity import equity_of
from marketplace.vocabulary import BookingState, Opening, ShiftState

ACTOR = "clock"
TRIES = 5
SEED_BYTES = 32


class MoreAskedError(Exception):
    """Somebody asked between looking and locking."""


def commit_draws(shifts: Collection[Shift]) -> None:
    """Settle a seed for each of these shifts and publish its hash, before anyone can ask."""
    seeds = [secrets.token_hex(SEED_BYTES) for _ in shifts]
    Draw.objects.bulk_create(
        Draw(shift=shift, seed=seed, seed_hash=lots.seed_hash(seed)) for shift, seed in zip(shifts, seeds, strict=True)
    )


def draw_due(*, now: datetime) -> int:
    """Draw every open shift whose time for asking is over; how many. Right however late or often it runs."""
    due = Shift.objects.filter(
        status=ShiftState.OPEN, opening=Opening.DRAW, draw_until__lte=now, draw__drawn_at__isnull=True
    )
    shift_ids = list(due.order_by("draw_until", "pk").values_list("pk", flat=True))
    return sum(draw_shift(shift_id=shift_id, now=now) for shift_id in shift_ids)


def draw_shift(*, shift_id: int, now: datetime) -> bool:
    """Draw one shift; whether it was this call that did. Raises `Draw.DoesNotExist` where there is no draw."""
    for _ in range(TRIES):
        try:
            return _draw(shift_id, now=now)
        except MoreAskedError:
            continue
    return False


@transaction.atomic(durable=True)
def _draw(shift_id: int, *, now: datetime) -> bool:
    asking = Booking.objects.filter(shift_id=shift_id, status=BookingState.REQUESTED)
    agents = set(asking.values_list("agent_id", flat=True))
    lock_calendars(agents)
    lock_shift(shift_id)
    bookings = {booking.pk: booking for booking in asking.order_by("pk").select_for_update(of=("self",))}
    draw = Draw.objects.select_for_update(of=("self",)).select_related("shift").get(shift_id=shift_id)
    if draw.drawn_at is not None:
        return False
    if {booking.agent_id for booking in bookings.values()} - agents:
        raise MoreAskedError
    draw.drawn_at, draw.record = now, _record(draw, list(bookings.values()), now=now)
    draw.save(update_fields=["drawn_at", "record"])
    _settle(draw, bookings, now=now)
    summary = {name: draw.record[name] for name in ("seed", "seed_hash", "places", "winners")}
    record(kind="shift.drawn", subject=f"shift:{shift_id}", actor=ACTOR, at=now, data=summary)
    return True


def _record(draw: Draw, bookings: Sequence[Booking], *, now: datetime) -> dict[str, Any]:
    """All it takes to draw again, and what came out. A ticket is the number of the request: it names nobody."""
    shift, agents = draw.shift, [booking.agent_id for booking in bookings]
    facts = facts_of_many(agent_ids=agents, shift_id=shift.pk, now=now)
    equity = equity_of(agent_ids=agents, start=shift.starts_at, now=now)
    places = shift.places - shift.taken
    seats = next((one.shift.seats_left for one in facts.values()), None)
    found: dict[str, Any] = {
        "shift": shift.pk,
        "asked_until": shift.draw_until.isoformat() if shift.draw_until else None,
        "drawn_at": now.isoformat(),
        "seed_hash": draw.seed_hash,
        "seed": draw.seed,
        "places": places if seats is None else max(0, min(places, int(seats))),
        "tickets": [
            {
                "ticket": booking.pk,
                "booked_hours": equity[booking.agent_id].booked_hours,
                "wanted_hours": equity[booking.agent_id].wanted_hours,
                "lost": equity[booking.agent_id].lost,
                "against": [str(reason) for reason in against_asking(facts[booking.agent_id])],
            }
            for booking in bookings
        ],
    }
    return found | lots.redraw(found)


def _settle(draw: Draw, bookings: dict[int, Booking], *, now: datetime) -> None:
    """Places for the winners; the others wait in drawn order, those too who could not have taken one today.

    They keep their place in line as anybody does whom a place goes past; it counts as no draw lost.
    """
    winners = set(draw.record["winners"])
    against = {ticket["ticket"]: ticket["against"] for ticket in draw.record["tickets"]}
    for ticket in draw.record["order"]:
        booking = bookings[ticket]
        if ticket in winners:
            _hold(booking, now=now)
            continue
        if against[ticket]:
            end_booking(
                booking, status=BookingState.RELEASED, kind="draw.passed_over", actor=ACTOR, now=now,
                data={"against": against[ticket]},
            )  # fmt: skip
        else:
            end_booking(booking, status=BookingState.NOT_DRAWN, kind="draw.lost", actor=ACTOR, now=now)
        passed = {"passed_at": now, "against": against[ticket]} if against[ticket] else {}
        place = WaitingPlace.objects.create(shift_id=draw.shift_id, agent_id=booking.agent_id, joined_at=now, **passed)
        tell_place(place, kind="waiting.joined", actor=ACTOR, now=now)
    Shift.objects.filter(pk=draw.shift_id).update(taken=F("taken") + len(winners))


def _hold(booking: Booking, *, now: datetime) -> None:
    booking.status, booking.held_at = BookingState.HELD, now
    booking.save(update_fields=["status", "held_at"])
    data = {"booking": booking.pk, "shift": booking.shift_id, "source": booking.source}
    record(kind="booking.held", subject=f"agent:{booking.agent_id}", actor=ACTOR, at=now, data=data)
