"""The mix by API: the figures of the page, for whoever may read forecasts."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from rest_framework.test import APIClient

from gigcx.accounts.models import Role
from marketplace.models import Forecast, Queue, Supply, WeekForecast
from marketplace.staffing.mix import CHANCES
from tests.factories import NOW, make_agent, make_department, make_queue, make_user
from tests.marketplace.api.callers import caller, token
from tests.screens.ahead import seed_horizon, seed_supplies

pytestmark = pytest.mark.django_db
URL = "/api/v1/mix/"
RETAIL = {"department": "Retail"}


@pytest.fixture(autouse=True)
def now():
    """The clock stands."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cards(db: None) -> Queue:
    """With a forecast of some hours and of six weeks."""
    queue = make_queue("cards")
    for half in range(20):
        start = NOW + timedelta(minutes=30 * half)
        Forecast.objects.create(queue=queue, starts_at=start, seconds=1800, mean=60, p10=50, p50=60, p90=70)
    seed_horizon(queue=queue, now=NOW, weeks=6)
    return queue


@pytest.fixture
def dov(cards: Queue) -> APIClient:
    """Who dispatches the department of the cards."""
    return caller(make_user("dov@example.com", role=Role.DISPATCHER, departments=(cards.department,)))


def test_weeks_their_plans_and_the_trade_off_of_one(dov: APIClient, cards: Queue) -> None:
    seed_supplies(department=cards.department)
    told = dov.get(URL, RETAIL | {"chance": "0.9"}).json()
    assert (told["department"], told["chance"], told["currency"]) == ("Retail", 0.9, "EUR")
    mixed = list(Supply.objects.order_by("hourly_cost", "pk").values_list("name", flat=True))
    assert [one["supply"] for one in told["supplies"]] == mixed
    plans = [week["plan"] for week in told["weeks"]]
    assert len(plans) == WeekForecast.objects.filter(starts_on__gt=NOW.date()).count() > 3
    assert all([one["supply"] for one in plan["hours"]] == mixed for plan in plans)
    assert told["cost"] == pytest.approx(sum(plan["cost"] for plan in plans), abs=len(plans))
    assert told["hours"] == pytest.approx(sum(one["hours"] for plan in plans for one in plan["hours"]), abs=1)
    assert told["short"] == sum(not plan["reached"] for plan in plans)
    for week in told["weeks"]:
        assert 0 < week["p10"] <= week["p50"] <= week["p90"]
        assert week["plan"]["reached"] is (week["plan"]["met"] >= 0.895)
    first = told["trade_off"]
    assert first["starts_on"] == told["weeks"][0]["starts_on"]
    assert [plan["chance"] for plan in first["plans"]] == list(CHANCES)
    assert first["plans"][CHANCES.index(0.9)] == plans[0]
    costs = [plan["cost"] for plan in first["plans"]]
    assert costs == sorted(costs)
    assert costs[0] < costs[-1]
    other = dov.get(URL, RETAIL | {"week": told["weeks"][2]["starts_on"]}).json()
    assert (other["chance"], other["trade_off"]["starts_on"]) == (0.8, told["weeks"][2]["starts_on"])
    assert other["trade_off"]["plans"][CHANCES.index(0.9)] == plans[2]


def test_the_page_says_the_same(dov: APIClient, cards: Queue) -> None:
    seed_supplies(department=cards.department)
    for chance in ("0.5", "0.99"):
        told = dov.get(URL, RETAIL | {"chance": chance}).json()
        page = dov.get(reverse("mix"), {"sure": str(100 * float(chance))}).content.decode()
        assert f"The year at {100 * float(chance):g} %: {round(told['hours']):,} hours" in page


def test_hours_that_do_not_suffice_are_told(dov: APIClient, cards: Queue) -> None:
    Supply.objects.create(department=cards.department, name="One", kind="internal", hourly_cost=1, hours_a_week=1)
    told = dov.get(URL, RETAIL).json()
    assert told["short"] == len(told["weeks"])
    assert [(week["plan"]["reached"], week["plan"]["hours"][0]["hours"]) for week in told["weeks"]] == [
        (False, 1)
    ] * told["short"]
    assert told["weeks"][0]["plan"]["missing"] > 0


def test_without_supplies_the_need_is_told_and_without_weeks_nothing(dov: APIClient, cards: Queue) -> None:
    told = dov.get(URL, RETAIL).json()
    assert (told["currency"], told["supplies"], told["trade_off"], told["cost"]) == (None, [], None, 0)
    assert told["weeks"]
    assert all(week["p50"] > 0 and week["plan"] is None for week in told["weeks"])
    seed_supplies(department=cards.department)
    WeekForecast.objects.all().delete()
    told = dov.get(URL, RETAIL).json()
    assert (told["currency"], told["weeks"], told["trade_off"], told["short"]) == ("EUR", [], None, 0)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({}, 400, "department_missing"),
        ({"department": "Nowhere"}, 404, "not_found"),
        (RETAIL | {"chance": "0.81"}, 400, "bad_chance"),
        (RETAIL | {"chance": "nan"}, 400, "bad_chance"),
        (RETAIL | {"week": "2026-03-17"}, 400, "bad_week"),
        (RETAIL | {"week": "soon"}, 400, "bad_week"),
    ],
)
def test_what_cannot_be_answered(dov: APIClient, query: dict[str, str], status: int, code: str) -> None:
    answer = dov.get(URL, query)
    assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (
        status, "application/problem+json", code,
    )  # fmt: skip


def test_who_may(dov: APIClient, cards: Queue) -> None:
    ada = caller(make_agent(cards, user=make_user("ada@example.com")).user)
    lena = caller(make_user("lena@example.com", role=Role.DISPATCHER, departments=(make_department("Lending"),)))
    mina = caller(make_user("mina@example.com", role=Role.ADMIN))
    for client, status in (
        (APIClient(), 401), (ada, 403), (token("telemetry", "counts", "shifts"), 403), (lena, 404), (dov, 200),
        (mina, 200), (token("forecast"), 200),
    ):  # fmt: skip
        assert client.get(URL, RETAIL).status_code == status
