"""An agent's shifts and bookings by API: the same actions and the same refusals as on the page."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from rest_framework.test import APIClient

from gigcx.ledger.models import Entry
from marketplace.actions.no_shows import mark_no_shows
from marketplace.models import Appeal, Availability, Booking, Duty, Preference, Shift
from marketplace.vocabulary import BookingState
from tests.factories import make_agent, make_queue, make_user
from tests.marketplace.api.conftest import NOW
from tests.marketplace.bookings import hold, make_shift

pytestmark = pytest.mark.django_db(transaction=True)
SOON = NOW + timedelta(days=1)
TAPS = ("undo", "release", "keep", "check-in", "confirm", "ill", "appeal")
READS = ("shifts/open/", "bookings/", "reliability/")
WRITES = ("shifts/1/claim/", *(f"bookings/1/{tap}/" for tap in TAPS))


@pytest.fixture
def queue():
    """Cards."""
    return make_queue("cards")


@pytest.fixture
def eve(queue):
    """Who can serve cards."""
    return make_agent(queue, code="eve", user=make_user("eve@example.org"))


@pytest.fixture
def client(eve):
    """Eve's."""
    client = APIClient(raise_request_exception=False)
    client.force_login(eve.user)
    return client


def tap(client, booking, what, **headers):
    return client.post(f"/api/v1/bookings/{booking.pk}/{what}/", {"text": "Why?"}, format="json", headers=headers)


def test_open_shifts_say_whether_they_can_be_claimed_and_why_not(client, queue) -> None:
    mine = make_shift(queue, start=SOON, places=2, bonus_per_hour=100)
    make_shift(make_queue("loans"), start=SOON)
    (one,) = client.get("/api/v1/shifts/open/").json()["results"]
    figures = ("id", "queue", "pay", "bonus", "places_left", "claimable", "reasons")
    assert [one[key] for key in figures] == [mine.pk, "cards", 7600, 400, 2, True, []]
    other = client.get("/api/v1/shifts/open/", {"all": "1", "queue": "loans"}).json()["results"][0]
    assert not other["claimable"]
    assert [reason["code"] for reason in other["reasons"]] == ["skill_missing"]
    assert other["reasons"][0]["way_out"]


def test_open_shifts_say_what_suits_and_come_alone_where_asked(client, queue, eve) -> None:
    first, second = (make_shift(queue, start=SOON + timedelta(hours=6 * number)) for number in range(2))
    Availability.objects.create(agent=eve, kind="available", period=(second.starts_at, second.ends_at))
    Preference.objects.create(agent=eve, work_place="home").queues.add(queue)
    found = client.get("/api/v1/shifts/open/").json()["results"]
    assert [(one["id"], one["suits"], one["likes_queue"], one["likes_place"]) for one in found] == [
        (first.pk, False, True, True),
        (second.pk, True, True, True),
    ]
    assert [one["id"] for one in client.get("/api/v1/shifts/open/", {"suits": "1"}).json()["results"]] == [second.pk]


def test_open_shifts_come_in_pages(client, queue) -> None:
    shifts = [make_shift(queue, start=SOON + timedelta(hours=number // 2)) for number in range(203)]
    first = client.get("/api/v1/shifts/open/", {"all": "1"}).json()
    second = client.get("/api/v1/shifts/open/", {"all": "1", "cursor": first["next"]}).json()
    assert [one["id"] for one in first["results"] + second["results"]] == [shift.pk for shift in shifts]
    assert (len(first["results"]), second["next"]) == (200, None)


@pytest.mark.parametrize(("query", "code"), [({"cursor": "x"}, "bad_cursor"), ({"work_place": "x"}, "bad_work_place")])
def test_what_makes_no_sense_is_refused(client, query, code) -> None:
    answer = client.get("/api/v1/shifts/open/", query)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_a_claim_sent_twice_is_one_and_stays_undone(client, queue) -> None:
    shift = make_shift(queue, start=SOON)
    address = f"/api/v1/shifts/{shift.pk}/claim/"
    first = client.post(address, headers={"Idempotency-Key": "press-1"})
    assert (first.status_code, first.json()["status"]) == (200, "held")
    assert tap(client, Booking.objects.get(), "undo").json()["status"] == "released"
    # the same press arrives again, late
    assert client.post(address, headers={"Idempotency-Key": "press-1"}).json() == first.json()
    assert Booking.objects.get().status == BookingState.RELEASED


def test_a_refused_claim_tells_every_reason_with_its_way_out(client, queue, eve) -> None:
    eve.proficiencies.all().delete()
    shift = make_shift(queue, start=SOON, taken=1)
    answer = client.post(f"/api/v1/shifts/{shift.pk}/claim/")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "shift_full")
    assert [error["where"] for error in problem["errors"]] == ["shift_full", "skill_missing"]
    assert all(error["detail"] and error["way_out"] for error in problem["errors"])
    assert (Booking.objects.count(), Shift.objects.get().taken) == (0, 1)


def test_a_place_is_released_kept_and_checked_in(client, queue, eve) -> None:
    soon = datetime.now(UTC) + timedelta(minutes=10)
    booking = hold(make_shift(queue, start=soon), eve, now=NOW - timedelta(hours=1))
    assert tap(client, booking, "release").json()["status"] == "releasing"
    assert tap(client, booking, "keep").json()["status"] == "held"
    assert tap(client, booking, "check-in").json()["status"] == "checked_in"
    assert Duty.objects.get().agent == eve
    listed = client.get("/api/v1/bookings/", {"status": "checked_in"}).json()["results"]
    assert [one["id"] for one in listed] == [booking.pk]
    assert client.get("/api/v1/bookings/", {"status": "held"}).json()["results"] == []


def test_a_refused_tap_says_why_and_changes_nothing(client, queue, eve) -> None:
    booking = hold(make_shift(queue, start=SOON), eve, now=NOW - timedelta(hours=1))
    entries = Entry.objects.count()
    for what, code in (("undo", "undo_over"), ("check-in", "check_in_early")):
        answer = tap(client, booking, what)
        assert (answer.status_code, answer.json()["code"]) == (409, code)
    booking.refresh_from_db()
    assert (booking.status, Entry.objects.count()) == (BookingState.HELD, entries)


@pytest.mark.parametrize("what", TAPS)
def test_somebody_elses_booking_is_not_there(client, queue, what) -> None:
    booking = hold(make_shift(queue, start=SOON), make_agent(queue), now=NOW)
    assert tap(client, booking, what).status_code == 404
    assert client.get("/api/v1/bookings/").json()["results"] == []
    booking.refresh_from_db()
    assert booking.status == BookingState.HELD


@pytest.mark.parametrize("path", [*READS, *WRITES])
def test_only_agents_have_bookings(caller, path) -> None:
    dispatcher = APIClient()
    dispatcher.force_login(make_user("dov@example.org", role="dispatcher"))
    for client, status in ((caller("shifts"), 403), (dispatcher, 403), (APIClient(), 401)):
        address = f"/api/v1/{path}"
        assert (client.get(address) if path in READS else client.post(address)).status_code == status


def test_confirming_being_ill_and_a_mark_that_is_appealed(client, queue, eve) -> None:
    booking, missed = (
        hold(make_shift(queue, start=SOON), eve, now=NOW),
        make_shift(queue, start=NOW + timedelta(days=3)),
    )
    assert tap(client, booking, "confirm").status_code == 200
    assert tap(client, booking, "ill").json()["status"] == "excused"
    assert client.get("/api/v1/reliability/").json() == {"reliability": 1.0, "promises": []}
    absent = hold(missed, eve, now=NOW)
    mark_no_shows(now=NOW + timedelta(days=3, hours=1))
    with time_machine.travel(NOW + timedelta(days=3, hours=2), tick=False):
        client.force_login(eve.user)
        record = client.get("/api/v1/reliability/").json()
        assert (record["reliability"], record["promises"][0]["outcome"]) == (0.8, "missed")
        assert tap(client, absent, "appeal").status_code == 200
        assert tap(client, absent, "appeal").json()["code"] == "appealed"
    assert Appeal.objects.get().booking == absent
