"""The calendar feed, read as a subscriber's program reads it."""

import logging
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from gigcx.ledger.models import Entry
from gigcx.logs import HideSecrets
from marketplace.actions.calendar_feed import make_feed, revoke_feed
from marketplace.actions.duty import cancel_duty
from marketplace.actions.open_shifts import cancel_shifts
from marketplace.actions.release import release, undo_claim
from marketplace.models import CalendarFeed
from marketplace.queries.feed_events import feed_events
from marketplace.views.feed import PER_MINUTE
from tests.factories import NOW, make_agent, make_duty, make_queue
from tests.marketplace.bookings import hold, make_shift

pytestmark = pytest.mark.django_db(transaction=True)
WHO = {"actor": "user:2", "now": NOW}


@pytest.fixture(autouse=True)
def now():
    """The clock stands, and nobody has asked yet."""
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def queue(db):
    """A queue."""
    return make_queue("cards")


@pytest.fixture
def agent(queue):
    """Who is able to serve it."""
    return make_agent(queue)


@pytest.fixture
def read(agent):
    """Read the agent's feed: its events by the first part of their UID."""
    address = reverse("feed", args=[make_feed(agent_id=agent.pk, **WHO)])

    def events() -> dict[str, icalendar.Event]:
        answer = Client().get(address)
        assert answer.status_code == 200
        calendar = icalendar.Calendar.from_ical(answer.content)
        return {str(event["uid"]).split("@")[0]: event for event in calendar.walk("VEVENT")}

    events.address = address
    return events


def test_a_shift_is_told_in_instants(queue, agent, read):
    # the clocks of Rome go back in this night
    start = datetime(2026, 10, 24, 20, tzinfo=UTC)
    booking = hold(make_shift(queue, start=start, hours=9, claim_from=NOW), agent)
    event = read()[f"booking-{booking.pk}"]
    assert (event.start, event.end) == (start, start + timedelta(hours=9))
    assert event["dtstart"].to_ical() == b"20261024T200000Z"
    assert (event["summary"], event["location"], event["status"]) == ("cards", "from home", "CONFIRMED")
    assert event["uid"].endswith("@127.0.0.1")


def test_duty_of_the_roster_is_told_and_that_of_a_booking_only_once(queue, agent, read):
    duty = make_duty(agent, queue=queue, start=NOW + timedelta(days=3))
    own = make_duty(agent, start=NOW + timedelta(days=4))
    type(own).objects.filter(pk=own.pk).update(source="booking")
    assert list(read()) == [f"duty-{agent.pk}-{int(duty.period[0].timestamp())}"]


def test_what_changes_keeps_its_uid_and_raises_its_sequence(queue, agent, read):
    booking = hold(make_shift(queue), agent)
    name = f"booking-{booking.pk}"
    before = read()[name]
    release(booking_id=booking.pk, agent_id=agent.pk, actor="user:2", now=NOW + timedelta(hours=1))
    after = read()[name]
    assert after["sequence"] > before["sequence"]
    assert after["last-modified"].dt == NOW + timedelta(hours=1)


@pytest.mark.parametrize("how", ["undone", "pulled"])
def test_what_was_given_or_taken_back_is_told_as_cancelled_and_vanishes(queue, agent, read, how):
    shift = make_shift(queue, start=NOW + timedelta(days=20))
    booking = hold(shift, agent)
    before = read()[f"booking-{booking.pk}"]
    if how == "undone":
        undo_claim(booking_id=booking.pk, agent_id=agent.pk, **WHO)
    else:
        cancel_shifts(shift_ids=[shift.pk], **WHO)
    after = read()[f"booking-{booking.pk}"]
    assert (after["status"], after["transp"]) == ("CANCELLED", "TRANSPARENT")
    assert after["sequence"] > before["sequence"]
    with time_machine.travel(NOW + timedelta(days=31), tick=False):
        assert read() == {}


def test_an_unchanged_feed_is_not_sent_again(queue, agent, read):
    hold(make_shift(queue), agent)
    first = Client().get(read.address)
    assert first["Cache-Control"] == "private, no-cache"
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT15M" in first.content
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        again = Client().get(read.address, headers={"If-None-Match": f"W/{first['ETag']}"})
    assert (again.status_code, again.content) == (304, b"")


def test_statements_do_not_grow_with_the_shifts(queue, agent, django_assert_num_queries):
    for day in (2, 5, 8):
        hold(make_shift(queue, start=NOW + timedelta(days=day)), agent)
        with django_assert_num_queries(3):
            feed_events(agent_id=agent.pk, now=NOW)


def test_a_new_address_ends_the_old_one_and_a_revoked_one_is_gone(agent, read):
    secret = make_feed(agent_id=agent.pk, **WHO)
    assert Client().get(read.address).status_code == 404
    assert Client().get(reverse("feed", args=[secret])).status_code == 200
    assert secret not in CalendarFeed.objects.get().hash
    assert revoke_feed(agent_id=agent.pk, **WHO)
    assert not revoke_feed(agent_id=agent.pk, **WHO)
    assert Client().get(reverse("feed", args=[secret])).status_code == 404
    assert [entry.kind for entry in Entry.objects.order_by("pk")] == [
        "calendar.made", "calendar.made", "calendar.revoked",
    ]  # fmt: skip
    assert not any(secret in str(entry.data) for entry in Entry.objects.all())


def test_whoever_may_not_sign_in_has_no_feed(scene):
    address = reverse("feed", args=[make_feed(agent_id=scene.ada.pk, **WHO)])
    assert Client().get(address).status_code == 200
    scene.agent.is_active = False
    scene.agent.save()
    assert Client().get(address).status_code == 404


def test_whoever_asks_too_often_waits_a_minute(read):
    answers = [Client().get("/calendar/feed/of-nobody.ics") for _ in range(PER_MINUTE)]
    assert {answer.status_code for answer in answers} == {404}
    assert Client().get(read.address).status_code == 429
    assert Client().get(read.address, REMOTE_ADDR="192.0.2.7").status_code == 200
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        assert Client().get(read.address).status_code == 200


def test_the_feed_is_only_read(read):
    assert Client().post(read.address).status_code == 405


def test_the_page_shows_an_address_once(scene):
    client = scene.client(scene.agent)
    html = client.post(reverse("make_calendar_feed")).content.decode()
    address = html.split('value="http://testserver')[1].split('"')[0]
    assert Client().get(address).status_code == 200
    assert address not in client.get(reverse("calendar_feed")).content.decode()
    assert client.post(reverse("revoke_calendar_feed")).status_code == 302
    assert Client().get(address).status_code == 404


def test_no_log_carries_the_secret(read, caplog):
    shown = HideSecrets()
    with caplog.at_level(logging.WARNING, "django.request"):
        Client().get("/calendar/feed/of-nobody.ics")
    [line] = [one for one in caplog.records if one.name == "django.request"]
    assert shown.filter(line)
    assert line.getMessage() == "Not Found: /calendar/feed/…"


def test_a_roster_that_is_loaded_again_keeps_its_uids(agent, read):
    """Also where a row was taken back first, as rows are whose end changes."""
    start = NOW + timedelta(days=3)
    duty = make_duty(agent, start=start)
    [uid] = read()
    cancel_duty(duty_id=duty.pk, actor="user:1", now=NOW)
    assert list(read()) == []
    make_duty(agent, start=start, hours=6)
    assert list(read()) == [uid]
