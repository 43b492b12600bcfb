"""Admins and loads at the same moment: what must hold for all of them together still holds."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from gigcx.accounts.actions import change_user
from gigcx.accounts.models import Agent, Role, Site, User
from gigcx.ledger.models import Entry
from marketplace.actions.load_duty import load_duty
from marketplace.actions.loading import Loaded
from marketplace.actions.refresh_forecast import refresh_forecast
from marketplace.models import Duty, Forecast, Interval, Supply
from marketplace.simulation.files import BadFileError, Reading
from marketplace.simulation.tables import DutyRow
from skills.actions.skills import keep_skill
from skills.models import Skill
from tests.admin_site import fill_in, signed_in
from tests.factories import NOW, make_department, make_queue, make_user
from tests.marketplace.api.callers import caller, post

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
Race = Callable[..., list[Any]]


def demote(user: User) -> bool:
    return change_user(
        user_id=user.pk,
        email=user.email,
        name=user.name,
        role=Role.AGENT,
        timezone="UTC",
        is_active=True,
        departments=[],
        actor="user:1",
        now=NOW,
    )


@pytest.mark.parametrize("round_", range(5))
def test_admins_who_demote_each_other_leave_one(race: Race, round_: int) -> None:
    admins = [User.objects.create_user(f"a{i}@example.org", role=Role.ADMIN) for i in range(4)]
    results = race([partial(demote, user) for user in admins])
    assert sorted(type(result).__name__ for result in results) == ["ValidationError", "bool", "bool", "bool"]
    assert User.objects.filter(role=Role.ADMIN).count() == 1
    assert Entry.objects.count() == 3


@pytest.mark.parametrize("round_", range(5))
def test_implications_added_at_once_make_no_circle(race: Race, round_: int) -> None:
    one, two, three = (Skill.objects.create(name=name) for name in ("One", "Two", "Three"))
    pairs = [(one, two), (two, three), (three, one)]
    results = race(
        [
            partial(keep_skill, skill_id=left.pk, name=left.name, implies=[right], actor="user:1", now=NOW)
            for left, right in pairs
        ]
    )
    assert sum(isinstance(result, ValidationError) for result in results) == 1, results
    assert Skill.implies.through.objects.count() == 2


def test_same_name_saved_by_many_is_saved_once_and_told_to_the_others(race: Race) -> None:
    browsers = [signed_in(Role.ADMIN, f"a{i}@example.org") for i in range(4)]
    answers = race([partial(fill_in, browser, Site, name="Milan") for browser in browsers])
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 302]
    assert all("errorlist" in answer.content.decode() for answer in answers if answer.status_code == 200)
    assert (Site.objects.count(), Entry.objects.count()) == (1, 1)


def test_same_supply_sent_by_many_is_kept_once_and_refused_to_the_others(race: Race) -> None:
    make_department()
    callers = [caller(make_user(f"a{i}@example.org", role=Role.ADMIN)) for i in range(4)]
    body = {"department": "Retail", "name": "Staff", "kind": "internal", "hourly_cost": 2400}
    answers = race([partial(post, one, "supplies/", body) for one in callers])
    codes = sorted(answer.json().get("code", "") for answer in answers)
    assert codes[0] == ""
    assert set(codes[1:]) <= {"changed_meanwhile", "refused"}
    assert sorted(answer.status_code for answer in answers)[0] == 201
    assert (Supply.objects.count(), Entry.objects.count()) == (1, 1)


def load(*agents: str, starts: datetime) -> Loaded:
    rows = [
        DutyRow(
            line=line,
            agent=agent,
            starts_at=starts,
            ends_at=starts + timedelta(hours=8),
            skills=(),
            queue="NE",
            site="",
        )
        for line, agent in enumerate(agents, start=2)
    ]
    return load_duty(rows=rows, zone="UTC", file="agents.csv", reading=Reading(), actor="command:load", now=NOW)


def test_loads_that_overlap_each_other_plan_nobody_twice(race: Race) -> None:
    make_queue("NE")
    begins = [datetime(2026, 12, 1, 8 + hour, tzinfo=UTC) for hour in range(4)]
    results = race([partial(load, "a1", "a2", starts=start) for start in begins])
    assert sum(isinstance(result, Loaded) for result in results) == 1, results
    refused = [result for result in results if isinstance(result, BadFileError)]
    assert len(refused) == 3
    assert all(len(refusal.problems) == 2 for refusal in refused)
    assert (Agent.objects.count(), Duty.objects.count()) == (2, 2)


def test_same_load_at_once_is_loaded_once(race: Race) -> None:
    make_queue("NE")
    starts = datetime(2026, 12, 1, 8, tzinfo=UTC)
    results = race([partial(load, "a1", "a2", starts=starts)] * 4)
    assert sorted(result.created for result in results) == [0, 0, 0, 2]
    assert (Duty.objects.count(), Entry.objects.filter(kind="duty.loaded").count()) == (2, 1)


def test_load_against_duty_by_another_hand_ends_in_a_complaint_or_a_plan(race: Race) -> None:
    make_queue("NE")
    starts = datetime(2026, 12, 1, 8, tzinfo=UTC)
    load("a1", starts=starts - timedelta(days=1))
    agent = Agent.objects.get()

    def by_hand() -> Duty:
        return Duty.objects.create(agent=agent, period=(starts, starts + timedelta(hours=4)))

    results = race([by_hand, partial(load, "a1", starts=starts)])
    problems = [result for result in results if isinstance(result, Exception)]
    assert len(problems) == 1, results
    assert Duty.objects.filter(period__startswith__gte=starts).count() == 1


def test_forecast_made_twice_at_once_is_one_forecast(race: Race) -> None:
    queue = make_queue("NE")
    at = NOW - timedelta(days=7)
    Interval.objects.create(queue=queue, starts_at=at, seconds=900, offered=9, as_of=at + timedelta(minutes=15))
    results = race([partial(refresh_forecast, now=NOW)] * 4)
    assert sorted(results) == [0, 0, 0, Forecast.objects.count()]
