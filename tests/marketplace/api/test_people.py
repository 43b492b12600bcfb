"""People in shifts by API: who holds places with breaks planned and taken, appeals, compensation, price, the gap."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from marketplace.actions.check_in import check_in
from marketplace.actions.muster import muster
from marketplace.actions.presence import pause, ready
from marketplace.models import Appeal, Booking, Compensation, Shift, TimeOff
from marketplace.vocabulary import BookingState
from tests.factories import NOW, make_agent, make_department, make_queue, make_user
from tests.marketplace.api.callers import caller, post
from tests.marketplace.bookings import hold, make_shift
from tests.marketplace.shifts import expect

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)
EARLIER = NOW - timedelta(days=3)


@pytest.fixture(autouse=True)
def now():
    """The clock stands."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def queue(db):
    return make_queue("cards")


@pytest.fixture
def ada(queue):
    return make_agent(queue, code="ada", user=make_user("ada@example.com"))


@pytest.fixture
def dov(queue) -> APIClient:
    """Who plans the queue's department."""
    return caller(make_user("dov@example.com", role="dispatcher", departments=(queue.department,)))


@pytest.fixture
def lena(db) -> APIClient:
    """Who plans another department."""
    return caller(make_user("lena@example.com", role="dispatcher", departments=(make_department("Lending"),)))


def test_breaks_planned_and_taken_are_told_to_both_sides(queue, ada, dov, lena):
    begin = NOW - 45 * MINUTE
    breaks = [[begin.timestamp(), (begin + 15 * MINUTE).timestamp(), False]]
    booking = hold(make_shift(queue, start=NOW - 60 * MINUTE, breaks=breaks), ada, now=EARLIER)
    check_in(booking_id=booking.pk, agent_id=ada.pk, actor="user:2", now=NOW - 60 * MINUTE)
    muster(now=NOW - 60 * MINUTE)
    pause(agent_id=ada.pk, reason="break", actor="user:2", now=begin + 6 * MINUTE)
    ready(agent_id=ada.pk, actor="user:2", now=begin + 21 * MINUTE)
    path = f"/api/v1/shifts/{booking.shift_id}/bookings/"
    [seen] = dov.get(path).json()
    [own] = caller(ada.user).get("/api/v1/bookings/").json()["results"]
    told = {
        "starts_at": "2026-03-10T09:15:00Z", "ends_at": "2026-03-10T09:30:00Z", "paid": False, "back_at": None,
        "taken": [{"starts_at": "2026-03-10T09:21:00Z", "ends_at": "2026-03-10T09:36:00Z"}],
    }  # fmt: skip
    assert seen["breaks"] == own["breaks"] == [told]
    assert (seen["agent"], seen["status"]) == ("ada", "checked_in")
    assert lena.get(path).status_code == 404
    assert caller(ada.user).get(path).status_code == 403


def test_the_list_of_bookings_takes_as_many_statements_for_three_as_for_one(queue, ada):
    client, counts = caller(ada.user), []
    for number in range(3):
        hold(make_shift(queue, start=NOW + timedelta(days=1 + 2 * number)), ada)
        with CaptureQueriesContext(connection) as found:
            assert len(client.get("/api/v1/bookings/").json()["results"]) == number + 1
        counts.append(len(found))
    assert counts[0] == counts[2]


def test_the_people_of_a_shift_take_as_many_statements_for_three_as_for_one(queue, dov):
    shift, counts = make_shift(queue, places=3), []
    for number in range(3):
        hold(shift, make_agent(queue))
        with CaptureQueriesContext(connection) as found:
            assert len(dov.get(f"/api/v1/shifts/{shift.pk}/bookings/").json()) == number + 1
        counts.append(len(found))
    assert counts[0] == counts[2]


@pytest.fixture
def appeal(queue, ada) -> Appeal:
    """Ada did not come, and says why."""
    booking = hold(make_shift(queue, start=NOW - timedelta(hours=2)), ada, now=EARLIER)
    Booking.objects.filter(pk=booking.pk).update(status=BookingState.NO_SHOW, ended_at=NOW)
    return Appeal.objects.create(booking=booking, text="The train", made_at=NOW)


def test_an_appeal_is_decided_once_by_who_plans_the_shift(appeal, ada, dov, lena):
    path, body = f"appeals/{appeal.pk}/decide/", {"upheld": True, "answer": "Of course"}
    assert lena.get("/api/v1/appeals/").json()["results"] == []
    assert post(lena, path, body).status_code == 404
    assert post(caller(ada.user), path, body).status_code == 403
    assert post(dov, path, {}).status_code == 400
    appeal.refresh_from_db()
    assert appeal.upheld is None
    [waiting] = dov.get("/api/v1/appeals/", {"waiting": "true"}).json()["results"]
    assert (waiting["agent"], waiting["text"], waiting["upheld"]) == ("ada", "The train", None)
    answer = post(dov, path, body)
    assert (answer.status_code, answer.json()["upheld"], answer.json()["answer"]) == (200, True, "Of course")
    again = post(dov, path, body)
    assert (again.status_code, again.json()["code"]) == (409, "appeal_decided")
    assert dov.get("/api/v1/appeals/", {"waiting": "true"}).json()["results"] == []


def test_what_cancelling_costs_is_told_before_and_owed_after(queue, ada, dov, lena):
    booking = hold(make_shift(queue, start=NOW + timedelta(hours=5)), ada)
    body = {"shifts": [booking.shift_id], "do": "cancel"}
    price = {"people": 1, "late": 1, "owed": {"EUR": booking.pay // 2}}
    assert post(dov, "shifts/bulk/", body | {"dry_run": True}).json() == {"shifts": 0, "price": price}
    assert post(dov, "shifts/bulk/", body | {"dry_run": True, "do": "open"}).status_code == 400
    assert (Shift.objects.get().status, Compensation.objects.count()) == ("open", 0)
    assert post(dov, "shifts/bulk/", body).json() == {"shifts": 1, "price": price}
    [owed] = dov.get("/api/v1/compensations/").json()["results"]
    assert (owed["agent"], owed["amount"], owed["why"]) == ("ada", booking.pay // 2, "cancelled")
    assert caller(ada.user).get("/api/v1/compensations/").json()["results"] == [owed]
    assert lena.get("/api/v1/compensations/").json()["results"] == []
    eve = make_agent(queue, user=make_user("eve@example.com"))
    assert caller(eve.user).get("/api/v1/compensations/").json()["results"] == []
    assert caller(ada.user).get("/api/v1/bookings/").json()["results"][0]["owed"] == booking.pay // 2


def test_colleagues_who_could_take_a_place_are_told_without_their_reasons(queue, ada):
    booking = hold(make_shift(queue), ada)
    ben = make_agent(queue, code="ben", user=make_user("ben@example.com"))
    make_agent(code="ulf", user=make_user("ulf@example.com"))
    found = caller(ada.user).get(f"/api/v1/bookings/{booking.pk}/colleagues/").json()
    assert [(one["agent"], one["able"]) for one in found] == [("ben", True), ("ulf", False)]
    assert set(found[1]) == {"agent", "name", "able", "bookings"}
    assert caller(ben.user).get(f"/api/v1/bookings/{booking.pk}/colleagues/").status_code == 404


def test_the_gap_is_told_by_queue_and_half_hour(queue, dov, lena):
    start = NOW + timedelta(days=1)
    expect(queue, start=start, hours=2, an_hour=40)
    make_shift(queue, start=start, hours=1, places=2)
    asked = {"department": "Retail", "since": start.isoformat(), "until": (start + timedelta(hours=2)).isoformat()}
    rows = dov.get("/api/v1/gap/", asked).json()
    assert [(row["queue"], row["open"]) for row in rows] == [("cards", 2.0), ("cards", 2.0), ("cards", 0), ("cards", 0)]
    assert all(row["gap"] == row["need"] > 0 for row in rows)
    assert lena.get("/api/v1/gap/", asked).status_code == 404
    assert dov.get("/api/v1/gap/", asked | {"until": "soon"}).status_code == 400
    assert dov.get("/api/v1/gap/").json()["code"] == "department_missing"
    assert dov.get("/api/v1/gap/", asked | {"until": asked["since"]}).json()["code"] == "bad_until"


def test_time_off_is_answered_from_the_staffing(queue, ada, dov, lena):
    expect(queue, start=NOW + timedelta(days=1), hours=24, an_hour=40)
    row = TimeOff.objects.create(agent=ada, period=(NOW + timedelta(days=1), NOW + timedelta(days=2)), asked_at=NOW)
    path = f"/api/v1/time-off/{row.pk}/staffing/"
    days = dov.get(path).json()
    assert [day["works"] for day in days] == [False, False]
    assert all(day["need"] >= day["missing"] > 0 for day in days)
    assert lena.get(path).status_code == 404


@pytest.mark.parametrize("path", ["shifts/1/bookings/", "appeals/", "gap/", "time-off/1/staffing/"])
def test_reads_are_for_those_who_plan(path, ada):
    for user, status in ((ada.user, 403), (None, 401)):
        assert caller(user).get(f"/api/v1/{path}").status_code == status


@pytest.mark.parametrize("path", ["bookings/1/colleagues/", "compensations/", "day/", "holdings/"])
def test_an_agents_own_things_are_for_agents(path, dov):
    status = 200 if path == "compensations/" else 403
    assert dov.get(f"/api/v1/{path}").status_code == status
    assert caller(None).get(f"/api/v1/{path}").status_code == 401


def test_a_flag_is_true_or_false(dov):
    assert dov.get("/api/v1/appeals/", {"waiting": "False"}).status_code == 200
    answer = dov.get("/api/v1/appeals/", {"waiting": "maybe"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_waiting")
