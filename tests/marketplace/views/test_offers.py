"""Offers, waiting lists, draws and swaps on the agent's pages, and the dispatcher's word on swaps."""

from datetime import timedelta

import pytest
from django.urls import reverse

from marketplace.actions.ask import ask_for_place
from marketplace.actions.draw import draw_due
from marketplace.actions.open_shifts import open_shifts
from marketplace.actions.release import undo_claim
from marketplace.actions.swap import accept_swap, ask_swap
from marketplace.actions.waiting import join_waiting
from marketplace.models import Booking, MarketPolicy, Offer, Swap, WaitingPlace
from marketplace.vocabulary import BookingState, OfferState, Opening, ShiftState, SwapState
from tests.factories import NOW, make_agent, make_department, make_queue, make_user
from tests.marketplace.bookings import hold, make_shift


@pytest.fixture(autouse=True)
def policy(db):
    MarketPolicy.objects.get_or_create(pk=1)


@pytest.fixture
def ben(scene):
    return make_agent(scene.cards, code="ben", user=make_user("ben@example.com"))


@pytest.fixture
def offer(scene, ben):
    """A place of a full shift, kept for Ada."""
    shift = make_shift(scene.cards)
    booking = hold(shift, ben)
    join_waiting(shift_id=shift.pk, agent_id=scene.ada.pk, actor="user:2", now=NOW)
    undo_claim(booking_id=booking.pk, agent_id=ben.pk, actor="user:2", now=NOW)
    return Offer.objects.get()


@pytest.fixture
def swap(scene, ben):
    """Ben asks Ada by name to take his shift over."""
    booking = hold(make_shift(scene.cards), ben)
    return ask_swap(
        booking_id=booking.pk, agent_id=ben.pk, colleague_id=scene.ada.pk, wants_id=None, actor="user:2", now=NOW
    )


def page(scene, user, name="offers", *args):
    return scene.client(user).get(reverse(name, args=args)).content.decode()


def test_a_kept_place_stands_on_the_page_and_on_shifts_and_is_taken(scene, offer):
    assert "Kept for you until Today 10:30" in page(scene, scene.agent)
    assert "You wait for" not in page(scene, scene.agent)
    assert "A place is kept for you until 10:30" in page(scene, scene.agent, "open_shifts")
    client = scene.client(scene.agent)
    answer = client.post(reverse("accept_offer", args=[offer.pk]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("offers"))
    assert Booking.objects.filter(agent=scene.ada, status=BookingState.HELD).count() == 1
    assert "The shift is yours." in client.get(reverse("offers")).content.decode()


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
    assert "You are number 2 in the line." in page(scene, scene.agent)
    assert "You are next." in page(scene, ben.user)
    scene.client(scene.agent).post(reverse("leave_waiting", args=[shift.pk]))
    assert WaitingPlace.objects.get(agent=scene.ada).status == "left"


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
    assert reverse("ask_for_place", args=[shift.pk]) in page(scene, scene.agent, "open_shifts")
    scene.client(scene.agent).post(reverse("ask_for_place", args=[shift.pk]))
    mine = Booking.objects.get(agent=scene.ada)
    assert f"Drawn Today 11:00; your ticket is {mine.pk}." in page(scene, scene.agent)
    before = page(scene, scene.agent, "draw", shift.pk)
    assert shift.draw.seed_hash in before
    assert shift.draw.seed not in before
    assert scene.client(ben.user).get(reverse("draw", args=[shift.pk])).status_code == 404
    ask_for_place(shift_id=shift.pk, agent_id=ben.pk, actor="user:2", now=NOW)
    draw_due(now=until)
    after = page(scene, scene.agent, "draw", shift.pk)
    assert shift.draw.seed in after
    assert f"{mine.pk} (you)" in after


def test_a_request_is_withdrawn(scene):
    shift = make_shift(scene.cards, status=ShiftState.DRAFT)
    open_shifts(
        shift_ids=[shift.pk], opening=Opening.DRAW, draw_until=NOW + timedelta(hours=1), actor="user:1", now=NOW
    )
    asked = ask_for_place(shift_id=shift.pk, agent_id=scene.ada.pk, actor="user:2", now=NOW)
    scene.client(scene.agent).post(reverse("withdraw_request", args=[asked.pk]))
    asked.refresh_from_db()
    assert asked.status == BookingState.RELEASED


def test_a_swap_is_asked_for_by_name_and_taken(scene, ben):
    booking = hold(make_shift(scene.cards), ben)
    asking = page(scene, ben.user, "new_swap", booking.pk)
    assert scene.ada.name in asking
    scene.client(ben.user).post(reverse("ask_swap", args=[booking.pk]), {"colleague": scene.ada.pk, "note": "Dentist"})
    assert "You are asked to take over" in page(scene, scene.agent)
    assert "Dentist" in page(scene, scene.agent)
    assert "A colleague asks you to take over a shift" in page(scene, scene.agent, "open_shifts")
    scene.client(scene.agent).post(reverse("accept_swap", args=[Swap.objects.get().pk]))
    assert Booking.objects.get(status=BookingState.HELD).agent == scene.ada


def test_an_open_swap_is_seen_by_those_who_can_take_it(scene, ben):
    stranger = make_agent(make_queue("other"), user=make_user("eve@example.com"))
    booking = hold(make_shift(scene.cards), ben)
    scene.client(ben.user).post(reverse("ask_swap", args=[booking.pk]))
    assert "Colleagues give away" in page(scene, scene.agent)
    assert "Colleagues give away" not in page(scene, stranger.user)
    assert "Everyone who can take it was asked." in page(scene, ben.user)


def test_no_and_withdrawn(scene, ben, swap):
    scene.client(scene.agent).post(reverse("decline_swap", args=[swap.pk]))
    swap.refresh_from_db()
    assert swap.status == SwapState.DECLINED
    again = ask_swap(
        booking_id=swap.booking_id, agent_id=ben.pk, colleague_id=None, wants_id=None, actor="user:2", now=NOW
    )
    scene.client(ben.user).post(reverse("withdraw_swap", args=[again.pk]))
    again.refresh_from_db()
    assert again.status == SwapState.WITHDRAWN


def test_only_the_holder_swaps_a_shift(scene, ben, swap):
    assert scene.client(scene.agent).get(reverse("new_swap", args=[swap.booking_id])).status_code == 404
    assert scene.client(scene.agent).post(reverse("ask_swap", args=[swap.booking_id])).status_code == 404
    assert scene.client(scene.agent).post(reverse("withdraw_swap", args=[swap.pk])).status_code == 404
    assert Swap.objects.count() == 1


@pytest.mark.parametrize(("name", "status"), [("approve_swap", SwapState.DONE), ("reject_swap", SwapState.REJECTED)])
def test_a_dispatcher_sees_both_sides_and_decides(scene, swap, name, status):
    MarketPolicy.objects.update(swap_needs_approval=True)
    accept_swap(swap_id=swap.pk, agent_id=scene.ada.pk, actor="user:3", now=NOW)
    shown = page(scene, scene.dov, "swaps")
    assert f"{swap.giver.name} → Agent ada" in shown
    assert "4 → <b>0</b>" in shown
    assert "0 → <b>4</b>" in shown
    # Lena dispatches another department
    assert swap.giver.name not in page(scene, scene.lena, "swaps")
    assert scene.client(scene.lena).post(reverse(name, args=[swap.pk])).status_code == 404
    scene.client(scene.dov).post(reverse(name, args=[swap.pk]))
    swap.refresh_from_db()
    assert swap.status == status


def test_a_swap_across_departments_is_decided_by_who_dispatches_both(scene, ben, swap):
    MarketPolicy.objects.update(swap_needs_approval=True)
    lending = make_queue("lend", department=make_department("Lending"))
    theirs = make_shift(lending, start=NOW + timedelta(days=3))
    Booking.objects.create(
        shift=theirs, agent=scene.ada, period=(theirs.starts_at, theirs.ends_at), pay=1, held_at=NOW, status="held"
    )
    Swap.objects.filter(pk=swap.pk).update(wants=Booking.objects.get(shift=theirs), status=SwapState.ACCEPTED)
    for user in (scene.dov, scene.lena):
        assert "No swap waits for you" in page(scene, user, "swaps")
    assert "No swap waits for you" not in page(scene, scene.mina, "swaps")


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
