"""`manage.py demo_data`."""

import math
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from gigcx.accounts.models import Agent, Department, Role, Token, User
from gigcx.accounts.tokens import digest
from gigcx.ledger.models import Entry
from marketplace.actions.claim import claim
from marketplace.actions.demo import ADA, duties
from marketplace.actions.refresh_forecast import refresh_forecast
from marketplace.models import Duty, Forecast, Interval, Queue, Shift, Supply
from marketplace.queries.breaks import breaks_of
from marketplace.queries.open_shifts import Wanted, open_shifts
from marketplace.queries.supply import supplies
from marketplace.simulation.demo import AGENTS, demo_bank
from skills.models import Proficiency

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 10, 7, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Iterator[Path]:
    settings.DATA_DIR = tmp_path / "var"
    with time_machine.travel(NOW, tick=False):
        yield settings.DATA_DIR


def demo_data() -> str:
    said = StringIO()
    call_command("demo_data", stderr=said)
    return said.getvalue()


def at_work(at: datetime) -> int:
    """How many are; everybody but Ada, whose hours are the visitor's."""
    return Duty.objects.filter(period__contains=at).exclude(agent__code=ADA).count()


def test_empty_database_becomes_the_bank(folder: Path) -> None:
    demo_data()
    assert (Department.objects.count(), Queue.objects.count(), Agent.objects.count()) == (3, 12, AGENTS)
    assert set(Department.objects.values_list("mode", flat=True)) == {3}
    ada = Agent.objects.get(user__email="ada@example.org")
    levels = dict(Proficiency.objects.filter(agent=ada).values_list("skill__name", "level"))
    names = {queue.code: queue.name for queue in demo_bank().queues}
    assert levels == {names[code]: level for code, level in demo_bank().agents[0].skills}
    for email, role in (("ada", Role.AGENT), ("dov", Role.DISPATCHER), ("mina", Role.ADMIN)):
        user = User.objects.get(email=f"{email}@example.org")
        assert user.role == role
        assert user.check_password("gigcx-demo")
    assert User.objects.get(email="dov@example.org").departments.count() == 3


def test_each_department_has_hours_to_mix() -> None:
    demo_data()
    for department in Department.objects.all():
        (known,) = supplies(department_ids=[department.pk])
        assert {tier.kind for tier in known.tiers} >= {"internal", "external", "standby"}
        assert all(0 < tier.hours < math.inf for tier in known.tiers)
    assert set(Supply.objects.values_list("kind", flat=True)) == {"internal", "lent", "external", "standby"}
    count = Supply.objects.count()
    assert Entry.objects.filter(kind="supply.changed").count() == count
    demo_data()
    assert Supply.objects.count() == count


def test_three_can_sign_in_and_the_other_people_can_not() -> None:
    demo_data()
    browser = Client()
    answer = browser.post("/accounts/login/", {"login": "ada@example.org", "password": "gigcx-demo"})
    assert answer.status_code == 302
    assert browser.session["_auth_user_id"] == str(User.objects.get(email="ada@example.org").pk)
    passwords = User.objects.exclude(email__in=["ada@example.org", "dov@example.org", "mina@example.org"])
    assert not any(user.has_usable_password() for user in passwords)


def test_everybody_but_the_visitor_is_at_work_for_the_next_week_without_a_gap() -> None:
    demo_data()
    for hours in range(0, 7 * 24, 5):
        assert at_work(NOW + timedelta(hours=hours)) == AGENTS - 1
    ada = Duty.objects.get(agent__user__email="ada@example.org", period__contains=NOW)
    assert ada.period.upper - NOW > timedelta(hours=7)
    ends = Duty.objects.filter(period__contains=NOW).values_list("period", flat=True)
    assert len({period.upper for period in ends}) > 90  # they do not all leave at once


def test_switch_gets_a_token_that_only_its_owner_can_read(folder: Path) -> None:
    demo_data()
    path = folder / "demo_switch.token"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    token = Token.objects.get()
    assert token.hash == digest(path.read_text().strip())
    assert set(token.scopes) == {"telemetry", "assignments"}


def test_forecast_is_the_demand_that_the_switch_will_play() -> None:
    demo_data()
    bank = demo_bank()
    for index, queue in enumerate(bank.queues):
        row = Forecast.objects.get(queue__code=queue.code, starts_at=NOW.replace(minute=0))
        assert row.mean == pytest.approx(900 * bank.forecast(queue=index, at=NOW.timestamp()))
        assert row.p10 < row.mean < row.p90
    last = Forecast.objects.order_by("starts_at").last()
    assert last.starts_at > NOW + timedelta(days=13)


def test_history_is_two_weeks_and_leads_to_about_the_same_forecast() -> None:
    demo_data()
    assert Interval.objects.filter(starts_at__lt=NOW - timedelta(days=13, hours=23)).count() >= 12
    assert Interval.objects.filter(seconds=60, starts_at__gte=NOW - timedelta(minutes=30)).count() == 30 * 12
    assert not Interval.objects.filter(as_of__gt=NOW).exists()
    before = dict(Forecast.objects.values_list("pk", "mean"))
    refresh_forecast(now=NOW)
    after = dict(Forecast.objects.values_list("pk", "mean"))
    assert after.keys() >= before.keys()  # today's plan begins at midnight
    assert sum(after[row] for row in before) == pytest.approx(sum(before.values()), rel=0.1)


def test_second_start_the_same_day_changes_nothing(folder: Path) -> None:
    demo_data()
    secret = (folder / "demo_switch.token").read_text()
    before = (Duty.objects.count(), Interval.objects.count(), Entry.objects.count(), Token.objects.count())
    demo_data()
    assert (Duty.objects.count(), Interval.objects.count(), Entry.objects.count(), Token.objects.count()) == before
    assert (folder / "demo_switch.token").read_text() == secret


@pytest.mark.parametrize("days", [1, 6, 8, 40])
def test_later_start_plans_duty_and_forecast_again(days: int) -> None:
    demo_data()
    people = (User.objects.count(), Agent.objects.count(), Proficiency.objects.count())
    later = NOW + timedelta(days=days, minutes=33)
    with time_machine.travel(later, tick=False):
        demo_data()
    for hours in (0, 24, 24 * 7 - 1):
        assert at_work(later + timedelta(hours=hours)) == AGENTS - 1
    assert Forecast.objects.filter(starts_at__gt=later).count() >= 12 * 96 * 13
    assert (User.objects.count(), Agent.objects.count(), Proficiency.objects.count()) == people


def test_lost_secret_is_replaced_and_the_old_token_stops(folder: Path) -> None:
    demo_data()
    (folder / "demo_switch.token").unlink()
    demo_data()
    old, new = Token.objects.order_by("pk")
    assert (old.revoked_at is not None, new.revoked_at) == (True, None)
    assert new.hash == digest((folder / "demo_switch.token").read_text().strip())


def test_database_with_other_data_is_left_alone(folder: Path) -> None:
    User.objects.create_user("boss@example.org", "a long password", role=Role.ADMIN)
    assert "stays as it is" in demo_data()
    assert not any(model.objects.exists() for model in (Agent, Queue, Duty, Forecast, Token, Entry))
    assert not (folder / "demo_switch.token").exists()


def test_duties_follow_one_another_without_a_gap() -> None:
    for number in range(1, AGENTS):
        planned = list(duties(number=number, planned_until=None, now=NOW))
        assert planned[0][0] <= NOW < planned[0][1]
        assert all(earlier[1] == later[0] for earlier, later in pairwise(planned))
        assert planned[-1][1] >= NOW + timedelta(days=7)


def test_the_visitor_has_one_duty_and_shifts_to_claim_after_it() -> None:
    demo_data()
    ada = Agent.objects.get(code=ADA)
    assert Duty.objects.filter(agent=ada).count() == 1
    found = open_shifts(agent=ada, wanted=Wanted(), now=NOW)
    assert {one.facts.shift.start.date() for one in found.shifts} >= {NOW.date(), NOW.date() + timedelta(days=2)}
    everything = open_shifts(agent=ada, wanted=Wanted(everything=True), now=NOW).shifts
    assert {"not_lent", "skill_missing"} <= {str(reason.code) for one in everything for reason in one.reasons}


def test_the_visitor_is_at_work_on_a_shift_with_breaks_ahead() -> None:
    demo_data()
    duty = Duty.objects.get(agent__code=ADA)
    assert (duty.period.lower <= NOW < duty.period.upper, duty.booking.status) == (True, "checked_in")
    first, lunch = breaks_of(duty=duty, now=NOW)
    assert (first.paid, lunch.paid) == (True, False)
    assert NOW < first.start < NOW + timedelta(minutes=30)


def test_a_later_start_opens_what_is_missing_and_leaves_bookings_alone() -> None:
    demo_data()
    ada, number = Agent.objects.get(code=ADA), Shift.objects.count()
    shift = open_shifts(agent=ada, wanted=Wanted(), now=NOW).shifts[-1].shift
    claim(shift_id=shift.pk, agent_id=ada.pk, actor="user:1", now=NOW)
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        demo_data()
    assert Shift.objects.count() == number + 3
    assert Duty.objects.filter(agent=ada).count() == 1
