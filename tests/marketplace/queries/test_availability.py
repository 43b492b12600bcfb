"""Who can work when: what is offered less what is kept free, for one agent and for many."""

from datetime import UTC, datetime, time, timedelta

import pytest

from gigcx.accounts.models import Agent, Site
from marketplace.claiming.hours import Period
from marketplace.models import Availability, Preference, WeeklyAvailability
from marketplace.queries.availability import fits, has_said
from marketplace.queries.wishes import Wishes, read_wishes
from tests.factories import make_agent, make_queue

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
    wishes = read_wishes(agent_id=agent.pk, within=period(-1, 7))
    asked = [period(0, 4), period(-1, 2), period(3, 6), period(5, 7)]
    assert [wishes.suits(one.start, one.end) for one in asked] == [True, False, True, False]


def test_what_is_kept_free_is_not_offered():
    agent = person()
    once(agent, "blackout", 1, 2)
    wishes = read_wishes(agent_id=agent.pk, within=period(-5, 9))
    assert wishes.free == [period(0, 1), period(2, 4)]
    assert [wishes.suits(one.start, one.end) for one in (period(0, 1), period(1, 3))] == [True, False]


def test_one_statement_reads_all_wishes(django_assert_num_queries):
    agent = person()
    queue, site = make_queue("cards"), Site.objects.create(name="Turin")
    preference = Preference.objects.create(agent=agent, work_place="home")
    preference.queues.add(queue)
    preference.sites.add(site)
    once(agent, "available", 30, 31)
    with django_assert_num_queries(1):
        wishes = read_wishes(agent_id=agent.pk, within=period(0, 40))
    assert wishes.free == [period(0, 4), period(30, 31)]
    assert (wishes.queues, wishes.sites, wishes.work_place, wishes.has_said) == ({queue.pk}, {site.pk}, "home", True)


def test_silence_is_no_wish_and_no_no():
    agent = make_agent()
    wishes = read_wishes(agent_id=agent.pk, within=period(0, 4))
    assert (wishes.said, wishes.has_said, wishes.suits(NINE, NINE + HOUR)) == (False, False, False)
    once(agent, "blackout", 1, 2)
    assert not read_wishes(agent_id=agent.pk, within=period(0, 4)).said


def test_where_a_site_was_chosen_another_site_is_not_liked():
    wishes = Wishes(sites=frozenset({1}), work_place="site", queues=frozenset({7}))
    assert [wishes.likes_place("site", 1), wishes.likes_place("site", 2), wishes.likes_place("home", None)] == [
        True, False, False,
    ]  # fmt: skip
    assert Wishes(work_place="site").likes_place("site", 2)
    assert Wishes(work_place="home").likes_place("home", None)
    assert not Wishes().likes_place("home", None)
    assert [wishes.likes_queue(7), wishes.likes_queue(8), wishes.likes_queue(None)] == [True, False, False]


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
