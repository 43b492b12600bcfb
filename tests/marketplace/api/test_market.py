"""Waiting lists, offers, draws and swaps by API: the same actions and the same refusals as on the page."""

import json
import subprocess
import sys
from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from gigcx.accounts.models import User
from marketplace.actions.draw import draw_due
from marketplace.actions.open_shifts import open_shifts
from marketplace.actions.release import undo_claim
from marketplace.models import Booking, MarketPolicy, Offer, Swap, WaitingPlace
from marketplace.vocabulary import BookingState, Opening, ShiftState
from tests.factories import make_agent, make_department, make_queue, make_user
from tests.marketplace.api.conftest import NOW
from tests.marketplace.bookings import hold, make_shift

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(days=1)
READS = ("offers/", "waiting/", "swaps/", "shifts/1/draw/")
WRITES = (
    "offers/1/accept/", "offers/1/decline/", "shifts/1/wait/", "shifts/1/leave/", "shifts/1/request/",
    "bookings/1/withdraw/", "bookings/1/swap/", "swaps/1/accept/", "swaps/1/decline/", "swaps/1/withdraw/",
)  # fmt: skip
DECISIONS = ("swaps/1/approve/", "swaps/1/reject/")


def client_of(user: User) -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.force_login(user)
    return client


def send(client: APIClient, path: str, body: dict[str, object] | None = None):
    return client.post(f"/api/v1/{path}", body or {}, format="json")


@pytest.fixture(autouse=True)
def policy():
    MarketPolicy.objects.get_or_create(pk=1)


@pytest.fixture
def queue():
    return make_queue("cards")


@pytest.fixture
def eve(queue):
    return make_agent(queue, code="eve", user=make_user("eve@example.org"))


@pytest.fixture
def ben(queue):
    return make_agent(queue, code="ben", user=make_user("ben@example.org"))


@pytest.fixture
def dov(queue):
    return make_user("dov@example.org", role="dispatcher", departments=(queue.department,))


def test_waiting_offered_and_accepted(queue, eve, ben):
    shift, client = make_shift(queue, start=SOON), client_of(eve.user)
    booking = hold(shift, ben, now=NOW)
    joined = send(client, f"shifts/{shift.pk}/wait/")
    assert (joined.status_code, joined.json()["position"]) == (200, 1)
    assert [one["shift"] for one in client.get("/api/v1/waiting/").json()["results"]] == [shift.pk]
    undo_claim(booking_id=booking.pk, agent_id=ben.pk, actor="user:2", now=NOW)
    (offer,) = client.get("/api/v1/offers/").json()["results"]
    assert (offer["shift"], offer["status"]) == (shift.pk, "open")
    taken = send(client, f"offers/{offer['id']}/accept/").json()
    assert (taken["status"], taken["source"], taken["shift"]) == ("held", "offer", shift.pk)
    assert client.get("/api/v1/waiting/").json()["results"] == []


def test_declined_is_declined(queue, eve, ben):
    shift, client = make_shift(queue, start=SOON), client_of(eve.user)
    booking = hold(shift, ben, now=NOW)
    send(client, f"shifts/{shift.pk}/wait/")
    undo_claim(booking_id=booking.pk, agent_id=ben.pk, actor="user:2", now=NOW)
    offer = Offer.objects.get()
    assert send(client_of(ben.user), f"offers/{offer.pk}/decline/").status_code == 404
    assert send(client, f"offers/{offer.pk}/decline/").json()["status"] == "declined"
    hold(shift, ben, now=NOW)
    refused = send(client, f"shifts/{shift.pk}/wait/")
    assert (refused.status_code, [one["where"] for one in refused.json()["errors"]]) == (409, ["said_no"])


def test_refusals_come_with_every_reason(queue, eve):
    answer = send(client_of(eve.user), f"shifts/{make_shift(queue, start=SOON).pk}/wait/")
    assert (answer.status_code, answer.json()["code"]) == (409, "shift_not_full")
    assert send(client_of(eve.user), "shifts/999999/wait/").status_code == 404
    assert not WaitingPlace.objects.exists()


def test_leaving(queue, eve, ben):
    shift, client = make_shift(queue, start=SOON), client_of(eve.user)
    hold(shift, ben, now=NOW)
    send(client, f"shifts/{shift.pk}/wait/")
    assert send(client, f"shifts/{shift.pk}/leave/").status_code == 204
    assert send(client, f"shifts/{shift.pk}/leave/").json()["code"] == "not_waiting"


def test_a_draw_is_asked_for_and_its_record_drawn_again_by_anyone(queue, eve, ben, dov, tmp_path):
    shift, client = make_shift(queue, start=SOON, status=ShiftState.DRAFT), client_of(eve.user)
    until = NOW + timedelta(hours=1)
    open_shifts(shift_ids=[shift.pk], opening=Opening.DRAW, draw_until=until, actor="user:1", now=NOW)
    asked = send(client, f"shifts/{shift.pk}/request/").json()
    assert (asked["status"], send(client, f"shifts/{shift.pk}/request/").json()["id"]) == ("requested", asked["id"])
    address = f"/api/v1/shifts/{shift.pk}/draw/"
    before = client.get(address).json()
    assert (before["record"], before["seed_hash"]) == (None, shift.draw.seed_hash)
    assert client_of(ben.user).get(address).status_code == 404
    draw_due(now=until)
    record = client_of(dov).get(address).json()["record"]
    assert (record["winners"], record["seed"]) == ([asked["id"]], shift.draw.seed)
    file = tmp_path / "record.json"
    file.write_text(json.dumps(record))
    command = [sys.executable, "-m", "marketplace.claiming.draw", str(file)]
    again = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(again.stdout) == {name: record[name] for name in ("order", "winners")}
    assert send(client, f"bookings/{asked['id']}/withdraw/").json()["code"] == "not_asked"


def test_a_swap_by_name_for_a_booking(queue, eve, ben):
    mine, theirs = hold(make_shift(queue, start=SOON), eve, now=NOW), hold(make_shift(queue, start=SOON), ben, now=NOW)
    asked = send(client_of(eve.user), f"bookings/{mine.pk}/swap/", {"colleague": "ben", "wants": theirs.pk})
    assert (asked.status_code, asked.json()["colleague"], asked.json()["wants"]) == (200, "ben", theirs.pk)
    listed = client_of(ben.user).get("/api/v1/swaps/").json()["results"]
    assert [one["id"] for one in listed] == [asked.json()["id"]]
    assert send(client_of(eve.user), f"swaps/{listed[0]['id']}/accept/").status_code == 404
    assert send(client_of(ben.user), f"swaps/{listed[0]['id']}/accept/").json()["status"] == "done"
    held = dict(Booking.objects.filter(status=BookingState.HELD).values_list("agent__code", "shift"))
    assert held == {"eve": theirs.shift_id, "ben": mine.shift_id}


def test_an_open_swap_in_return(queue, eve, ben):
    mine, theirs = hold(make_shift(queue, start=SOON), eve, now=NOW), hold(make_shift(queue, start=SOON), ben, now=NOW)
    path = f"bookings/{mine.pk}/swap/"
    for named in ({"colleague": "ben"}, {"wants": theirs.pk}):
        assert send(client_of(eve.user), path, {"in_return": True, **named}).status_code == 400
    assert not Swap.objects.exists()
    asked = send(client_of(eve.user), path, {"in_return": True}).json()
    assert (asked["in_return"], asked["colleague"]) == (True, None)
    assert [one["id"] for one in client_of(ben.user).get("/api/v1/swaps/").json()["results"]] == [asked["id"]]
    refused = send(client_of(ben.user), f"swaps/{asked['id']}/accept/")
    assert (refused.status_code, refused.json()["code"]) == (409, "swap_in_return")
    answer = send(client_of(ben.user), f"bookings/{theirs.pk}/swap/", {"colleague": "eve", "wants": mine.pk}).json()
    assert send(client_of(eve.user), f"swaps/{answer['id']}/accept/").json()["status"] == "done"


def test_swaps_that_the_rules_forbid_ask_nobody(queue, eve):
    make_agent(make_queue("loans"), code="ulf", user=make_user("ulf@example.org"))
    mine = hold(make_shift(queue, start=SOON), eve, now=NOW)
    answer = send(client_of(eve.user), f"bookings/{mine.pk}/swap/", {"colleague": "ulf"})
    assert (answer.status_code, answer.json()["code"]) == (409, "colleague_cannot")
    assert send(client_of(eve.user), f"bookings/{mine.pk}/swap/", {"colleague": "nobody"}).status_code == 404
    assert not Swap.objects.exists()


@pytest.mark.parametrize(("verb", "status"), [("approve", "done"), ("reject", "rejected")])
def test_dispatchers_decide(queue, eve, ben, dov, verb, status):
    MarketPolicy.objects.update(swap_needs_approval=True)
    mine = hold(make_shift(queue, start=SOON), eve, now=NOW)
    swap = send(client_of(eve.user), f"bookings/{mine.pk}/swap/").json()["id"]
    assert send(client_of(ben.user), f"swaps/{swap}/accept/").json()["status"] == "accepted"
    lena = make_user("lena@example.org", role="dispatcher", departments=(make_department("Lending"),))
    assert client_of(lena).get("/api/v1/swaps/awaiting/").json() == []
    assert send(client_of(lena), f"swaps/{swap}/{verb}/").status_code == 404
    assert [one["id"] for one in client_of(dov).get("/api/v1/swaps/awaiting/").json()] == [swap]
    assert send(client_of(dov), f"swaps/{swap}/{verb}/").json()["status"] == status


def test_declined_and_withdrawn(queue, eve, ben):
    mine = hold(make_shift(queue, start=SOON), eve, now=NOW)
    swap = send(client_of(eve.user), f"bookings/{mine.pk}/swap/", {"colleague": "ben"}).json()["id"]
    assert send(client_of(ben.user), f"swaps/{swap}/decline/").json()["status"] == "declined"
    other = send(client_of(eve.user), f"bookings/{mine.pk}/swap/").json()["id"]
    assert send(client_of(ben.user), f"swaps/{other}/withdraw/").status_code == 404
    assert send(client_of(eve.user), f"swaps/{other}/withdraw/").json()["status"] == "withdrawn"


@pytest.mark.parametrize("path", [*READS, *WRITES])
def test_they_are_for_agents(path, dov):
    for client, status in ((APIClient(), 401), (client_of(make_user("sid@example.org", role="dispatcher")), 403)):
        answer = client.get(f"/api/v1/{path}") if path in READS else send(client, path)
        assert answer.status_code == (404 if status == 403 and path.endswith("/draw/") else status)


@pytest.mark.parametrize("path", DECISIONS)
def test_decisions_are_for_dispatchers(path, eve):
    assert send(APIClient(), path).status_code == 401
    assert send(client_of(eve.user), path).status_code == 403
