"""Swaps on the pages of both people, and the dispatcher's word on them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from marketplace.actions.swap import accept_swap, ask_swap, expire_swaps
from marketplace.models import Booking, MarketPolicy, Swap
from marketplace.queries.swaps import settled_with
from marketplace.vocabulary import BookingState, SwapState
from tests.factories import NOW, make_agent, make_department, make_queue, make_user
from tests.marketplace.bookings import TOMORROW, hold, make_shift

pytestmark = pytest.mark.usefixtures("policy")


@pytest.fixture
def swap(scene, ben):
    """Ben asks Ada by name to take his shift over."""
    booking = hold(make_shift(scene.cards), ben)
    return ask_swap(
        booking_id=booking.pk, agent_id=ben.pk, colleague_id=scene.ada.pk, wants_id=None, actor="user:2", now=NOW
    )


def test_a_swap_is_asked_for_by_name_and_taken(scene, ben):
    booking = hold(make_shift(scene.cards), ben)
    asking = scene.page(ben.user, "new_swap", booking.pk)
    assert scene.ada.name in asking
    scene.client(ben.user).post(reverse("ask_swap", args=[booking.pk]), {"colleague": scene.ada.pk, "note": "Dentist"})
    assert "Colleagues ask you" in scene.page(scene.agent, "offers")
    assert "Dentist" in scene.page(scene.agent, "offers")
    for name in ("open_shifts", "today"):
        assert "A colleague asks you to take over a shift" in scene.page(scene.agent, name)
    scene.client(scene.agent).post(reverse("accept_swap", args=[Swap.objects.get().pk]))
    assert Booking.objects.get(status=BookingState.HELD).agent == scene.ada


@pytest.mark.parametrize(
    ("button", "told"), [("accept_swap", "has taken it over: you need not come."), ("decline_swap", "said no.")]
)
def test_whoever_asked_is_told_how_it_came_out_until_the_shift_begins(scene, ben, swap, button, told):
    assert "What became of your swaps" not in scene.page(ben.user, "offers")
    scene.client(scene.agent).post(reverse(button, args=[swap.pk]))
    assert f"{scene.ada.name} {told}" in scene.page(ben.user, "offers")
    assert "What became of your swaps" not in scene.page(scene.agent, "offers")
    assert settled_with(agent_id=ben.pk, now=swap.booking.period.lower) == []


@pytest.mark.parametrize(
    ("button", "giver", "colleague"),
    [
        ("approve_swap", "has taken it over", "The dispatcher agreed: it is yours."),
        ("reject_swap", "The dispatcher said no. It is still yours.", "everybody keeps what they had."),
    ],
)
def test_both_are_told_what_a_dispatcher_decided(scene, ben, swap, button, giver, colleague):
    MarketPolicy.objects.update(swap_needs_approval=True)
    accept_swap(swap_id=swap.pk, agent_id=scene.ada.pk, actor="user:1", now=NOW)
    assert "What became of your swaps" not in scene.page(scene.agent, "offers")
    scene.client(scene.dov).post(reverse(button, args=[swap.pk]))
    assert giver in scene.page(ben.user, "offers")
    assert colleague in scene.page(scene.agent, "offers")


def test_who_was_asked_in_vain_is_told_so_unless_the_shift_has_gone(scene, ben, swap):
    expire_swaps(now=swap.expires_at)
    assert "Nobody took it in time. It is still yours." in scene.page(ben.user, "offers")
    Booking.objects.update(status=BookingState.RELEASED)
    assert "What became of your swaps" not in scene.page(ben.user, "offers")


def test_an_open_swap_is_seen_by_those_who_can_take_it(scene, ben):
    stranger = make_agent(make_queue("other"), user=make_user("eve@example.com"))
    booking = hold(make_shift(scene.cards), ben)
    scene.client(ben.user).post(reverse("ask_swap", args=[booking.pk]))
    assert "Colleagues give away" in scene.page(scene.agent, "offers")
    assert "Colleagues give away" not in scene.page(stranger.user, "offers")
    assert "Everyone who can take it was asked." in scene.page(ben.user, "offers")


def test_an_open_swap_in_return_is_answered_with_a_shift_of_ones_own(scene, ben):
    mine = hold(make_shift(scene.cards), ben)
    other = hold(make_shift(scene.cards, start=TOMORROW + timedelta(hours=1)), scene.ada)
    scene.client(ben.user).post(reverse("ask_swap", args=[mine.pk]), {"return": "1", "note": "Dentist"})
    swap = Swap.objects.get()
    address = reverse("swap_return", args=[swap.pk])
    assert (swap.in_return, swap.note, address in scene.page(scene.agent, "offers")) == (True, "Dentist", True)
    assert "You asked for a swap; it waits until tomorrow 10:00" in scene.page(ben.user, "open_shifts")
    html = scene.page(scene.agent, "swap_return", swap.pk)
    assert reverse("ask_swap", args=[other.pk]) in html
    said = {"colleague": ben.pk, "wants": mine.pk}
    scene.client(scene.agent).post(reverse("ask_swap", args=[other.pk]), said)
    assert "Colleagues ask you" in scene.page(ben.user, "offers")
    assert "A colleague wants to swap a shift with you" in scene.page(ben.user, "open_shifts")
    client = scene.client(ben.user)
    client.post(reverse("accept_swap", args=[Swap.objects.get(booking=other).pk]))
    assert "Done: you have swapped." in client.get(reverse("offers")).content.decode()
    held = Booking.objects.filter(status=BookingState.HELD).values_list("agent", "shift")
    assert set(held) == {(ben.pk, other.shift_id), (scene.ada.pk, mine.shift_id)}
    assert "Give one of yours" not in scene.page(scene.agent, "offers")


def test_only_what_is_open_in_return_can_be_answered_with_a_shift(scene, ben, swap):
    other = hold(make_shift(scene.cards, start=TOMORROW + timedelta(days=1)), ben)
    scene.client(ben.user).post(reverse("ask_swap", args=[other.pk]), {"return": "1"})
    numbers = [swap.pk, Swap.objects.get(booking=other).pk]
    # the one is by name, and for the other Ada has nothing to give; it is Ben's own
    for user in (scene.agent, ben.user):
        assert {scene.client(user).get(reverse("swap_return", args=[pk])).status_code for pk in numbers} == {404}


def test_dispatchers_see_what_is_not_answered_and_until_when(scene, swap):
    html = scene.page(scene.dov, "swaps")
    assert "Not answered yet" in html
    assert swap.giver.name in html
    assert "open until tomorrow 10:00" in html
    assert "Not answered yet" not in scene.page(scene.lena, "swaps")


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
    shown = scene.page(scene.dov, "swaps")
    assert f"{swap.giver.name} → Agent ada" in shown
    assert "4 → <b>0</b>" in shown
    assert "0 → <b>4</b>" in shown
    # Lena dispatches another department
    assert swap.giver.name not in scene.page(scene.lena, "swaps")
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
        assert "No swap waits for you" in scene.page(user, "swaps")
    assert "No swap waits for you" not in scene.page(scene.mina, "swaps")
