"""Shifts by API: asked for, followed, kept, listed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from gigcx.accounts.models import Department, User
from marketplace.actions.work_proposals import work_proposals
from marketplace.models import Queue, Shift, ShiftProposal
from tests.marketplace.api.conftest import NOW
from tests.marketplace.shifts import expect

URL, SHIFTS = "/api/v1/shift-proposals/", "/api/v1/shifts/"
pytestmark = pytest.mark.usefixtures("floor")
MIDNIGHT = NOW.replace(hour=0, minute=0, second=0) + timedelta(days=2)


def ask(**more: object) -> dict[str, object]:
    until = MIDNIGHT + timedelta(days=1)
    return {"department": "Bank", "queues": ["NE"], "since": MIDNIGHT.isoformat(), "until": until.isoformat()} | more


def test_asked_followed_kept_and_listed(caller: Callable[..., APIClient]) -> None:
    expect(Queue.objects.get(code="NE"), start=MIDNIGHT + timedelta(hours=8), hours=4, an_hour=40)
    client = caller("shifts")
    asked = client.post(URL, ask(), format="json", headers={"Idempotency-Key": "k"})
    assert (asked.status_code, asked.json()["status"], asked.json()["queues"]) == (202, "waiting", ["NE"])
    assert client.post(URL, ask(), format="json", headers={"Idempotency-Key": "k"}).json() == asked.json()
    again = client.post(URL, ask(), format="json")
    assert (again.status_code, again.json()["code"]) == (409, "proposal_running")
    work_proposals(clock=lambda: NOW, seconds=1)
    one = f"{URL}{asked.json()['id']}/"
    found = client.get(one).json()
    assert (found["status"], found["bound"] <= found["objective"]) == ("ready", True)
    assert {shift["queue"] for shift in found["shifts"]} == {"NE"}
    kept = client.post(f"{one}keep/").json()
    assert kept == {"shifts": len(found["shifts"])}
    assert client.post(f"{one}keep/").json()["code"] == "proposal_kept"
    listed = client.get(SHIFTS, {"status": "draft", "queue": "NE", "since": MIDNIGHT.isoformat()}).json()["results"]
    first = {key: listed[0][key] for key in ("queue", "starts_at", "ends_at", "breaks", "places", "work_place", "pay")}
    assert first in [{key: shift[key] for key in first} for shift in found["shifts"]]
    assert client.get(SHIFTS, {"queue": "PS"}).json()["results"] == []
    assert client.get(SHIFTS, {"until": MIDNIGHT.isoformat()}).json()["results"] == []


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"department": "Other"}, 404, "not_found"),
        ({"queues": ["XX"]}, 400, "invalid"),
        ({"until": "later"}, 400, "invalid"),
        ({"until": MIDNIGHT.isoformat()}, 422, "period"),
        ({"standby": True}, 422, "standby"),
    ],
)
def test_what_cannot_be_asked_is_refused(caller, wrong, status: int, code: str) -> None:
    answer = caller("shifts").post(URL, ask(**wrong), format="json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert ShiftProposal.objects.count() == 0


def test_a_time_that_is_none_is_refused(caller: Callable[..., APIClient]) -> None:
    answer = caller("shifts").get(SHIFTS, {"since": "yesterday"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_since")


def test_others_departments_are_not_there(caller: Callable[..., APIClient]) -> None:
    proposal = caller("shifts").post(URL, ask(), format="json").json()["id"]
    Shift.objects.create(
        queue=Queue.objects.get(code="NE"), starts_at=NOW, ends_at=NOW + timedelta(hours=1), work_place="home",
        pay_per_hour=1, pay=1, currency="EUR", created_at=NOW, created_by="x",
    )  # fmt: skip
    client = APIClient()
    client.force_login(User.objects.create_user("lena@example.org", role="dispatcher"))
    assert client.get(f"{URL}{proposal}/").status_code == 404
    assert client.post(f"{URL}{proposal}/keep/").status_code == 404
    assert client.post(URL, ask(), format="json").status_code == 404
    assert client.get(SHIFTS).json()["results"] == []
    mine = User.objects.create_user("dov@example.org", role="dispatcher")
    mine.departments.add(Department.objects.get())
    client.force_login(mine)
    assert client.get(f"{URL}{proposal}/").status_code == 200
    assert len(client.get(SHIFTS).json()["results"]) == 1


@pytest.mark.parametrize("path", [URL, f"{URL}1/", f"{URL}1/keep/", SHIFTS])
def test_shifts_need_their_scope(caller: Callable[..., APIClient], path: str) -> None:
    post = path == URL or path.endswith("keep/")
    for client, status in ((caller("telemetry"), 403), (APIClient(), 401)):
        assert (client.post(path, {}, format="json") if post else client.get(path)).status_code == status
    agent = APIClient()
    agent.force_login(User.objects.create_user("ada@example.org", role="agent"))
    assert (agent.post(path, {}, format="json") if post else agent.get(path)).status_code == 403


@pytest.mark.parametrize("since", ["soon", "2026-11-22T09:30:00", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+10:00"])
def test_an_instant_that_is_none_is_refused_and_any_offset_is_read(
    caller: Callable[..., APIClient], since: str
) -> None:
    answer = caller("shifts").get(SHIFTS, {"since": since})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_since")
    assert caller("shifts").get(SHIFTS, {"since": "2026-11-22T09:30:00+16:38"}).status_code == 200
