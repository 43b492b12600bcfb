"""I will come, I am ill, and those who do not come."""

from datetime import timedelta

import pytest

from gigcx.ledger.models import Entry
from marketplace.actions.appeal import appeal, decide_appeal
from marketplace.actions.attend import confirm, report_ill
from marketplace.actions.check_in import check_in
from marketplace.actions.ingest import AgentReport, ingest
from marketplace.actions.muster import muster
from marketplace.actions.no_shows import mark_no_shows
from marketplace.actions.refused import Refused
from marketplace.actions.sign_in import check_in_signed_in
from marketplace.actions.waiting import join_waiting
from marketplace.matching.state import Presence
from marketplace.models import Appeal, Booking, Duty, Offer
from marketplace.queries.reliability import promises_of, reliability_of
from marketplace.vocabulary import BookingState
from tests.factories import NOW, make_agent, make_batch, make_queue
from tests.marketplace.bookings import TOMORROW, hold, make_shift

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def booking(transactional_db: None) -> Booking:
    """A place in a shift tomorrow."""
    queue = make_queue("cards")
    return hold(make_shift(queue), make_agent(queue))


def mine(booking: Booking, now=NOW) -> dict[str, object]:
    """The words of an action of the booking's own agent."""
    return {"booking_id": booking.pk, "agent_id": booking.agent_id, "actor": "user:2", "now": now}


def state(booking: Booking) -> tuple[str, int]:
    booking.refresh_from_db()
    booking.shift.refresh_from_db()
    return booking.status, booking.shift.taken


def share(booking: Booking, now) -> float:
    return reliability_of(agent_ids=[booking.agent_id], now=now)[booking.agent_id]


def test_confirming_is_noted_once(booking):
    assert confirm(**mine(booking, TOMORROW - timedelta(hours=3)))
    assert not confirm(**mine(booking, TOMORROW - timedelta(hours=2)))
    booking.refresh_from_db()
    assert booking.confirmed_at == TOMORROW - timedelta(hours=3)
    assert Entry.objects.filter(kind="booking.confirmed").count() == 1


@pytest.mark.parametrize(("now", "code"), [(NOW - MINUTE, "confirm_early"), (TOMORROW, "shift_begun")])
def test_confirming_is_asked_for_shortly_before(booking, now, code):
    with pytest.raises(Refused) as refusal:
        confirm(**mine(booking, now))
    assert refusal.value.reasons == (code,)
    booking.refresh_from_db()
    assert booking.confirmed_at is None


def test_who_is_ill_is_excused_without_a_mark_and_the_next_in_line_is_asked_at_once(booking):
    waiting = make_agent(booking.shift.queue)
    join_waiting(shift_id=booking.shift_id, agent_id=waiting.pk, actor="user:3", now=NOW)
    report_ill(**mine(booking, TOMORROW - timedelta(hours=1)))
    assert state(booking) == (BookingState.EXCUSED, 1)
    assert Offer.objects.get().agent == waiting
    assert share(booking, TOMORROW + timedelta(days=1)) == 1


def test_what_is_over_is_not_excused(booking):
    with pytest.raises(Refused) as refusal:
        report_ill(**mine(booking, TOMORROW + timedelta(hours=4)))
    assert refusal.value.reasons == ("check_in_over",)
    assert state(booking) == (BookingState.HELD, 1)


def test_absence_is_marked_after_the_grace_and_not_before(booking):
    assert mark_no_shows(now=TOMORROW + 9 * MINUTE) == 0
    assert state(booking) == (BookingState.HELD, 1)
    assert mark_no_shows(now=TOMORROW + 10 * MINUTE) == 1
    assert mark_no_shows(now=TOMORROW + 11 * MINUTE) == 0
    assert state(booking) == (BookingState.NO_SHOW, 0)
    assert Entry.objects.get(kind="booking.no_show").subject == f"agent:{booking.agent_id}"
    assert share(booking, TOMORROW + timedelta(days=1)) == 0.8


def test_who_has_checked_in_is_no_absentee(booking):
    check_in(**mine(booking, TOMORROW))
    assert mark_no_shows(now=TOMORROW + timedelta(hours=1)) == 0
    assert state(booking) == (BookingState.CHECKED_IN, 1)


def test_who_comes_after_all_works_and_was_late(booking):
    mark_no_shows(now=TOMORROW + 10 * MINUTE)
    check_in(**mine(booking, TOMORROW + 20 * MINUTE))
    assert state(booking) == (BookingState.CHECKED_IN, 1)
    muster(now=TOMORROW + 20 * MINUTE)
    muster(now=TOMORROW + timedelta(hours=4))
    assert state(booking)[0] == BookingState.WORKED
    assert share(booking, TOMORROW + timedelta(days=1)) == 0.95


def test_an_appeal_that_is_upheld_takes_the_mark_away(booking):
    mark_no_shows(now=TOMORROW + 10 * MINUTE)
    made = appeal(**mine(booking, TOMORROW + timedelta(hours=5)), text="The switch was down.")
    decide_appeal(
        appeal_id=made.pk, upheld=True, answer="So it was.", actor="user:1", now=TOMORROW + timedelta(hours=6)
    )
    assert state(booking)[0] == BookingState.EXCUSED
    later = TOMORROW + timedelta(days=1)
    assert share(booking, later) == 1
    assert promises_of(agent_ids=[booking.agent_id], now=later) == {booking.agent_id: []}


def test_an_appeal_that_is_turned_down_leaves_it(booking):
    mark_no_shows(now=TOMORROW + 10 * MINUTE)
    made = appeal(**mine(booking, TOMORROW + timedelta(hours=5)), text="I forgot.")
    decide_appeal(appeal_id=made.pk, upheld=False, answer="", actor="user:1", now=TOMORROW + timedelta(hours=6))
    assert state(booking)[0] == BookingState.NO_SHOW
    with pytest.raises(Refused) as refusal:
        decide_appeal(appeal_id=made.pk, upheld=True, answer="", actor="user:1", now=TOMORROW + timedelta(hours=7))
    assert refusal.value.reasons == ("appeal_decided",)
    assert share(booking, TOMORROW + timedelta(days=1)) == 0.8


@pytest.mark.parametrize(("text", "codes"), [("Why?", ("no_mark",)), (" ", ("no_mark", "appeal_empty"))])
def test_without_a_mark_there_is_nothing_to_appeal(booking, text, codes):
    with pytest.raises(Refused) as refusal:
        appeal(**mine(booking), text=text)
    assert refusal.value.reasons == codes
    assert not Appeal.objects.exists()


def test_signing_in_at_the_switch_is_checking_in(booking):
    report = AgentReport(agent=booking.agent.code, at=TOMORROW, presence=Presence.READY, queue="")
    ingest(batch=make_batch(report, at=TOMORROW), actor="token:1", now=TOMORROW)
    assert check_in_signed_in(now=TOMORROW + timedelta(seconds=1)) == 1
    assert check_in_signed_in(now=TOMORROW + timedelta(seconds=2)) == 0
    assert state(booking)[0] == BookingState.CHECKED_IN
    assert Duty.objects.get().agent == booking.agent


def test_being_seen_at_the_switch_long_before_is_no_check_in(booking):
    report = AgentReport(agent=booking.agent.code, at=NOW, presence=Presence.READY, queue="")
    ingest(batch=make_batch(report), actor="token:1", now=NOW)
    assert not Entry.objects.filter(kind="agent.signed_in").exists()
    assert check_in_signed_in(now=NOW) == 0
    assert state(booking)[0] == BookingState.HELD
