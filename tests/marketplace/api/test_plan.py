"""Planning shifts by API: the same actions and refusals as the pages."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from gigcx.accounts.models import Agent, Department, User
from marketplace.actions.claim import claim
from marketplace.models import Booking, Lending, Shift
from skills.models import Skill
from tests.marketplace.api.conftest import NOW

URL = "/api/v1/shifts/"
pytestmark = pytest.mark.usefixtures("floor")
START = NOW.replace(minute=0, second=0) + timedelta(hours=10)
END = START + timedelta(hours=4)


def said(**more: object) -> dict[str, object]:
    figures = {"queue": "NE", "starts_at": START.isoformat(), "ends_at": END.isoformat(), "work_place": "home"}
    return figures | {"pay_per_hour": 2000, "places": 2} | more


def booked(shift: int) -> Booking:
    agent = Agent.objects.get(code="a3")
    return Booking.objects.get(pk=claim(shift_id=shift, agent_id=agent.pk, actor="user:2", now=NOW).booking_id)


def test_made_changed_booked_pulled_and_cancelled(caller: Callable[..., APIClient]) -> None:
    Skill.objects.create(name="Fraud")
    client = caller("shifts")
    made = client.post(URL, said(open=True), format="json", headers={"Idempotency-Key": "k"})
    assert (made.status_code, made.json()["status"], made.json()["places"]) == (201, "open", 2)
    assert client.post(URL, said(open=True), format="json", headers={"Idempotency-Key": "k"}).json() == made.json()
    one = f"{URL}{made.json()['id']}/"
    assert client.patch(one, {"places": 3, "bonus_per_hour": 100}, format="json").json()["places"] == 3
    booking = booked(made.json()["id"])
    refused = client.patch(
        one, {"starts_at": (START - timedelta(hours=1)).isoformat(), "skills": {"Fraud": 2}}, format="json"
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "shift_held")
    assert [error["where"] for error in refused.json()["errors"]] == ["shift_held", "asks_more"]
    pull = f"/api/v1/bookings/{booking.pk}/pull/"
    assert client.post(pull, {"words": ""}, format="json").json()["code"] == "why_missing"
    pulled = client.post(pull, {"words": "The wave is over"}, format="json").json()
    assert pulled == {"id": booking.pk, "status": "pulled", "owed": booking.pay // 2, "currency": "EUR"}
    figures = client.get("/api/v1/promises/", {"department": "Bank"}).json()
    assert figures == {"places": 1, "broken": 1, "reliability": 0.0, "owed": {"EUR": booking.pay // 2}}
    bulk = {"shifts": [made.json()["id"]], "do": "cancel"}
    nobody = {"people": 0, "late": 0, "owed": {}}
    assert client.post(f"{URL}bulk/", bulk, format="json").json() == {"shifts": 1, "price": nobody}
    assert client.post(f"{URL}bulk/", bulk, format="json").json()["code"] == "shift_cancelled"
    assert client.get(one).json()["status"] == "cancelled"


def test_standby_drafts_are_opened_with_a_bonus_and_at_risk(caller: Callable[..., APIClient]) -> None:
    client = caller("shifts")
    made = client.post(URL, said(queue=None, department="Bank"), format="json").json()
    assert (made["status"], made["department"]) == ("draft", "Bank")
    bulk = {"shifts": [made["id"]], "do": "bonus", "bonus_per_hour": 300}
    assert client.post(f"{URL}bulk/", bulk, format="json").json() == {"shifts": 1}
    assert client.post(f"{URL}bulk/", bulk | {"do": "open"}, format="json").json() == {"shifts": 1}
    (risk,) = client.get(f"{URL}at-risk/").json()
    assert (risk["shift"], risk["queue"], risk["unfilled"], risk["absent"]) == (made["id"], None, 2, 0)


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"queue": None}, 400, "invalid"),
        ({"queue": "XX"}, 400, "invalid"),
        ({"skills": {"None": 1}}, 400, "invalid"),
        ({"starts_at": (NOW - timedelta(hours=1)).isoformat()}, 409, "shift_period"),
        ({"ends_at": START.isoformat()}, 409, "shift_period"),
    ],
)
def test_what_is_no_shift_is_refused(caller, wrong, status: int, code: str) -> None:
    answer = caller("shifts").post(URL, said(**wrong), format="json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Shift.objects.exists()


def test_others_departments_are_not_there(caller: Callable[..., APIClient]) -> None:
    made = caller("shifts").post(URL, said(open=True), format="json").json()
    booking = booked(made["id"])
    lena = APIClient()
    lena.force_login(User.objects.create_user("lena@example.org", role="dispatcher"))
    assert lena.post(URL, said(), format="json").status_code == 404
    assert lena.get(f"{URL}{made['id']}/").status_code == 404
    assert lena.patch(f"{URL}{made['id']}/", {"places": 9}, format="json").status_code == 404
    assert lena.post(f"{URL}bulk/", {"shifts": [made["id"]], "do": "cancel"}, format="json").status_code == 404
    assert lena.post(f"/api/v1/bookings/{booking.pk}/pull/", {"words": "x"}, format="json").status_code == 404
    assert lena.get("/api/v1/promises/", {"department": "Bank"}).status_code == 404
    assert lena.get(f"{URL}at-risk/").json() == []
    assert (Shift.objects.get().places, Booking.objects.get().status) == (2, "held")


@pytest.mark.parametrize(
    ("method", "path"),
    [("post", URL), ("get", f"{URL}1/"), ("patch", f"{URL}1/"), ("post", f"{URL}bulk/"), ("get", f"{URL}at-risk/"),
     ("post", "/api/v1/bookings/1/pull/"), ("get", "/api/v1/promises/"), ("get", "/api/v1/lendings/"),
     ("post", "/api/v1/lendings/"), ("post", "/api/v1/lendings/1/recall/")],
)  # fmt: skip
def test_agents_and_other_scopes_may_not(caller, method: str, path: str) -> None:
    agent = APIClient()
    agent.force_login(User.objects.create_user("ada@example.org", role="agent"))
    for client, status in ((caller("telemetry"), 403), (agent, 403), (APIClient(), 401)):
        assert getattr(client, method)(path, {}, format="json").status_code == status


def test_people_are_lent_and_called_back_by_admins() -> None:
    Department.objects.create(name="Shop")
    mina = APIClient()
    mina.force_login(User.objects.create_user("mina@example.org", role="admin"))
    consent = {"lender": "Bank", "borrower": "Shop", "since": NOW.isoformat()}
    made = mina.post("/api/v1/lendings/", consent, format="json")
    assert (made.status_code, made.json()["agent"], made.json()["until"]) == (201, None, None)
    assert mina.post("/api/v1/lendings/", consent | {"borrower": "Bank"}, format="json").status_code == 400
    recall = f"/api/v1/lendings/{made.json()['id']}/recall/"
    assert mina.post(recall).json() == {"bookings": 0}
    assert mina.get("/api/v1/lendings/").json()["results"][0]["recalled_at"] is not None
    assert (mina.post("/api/v1/lendings/99/recall/").status_code, Lending.objects.count()) == (404, 1)
