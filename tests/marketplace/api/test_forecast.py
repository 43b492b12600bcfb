"""Reading forecasts: by interval, by week, and how good they have been."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from rest_framework.test import APIClient

from gigcx.accounts.models import Department, User
from marketplace.api.forecast import ByQueue, ByStart
from marketplace.models import Forecast, ForecastQuality, Queue, WeekForecast
from tests.marketplace.api.conftest import NOW

URL = "/api/v1/forecast/"
pytestmark = pytest.mark.usefixtures("floor")
FIGURES = {"mean": 10.0, "p10": 6.0, "p50": 10.0, "p90": 14.0}


@pytest.fixture
def expected() -> None:
    """Four hours ahead and one behind at NE, one at PS, weeks, and quality of both."""
    first = NOW.replace(minute=0, second=0)
    queues = {queue.code: queue for queue in Queue.objects.all()}
    for hour in range(-1, 5):
        at = first + timedelta(hours=hour)
        Forecast.objects.create(queue=queues["NE"], starts_at=at, seconds=3600, **FIGURES)
    Forecast.objects.create(queue=queues["PS"], starts_at=first + timedelta(hours=1), seconds=3600, **FIGURES)
    monday = NOW.date() - timedelta(days=NOW.weekday())
    for week in range(-2, 3):
        WeekForecast.objects.create(queue=queues["NE"], starts_on=monday + timedelta(weeks=week), **FIGURES)
    ForecastQuality.objects.create(queue=queues["NE"], model="level", wape=0.1, made_at=NOW, day_spread=0.1)
    ForecastQuality.objects.create(queue=queues["PS"], problem="ValueError: no", failed_at=NOW)


@pytest.fixture
def client(caller: Callable[..., APIClient], expected: None) -> APIClient:
    return caller("forecast")


def test_intervals_of_one_queue_from_now_on(client: APIClient) -> None:
    Forecast.objects.filter(starts_at__gt=NOW).update(
        mean=12, planned_mean=10, planned_p10=6, planned_p50=10, planned_p90=14
    )
    found = client.get(URL, {"queue": "NE"}).json()
    assert len(found["results"]) == 4
    assert found["results"][0] == {
        "interval_start": (NOW.replace(minute=0, second=0) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "interval_seconds": 3600,
        **FIGURES,
        "mean": 12.0,
        "planned_mean": 10.0,
    }


def test_from_to_and_pages(client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    first = NOW.replace(minute=0, second=0)
    period = {"from": (first - timedelta(hours=1)).isoformat(), "to": (first + timedelta(hours=2)).isoformat()}
    monkeypatch.setattr(ByStart, "page_size", 2)
    page = client.get(URL, {"queue": "NE", **period}).json()
    rest = client.get(page["next"]).json()
    assert (len(page["results"]), len(rest["results"]), rest["next"]) == (2, 1, None)
    starts = [row["interval_start"] for row in (*page["results"], *rest["results"])]
    assert starts == sorted(starts)


def test_weeks_from_the_present_one(client: APIClient) -> None:
    found = client.get(URL + "weeks/", {"queue": "NE"}).json()["results"]
    assert [date.fromisoformat(week["starts_on"]).weekday() for week in found] == [0, 0, 0]
    assert found[0] == {"starts_on": str(NOW.date() - timedelta(days=NOW.weekday())), **FIGURES}


def test_quality_and_what_failed(client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ByQueue, "page_size", 1)
    page = client.get(URL + "quality/").json()
    rest = client.get(page["next"]).json()
    assert (page["results"][0]["queue"], page["results"][0]["wape"]) == ("NE", 0.1)
    assert (rest["results"][0]["queue"], rest["results"][0]["problem"]) == ("PS", "ValueError: no")


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({}, 400, "queue_missing"),
        ({"queue": "XX"}, 404, "not_found"),
        ({"queue": "NE", "from": "yesterday"}, 400, "bad_time"),
        ({"queue": "NE", "to": "2026-03-02T08:00:00"}, 400, "bad_time"),
        ({"queue": "NE", "to": "0001-01-01T08:00:00+10:00"}, 400, "bad_time"),
    ],
)
def test_what_cannot_be_answered(client: APIClient, query: dict[str, str], status: int, code: str) -> None:
    answer = client.get(URL, query)
    assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (
        status,
        "application/problem+json",
        code,
    )


@pytest.mark.parametrize("path", ["", "weeks/", "quality/"])
def test_who_may(path: str, caller: Callable[..., APIClient], expected: None) -> None:
    assert APIClient().get(URL + path, {"queue": "NE"}).status_code == 401
    assert caller("telemetry", "counts").get(URL + path, {"queue": "NE"}).status_code == 403
    for role, status in (("agent", 403), ("admin", 200)):
        person = APIClient()
        person.force_login(User.objects.create_user(f"{role}@example.org", role=role))
        assert person.get(URL + path, {"queue": "NE"}).status_code == status


@pytest.mark.parametrize("path", ["", "weeks/", "quality/"])
def test_dispatchers_see_their_own_departments(path: str, expected: None) -> None:
    other = Department.objects.create(name="Other")
    for name, department, seen in (("in", Department.objects.get(name="Bank"), True), ("out", other, False)):
        person = APIClient()
        user = User.objects.create_user(f"{name}@example.org", role="dispatcher")
        user.departments.add(department)
        person.force_login(user)
        answer = person.get(URL + path, {"queue": "NE"})
        if path == "quality/":
            assert bool(answer.json()["results"]) is seen
        else:
            assert answer.status_code == (200 if seen else 404)


def test_number_of_queries_does_not_grow_with_the_rows(
    client: APIClient, django_assert_max_num_queries: Callable[..., object]
) -> None:
    with django_assert_max_num_queries(4):
        client.get(URL, {"queue": "NE"})
    with django_assert_max_num_queries(3):
        client.get(URL + "quality/")
