"""A claim: taken once, refused with every reason, never overbooked."""

from datetime import timedelta

import pytest

from gigcx.accounts.models import AgentKind
from gigcx.ledger.models import Entry
from marketplace.actions.claim import claim
from marketplace.actions.refused import ClaimRefused
from marketplace.models import Availability, Booking, Shift
from marketplace.vocabulary import AvailabilityKind, BookingState, ShiftState
from tests.factories import NOW, make_agent, make_department, make_duty, make_queue
from tests.marketplace.bookings import TOMORROW, hold, make_shift

pytestmark = pytest.mark.django_db(transaction=True)


def refused(shift: Shift, agent, *, now=NOW) -> set[str]:
    """The codes of a claim that is refused, and that it changed nothing."""
    before = (list(Booking.objects.values()), list(Shift.objects.values()), Entry.objects.count())
    with pytest.raises(ClaimRefused) as refusal:
        claim(shift_id=shift.pk, agent_id=agent.pk, actor="user:2", now=now)
    assert before == (list(Booking.objects.values()), list(Shift.objects.values()), Entry.objects.count())
    assert all(refusal.value.sentences)
    return set(refusal.value.reasons)


def test_a_claim_takes_a_place_and_says_so():
    queue = make_queue("cards")
    agent, shift = make_agent(queue), make_shift(queue, places=2, bonus_per_hour=100)
    done = claim(shift_id=shift.pk, agent_id=agent.pk, actor="user:2", now=NOW)
    booking = Booking.objects.get()
    assert done.new
    assert (booking.pk, booking.status, booking.pay) == (done.booking_id, BookingState.HELD, 4 * 1900)
    assert booking.undo_until == NOW + timedelta(minutes=5)
    shift.refresh_from_db()
    assert shift.taken == 1
    entry = Entry.objects.get(kind="booking.held")
    assert entry.subject == f"agent:{agent.pk}"
    assert entry.data == {"booking": booking.pk, "shift": shift.pk, "source": "claim"}


def test_claiming_again_is_the_same_answer():
    queue = make_queue("cards")
    agent, shift = make_agent(queue), make_shift(queue)
    first = claim(shift_id=shift.pk, agent_id=agent.pk, actor="user:2", now=NOW)
    again = claim(shift_id=shift.pk, agent_id=agent.pk, actor="user:2", now=NOW + timedelta(minutes=1))
    assert (again.booking_id, again.new) == (first.booking_id, False)
    assert Booking.objects.count() == Entry.objects.filter(kind="booking.held").count() == 1


def test_a_full_shift_is_refused():
    queue = make_queue("cards")
    shift = make_shift(queue)
    hold(shift, make_agent(queue))
    assert refused(shift, make_agent(queue)) == {"shift_full"}


@pytest.mark.parametrize("status", [ShiftState.DRAFT, ShiftState.CANCELLED])
def test_only_open_shifts_are_claimed(status):
    queue = make_queue("cards")
    assert refused(make_shift(queue, status=status), make_agent(queue)) == {"shift_not_open"}


def test_every_reason_is_told_at_once():
    queue, other = make_queue("cards"), make_queue("loans")
    agent = make_agent(other)
    hold(make_shift(other, start=TOMORROW + timedelta(hours=2)), agent)
    make_duty(agent, start=TOMORROW - timedelta(hours=2), hours=3)
    Availability.objects.create(
        agent=agent, kind=AvailabilityKind.BLACKOUT, period=(TOMORROW, TOMORROW + timedelta(hours=1))
    )
    shift = make_shift(queue, kinds=["external"])
    assert refused(shift, agent) == {"kind_not_wanted", "overlap_booking", "overlap_duty", "blackout", "skill_missing"}


def test_back_to_back_is_no_conflict():
    queue = make_queue("cards")
    agent = make_agent(queue)
    hold(make_shift(queue), agent)
    hold(make_shift(queue, start=TOMORROW + timedelta(hours=4)), agent)
    assert Booking.objects.count() == 2


def test_a_lent_person_needs_the_consent_of_the_own_department():
    queue = make_queue("cards", department=make_department("Cards"))
    agent, shift = make_agent(queue, department=make_department("Branches")), make_shift(queue)
    assert refused(shift, agent) == {"not_lent"}
    agent.kind = AgentKind.EXTERNAL
    agent.save()
    hold(shift, agent)


def test_the_one_who_waits_to_be_replaced_goes_when_somebody_comes():
    queue = make_queue("cards")
    shift, first, second = make_shift(queue), make_agent(queue), make_agent(queue)
    booking = hold(shift, first)
    Booking.objects.filter(pk=booking.pk).update(status=BookingState.RELEASING, releasing_at=NOW)
    hold(shift, second)
    booking.refresh_from_db()
    shift.refresh_from_db()
    assert (booking.status, booking.ended_at, shift.taken) == (BookingState.RELEASED, NOW, 1)
    assert Entry.objects.filter(kind="booking.replaced", subject=f"agent:{first.pk}").exists()


def test_an_unknown_shift_is_no_shift():
    with pytest.raises(Shift.DoesNotExist):
        claim(shift_id=4711, agent_id=make_agent().pk, actor="user:2", now=NOW)
