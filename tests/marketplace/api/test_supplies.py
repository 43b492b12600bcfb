"""Supplies by API: kept by admins as on the admin pages, read by whoever sees the mix."""

import pytest
from rest_framework.test import APIClient

from gigcx.accounts.models import Department, Role
from gigcx.ledger.models import Entry
from marketplace.api.supplies import ByCost
from marketplace.models import Supply
from tests.factories import make_agent, make_department, make_queue, make_user
from tests.marketplace.api.callers import caller, post, token

pytestmark = pytest.mark.django_db
URL = "/api/v1/supplies/"
STAFF = {"department": "Retail", "name": "Staff", "kind": "internal", "hourly_cost": 2400}


@pytest.fixture
def retail(db: None) -> Department:
    return make_department()


@pytest.fixture
def mina(db: None) -> APIClient:
    return caller(make_user("mina@example.com", role=Role.ADMIN))


@pytest.fixture
def dov(retail: Department) -> APIClient:
    """Who dispatches Retail."""
    return caller(make_user("dov@example.com", role=Role.DISPATCHER, departments=(retail,)))


def make_supply(department: Department, name: str = "Staff", **figures) -> Supply:
    return Supply.objects.create(
        **{"department": department, "name": name, "kind": "internal", "hourly_cost": 2400} | figures
    )


def told() -> list[str]:
    return list(Entry.objects.filter(kind__startswith="supply.").order_by("id").values_list("kind", flat=True))


def names(client: APIClient, **query: str) -> list[str]:
    return [row["name"] for row in client.get(URL, query).json()["results"]]


def test_a_supply_is_entered_once_changed_in_part_and_deleted(mina: APIClient, retail: Department) -> None:
    for _ in range(2):
        made = post(mina, "supplies/", STAFF, **{"Idempotency-Key": "k"})
        assert (made.status_code, made.json()) == (
            201, {"id": Supply.objects.get().pk, **STAFF, "reservation_fee": 0, "currency": "EUR", "show_share": 1.0,
                  "hours_a_week": None, "notice_hours": 168.0, "is_active": True},
        )  # fmt: skip
    one = f"{URL}{made.json()['id']}/"
    news = {"show_share": 0.95, "hours_a_week": 700.0, "is_active": False}
    changed = mina.patch(one, news, format="json")
    assert (changed.status_code, changed.json()) == (200, made.json() | news)
    assert Entry.objects.latest("id").data["changed"] == {
        "show_share": [1.0, 0.95], "hours_a_week": [None, 700.0], "is_active": [True, False],
    }  # fmt: skip
    assert mina.patch(one, {"name": "Staff"}, format="json").status_code == 200
    assert (mina.delete(one).status_code, mina.delete(one).status_code) == (204, 404)
    assert (Supply.objects.count(), told()) == (0, ["supply.changed", "supply.changed", "supply.deleted"])


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"show_share": 0}, 400, "show_share"),
        ({"show_share": 1.1}, 400, "show_share"),
        ({"show_share": "nan"}, 400, "show_share"),
        ({"hourly_cost": -1}, 400, "hourly_cost"),
        ({"hourly_cost": 10**30}, 400, "hourly_cost"),
        ({"reservation_fee": 0.5}, 400, "reservation_fee"),
        ({"hours_a_week": -1}, 400, "hours_a_week"),
        ({"hours_a_week": "inf"}, 400, "hours_a_week"),
        ({"notice_hours": None}, 400, "notice_hours"),
        ({"currency": "eur"}, 400, "currency"),
        ({"kind": "robot"}, 400, "kind"),
        ({"department": "Nowhere"}, 400, "department"),
        ({"name": ""}, 400, "name"),
        ({"name": "Gig"}, 422, "__all__"),
    ],
)
def test_a_supply_that_can_not_be_is_neither_made_nor_changed_into(
    mina: APIClient, retail: Department, wrong: dict, status: int, field: str
) -> None:
    make_supply(retail, "Gig")
    staff = make_supply(retail, "People")
    before = list(Supply.objects.order_by("pk").values())
    for answer in (post(mina, "supplies/", STAFF | wrong), mina.patch(f"{URL}{staff.pk}/", wrong, format="json")):
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
        assert answer.json()["code"] == {400: "invalid", 422: "refused"}[status]
        assert [error["where"] for error in answer.json()["errors"]] == [field]
    assert (list(Supply.objects.order_by("pk").values()), told()) == (before, [])


def test_a_name_that_was_given_at_the_same_moment_is_refused(mina, retail, monkeypatch: pytest.MonkeyPatch) -> None:
    make_supply(retail)
    gig = make_supply(retail, "Gig")
    monkeypatch.setattr(Supply, "full_clean", lambda self: None)  # the other one was not there yet when it looked
    for answer in (post(mina, "supplies/", STAFF), mina.patch(f"{URL}{gig.pk}/", {"name": "Staff"}, format="json")):
        assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
        assert answer.json()["code"] == "changed_meanwhile"
    assert (sorted(Supply.objects.values_list("name", flat=True)), told()) == (["Gig", "Staff"], [])


def test_dispatchers_see_those_of_their_departments_cheapest_first(mina, dov, retail, monkeypatch) -> None:
    make_supply(retail, "Gig", hourly_cost=3100, is_active=False)
    theirs = make_supply(make_department("Lending"), "Theirs", hourly_cost=100)
    make_supply(retail)
    assert names(dov) == ["Staff", "Gig"]
    assert dov.get(f"{URL}{theirs.pk}/").status_code == 404
    assert dov.get(URL, {"department": "Lending"}).json()["code"] == "not_found"
    for client in (mina, token("forecast")):
        assert names(client) == ["Theirs", "Staff", "Gig"]
        assert names(client, department="Lending") == ["Theirs"]
        assert client.get(f"{URL}{theirs.pk}/").json()["hourly_cost"] == 100
        assert client.get(URL, {"department": "Nowhere"}).status_code == 404
    monkeypatch.setattr(ByCost, "page_size", 2)
    page = mina.get(URL).json()
    rest = mina.get(page["next"]).json()
    assert [row["name"] for row in (*page["results"], *rest["results"])] == ["Theirs", "Staff", "Gig"]


def test_who_may(dov: APIClient, retail: Department) -> None:
    one = f"{URL}{make_supply(retail).pk}/"
    ada = caller(make_agent(make_queue("cards"), user=make_user("ada@example.com")).user)
    lena = caller(make_user("lena@example.com", role=Role.DISPATCHER, departments=(make_department("Lending"),)))
    may_not = [(ada, 403, 403), (token("telemetry", "counts", "shifts"), 403, 403), (APIClient(), 401, 401)]
    for client, read, write in (*may_not, (lena, 404, 403), (dov, 200, 403), (token("forecast"), 200, 403)):
        assert client.get(one).status_code == read
        assert client.get(URL).status_code == (200 if read == 404 else read)
        assert post(client, "supplies/", STAFF | {"name": "More"}).status_code == write
        assert client.patch(one, {"name": "More"}, format="json").status_code == write
        assert client.delete(one).status_code == write
    assert (Supply.objects.get().name, told()) == ("Staff", [])


def test_supplies_that_are_not_there(mina: APIClient) -> None:
    for number in (1, 10**30):
        for method in ("get", "patch", "delete"):
            answer = getattr(mina, method)(f"{URL}{number}/", {}, format="json")
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
