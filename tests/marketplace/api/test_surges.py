"""Surges by API: those that are on, with what each takes, for whoever may read forecasts."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from gigcx.accounts.models import Role
from marketplace.models import Queue, QueueNow
from tests.factories import NOW, make_agent, make_department, make_queue, make_user, on_duty
from tests.marketplace.api.callers import caller, token
from tests.marketplace.queries.gaps import expect, gaps

pytestmark = pytest.mark.django_db
URL = "/api/v1/surges/"


@pytest.fixture(autouse=True)
def now():
    """The clock stands."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cards(db: None) -> Queue:
    """With a forecast, and one person assigned."""
    queue = make_queue("cards")
    expect(queue)
    on_duty(make_agent(queue), queue)
    return queue


@pytest.fixture
def dov(cards: Queue) -> APIClient:
    """Who dispatches the department of the cards."""
    return caller(make_user("dov@example.com", role=Role.DISPATCHER, departments=(cards.department,)))


def surge(queue: Queue, *, factor: float = 3.0, sure: float = 0.98) -> None:
    instant = NOW.timestamp()
    QueueNow.objects.create(
        queue=queue, as_of=instant - 5, surge_since=instant - 60, surge_factor=factor, surge_sure=sure
    )


def codes(client: APIClient, **query: str) -> list[str]:
    return [row["queue"] for row in client.get(URL, query).json()]


def test_a_surge_is_told_with_what_it_takes(dov: APIClient, cards: Queue) -> None:
    QueueNow.objects.create(queue=make_queue("quiet"), as_of=NOW.timestamp())
    assert dov.get(URL).json() == []
    surge(cards)
    alarm = gaps().alarms[cards.pk]
    assert alarm.need > 1
    assert dov.get(URL).json() == [
        {
            "queue": "cards", "department": "Retail", "factor": 3.0, "since": "2026-03-10T09:59:00Z", "sure": 0.98,
            "need": alarm.need, "there": 1, "missing": alarm.need - 1, "as_of": "2026-03-10T09:59:55Z",
        }
    ]  # fmt: skip
    page = dov.get(reverse("demand_queue", args=[cards.pk])).content.decode()
    assert f"{alarm.need} needed, 1 there" in page
    QueueNow.objects.update(surge_since=None, surge_factor=None, surge_sure=None)
    assert dov.get(URL).json() == []


def test_without_a_forecast_nobody_knows_what_it_takes(dov: APIClient, cards: Queue) -> None:
    surge(make_queue("loans"), sure=0.3)
    (row,) = dov.get(URL).json()
    assert (row["queue"], row["sure"], row["need"], row["there"], row["missing"]) == ("loans", 0.3, None, 0, None)


def test_the_most_people_missing_come_first_and_closed_queues_not_at_all(dov: APIClient, cards: Queue) -> None:
    surge(cards, factor=2.0)
    for code, mean in (("few", 5.0), ("many", 200.0)):
        queue = make_queue(code)
        expect(queue, mean=mean)
        surge(queue, factor=2.0)
    surge(make_queue("gone", is_active=False))
    for code, factor in (("b", 2.0), ("a", 2.0), ("c", 4.0)):
        surge(make_queue(code), factor=factor)
    assert codes(dov) == ["many", "cards", "few", "c", "a", "b"]


def test_dispatchers_see_their_departments_admins_and_tokens_all(dov: APIClient, cards: Queue) -> None:
    surge(cards)
    surge(make_queue("loans", department=make_department("Lending")))
    assert codes(dov) == codes(dov, department="Retail") == ["cards"]
    refused = dov.get(URL, {"department": "Lending"})
    assert (refused.status_code, refused["Content-Type"], refused.json()["code"]) == (
        404, "application/problem+json", "not_found",
    )  # fmt: skip
    for client in (caller(make_user("mina@example.com", role=Role.ADMIN)), token("forecast")):
        assert codes(client) == ["cards", "loans"]
        assert codes(client, department="Lending") == ["loans"]
        assert client.get(URL, {"department": "Nowhere"}).status_code == 404


def test_who_may(dov: APIClient, cards: Queue) -> None:
    ada = caller(make_agent(cards, user=make_user("ada@example.com")).user)
    lena = caller(make_user("lena@example.com", role=Role.DISPATCHER))
    others = [(ada, 403), (token("telemetry", "counts", "shifts"), 403), (APIClient(), 401)]
    for client, status in (*others, (dov, 200), (lena, 200), (token("forecast"), 200)):
        assert client.get(URL).status_code == status
    surge(cards)
    assert (codes(lena), codes(dov)) == ([], ["cards"])


def test_more_surges_take_no_more_statements(dov: APIClient, cards: Queue) -> None:
    asked = []
    surge(cards)
    for more in ((), ("one", "two")):
        for code in more:
            queue = make_queue(code)
            expect(queue)
            on_duty(make_agent(queue), queue)
            surge(queue)
        with CaptureQueriesContext(connection) as statements:
            assert len(codes(dov)) == 1 + len(more)
        asked.append(len(statements))
    assert asked[0] == asked[1]
