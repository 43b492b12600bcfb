"""Which shifts are at risk, by which rule, and for how long."""

from datetime import timedelta

import pytest

from marketplace.actions.check_in import check_in
from marketplace.actions.release import release
from marketplace.models import Booking, MarketPolicy
from marketplace.queries.at_risk import booked_but_absent, shifts_at_risk
from tests.factories import NOW, make_agent, make_department, make_queue
from tests.marketplace.bookings import hold, make_shift

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
START = NOW + 100 * HOUR


@pytest.fixture
def queue():
    return make_queue("cards")


def found(now, **which):
    """(unfilled, leaving, unconfirmed, absent) of each shift at risk."""
    rows = shifts_at_risk(**{"department_ids": None, "now": now} | which)
    return [(row.unfilled, row.leaving, row.unconfirmed, row.absent) for row in rows]


def test_places_that_nobody_holds_close_to_the_start(queue):
    shift = make_shift(queue, start=START, places=3)
    hold(shift, make_agent(queue), now=START - 10 * HOUR)
    make_shift(queue, start=START, places=3, status="draft")
    make_shift(queue, start=START, places=3, status="cancelled")
    assert found(START - 25 * HOUR) == []
    assert found(START - 9 * HOUR) == [(2, 0, 0, 0)]
    assert found(START) == []


def test_people_who_are_held_only_until_replaced(queue):
    booking = hold(make_shift(queue, start=START), make_agent(queue), now=START - 23 * HOUR)
    release(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=START - 20 * HOUR)
    assert found(START - 20 * HOUR) == [(0, 1, 0, 0)]


def test_people_who_have_not_said_again_that_they_come(queue):
    shift = make_shift(queue, start=START, places=2)
    early = hold(shift, make_agent(queue), now=START - 50 * HOUR)
    hold(shift, make_agent(queue), now=START - 23 * HOUR)  # has only just said it
    assert found(START - 23 * HOUR) == [(0, 0, 1, 0)]
    Booking.objects.filter(pk=early.pk).update(confirmed_at=START - 22 * HOUR)
    assert found(START - 21 * HOUR) == []


def test_people_who_have_not_come_once_the_grace_is_over(queue):
    shift = make_shift(queue, start=START, places=3)
    come, away, marked = (hold(shift, make_agent(queue), now=START - 2 * HOUR) for _ in range(3))
    check_in(booking_id=come.pk, agent_id=come.agent_id, actor="user:2", now=START)
    grace = timedelta(minutes=MarketPolicy.objects.get(pk=1).no_show_minutes)
    assert found(START + grace - timedelta(seconds=1)) == []
    assert found(START + grace) == [(0, 0, 0, 2)]
    Booking.objects.filter(pk=marked.pk).update(status="no_show")
    assert found(START + grace) == [(0, 0, 0, 2)]
    assert booked_but_absent(department_ids=None, now=START + grace) == 2
    assert booked_but_absent(department_ids=[make_department("Lending").pk], now=START + grace) == 0
    assert booked_but_absent(department_ids=None, now=START + 4 * HOUR) == 0
    assert away.status == "held"


@pytest.mark.parametrize("number", [1, 3])
def test_it_asks_the_same_number_of_times(queue, number, django_assert_num_queries):
    for _ in range(number):
        make_shift(queue, start=START)
    with django_assert_num_queries(2):
        assert len(shifts_at_risk(department_ids=[queue.department_id], now=START - HOUR)) == number
