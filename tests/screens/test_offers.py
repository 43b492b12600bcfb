"""Offers and swaps as people see them: clean for every eye and thumb, from the kept place to the booking."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from gigcx.accounts.models import Agent, AgentKind, User
from marketplace.actions.ask import ask_for_place
from marketplace.actions.draw import draw_shift
from marketplace.actions.open_shifts import open_shifts
from marketplace.actions.release import undo_claim
from marketplace.actions.serve_waiting import expire_offers
from marketplace.actions.swap import accept_swap, ask_swap, withdraw_swap
from marketplace.actions.waiting import join_waiting
from marketplace.claiming.draw import main
from marketplace.models import Booking, Draw, MarketPolicy, Offer, Queue, Swap
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


def test_an_offer_appears_on_the_open_page_with_its_time_left_and_goes_when_it_is_over(open_page, market):
    held = Booking.objects.get(shift__waiting_places__agent__user=market.agent, status=BookingState.HELD)
    page, shifts = (open_page(market.agent, path, width=390) for path in ("/offers/", "/shifts/"))
    expect(page.locator(".offer", has_text="left")).to_have_count(1)
    undo_claim(booking_id=held.pk, agent_id=held.agent_id, actor="user:1", now=timezone.now())
    expect(page.locator(".offer", has_text="30 min left")).to_have_count(2)
    expect(page.get_by_role("status").filter(has_text="2 places are kept for you")).to_be_attached()
    expect(shifts.get_by_role("link", name="2 places are kept for you")).to_be_visible()
    assert faults(page) == []
    Offer.objects.update(expires_at=timezone.now() + timedelta(seconds=1))
    expire_offers(now=timezone.now() + timedelta(seconds=2))
    expect(page.locator(".offer", has_text="min left")).to_have_count(0)
    page.get_by_role("button", name="Leave the line").wait_for(state="detached")


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_a_dispatcher_sees_who_asks_in_a_draw_and_how_it_came_out(open_page, market, width, scheme):
    shift = Draw.objects.get().shift
    day = f"/planner/?department={shift.queue.department_id}&day={shift.starts_at:%Y-%m-%d}"
    page = open_page(market.dispatcher, day, width=width, scheme=scheme)
    page.get_by_role("link", name="0 have asked").wait_for()
    ask_for_place(
        shift_id=shift.pk, agent_id=Agent.objects.get(user=market.agent).pk, actor="user:1", now=timezone.now()
    )
    page.get_by_role("link", name="1 has asked").click()
    for words in ("Who asks", "As they were drawn"):
        page.get_by_role("heading", name=words).wait_for()
        expect(page.get_by_role("rowheader", name="Ada Conti")).to_be_visible()
        assert faults(page) == []
        assert sideways(page) == 0
        assert width > 390 or small_targets(page) == []
        draw_shift(shift_id=shift.pk, now=timezone.now() + timedelta(days=1))
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the record").click()
    assert main([str(download.value.path())]) == 0


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_a_shift_is_given_for_one_in_return(open_page, market, width, scheme):
    ada = Agent.objects.get(user=market.agent)
    given = Booking.objects.get(agent__swaps_given__isnull=False, swaps__isnull=False)
    withdraw_swap(swap_id=given.swaps.get().pk, agent_id=given.agent_id, actor="user:1", now=timezone.now())
    ben = given.agent
    Agent.objects.filter(pk=ben.pk).update(user=User.objects.create_user("ben@example.com", name="Ben"))
    ben.refresh_from_db()
    theirs = open_page(ben.user, f"/bookings/{given.pk}/swap/", width=width, scheme=scheme)
    assert faults(theirs) == []
    theirs.get_by_role("button", name="Ask everyone, for a shift of theirs").click()
    theirs.get_by_text("Asked. The shift stays yours").wait_for()
    hers = open_page(market.agent, "/offers/", width=width, scheme=scheme)
    hers.get_by_role("link", name="Give one of yours").click()
    hers.get_by_role("heading", name="What you can give for it").wait_for()
    assert faults(hers) == []
    assert sideways(hers) == 0
    hers.get_by_role("button", name="Offer this one").click()
    hers.get_by_text("Asked. The shift stays yours").wait_for()
    theirs.get_by_role("button", name="Swap", exact=True).click()
    theirs.get_by_text("Done: you have swapped.").wait_for()
    assert Booking.objects.filter(agent=ada, shift=given.shift, status=BookingState.HELD).exists()


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
