"""Offers, waiting lists, draws and swaps on the agent's pages, and the dispatcher's word on swaps."""

import math
from datetime import timedelta

import pytest
from django.urls import reverse

from marketplace.actions.ask import ask_for_place
from marketplace.actions.draw import draw_due
from marketplace.actions.open_shifts import open_shifts
from marketplace.actions.release import undo_claim
from marketplace.actions.swap import ask_swap
from marketplace.actions.waiting import join_waiting
from marketplace.models import Availability, Booking, Offer, WaitingPlace
from marketplace.views.offers import offers_state
from marketplace.vocabulary import BookingState, OfferState, Opening, ShiftState
from tests.factories import NOW, make_agent
from tests.marketplace.bookings import TOMORROW, hold, make_shift

pytestmark = pytest.mark.usefixtures("policy")


@pytest.fixture
def offer(scene, ben):
    """A place of a full shift, kept for Ada."""
    shift = make_shift(scene.cards)
    booking = hold(shift, ben)
    join_waiting(shift_id=shift.pk, agent_id=scene.ada.pk, actor="user:2", now=NOW)
    undo_claim(booking_id=booking.pk, agent_id=ben.pk, actor="user:2", now=NOW)
    return Offer.objects.get()


def test_a_kept_place_stands_on_the_page_and_on_shifts_and_is_taken(scene, offer):
    html = scene.page(scene.agent, "offers")
    assert "Kept for you until today 10:30" in html
    assert "30 min left" in html
    assert "You wait for" not in scene.page(scene.agent, "offers")
    listed = scene.page(scene.agent, "open_shifts")
    assert "A place is kept for you until 10:30, 30 min left" in listed
    assert "A place is kept for you until 10:30, 30 min left" in scene.page(scene.agent, "today")
    assert '<p class="quiet">Kept for you</p>' in listed
    assert "You wait" not in listed
    client = scene.client(scene.agent)
    answer = client.post(reverse("accept_offer", args=[offer.pk]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("offers"))
    assert Booking.objects.filter(agent=scene.ada, status=BookingState.HELD).count() == 1
    assert "The shift is yours." in client.get(reverse("offers")).content.decode()


def test_the_page_is_true_for_a_minute_of_an_offer_and_until_the_first_swap_ends(scene, ben, offer):
    def lasts(at):
        return offers_state(agent_id=scene.ada.pk, now=at).lasts_seconds

    assert [lasts(NOW), lasts(NOW + timedelta(seconds=20)), lasts(NOW + timedelta(minutes=29, seconds=59))] == [
        60,
        40,
        1,
    ]
    assert lasts(NOW + timedelta(minutes=30)) == math.inf
    given = hold(make_shift(scene.cards, start=NOW + timedelta(hours=6)), ben)
    ask_swap(booking_id=given.pk, agent_id=ben.pk, colleague_id=None, wants_id=None, actor="user:2", now=NOW)
    assert lasts(NOW + timedelta(minutes=30)) == 5.5 * 3600


def test_no_thanks(scene, offer):
    scene.client(scene.agent).post(reverse("decline_offer", args=[offer.pk]))
    offer.refresh_from_db()
    assert offer.status == OfferState.DECLINED


@pytest.mark.parametrize("name", ["accept_offer", "decline_offer"])
def test_offers_of_others_are_not_there(scene, ben, offer, name):
    assert scene.client(ben.user).post(reverse(name, args=[offer.pk])).status_code == 404
    offer.refresh_from_db()
    assert offer.status == OfferState.OPEN


def test_waiting_shows_the_place_in_the_line(scene, ben):
    shift = make_shift(scene.cards)
    hold(shift, make_agent(scene.cards))
    join_waiting(shift_id=shift.pk, agent_id=ben.pk, actor="user:2", now=NOW)
    listed = scene.client(scene.agent).get(reverse("open_shifts"), {"all": "1"}).content.decode()
    assert reverse("join_waiting", args=[shift.pk]) in listed
    scene.client(scene.agent).post(reverse("join_waiting", args=[shift.pk]))
    assert "You are number 2 in the line." in scene.page(scene.agent, "offers")
    assert "You are next." in scene.page(ben.user, "offers")
    scene.client(scene.agent).post(reverse("leave_waiting", args=[shift.pk]))
    assert WaitingPlace.objects.get(agent=scene.ada).status == "left"


def test_who_is_passed_over_reads_why_and_keeps_the_place(scene, ben):
    shift = make_shift(scene.cards)
    booking = hold(shift, make_agent(scene.cards))
    for agent in (scene.ada, ben):
        join_waiting(shift_id=shift.pk, agent_id=agent.pk, actor="user:2", now=NOW)
    Availability.objects.create(agent=scene.ada, kind="blackout", period=(TOMORROW, TOMORROW + timedelta(hours=1)))
    text = scene.page(scene.agent, "offers")
    assert "A place that comes free now would go past you" in text
    assert "went past you" not in text
    undo_claim(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=NOW)
    text = scene.page(scene.agent, "offers")
    for words in (
        "You are next.",
        "Today 10:00 a place went past you",
        "You are not available from",
        "Change your availability",
    ):
        assert words in text
    assert "went past" not in scene.page(ben.user, "offers")


def test_the_line_asks_the_same_number_of_times(scene, django_assert_max_num_queries):
    counts = []
    for number in (1, 3):
        for hours in range(number):
            shift = make_shift(scene.cards, start=TOMORROW + timedelta(days=number, hours=5 * hours))
            hold(shift, make_agent(scene.cards))
            join_waiting(shift_id=shift.pk, agent_id=scene.ada.pk, actor="user:2", now=NOW)
        with django_assert_max_num_queries(99) as statements:
            scene.page(scene.agent, "offers")
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_what_is_refused_is_said(scene):
    shift = make_shift(scene.cards)
    scene.client(scene.agent).post(reverse("join_waiting", args=[shift.pk]))
    client = scene.client(scene.agent)
    client.post(reverse("join_waiting", args=[shift.pk]))
    assert "A place is free: claim it." in client.get(reverse("offers")).content.decode()
    assert not WaitingPlace.objects.exists()


def test_a_draw_from_asking_to_its_record(scene, ben):
    shift = make_shift(scene.cards, status=ShiftState.DRAFT)
    until = NOW + timedelta(hours=1)
    open_shifts(shift_ids=[shift.pk], opening=Opening.DRAW, draw_until=until, actor="user:1", now=NOW)
    assert reverse("ask_for_place", args=[shift.pk]) in scene.page(scene.agent, "open_shifts")
    scene.client(scene.agent).post(reverse("ask_for_place", args=[shift.pk]))
    mine = Booking.objects.get(agent=scene.ada)
    assert f"The draw is today 11:00; your ticket is {mine.pk}." in scene.page(scene.agent, "offers")
    before = scene.page(scene.agent, "draw", shift.pk)
    assert shift.draw.seed_hash in before
    assert shift.draw.seed not in before
    assert scene.client(ben.user).get(reverse("draw", args=[shift.pk])).status_code == 404
    ask_for_place(shift_id=shift.pk, agent_id=ben.pk, actor="user:2", now=NOW)
    draw_due(now=until)
    after = scene.page(scene.agent, "draw", shift.pk)
    assert shift.draw.seed in after
    assert f"{mine.pk} (you)" in after
    # both find the way there: who was drawn from the shift, who was not from the place in the line
    ada_won = Booking.objects.get(status=BookingState.HELD).agent == scene.ada
    won, lost = (scene.agent, ben.user) if ada_won else (ben.user, scene.agent)
    address = reverse("draw", args=[shift.pk])
    assert address in scene.page(won, "open_shifts")
    assert address in scene.page(lost, "offers")


def test_who_joined_the_line_after_a_draw_may_read_how_it_came_out(scene, ben):
    shift = make_shift(scene.cards, status=ShiftState.DRAFT)
    until = NOW + timedelta(hours=1)
    open_shifts(shift_ids=[shift.pk], opening=Opening.DRAW, draw_until=until, actor="user:1", now=NOW)
    ask_for_place(shift_id=shift.pk, agent_id=ben.pk, actor="user:2", now=NOW)
    draw_due(now=until)
    assert scene.client(scene.agent).get(reverse("draw", args=[shift.pk])).status_code == 404
    WaitingPlace.objects.create(shift=shift, agent=scene.ada, joined_at=until)
    assert scene.client(scene.agent).get(reverse("draw", args=[shift.pk])).status_code == 200


def test_a_request_is_withdrawn(scene):
    shift = make_shift(scene.cards, status=ShiftState.DRAFT)
    open_shifts(
        shift_ids=[shift.pk], opening=Opening.DRAW, draw_until=NOW + timedelta(hours=1), actor="user:1", now=NOW
    )
    asked = ask_for_place(shift_id=shift.pk, agent_id=scene.ada.pk, actor="user:2", now=NOW)
    scene.client(scene.agent).post(reverse("withdraw_request", args=[asked.pk]))
    asked.refresh_from_db()
    assert asked.status == BookingState.RELEASED


@pytest.mark.parametrize(
    ("chosen", "opening"), [("first", "first"), ("draw-24", "draw"), ("tiers", "tiers"), ("", "first")]
)
def test_dispatchers_choose_how_shifts_open(scene, chosen, opening):
    shift = make_shift(scene.cards, start=NOW + timedelta(days=3), status=ShiftState.DRAFT)
    form = {"department": scene.cards.department_id, "shifts": [shift.pk], "do": "open", "opening": chosen}
    scene.client(scene.dov).post(reverse("shift_bulk"), form)
    shift.refresh_from_db()
    assert (shift.status, shift.opening) == (ShiftState.OPEN, opening)
    assert shift.draw_until == (NOW + timedelta(hours=24) if opening == "draw" else None)


def test_a_draw_that_comes_too_late_is_refused(scene):
    shift = make_shift(scene.cards, status=ShiftState.DRAFT)
    form = {"department": scene.cards.department_id, "shifts": [shift.pk], "do": "open", "opening": "draw-48"}
    answer = scene.client(scene.dov).post(reverse("shift_bulk"), form)
    shift.refresh_from_db()
    assert (answer.status_code, shift.status) == (409, ShiftState.DRAFT)
