"""Who can work when: what is offered less what is kept free, for one agent and for many."""

from datetime import UTC, datetime, time, timedelta

import pytest

from gigcx.accounts.models import Agent
from marketplace.claiming.hours import Period
from marketplace.models import Availability, WeeklyAvailability
from marketplace.queries.availability import available_for, fits, has_said, offered_in
from tests.factories import make_agent

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 3, 16, 8, tzinfo=UTC)
"""Monday, nine o'clock in Rome."""
HOUR = timedelta(hours=1)


def person(zone: str = "Europe/Rome", *, start: time = time(9), end: time = time(13)) -> Agent:
    """Somebody who offers a Monday morning by the clock of the zone."""
    agent = make_agent()
    Agent.objects.filter(pk=agent.pk).update(timezone=zone)
    WeeklyAvailability.objects.create(agent=agent, weekday=0, start=start, end=end)
    return agent


def once(agent: Agent, kind: str, start: float, end: float) -> None:
    Availability.objects.create(agent=agent, kind=kind, period=(NINE + start * HOUR, NINE + end * HOUR))


def period(start: float, end: float) -> Period:
    return Period(NINE + start * HOUR, NINE + end * HOUR)


def test_a_shift_must_be_offered_from_its_first_minute_to_its_last():
    agent = person()
    once(agent, "available", 4, 6)
    asked = [period(0, 4), period(-1, 2), period(3, 6), period(5, 7)]
    assert available_for(agent_id=agent.pk, periods=asked) == [True, False, True, False]


def test_what_is_kept_free_is_not_offered():
    agent = person()
    once(agent, "blackout", 1, 2)
    assert offered_in(agent_id=agent.pk, within=period(-5, 9)) == [period(0, 1), period(2, 4)]
    assert available_for(agent_id=agent.pk, periods=[period(0, 1), period(1, 3)]) == [True, False]


def test_statements_do_not_grow_with_the_shifts(django_assert_num_queries):
    agent = person()
    for number in (1, 30):
        with django_assert_num_queries(3):
            available_for(agent_id=agent.pk, periods=[period(number, number + 1) for _ in range(number)])


def test_many_agents_are_asked_at_once(django_assert_num_queries):
    rome, also_rome, york = person(), person(), person("America/New_York")
    blocked, nothing = person(), make_agent()
    split = person(end=time(11))
    once(split, "available", 2, 4)
    once(blocked, "blackout", 3.5, 9)
    with django_assert_num_queries(2):
        found = fits(start=NINE, end=NINE + 4 * HOUR)
    assert found == {rome.pk, also_rome.pk, split.pk}
    assert fits(start=NINE, end=NINE + 4 * HOUR, agent_ids=[york.pk, rome.pk]) == {rome.pk}
    # the clocks of New York have changed already, those of Rome have not
    assert fits(start=NINE + 5 * HOUR, end=NINE + 9 * HOUR) == {york.pk}
    assert has_said(agent_ids=[rome.pk, nothing.pk, split.pk]) == {rome.pk, split.pk}


def test_a_night_shift_through_a_clock_change_fits_whoever_offers_nights():
    agent = person("Australia/Lord_Howe", start=time(22), end=time(6))
    WeeklyAvailability.objects.filter(agent=agent).update(weekday=5)
    # Saturday 22:00 to Sunday 06:00, in which the clocks go back half an hour
    start = datetime(2026, 4, 4, 11, tzinfo=UTC)
    assert fits(start=start, end=start + 8.5 * HOUR) == {agent.pk}
    assert fits(start=start, end=start + 9 * HOUR) == frozenset()
