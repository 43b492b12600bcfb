"""Offers and swaps as people see them: clean for every eye and thumb, from the kept place to the booking."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gigcx.accounts.models import Agent, AgentKind
from marketplace.actions.open_shifts import open_shifts
from marketplace.actions.release import undo_claim
from marketplace.actions.swap import accept_swap, ask_swap
from marketplace.actions.waiting import join_waiting
from marketplace.models import Booking, MarketPolicy, Queue, Swap
from marketplace.vocabulary import BookingState, Opening, ShiftState
from skills.models import Proficiency
from tests.marketplace.bookings import hold, make_shift
from tests.screens.eyes import faults, sideways, small_targets
from tests.screens.test_looks import LOOKS

pytestmark = pytest.mark.browser


@pytest.fixture
def market(floor):
    """Ada has a place kept for her, waits for another shift, and is asked for swaps; she holds one shift herself."""
    now = timezone.now()
    start = (now + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
    queue = Queue.objects.order_by("pk")[0]
    ada = Agent.objects.get(user=floor.agent)
    ben, eve = Agent.objects.exclude(pk=ada.pk).order_by("pk")[:2]
    for agent in (ada, ben, eve):
        Agent.objects.filter(pk=agent.pk).update(kind=AgentKind.EXTERNAL)
        for asked in queue.asks_skills.all():
            Proficiency.objects.update_or_create(
                agent=agent, skill=asked.skill, defaults={"level": 5, "verified_at": now}
            )
    kept, full, given, drawn = (
        make_shift(queue, start=start + timedelta(days=day), currency="EUR") for day in range(4)
    )
    booking = hold(kept, ben, now=now)
    hold(full, eve, now=now)
    for shift in (kept, full):
        join_waiting(shift_id=shift.pk, agent_id=ada.pk, actor="user:1", now=now)
    undo_claim(booking_id=booking.pk, agent_id=ben.pk, actor="user:1", now=now)
    theirs = hold(given, ben, now=now)
    ask_swap(
        booking_id=theirs.pk, agent_id=ben.pk, colleague_id=ada.pk, wants_id=None, note="Dentist that morning",
        actor="user:1", now=now,
    )  # fmt: skip
    drawn.status = ShiftState.DRAFT
    drawn.save()
    open_shifts(shift_ids=[drawn.pk], opening=Opening.DRAW, draw_until=now + timedelta(days=1), actor="user:1", now=now)
    hold(make_shift(queue, start=start + timedelta(days=5)), ada, now=now)
    return floor


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_pages_of_offers_and_swaps_are_clean(open_page, market, width, scheme):
    own = Booking.objects.get(agent__user=market.agent, status=BookingState.HELD)
    page = open_page(market.agent, "/offers/", width=width, scheme=scheme)
    for path in ("/offers/", f"/bookings/{own.pk}/swap/", "/shifts/?all=1"):
        page.goto(path)
        assert faults(page) == []
        assert sideways(page) == 0
        assert small_targets(page) == []


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_a_dispatcher_sees_both_sides(open_page, market, width, scheme):
    MarketPolicy.objects.update(swap_needs_approval=True)
    swap = Swap.objects.get()
    accept_swap(swap_id=swap.pk, agent_id=swap.colleague_id, actor="user:1", now=timezone.now())
    page = open_page(market.dispatcher, "/swaps/", width=width, scheme=scheme)
    assert faults(page) == []
    assert sideways(page) == 0
    page.get_by_role("button", name="Approve").click()
    page.get_by_text("Approved: the shifts have changed hands.").wait_for()


def test_from_a_place_kept_to_a_booking_by_thumb(open_page, market):
    page = open_page(market.agent, "/shifts/", width=390)
    page.get_by_role("link", name="A place is kept for you").click()
    page.get_by_role("button", name="Take it", exact=True).click()
    page.get_by_text("The shift is yours.").wait_for()
    page.goto("/shifts/")
    page.get_by_role("button", name="Ask").click()
    page.get_by_text("You have asked for a place.").wait_for()
    page.get_by_role("link", name="About the draw").click()
    page.get_by_text("Hash of the seed").wait_for()
    assert faults(page) == []
