"""Breaks as they are shown: ahead, due, under way with what is left, over; and those that keep people in place."""

from datetime import timedelta

import pytest

from marketplace.actions.check_in import check_in
from marketplace.actions.muster import muster
from marketplace.actions.presence import pause, ready
from marketplace.queries.breaks import breaks_near, breaks_of
from marketplace.queries.today import today
from tests.factories import make_agent, make_duty, make_queue
from tests.marketplace.bookings import TOMORROW, hold, make_shift

pytestmark = pytest.mark.django_db(transaction=True)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LUNCH = TOMORROW + HOUR


@pytest.fixture
def booking():
    """At work since the start; half an hour of lunch after an hour."""
    queue = make_queue("cards")
    breaks = [[LUNCH.timestamp(), (LUNCH + 30 * MINUTE).timestamp(), False]]
    booking = hold(make_shift(queue, breaks=breaks), make_agent(queue))
    check_in(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=TOMORROW)
    muster(now=TOMORROW)
    return booking


def only(booking, at):
    [one] = today(agent=booking.agent, now=at).breaks
    return one


def test_a_break_is_ahead_then_due_then_missed(booking):
    times = (TOMORROW, LUNCH, LUNCH + 30 * MINUTE)
    found = [(one.due, one.missed) for one in (only(booking, at) for at in times)]
    assert found == [(False, False), (True, False), (False, True)]
    assert today(agent=booking.agent, now=TOMORROW).lasts_seconds == 3600


def test_a_break_under_way_says_what_is_left_and_then_when_it_was_taken(booking):
    begun, over = LUNCH + 6 * MINUTE, LUNCH + 36 * MINUTE
    pause(agent_id=booking.agent_id, reason="lunch", actor="user:2", now=begun)
    one = only(booking, begun + 90 * timedelta(seconds=1))
    assert (one.back_at, one.minutes_left, one.due) == (over, 29, False)
    assert one.lasts_seconds == 30
    assert only(booking, over + MINUTE).minutes_left == 0
    ready(agent_id=booking.agent_id, actor="user:2", now=over)
    one = only(booking, over)
    assert (one.taken, one.missed, one.back_at) == ([(begun, over)], False, None)


def test_what_a_roster_does_not_plan_is_shown_when_taken(booking):
    assert breaks_of(duty=make_duty(make_agent()), now=TOMORROW) == []
    assert breaks_of(duty=None, now=TOMORROW) == []
    pause(agent_id=booking.agent_id, reason="break", actor="user:2", now=TOMORROW + 3 * HOUR)
    shown = today(agent=booking.agent, now=TOMORROW + 3 * HOUR).breaks
    assert [(one.planned, one.paid) for one in shown] == [(True, False), (False, True)]


def test_only_a_break_that_begins_soon_or_is_due_and_was_not_taken_is_near(booking):
    def near(at):
        return breaks_near(seconds=60, now=at)

    soon = {booking.agent_id: int(LUNCH.timestamp())}
    times = (LUNCH - 2 * MINUTE, LUNCH - timedelta(seconds=59), LUNCH + 29 * MINUTE, LUNCH + 30 * MINUTE)
    assert [near(at) for at in times] == [{}, soon, soon, {}]
    pause(agent_id=booking.agent_id, reason="lunch", actor="user:2", now=LUNCH - 20 * MINUTE)
    ready(agent_id=booking.agent_id, actor="user:2", now=LUNCH - 5 * MINUTE)
    assert near(LUNCH) == {}
