"""An agent's day and a dispatcher's hand by API: the same actions and refusals as on *Today* and on the board."""

from datetime import timedelta

import pytest
import time_machine
from rest_framework.test import APIClient

from marketplace.actions.dispatch import dispatch
from marketplace.models import AgentNow, Duty, Move, Objection, Pause, Policy
from tests.factories import NOW, make_agent, make_department, make_queue, make_user, on_duty
from tests.marketplace.api.callers import caller, post

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def now():
    """The clock stands."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def queues(db):
    return make_queue("cards"), make_queue("loans")


@pytest.fixture
def ada(queues):
    """On duty at cards, able to serve both."""
    agent = make_agent(*queues, code="ada", user=make_user("ada@example.com"))
    on_duty(agent, queues[0])
    return agent


@pytest.fixture
def dov(queues) -> APIClient:
    return caller(make_user("dov@example.com", role="dispatcher", departments=(queues[0].department,)))


@pytest.fixture
def lena(db) -> APIClient:
    return caller(make_user("lena@example.com", role="dispatcher", departments=(make_department("Lending"),)))


def test_a_day_from_break_to_the_end_of_duty(ada):
    api = caller(ada.user)
    day = api.get("/api/v1/day/").json()
    assert (day["stage"], day["presence"], day["queue"], day["on_break"]) == ("at_queue", "ready", "cards", False)
    assert post(api, "day/pause/", {"reason": "lunch"}).status_code == 204
    day = api.get("/api/v1/day/").json()
    assert (day["on_break"], day["break_reason"], len(day["breaks"])) == (True, "lunch", 1)
    with time_machine.travel(NOW + timedelta(minutes=12), tick=False):
        assert post(api, "day/ready/").status_code == 204
        assert Pause.objects.get().period.upper == NOW + timedelta(minutes=12)
        assert post(api, "day/sign-off/").status_code == 204
        assert api.get("/api/v1/day/").json()["stage"] == "signed_off"
        for path in ("day/pause/", "day/ready/", "day/sign-off/"):
            refused = post(api, path)
            assert (refused.status_code, refused.json()["code"]) == (409, "not_on_duty")
        assert post(api, "day/sign-on/").status_code == 204
        assert Duty.objects.get().signed_off_at is None


def test_a_move_is_read_or_objected_to_and_heard(ada, queues, dov, lena):
    move = dispatch(agent_id=ada.pk, queue_id=queues[1].pk, actor="user:1", now=NOW)
    api = caller(ada.user)
    assert api.get("/api/v1/day/").json()["move"] == {"id": move.pk, "at": "2026-03-10T10:00:00Z", "needs_answer": True}
    eve = caller(make_agent(user=make_user("eve@example.com")).user)
    for path in ("acknowledge", "object"):
        assert post(eve, f"moves/{move.pk}/{path}/").status_code == 404
    assert post(api, f"moves/{move.pk}/object/", {"text": "on hold"}).status_code == 204
    [said] = dov.get("/api/v1/objections/").json()["results"]
    assert (said["agent"], said["text"], said["heard_at"]) == ("ada", "on hold", None)
    assert lena.get("/api/v1/objections/").json()["results"] == []
    assert post(lena, f"objections/{said['id']}/heard/").status_code == 404
    assert post(dov, f"objections/{said['id']}/heard/").status_code == 204
    assert Objection.objects.get().heard_at == NOW
    assert post(api, f"moves/{move.pk}/acknowledge/").status_code == 204


def test_a_hand_moves_pins_and_takes_back(ada, queues, dov, lena):
    body = {"agent": "ada", "queue": "loans", "reason": "storm"}
    assert post(lena, "moves/", body).status_code == 404
    assert not Move.objects.exists()
    made = post(dov, "moves/", body)
    assert (made.status_code, made.json()["source"], made.json()["target"]) == (201, "cards", "loans")
    assert made.json()["by_matcher"] is False
    again = post(dov, "moves/", body)
    assert (again.status_code, again.json()["code"]) == (409, "same_queue")
    assert [one["id"] for one in dov.get("/api/v1/moves/").json()["results"]] == [made.json()["id"]]
    assert post(lena, "pins/", {"agent": "ada", "pinned": True}).status_code == 404
    assert post(dov, "pins/", {"agent": "ada", "pinned": True}).status_code == 204
    assert AgentNow.objects.get().pinned
    path = f"moves/{made.json()['id']}/undo/"
    assert post(lena, path).status_code == 404
    assert post(dov, path).json()["status"] == "reverted"
    stale = post(dov, path)
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert AgentNow.objects.get().queue == queues[0]


def test_a_proposed_move_is_made_or_rejected(ada, queues, dov, lena):
    figures = {"agent": ada, "source": queues[0], "target": queues[1], "status": "proposed", "created_at": NOW}
    no, yes = (Move.objects.create(**figures, actor="matcher") for _ in range(2))
    for verb in ("accept", "reject"):
        assert post(lena, f"moves/{no.pk}/{verb}/").status_code == 404
    assert post(dov, f"moves/{no.pk}/reject/").json()["status"] == "rejected"
    assert post(dov, f"moves/{no.pk}/accept/").json()["code"] == "stale"
    assert post(dov, f"moves/{yes.pk}/accept/").json()["status"] == "applied"
    assert AgentNow.objects.get().queue == queues[1]


def test_who_dispatches_one_of_two_departments_only_moves_nobody_between_them(ada, lena):
    other = make_queue("mortgages", department=make_department("Lending"))
    move = Move.objects.create(
        agent=ada, source=AgentNow.objects.get().queue, target=other, status="proposed", created_at=NOW, actor="matcher"
    )
    assert post(lena, f"moves/{move.pk}/accept/").status_code == 403
    move.refresh_from_db()
    assert move.status == "proposed"


def test_modes_and_the_switch_that_stops_everything(queues, dov, lena):
    department = queues[0].department
    assert post(lena, "modes/", {"department": "Retail", "mode": "off"}).status_code == 404
    assert post(dov, "modes/", {"department": "Retail", "mode": "never"}).status_code == 400
    department.refresh_from_db()
    assert department.mode == 3
    assert post(dov, "modes/", {"department": "Retail", "mode": "shadow"}).status_code == 204
    department.refresh_from_db()
    assert department.mode == 1
    assert post(dov, "matcher/stop/", {"stopped": True}).status_code == 204
    assert Policy.objects.get().stopped


STEER = ("moves/", "moves/1/accept/", "moves/1/reject/", "moves/1/undo/", "objections/1/heard/", "pins/", "modes/",
         "matcher/stop/")  # fmt: skip
DAY = ("day/pause/", "day/ready/", "day/sign-off/", "day/sign-on/", "moves/1/acknowledge/", "moves/1/object/",
       "busy-calendars/file/", "busy-calendars/1/read/")  # fmt: skip


@pytest.mark.parametrize("path", STEER)
def test_the_board_is_for_dispatchers(path, ada):
    for user, status in ((ada.user, 403), (None, 401)):
        assert post(caller(user), path).status_code == status
    assert not Policy.objects.get().stopped


@pytest.mark.parametrize("path", DAY)
def test_a_day_is_for_agents(path, dov):
    for client, status in ((dov, 403), (caller(None), 401)):
        assert post(client, path).status_code == status


def test_what_an_agent_holds(ada):
    found = caller(ada.user).get("/api/v1/holdings/").json()
    assert [(one["name"], one["level"], one["counts"]) for one in found] == [("cards", 3, True), ("loans", 3, True)]
