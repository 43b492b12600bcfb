"""Planned breaks: shown ahead, due in their time, gone afterwards."""

from datetime import timedelta

import pytest

from marketplace.actions.check_in import check_in
from marketplace.actions.muster import muster
from marketplace.queries.breaks import breaks_ahead
from marketplace.queries.today import today
from tests.factories import make_agent, make_duty, make_queue
from tests.marketplace.bookings import TOMORROW, hold, make_shift

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_breaks_of_the_shift_are_ahead_then_due_then_over():
    queue = make_queue("cards")
    lunch = [[(TOMORROW + HOUR).timestamp(), (TOMORROW + 1.5 * HOUR).timestamp(), False]]
    booking = hold(make_shift(queue, breaks=lunch), make_agent(queue))
    check_in(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=TOMORROW)
    muster(now=TOMORROW)

    def due(at):
        return [one.due for one in today(agent=booking.agent, now=at).breaks]

    assert [due(TOMORROW), due(TOMORROW + HOUR), due(TOMORROW + 1.5 * HOUR)] == [[False], [True], []]
    assert today(agent=booking.agent, now=TOMORROW).lasts_seconds == 3600


def test_a_roster_plans_no_breaks():
    assert breaks_ahead(duty=make_duty(make_agent()), now=TOMORROW) == []
    assert breaks_ahead(duty=None, now=TOMORROW) == []
