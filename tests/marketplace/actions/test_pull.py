"""Taking places back, by pulling one person or cancelling the shift: what is owed for doing so late."""

from datetime import timedelta

import pytest

from gigcx.ledger.models import Entry
from marketplace.actions.check_in import check_in
from marketplace.actions.claim import claim
from marketplace.actions.open_shifts import cancel_shifts
from marketplace.actions.pull import pull_booking
from marketplace.actions.refused import Refused
from marketplace.actions.release import release
from marketplace.models import Booking, Compensation, MarketPolicy
from tests.factories import make_agent, make_queue
from tests.marketplace.bookings import TOMORROW, hold, make_shift

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LATE = TOMORROW - 3 * HOUR


@pytest.fixture
def queue():
    return make_queue("cards")


def owed():
    return list(Compensation.objects.order_by("pk").values_list("booking_id", "amount", "currency", "why"))


def pull(booking, *, words="The wave is over", now=LATE):
    pull_booking(booking_id=booking.pk, words=words, actor="user:7", now=now)
    booking.refresh_from_db()


def test_cancelling_late_owes_each_person_the_stated_share(queue):
    shift = make_shift(queue, places=3)
    one, two = hold(shift, make_agent(queue)), hold(shift, make_agent(queue))
    release(booking_id=two.pk, agent_id=two.agent_id, actor="user:2", now=LATE - HOUR)  # held until replaced
    cancel_shifts(shift_ids=[shift.pk], actor="user:7", now=LATE)
    assert owed() == [(one.pk, 3600, "EUR", "cancelled"), (two.pk, 3600, "EUR", "cancelled")]
    assert Compensation.objects.first().department == queue.department
    told = Entry.objects.filter(kind="booking.pulled").first().data
    assert (told["why"], told["owed"], told["currency"]) == ("cancelled", 3600, "EUR")
    shift.refresh_from_db()
    assert (shift.status, shift.taken) == ("cancelled", 0)


def test_cancelling_in_time_owes_nothing(queue):
    shift = make_shift(queue, start=TOMORROW + 24 * HOUR)
    booking = hold(shift, make_agent(queue))
    cancel_shifts(shift_ids=[shift.pk], actor="user:7", now=TOMORROW)
    booking.refresh_from_db()
    assert (booking.status, owed()) == ("pulled", [])


def test_the_policy_says_how_late_and_how_much(queue):
    MarketPolicy.objects.update(late_cancel_hours=2, late_cancel_share=0.25)
    shift = make_shift(queue, places=2)
    early, late = hold(shift, make_agent(queue)), hold(shift, make_agent(queue))
    pull(early, now=TOMORROW - 2 * HOUR)
    pull(late, now=TOMORROW - 2 * HOUR + timedelta(minutes=1))
    assert owed() == [(late.pk, 1800, "EUR", "dispatcher")]


def test_a_pulled_place_is_free_for_the_next(queue):
    shift = make_shift(queue)
    booking = hold(shift, make_agent(queue))
    pull(booking)
    assert (booking.status, booking.ended_at) == ("pulled", LATE)
    assert Entry.objects.get(kind="booking.pulled").data["words"] == "The wave is over"
    again = claim(shift_id=shift.pk, agent_id=make_agent(queue).pk, actor="user:3", now=LATE)
    assert again.new


def test_standby_is_owed_by_its_department(queue):
    booking = hold(make_shift(None, department=queue.department), make_agent(queue))
    pull(booking)
    assert Compensation.objects.get().department == queue.department


@pytest.mark.parametrize(("words", "codes"), [(" ", ("why_missing",)), ("Sorry", ())])
def test_who_is_pulled_is_told_why(queue, words, codes):
    booking = hold(make_shift(queue), make_agent(queue))
    if not codes:
        pull(booking, words=words)
        return
    with pytest.raises(Refused) as refusal:
        pull(booking, words=words)
    assert refusal.value.reasons == codes
    booking.refresh_from_db()
    assert (booking.status, owed()) == ("held", [])


def test_who_has_checked_in_is_neither_pulled_nor_cancelled(queue):
    booking = hold(make_shift(queue), make_agent(queue))
    soon = TOMORROW - timedelta(minutes=5)
    check_in(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=soon)
    for call in (
        lambda: pull(booking, now=soon),
        lambda: cancel_shifts(shift_ids=[booking.shift_id], actor="user:7", now=soon),
    ):
        with pytest.raises(Refused) as refusal:
            call()
        assert refusal.value.reasons == ("shift_checked_in",)
    assert Booking.objects.get().status == "checked_in"
    assert owed() == []
