"""Asking for a place in a shift whose places are drawn."""

from datetime import datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from gigcx.ledger.record import record
from marketplace.actions.claim import lock_agent, lock_shift
from marketplace.actions.offers import end_booking
from marketplace.actions.refused import ClaimRefused, Refused
from marketplace.actions.release import lock_booking
from marketplace.claiming.eligibility import refusals
from marketplace.claiming.facts import Facts
from marketplace.claiming.reasons import ClaimRefusal, Reason
from marketplace.models import Booking
from marketplace.queries.claim_facts import read_facts
from marketplace.vocabulary import BookingSource, BookingState, DrawRefusal

BEFORE_THE_DRAW = frozenset({ClaimRefusal.DRAW_PENDING, ClaimRefusal.FULL, ClaimRefusal.SITE_FULL})
"""What the draw itself settles."""


def against_asking(facts: Facts) -> tuple[Reason, ...]:
    """All reasons for which the agent could not take a place if it were drawn."""
    return tuple(reason for reason in refusals(facts) if reason.code not in BEFORE_THE_DRAW)


@transaction.atomic(durable=True)
def ask_for_place(*, shift_id: int, agent_id: int, actor: str, now: datetime) -> Booking:
    """Ask for a place in the draw; the request, which binds nobody. Asking again changes nothing.

    Raises `ClaimRefused` with every reason, `Refused`; `Shift.DoesNotExist`.
    """
    lock_agent(agent_id)
    lock_shift(shift_id)
    asked = Booking.objects.filter(shift_id=shift_id, agent_id=agent_id, status=BookingState.REQUESTED).first()
    if asked is not None:
        return asked
    facts = read_facts(agent_id=agent_id, shift_ids=[shift_id], now=now)[shift_id]
    if facts.shift.draw_until is None:
        raise Refused([DrawRefusal.NO_DRAW])
    if facts.shift.draw_until <= now:
        raise Refused([DrawRefusal.CLOSED])
    if reasons := against_asking(facts):
        raise ClaimRefused(reasons)
    booking = Booking.objects.create(
        shift_id=shift_id, agent_id=agent_id, period=DateTimeTZRange(facts.shift.start, facts.shift.end),
        pay=facts.shift.pay, status=BookingState.REQUESTED, source=BookingSource.DRAW,
    )  # fmt: skip
    data = {"booking": booking.pk, "shift": shift_id}
    record(kind="booking.requested", subject=f"agent:{agent_id}", actor=actor, at=now, data=data)
    return booking


@transaction.atomic(durable=True)
def withdraw_request(*, booking_id: int, agent_id: int, actor: str, now: datetime) -> None:
    """Ask no more. Raises `Refused` once it is drawn; `Booking.DoesNotExist` for somebody else's."""
    booking = lock_booking(booking_id=booking_id, agent_id=agent_id)
    if booking.status != BookingState.REQUESTED:
        raise Refused([DrawRefusal.NOT_ASKED])
    end_booking(booking, status=BookingState.RELEASED, kind="booking.unrequested", actor=actor, now=now)
