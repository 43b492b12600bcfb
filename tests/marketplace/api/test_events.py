"""Known events by API: kept by admins as on the admin pages, read by whoever may read forecasts."""

from datetime import UTC, datetime, timedelta

import pytest
from rest_framework.test import APIClient

from gigcx.accounts.models import Role
from gigcx.ledger.models import Entry
from marketplace.api.events import EventsView
from marketplace.models import Event, ForecastQuality, Queue
from tests.factories import make_agent, make_department, make_queue, make_user
from tests.marketplace.api.callers import caller, post, token

pytestmark = pytest.mark.django_db
URL = "/api/v1/events/"
START = datetime(2026, 12, 1, 9, tzinfo=UTC)
PERIOD = {"starts_at": "2026-12-01T09:00:00Z", "ends_at": "2026-12-02T09:00:00Z"}


@pytest.fixture
def cards(db: None) -> Queue:
    return make_queue("cards")


@pytest.fixture
def mina(db: None) -> APIClient:
    return caller(make_user("mina@example.com", role=Role.ADMIN))


@pytest.fixture
def dov(cards: Queue) -> APIClient:
    """Who dispatches the department of the cards."""
    return caller(make_user("dov@example.com", role=Role.DISPATCHER, departments=(cards.department,)))


def make_event(*queues: Queue, name: str = "Bill run", days: int = 0, department=None) -> Event:
    start = START + timedelta(days=days)
    event = Event.objects.create(name=name, starts_at=start, ends_at=start + timedelta(days=1), department=department)
    event.queues.set(queues)
    return event


def due() -> set[str]:
    return set(ForecastQuality.objects.filter(due_at__isnull=False).values_list("queue__code", flat=True))


def names(client: APIClient, **query: str) -> list[str]:
    return [row["name"] for row in client.get(URL, query).json()["results"]]


def test_an_event_is_entered_once_changed_in_part_and_deleted(mina: APIClient, cards: Queue) -> None:
    make_queue("loans")
    make_queue("other", department=make_department("Lending"))
    body = {"name": "Bill run", "queues": ["cards"], "factor": 1.3, **PERIOD}
    for _ in range(2):
        made = post(mina, "events/", body, **{"Idempotency-Key": "k"})
        assert (made.status_code, made.json()) == (
            201, {"id": Event.objects.get().pk, "name": "Bill run", **PERIOD, "department": None, "queues": ["cards"],
                  "factor": 1.3},
        )  # fmt: skip
    assert due() == {"cards"}
    ForecastQuality.objects.update(due_at=None)
    one = f"{URL}{made.json()['id']}/"
    changed = mina.patch(one, {"department": "Retail", "queues": [], "factor": None}, format="json")
    assert (changed.status_code, changed.json()) == (
        200, made.json() | {"department": "Retail", "queues": [], "factor": None},
    )  # fmt: skip
    assert due() == {"cards", "loans"}
    told = Entry.objects.latest("id")
    assert (told.kind, told.data["changed"]) == (
        "event.changed",
        {"department": [None, cards.department_id], "factor": [1.3, None], "queues": [[cards.pk], []]},
    )
    ForecastQuality.objects.update(due_at=None)
    assert (mina.delete(one).status_code, mina.delete(one).status_code) == (204, 404)
    assert (Event.objects.count(), due()) == (0, {"cards", "loans"})
    kinds = list(Entry.objects.filter(kind__startswith="event.").order_by("id").values_list("kind", flat=True))
    assert kinds == ["event.changed", "event.changed", "event.deleted"]


def test_what_is_as_it_was_makes_no_forecast_due(mina: APIClient, cards: Queue) -> None:
    event = make_event(cards)
    for body in ({}, {"name": "Bill run", "queues": ["cards"], **PERIOD}):
        assert mina.patch(f"{URL}{event.pk}/", body, format="json").status_code == 200
    assert (due(), Entry.objects.exists()) == (set(), False)


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"name": " "}, 400, "name"),
        ({"name": "x" * 121}, 400, "name"),
        ({"factor": -0.1}, 400, "factor"),
        ({"factor": "nan"}, 400, "factor"),
        ({"queues": ["cards", "none"]}, 400, "queues"),
        ({"queues": "cards"}, 400, "queues"),
        ({"queues": [{}]}, 400, "queues[0]"),
        ({"department": "Nowhere"}, 400, "department"),
        ({"starts_at": "soon"}, 400, "starts_at"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, 400, "starts_at"),
        ({"ends_at": "9999-12-31T23:59:59-12:00"}, 400, "ends_at"),
        ({"ends_at": "2300-01-01T00:00:00Z"}, 400, "ends_at"),
        ({"queues": []}, 422, "queues"),
        ({"ends_at": "2026-12-01T09:00:00Z"}, 422, "ends_at"),
    ],
)
def test_an_event_that_can_not_be_is_neither_made_nor_changed_into(
    mina: APIClient, cards: Queue, wrong: dict, status: int, field: str
) -> None:
    event = make_event(cards)
    before = list(Event.objects.values())
    body = {"name": "Bill run", "queues": ["cards"], **PERIOD}
    for answer in (post(mina, "events/", body | wrong), mina.patch(f"{URL}{event.pk}/", wrong, format="json")):
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
        assert answer.json()["code"] == {400: "invalid", 422: "refused"}[status]
        assert [error["where"] for error in answer.json()["errors"]] == [field]
    assert list(Event.objects.values()) == before
    assert (list(event.queues.all()), due(), Entry.objects.exists()) == ([cards], set(), False)


def test_infinity_is_no_factor(mina: APIClient, cards: Queue) -> None:
    text = '{"name": "A", "queues": ["cards"], "starts_at": "%(starts_at)s", "ends_at": "%(ends_at)s", "factor": 1e999}'
    answer = mina.post(URL, text % PERIOD, content_type="application/json")
    assert (answer.status_code, answer.json()["code"], Event.objects.exists()) == (400, "invalid", False)


def test_dispatchers_see_the_events_of_their_queues_tokens_and_admins_all(mina, dov, cards: Queue) -> None:
    lending = make_department("Lending")
    loans = make_queue("loans", department=lending)
    mine, both = make_event(name="Mine", department=cards.department), make_event(cards, loans, name="Both", days=1)
    theirs = make_event(name="Theirs", department=lending, days=2)
    assert names(dov) == ["Mine", "Both"]
    assert [dov.get(f"{URL}{event.pk}/").status_code for event in (mine, both, theirs)] == [200, 200, 404]
    for client in (mina, token("forecast")):
        assert names(client) == ["Mine", "Both", "Theirs"]
        assert client.get(f"{URL}{theirs.pk}/").json()["department"] == "Lending"
    assert names(mina, queue="cards") == ["Mine", "Both"]
    assert names(mina, queue="loans") == ["Both", "Theirs"]
    assert names(mina, queue="none") == []


def test_the_list_is_cut_by_time_and_into_pages(mina, cards: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in (2, 0, 1):
        make_event(cards, name=f"Day {day}", days=day)
    until, since = "2026-12-02T09:00:00Z", "2026-12-02T09:00:00+00:00"
    assert names(mina, until=until) == ["Day 0"]
    assert names(mina, since=since) == ["Day 1", "Day 2"]
    wrong = mina.get(URL, {"since": "soon"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "bad_since")
    monkeypatch.setattr(EventsView.pagination_class, "page_size", 2)
    page = mina.get(URL).json()
    rest = mina.get(page["next"]).json()
    assert [row["name"] for row in (*page["results"], *rest["results"])] == ["Day 0", "Day 1", "Day 2"]
    assert rest["next"] is None


def test_who_may(dov, cards: Queue) -> None:
    event = make_event(cards)
    ada = caller(make_agent(cards, user=make_user("ada@example.com")).user)
    lena = caller(make_user("lena@example.com", role=Role.DISPATCHER, departments=(make_department("Lending"),)))
    one = f"{URL}{event.pk}/"
    may_not = [(ada, 403, 403), (token("telemetry", "counts", "shifts"), 403, 403), (APIClient(), 401, 401)]
    for client, read, write in (*may_not, (lena, 404, 403), (dov, 200, 403), (token("forecast"), 200, 403)):
        assert client.get(one).status_code == read
        assert client.get(URL).status_code == (200 if read == 404 else read)
        assert post(client, "events/", {"name": "A", "queues": ["cards"], **PERIOD}).status_code == write
        assert client.patch(one, {"name": "A"}, format="json").status_code == write
        assert client.delete(one).status_code == write
    assert (Event.objects.get().name, due(), Entry.objects.filter(kind__startswith="event.").exists()) == (
        "Bill run", set(), False,
    )  # fmt: skip


def test_events_that_are_not_there(mina: APIClient) -> None:
    for number in (1, 10**30):
        for method in ("get", "patch", "delete"):
            answer = getattr(mina, method)(f"{URL}{number}/", {}, format="json")
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
