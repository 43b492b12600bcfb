"""Coming, being ill, and what the ledger says of both: each on the page of whom it concerns."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from gigcx.accounts.models import Role
from marketplace.actions.no_shows import mark_no_shows
from marketplace.models import Appeal
from marketplace.vocabulary import BookingState
from tests.factories import NOW, make_agent, make_department, make_queue, make_user
from tests.marketplace.bookings import TOMORROW, hold, make_shift

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def booking(transactional_db, clock):
    """Eve's place tomorrow, which she took an hour ago."""
    queue = make_queue("cards")
    eve = make_agent(queue, code="eve", user=make_user("eve@example.com"))
    return hold(make_shift(queue), eve, now=NOW - timedelta(hours=1))


def browser(user, **headers) -> Client:
    client = Client(headers=headers)
    client.force_login(user)
    return client


@pytest.mark.parametrize(("page", "tap"), [("today", "confirm_today"), ("open_shifts", "confirm")])
def test_confirming_is_one_tap_once_the_shift_is_close(booking, clock, page, tap):
    eve = browser(booking.agent.user)
    assert reverse(tap, args=[booking.pk]) in eve.get(reverse(page)).content.decode()
    eve.post(reverse(tap, args=[booking.pk]))
    booking.refresh_from_db()
    assert booking.confirmed_at == NOW
    assert "Confirmed" in eve.get(reverse(page)).content.decode()


@pytest.mark.parametrize(("page", "tap"), [("today", "confirm_today"), ("open_shifts", "confirm")])
def test_whoever_takes_a_place_within_the_last_day_has_just_said_so(booking, page, tap):
    late = hold(make_shift(booking.shift.queue, start=NOW + timedelta(hours=5)), booking.agent)
    assert reverse(tap, args=[late.pk]) not in browser(booking.agent.user).get(reverse(page)).content.decode()


def test_checking_in_ahead_is_confirmed_above_what_comes_later(booking, clock):
    later = hold(make_shift(booking.shift.queue, start=TOMORROW + timedelta(days=2)), booking.agent)
    clock.move_to(TOMORROW - timedelta(minutes=5))
    eve = browser(booking.agent.user)
    eve.post(reverse("check_in", args=[booking.pk]))
    text = eve.get(reverse("today")).content.decode()
    assert "You are checked in. Your duty begins today at" in text
    assert text.index('id="next"') < text.index(reverse("ill_today", args=[later.pk]))


@pytest.mark.parametrize("tap", ["ill", "ill_today"])
def test_being_ill_is_two_taps(booking, tap):
    eve = browser(booking.agent.user, **{"HX-Request": "true"})
    response = eve.post(reverse(tap, args=[booking.pk]))
    assert (response.status_code, "You are excused" in response.content.decode()) == (200, True)
    booking.refresh_from_db()
    assert booking.status == BookingState.EXCUSED
    assert eve.post(reverse(tap, args=[booking.pk])).status_code == 409


def test_a_mark_is_seen_appealed_and_decided(booking, clock):
    clock.move_to(TOMORROW + timedelta(minutes=11))
    mark_no_shows(now=TOMORROW + timedelta(minutes=11))
    eve = browser(booking.agent.user)
    text = eve.get(reverse("reliability")).content.decode()
    assert "80 %" in text
    assert "did not come" in text
    eve.post(reverse("appeal", args=[booking.pk]), {"text": "The lift was stuck."})
    dov = browser(make_user("dov@example.com", role=Role.DISPATCHER, departments=(make_department(),)))
    assert "The lift was stuck." in dov.get(reverse("appeals")).content.decode()
    dov.post(reverse("decide_appeal", args=[Appeal.objects.get().pk]), {"upheld": "1", "answer": "Bad luck."})
    booking.refresh_from_db()
    assert booking.status == BookingState.EXCUSED
    text = eve.get(reverse("reliability")).content.decode()
    assert "100 %" in text
    assert "Bad luck." in text


def test_without_a_mark_an_appeal_is_refused_with_its_reason(booking):
    response = browser(booking.agent.user).post(reverse("appeal", args=[booking.pk]), {"text": "Why?"})
    assert response.status_code == 409
    assert "There is no mark to appeal." in response.content.decode()
    assert not Appeal.objects.exists()


def test_somebody_elses_booking_is_not_there(booking):
    other = make_agent(code="ann", user=make_user("ann@example.com"))
    for tap in ("confirm", "ill", "confirm_today", "ill_today", "appeal"):
        assert browser(other.user).post(reverse(tap, args=[booking.pk]), {"text": "x"}).status_code == 404
    booking.refresh_from_db()
    assert booking.status == BookingState.HELD


def test_another_departments_appeals_are_not_there(booking, clock):
    clock.move_to(TOMORROW + timedelta(minutes=11))
    mark_no_shows(now=TOMORROW + timedelta(minutes=11))
    browser(booking.agent.user).post(reverse("appeal", args=[booking.pk]), {"text": "The lift was stuck."})
    eva = browser(make_user("eva@example.com", role=Role.DISPATCHER, departments=(make_department("Loans"),)))
    assert "lift" not in eva.get(reverse("appeals")).content.decode()
    found = Appeal.objects.get()
    assert eva.post(reverse("decide_appeal", args=[found.pk]), {"upheld": "1"}).status_code == 404
    found.refresh_from_db()
    assert found.upheld is None
