"""From a claimed shift to work in a queue, and to the time that was worked."""

from datetime import timedelta

import pytest

from gigcx.accounts.models import Agent
from gigcx.ledger.models import Entry
from marketplace.actions.check_in import check_in
from marketplace.actions.muster import muster
from marketplace.actions.presence import sign_off, sign_on
from marketplace.actions.refused import Refused
from marketplace.models import AgentNow, Booking, Duty
from marketplace.vocabulary import BookingState
from tests.factories import NOW, make_agent, make_duty, make_queue
from tests.marketplace.bookings import TOMORROW, hold, make_shift

pytestmark = pytest.mark.django_db(transaction=True)


def booked(**fields):
    """A booking of a shift tomorrow."""
    queue = make_queue("cards")
    return hold(make_shift(queue, **fields), make_agent(queue))


def test_a_booking_becomes_duty_becomes_work_that_is_closed_with_its_time():
    booking = booked(
        hours=4,
        breaks=[[(TOMORROW + timedelta(hours=2)).timestamp(), (TOMORROW + timedelta(hours=2.5)).timestamp(), False]],
    )
    agent = booking.agent
    check_in(booking_id=booking.pk, agent_id=agent.pk, actor="user:2", now=TOMORROW - timedelta(minutes=5))
    muster(now=TOMORROW)
    row = AgentNow.objects.get(agent=agent)
    assert row.queue == booking.shift.queue
    muster(now=TOMORROW + timedelta(hours=4))
    booking.refresh_from_db()
    assert booking.status == BookingState.WORKED
    assert booking.worked_seconds == 3.5 * 3600
    assert booking.ended_at == TOMORROW + timedelta(hours=4)
    assert Entry.objects.get(kind="booking.worked").data["worked_seconds"] == 3.5 * 3600


def test_who_comes_late_is_on_duty_from_then():
    booking = booked()
    duty = check_in(
        booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=TOMORROW + timedelta(minutes=7)
    )
    assert duty.period.lower == TOMORROW + timedelta(minutes=7)


def test_signing_off_closes_and_signing_on_goes_on():
    booking = booked()
    now = TOMORROW + timedelta(hours=1)
    check_in(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=TOMORROW)
    muster(now=TOMORROW)
    sign_off(agent_id=booking.agent_id, actor="user:2", now=now)
    booking.refresh_from_db()
    assert (booking.status, booking.worked_seconds) == (BookingState.WORKED, 3600)
    sign_on(agent_id=booking.agent_id, actor="user:2", now=now)
    booking.refresh_from_db()
    assert (booking.status, booking.worked_seconds) == (BookingState.CHECKED_IN, None)


def test_checking_in_again_is_the_same_duty():
    booking = booked()
    first = check_in(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=TOMORROW)
    again = check_in(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=TOMORROW)
    assert first == again
    assert Duty.objects.count() == 1


@pytest.mark.parametrize(("minutes", "code"), [(-16, "check_in_early"), (4 * 60, "check_in_over")])
def test_check_in_is_open_around_the_shift_only(minutes, code):
    booking = booked()
    with pytest.raises(Refused) as refusal:
        check_in(
            booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=TOMORROW + timedelta(minutes=minutes)
        )
    assert refusal.value.reasons == (code,)
    booking.refresh_from_db()
    assert booking.status == BookingState.HELD
    assert not Duty.objects.exists()


def test_nobody_is_on_duty_twice():
    booking = booked()
    make_duty(booking.agent, start=TOMORROW, hours=1)
    with pytest.raises(Refused) as refusal:
        check_in(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=TOMORROW)
    assert refusal.value.reasons == ("on_duty",)
    booking.refresh_from_db()
    assert booking.status == BookingState.HELD


def test_somebody_elses_booking_is_none():
    booking = booked()
    with pytest.raises(Booking.DoesNotExist):
        check_in(booking_id=booking.pk, agent_id=make_agent().pk, actor="user:3", now=NOW)


def signed_off(*, hours=8):
    """Somebody who is on the roster from now on, has signed off after an hour, and holds a shift in what was left."""
    queue = make_queue("cards")
    agent = make_agent(queue)
    make_duty(agent, queue=queue, start=TOMORROW, hours=hours)
    muster(now=TOMORROW)
    sign_off(agent_id=agent.pk, actor="user:2", now=TOMORROW + timedelta(hours=1))
    later = make_shift(queue, start=TOMORROW + timedelta(hours=3), hours=2)
    return hold(later, agent, now=TOMORROW + timedelta(hours=1))


def test_who_signed_off_early_checks_in_to_a_later_shift():
    booking = signed_off()
    now = booking.period.lower
    duty = check_in(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=now)
    muster(now=now)
    assert AgentNow.objects.get().duty_id == duty.pk
    before = Duty.objects.exclude(pk=duty.pk).get()
    assert (before.period.lower, before.period.upper) == (TOMORROW, TOMORROW + timedelta(hours=1))
    with pytest.raises(Refused):
        sign_on(agent_id=booking.agent_id, actor="user:2", now=booking.period.upper + timedelta(hours=1))


def test_nobody_signs_on_again_over_a_shift_claimed_since():
    booking = signed_off()
    agent = booking.agent
    with pytest.raises(Refused) as refusal:
        sign_on(agent_id=agent.pk, actor="user:2", now=TOMORROW + timedelta(hours=2))
    assert refusal.value.reasons == ("overlap_booking",)
    assert Duty.objects.get().signed_off_at == TOMORROW + timedelta(hours=1)
    assert not Entry.objects.filter(kind="duty.resumed").exists()


def test_nobody_goes_on_with_a_shift_over_another_claimed_since():
    booking = booked()
    agent, now = booking.agent, TOMORROW + timedelta(hours=1)
    check_in(booking_id=booking.pk, agent_id=agent.pk, actor="user:2", now=TOMORROW)
    muster(now=TOMORROW)
    sign_off(agent_id=agent.pk, actor="user:2", now=now)
    later = hold(make_shift(booking.shift.queue, start=TOMORROW + timedelta(hours=3), hours=1), agent, now=now)
    with pytest.raises(Refused) as refusal:
        sign_on(agent_id=agent.pk, actor="user:2", now=now)
    assert refusal.value.reasons == ("overlap_booking",)
    booking.refresh_from_db()
    assert booking.status == BookingState.WORKED
    check_in(booking_id=later.pk, agent_id=agent.pk, actor="user:2", now=later.period.lower)
    assert Duty.objects.count() == 2


def test_whoever_signs_on_again_is_judged_so_in_a_claim_under_way():
    booking = signed_off()
    agent = booking.agent
    Booking.objects.all().delete()
    version = Agent.objects.get(pk=agent.pk).calendar_version
    sign_on(agent_id=agent.pk, actor="user:2", now=TOMORROW + timedelta(hours=2))
    assert Agent.objects.get(pk=agent.pk).calendar_version > version
