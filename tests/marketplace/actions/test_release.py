"""Giving places back: undone, given up, or held until replaced."""

from datetime import timedelta

import pytest

from gigcx.ledger.models import Entry
from marketplace.actions.open_shifts import cancel_shifts
from marketplace.actions.refused import Refused
from marketplace.actions.release import keep_place, release, undo_claim
from marketplace.models import Booking
from marketplace.vocabulary import BookingState
from tests.factories import NOW, make_agent, make_queue
from tests.marketplace.bookings import TOMORROW, hold, make_shift

pytestmark = pytest.mark.django_db(transaction=True)


def booked(*, days: float = 1) -> Booking:
    """A booking of a shift some days ahead."""
    queue = make_queue("cards")
    return hold(make_shift(queue, start=NOW + timedelta(days=days)), make_agent(queue))


def state(booking: Booking) -> tuple[str, int]:
    """What the booking is, and how many places of its shift are taken."""
    booking.refresh_from_db()
    booking.shift.refresh_from_db()
    return booking.status, booking.shift.taken


def test_a_fresh_claim_is_undone_freely():
    booking = booked()
    undo_claim(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=NOW + timedelta(minutes=4))
    assert state(booking) == (BookingState.RELEASED, 0)


def test_after_five_minutes_nothing_is_undone():
    booking = booked()
    with pytest.raises(Refused) as refusal:
        undo_claim(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=NOW + timedelta(minutes=5))
    assert refusal.value.reasons == ("undo_over",)
    assert state(booking) == (BookingState.HELD, 1)


def test_long_before_the_start_a_place_is_given_back():
    booking = booked(days=3)
    done = release(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=NOW + timedelta(hours=1))
    assert done.free
    assert state(booking) == (BookingState.RELEASED, 0)


def test_inside_the_lock_down_it_is_held_until_replaced():
    booking = booked()
    done = release(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=NOW + timedelta(hours=1))
    assert (done.free, done.until) == (False, TOMORROW - timedelta(hours=1))
    assert state(booking) == (BookingState.RELEASING, 1)
    keep_place(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=NOW + timedelta(hours=2))
    assert state(booking) == (BookingState.HELD, 1)


def test_what_has_begun_is_not_given_back():
    booking = booked()
    with pytest.raises(Refused) as refusal:
        release(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=TOMORROW)
    assert refusal.value.reasons == ("shift_begun",)
    assert state(booking) == (BookingState.HELD, 1)


def test_a_cancelled_shift_takes_its_places_back():
    booking = booked()
    cancel_shifts(shift_ids=[booking.shift_id], actor="user:1", now=NOW)
    assert state(booking) == (BookingState.PULLED, 0)
    assert Entry.objects.get(kind="booking.pulled").subject == f"agent:{booking.agent_id}"
