"""`POST /api/v1/counts/`: the same care as with a file."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from gigcx.accounts.models import User
from gigcx.ledger.models import Entry
from marketplace.models import Forecast, ForecastQuality, Interval
from tests.marketplace.forecasting.intake.history import HEADER, history, text_of

URL = "/api/v1/counts/"
pytestmark = pytest.mark.usefixtures("floor")
GOOD: list[dict[str, Any]] = [
    {"queue": "NE", "interval_start": "2026-03-02T08:00:00Z", "offered": 10, "handle_seconds": 1800.0},
    {"queue": "NE", "interval_start": "2026-03-02T08:30:00Z", "offered": 12},
    {"queue": "NE", "interval_start": "2026-03-02T09:00:00Z", "offered": 8},
]


@pytest.fixture
def client(caller: Callable[..., APIClient]) -> APIClient:
    return caller("counts")


def test_rows_are_stored_and_the_forecast_is_due(client: APIClient) -> None:
    answer = client.post(URL, {"rows": GOOD}, format="json")
    assert (answer.status_code, answer.json()) == (
        200,
        {"created": 3, "changed": 0, "unchanged": 0, "dry_run": False, "findings": []},
    )
    assert list(Interval.objects.order_by("starts_at").values_list("offered", "seconds")) == [
        (10, 1800),
        (12, 1800),
        (8, 1800),
    ]
    assert ForecastQuality.objects.get().due_at is not None
    assert Entry.objects.get(kind="counts.loaded").actor.startswith("token:")
    assert not Forecast.objects.exists()  # a task makes it


def test_every_bad_row_is_named_and_none_taken(client: APIClient) -> None:
    rows = [*GOOD, {**GOOD[0], "offered": -1}, {"queue": "XX", "interval_start": "soon"}, {**GOOD[2]}]
    answer = client.post(URL, {"rows": rows}, format="json")
    assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (
        422,
        "application/problem+json",
        "bad_rows",
    )
    assert [(error["where"], error["finding"]) for error in answer.json()["errors"]] == [
        ("rows[3].offered", "negative"),
        ("rows[4].offered", "unreadable"),
        ("rows[4].interval_start", "unreadable"),
        ("rows[5].interval_start", "duplicate"),
    ]
    assert not Interval.objects.exists()
    assert not Entry.objects.filter(kind="counts.loaded").exists()


def test_what_is_chosen_is_repaired_and_said(client: APIClient) -> None:
    rows = [*GOOD, {**GOOD[2], "offered": 9}]
    answer = client.post(URL + "?repair=duplicate", {"rows": rows}, format="json")
    assert answer.json()["created"] == 3
    (finding,) = answer.json()["findings"]
    assert (finding["where"], finding["finding"], finding["done"]) == ("rows[3].interval_start", "duplicate", "repair")
    assert Interval.objects.order_by("starts_at").last().offered == 9


def test_a_file_as_it_is_in_its_zone(client: APIClient) -> None:
    text = "\n".join([HEADER, *text_of(history(weeks=1))])
    tried = client.post(URL + "?timezone=Europe/Rome&dry_run=true", text, content_type="text/csv")
    assert (tried.json()["dry_run"], tried.json()["created"]) == (True, 132)
    assert not Interval.objects.exists()
    done = client.post(URL + "?timezone=Europe/Rome", text, content_type="text/csv")
    assert done.json()["created"] == 132
    assert Interval.objects.order_by("starts_at").first().starts_at.hour == 7
    refused = client.post(URL, text.replace(",", ";"), content_type="text/csv")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["where"].startswith("line 1.")


def test_the_same_key_again_answers_the_same_and_does_nothing(client: APIClient) -> None:
    first = client.post(URL, {"rows": GOOD}, format="json", headers={"Idempotency-Key": "k1"})
    again = client.post(URL, {"rows": GOOD}, format="json", headers={"Idempotency-Key": "k1"})
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    other = client.post(URL, {"rows": GOOD[:1]}, format="json", headers={"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


@pytest.mark.parametrize(
    ("query", "body", "status", "code"),
    [
        ("?timezone=Mars", {"rows": GOOD}, 400, "bad_timezone"),
        ("?repair=nonsense", {"rows": GOOD}, 400, "bad_choice"),
        ("?keep=negative", {"rows": GOOD}, 400, "bad_choice"),
        ("", {"rows": "many"}, 422, "bad_rows"),
        ("", [1, 2], 422, "bad_rows"),
        ("", {"csv": 3}, 422, "bad_rows"),
        ("", {"rows": [{"queue": {"a": 1}, "interval_start": [2], "offered": "\n"}]}, 422, "bad_rows"),
    ],
)
def test_what_cannot_be_read_is_refused(client: APIClient, query: str, body: object, status: int, code: str) -> None:
    answer = client.post(URL + query, body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Interval.objects.exists()


@pytest.mark.parametrize(("role", "status"), [("admin", 200), ("dispatcher", 403), ("agent", 403)])
def test_only_admins_and_tokens_with_the_scope(role: str, status: int, caller: Callable[..., APIClient]) -> None:
    person = APIClient()
    person.force_login(User.objects.create_user("x@example.org", role=role))
    assert person.post(URL, {"rows": GOOD}, format="json").status_code == status
    assert caller("telemetry", "forecast").post(URL, {"rows": GOOD}, format="json").status_code == 403
    assert APIClient().post(URL, {"rows": GOOD}, format="json").status_code == 401
    assert Interval.objects.exists() == (status == 200)


@pytest.mark.parametrize("word", ["maybe", "on", "2"])
def test_a_rehearsal_asked_for_in_other_words_is_not_the_performance(client: APIClient, word: str) -> None:
    answer = client.post(f"{URL}?dry_run={word}", {"rows": GOOD}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_dry_run")
    assert not Interval.objects.exists()
    assert client.post(f"{URL}?dry_run=0", {"rows": GOOD}, format="json").json()["created"] == 3
