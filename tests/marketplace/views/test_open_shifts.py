"""The agent's page of shifts: what stands on it, and its taps."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from gigcx.accounts.models import User
from marketplace.models import Availability, Booking, Preference, Shift, WeeklyAvailability
from marketplace.vocabulary import BookingState
from tests.factories import NOW, make_agent, make_queue, make_user
from tests.marketplace.bookings import TOMORROW, hold, make_shift

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage(migrated):
    """Eve can serve cards; it is ten o'clock."""
    with time_machine.travel(NOW, tick=False):
        cards = make_queue("cards")
        yield cards, make_agent(cards, code="eve", user=make_user("eve@example.com"))


@pytest.fixture
def client(stage):
    """Eve's browser."""
    client = Client(headers={"HX-Request": "true"})
    client.force_login(stage[1].user)
    return client


def page(client, query=""):
    response = client.get(reverse("open_shifts") + query)
    assert response.status_code == 200
    return response.content.decode()


def test_open_shifts_stand_under_their_days_with_pay_place_and_places(stage, client):
    queue, _ = stage
    shift = make_shift(queue, places=3, bonus_per_hour=200, notes="Bring your badge")
    make_shift(queue, start=TOMORROW + timedelta(days=1))
    text = page(client)
    assert "Tomorrow" in text
    assert "Thu 12 Mar" in text
    row = text[text.index(f'id="shift-{shift.pk}"') :]
    for words in (
        "10:00–14:00",
        "€80.00",
        "€8.00 bonus",
        "cards · from home",
        "3 places left",
        "Bring your badge",
    ):
        assert words in row


def test_a_tap_claims_and_the_place_stands_on_top(stage, client):
    queue, eve = stage
    shift = make_shift(queue)
    response = client.post(reverse("claim", args=[shift.pk]))
    assert response.status_code == 200
    assert Booking.objects.get().agent == eve
    assert "Yours" in response.content.decode()
    assert "Undo" in page(client)


def test_a_press_that_arrives_again_after_the_undo_claims_nothing(stage, client):
    queue, _ = stage
    shift = make_shift(queue)
    for _ in range(2):
        client.post(reverse("claim", args=[shift.pk]), headers={"Idempotency-Key": "press-1"})
        booking = Booking.objects.get()
        if booking.status == BookingState.HELD:
            client.post(reverse("undo_claim", args=[booking.pk]))
    booking.refresh_from_db()
    assert (booking.status, Shift.objects.get().taken) == (BookingState.RELEASED, 0)
    assert client.post(reverse("claim", args=[shift.pk]), headers={"Idempotency-Key": "press-2"}).status_code == 200
    assert Booking.objects.filter(status=BookingState.HELD).count() == 1


def test_a_refused_press_may_be_sent_again(stage, client):
    queue, _ = stage
    shift = make_shift(queue, taken=1)
    key = {"Idempotency-Key": "press-1"}
    assert client.post(reverse("claim", args=[shift.pk]), headers=key).status_code == 409
    Shift.objects.update(taken=0)
    assert client.post(reverse("claim", args=[shift.pk]), headers=key).status_code == 200
    assert Booking.objects.filter(status=BookingState.HELD).count() == 1


def test_a_refused_claim_brings_every_reason_and_way_out(stage, client):
    queue, eve = stage
    eve.proficiencies.update(level=1)
    queue.asks_skills.update(level=2)
    shift = make_shift(queue, taken=1)
    response = client.post(reverse("claim", args=[shift.pk]))
    text = response.content.decode()
    assert response.status_code == 409
    for words in (
        "sheet-title",
        "All places are taken.",
        "Join the waiting list",
        "You need cards, level 2",
        "under Me",
        f'href="{reverse("my_skills")}?skill=cards&amp;level=2"',
    ):
        assert words in text
    assert not Booking.objects.exists()
    assert Shift.objects.get().taken == 1


def test_what_cannot_be_claimed_is_left_out_unless_asked_for_and_then_says_why(stage, client):
    queue, eve = stage
    make_shift(make_queue("loans"))
    hold(make_shift(queue, start=TOMORROW + timedelta(hours=3)), eve)
    make_shift(queue)
    assert 'class="card shift' not in page(client)
    text = page(client, "?all=1")
    assert "You need loans, level 1." in text
    assert "You have a shift from Wed 11 Mar 13:00 to Wed 11 Mar 17:00." in text


@pytest.mark.parametrize("query", ["?queue={other}", "?day=2026-03-12", "?place=site"])
def test_filters_leave_out_what_was_not_chosen(stage, client, query):
    queue, _ = stage
    other = make_queue("other")
    make_shift(queue)
    assert 'class="card shift' in page(client)
    assert "No shift fits what you chose." in page(client, query.format(other=other.pk))


@pytest.mark.parametrize("query", ["?queue=x&day=never&place=moon&show=7", "?queue=" + "9" * 40, "?day=9999-12-31"])
def test_filters_that_make_no_sense_break_nothing(stage, client, query):
    make_shift(stage[0])
    page(client, query)


@pytest.mark.parametrize(("hours", "words"), [(24, "Find a replacement"), (24 * 5, "Give back")])
def test_a_place_is_given_back_or_held_until_replaced(stage, client, hours, words):
    queue, eve = stage
    booking = hold(make_shift(queue, start=NOW + timedelta(hours=hours)), eve, now=NOW - timedelta(hours=1))
    assert words in page(client)
    answer = client.post(reverse("release", args=[booking.pk])).content.decode()
    booking.refresh_from_db()
    free = words == "Give back"
    assert ("Given back: the shift is no longer yours." in answer) == free
    assert booking.status == (BookingState.RELEASED if free else BookingState.RELEASING)
    if not free:
        assert "If nobody has by tomorrow 09:00, you are expected." in page(client)
        client.post(reverse("keep_place", args=[booking.pk]))
        booking.refresh_from_db()
        assert booking.status == BookingState.HELD


def test_undo_frees_the_place_and_is_refused_when_its_time_is_over(stage, client):
    queue, eve = stage
    first, second = hold(make_shift(queue), eve), hold(make_shift(queue, start=TOMORROW + timedelta(days=2)), eve)
    client.post(reverse("undo_claim", args=[first.pk]))
    first.refresh_from_db()
    assert first.status == BookingState.RELEASED
    with time_machine.travel(NOW + timedelta(minutes=6), tick=False):
        response = client.post(reverse("undo_claim", args=[second.pk]))
    second.refresh_from_db()
    assert response.status_code == 409
    assert "The time for undoing is over." in response.content.decode()
    assert second.status == BookingState.HELD


@pytest.mark.parametrize("name", ["undo_claim", "release", "keep_place", "check_in"])
def test_somebody_elses_booking_is_not_found(stage, client, name):
    queue, _ = stage
    booking = hold(make_shift(queue), make_agent(queue))
    assert client.post(reverse(name, args=[booking.pk])).status_code == 404
    booking.refresh_from_db()
    assert booking.status == BookingState.HELD


def test_claiming_works_without_script(stage):
    queue, eve = stage
    plain = Client()
    plain.force_login(eve.user)
    first, second = make_shift(queue), make_shift(queue, start=TOMORROW + timedelta(hours=1))
    assert plain.post(reverse("claim", args=[first.pk]))["Location"] == reverse("open_shifts")
    response = plain.post(reverse("claim", args=[second.pk]))
    assert response.status_code == 409
    assert "You have a shift from" in response.content.decode()


NIGHTS = {
    "Europe/Rome": ("2026-03-28", "2026-10-24"),
    "America/New_York": ("2026-03-07", "2026-10-31"),
    "Australia/Lord_Howe": ("2026-10-03", "2026-04-04"),
}
"""The evenings before the clocks go forward, and before they go back."""


@pytest.mark.parametrize(("zone", "evening"), [(zone, night) for zone, nights in NIGHTS.items() for night in nights])
def test_a_night_in_which_the_clocks_change_reads_by_the_agents_clock(migrated, zone, evening):
    local = ZoneInfo(zone)
    start = datetime.fromisoformat(f"{evening}T22:00").replace(tzinfo=local)
    end = start.replace(hour=6) + timedelta(days=1)  # by the clock on the wall
    hours = (end.timestamp() - start.timestamp()) / 3600
    with time_machine.travel(start.astimezone(UTC) - timedelta(days=1), tick=False):
        queue, user = make_queue("cards"), make_user("eve@example.com")
        User.objects.update(timezone=zone)
        make_agent(queue, user=user)
        shift = make_shift(queue, start=start.astimezone(UTC), hours=hours)
        client = Client()
        client.force_login(user)
        row = page(client, f"?day={evening}&all=1").partition(f'id="shift-{shift.pk}"')[2]
    assert "22:00–06:00" in row
    assert hours != 8


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_asks_the_same_number_of_times(stage, client, number, django_assert_num_queries):
    queue, eve = stage
    for hours in range(number):
        make_shift(queue, start=TOMORROW + timedelta(hours=hours))
        hold(make_shift(queue, start=TOMORROW + timedelta(days=2 + hours)), eve)
    with django_assert_num_queries(12):
        page(client)


def test_a_shift_within_the_hours_offered_says_so(stage, client):
    queue, eve = stage
    shift, later = make_shift(queue), make_shift(queue, start=TOMORROW + timedelta(hours=5))
    Availability.objects.create(agent=eve, kind="available", period=(TOMORROW, TOMORROW + timedelta(hours=4)))
    text = page(client)
    rows = {one.pk: text.partition(f'id="shift-{one.pk}"')[2].partition("</li>")[0] for one in (shift, later)}
    assert "When you can work" in rows[shift.pk]
    assert "When you can work" not in rows[later.pk]


def order(text, *shifts):
    """The given shifts as they stand on the page."""
    return sorted(shifts, key=lambda one: text.index(f'id="shift-{one.pk}"'))


def test_what_suits_comes_first_in_its_day_and_the_page_says_so(stage, client):
    queue, eve = stage
    loans = make_queue("loans")
    for skill in loans.asks_skills.values_list("skill", flat=True):
        eve.proficiencies.create(skill_id=skill, level=5, verified_at=NOW)
    early, liked, suiting, both = (
        make_shift(of, start=TOMORROW + timedelta(hours=hours), hours=1)
        for of, hours in ((queue, 0), (loans, 1), (queue, 2), (loans, 3))
    )
    sooner_day, later_day = (
        make_shift(queue, start=NOW + timedelta(hours=6)),
        make_shift(loans, start=TOMORROW + timedelta(days=1, hours=2), hours=1),
    )
    text = page(client)
    assert "Say when you can work, and what suits you comes first." in text
    assert order(text, both, liked, early, suiting) == [early, liked, suiting, both]
    Availability.objects.create(
        agent=eve, kind="available", period=(TOMORROW + timedelta(hours=2), TOMORROW + timedelta(hours=4))
    )
    Preference.objects.create(agent=eve).queues.add(loans)
    text = page(client)
    assert "In each day, what suits you comes first" in text
    everything = [sooner_day, both, suiting, liked, early, later_day]
    assert order(text, *everything) == everything
    assert "A queue you like" in text.partition(f'id="shift-{liked.pk}"')[2].partition("</li>")[0]


def test_only_what_suits_is_a_choice(stage, client):
    queue, eve = stage
    suiting, other = make_shift(queue), make_shift(queue, start=TOMORROW + timedelta(hours=5))
    assert "No open shift lies within the hours that you offer." in page(client, "?suits=1")
    WeeklyAvailability.objects.create(
        agent=eve, weekday=TOMORROW.weekday(), start=TOMORROW.time(), end=(TOMORROW + timedelta(hours=4)).time()
    )
    text = page(client, "?suits=1")
    assert f'id="shift-{suiting.pk}"' in text
    assert f'id="shift-{other.pk}"' not in text
    in_a_week = make_shift(queue, start=TOMORROW + timedelta(days=7))
    # begins last and is over first
    make_shift(queue, start=TOMORROW + timedelta(days=7, hours=1), hours=1)
    assert f'id="shift-{in_a_week.pk}"' in page(client, "?suits=1&all=1")
    blocked = make_shift(queue, start=TOMORROW + timedelta(days=14))
    Availability.objects.create(agent=eve, kind="blackout", period=(blocked.starts_at, blocked.ends_at))
    text = page(client, "?suits=1&all=1")
    assert f'id="shift-{blocked.pk}"' not in text
