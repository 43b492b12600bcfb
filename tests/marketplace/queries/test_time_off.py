"""What granting time off would do: the staffing with and without the person, day by day."""

from datetime import timedelta

import pytest

from marketplace.models import TimeOff
from marketplace.queries.time_off import planned_in, staffing_without, waiting
from tests.factories import NOW, make_agent, make_department, make_duty, make_queue
from tests.marketplace.shifts import expect

pytestmark = pytest.mark.django_db
MORNING = NOW.replace(hour=0) + timedelta(days=1, hours=9)


def asked(agent, days: int = 2) -> TimeOff:
    start = MORNING.replace(hour=0)
    row = TimeOff.objects.create(agent=agent, period=(start, start + timedelta(days=days)), asked_at=NOW)
    row.refresh_from_db()
    return row


def test_the_worst_half_hour_of_each_day_is_shown_with_and_without_the_person():
    queue = make_queue("cards")
    expect(queue, start=MORNING, hours=4, an_hour=60)
    ada, bob = make_agent(queue), make_agent(queue)
    for agent in (ada, bob):
        make_duty(agent, queue=queue, start=MORNING, hours=4)
    first, second = staffing_without(time_off=asked(ada), now=NOW)
    assert first.day == MORNING.date()
    assert MORNING <= first.at < MORNING + timedelta(hours=4)
    assert (first.there, first.without, first.works) == (2, 1, True)
    assert first.need > 2
    assert first.missing == first.need - 1
    assert (second.there, second.works) == (0, False)


def test_without_a_forecast_nobody_can_say():
    agent = make_agent(make_queue("cards"))
    assert staffing_without(time_off=asked(agent), now=NOW) == []


def test_time_that_is_over_has_no_staffing_any_more():
    queue = make_queue("cards")
    expect(queue, start=MORNING, hours=4, an_hour=60)
    assert staffing_without(time_off=asked(make_agent(queue)), now=NOW + timedelta(days=4)) == []


def test_what_is_planned_then_is_told():
    agent = make_agent()
    make_duty(agent, start=MORNING, hours=4)
    [work] = planned_in(time_off=asked(agent))
    assert (work.start, work.length) == (MORNING, timedelta(hours=4))


def test_each_department_answers_its_own():
    ours, theirs = make_department("Retail"), make_department("Lending")
    mine = asked(make_agent(department=ours))
    asked(make_agent(department=theirs))
    assert waiting(department_ids=[ours.pk]) == [mine]
    assert len(waiting(department_ids=None)) == 2
