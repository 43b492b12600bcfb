"""Offers, waiting lists, draws and swaps on real connections: each place has one taker, whoever is quicker."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from marketplace.actions.ask import ask_for_place
from marketplace.actions.draw import draw_shift
from marketplace.actions.open_shifts import open_shifts
from marketplace.actions.refused import Refused
from marketplace.actions.release import release, undo_claim
from marketplace.actions.serve_waiting import expire_offers
from marketplace.actions.swap import accept_swap, ask_swap
from marketplace.actions.waiting import accept_offer, decline_offer, join_waiting
from marketplace.models import Booking, Offer, Queue, Shift, Swap, WaitingPlace
from marketplace.vocabulary import BOUND_STATES, BookingState, OfferState, Opening, ShiftState, SwapState
from tests.factories import NOW, make_agent, make_queue
from tests.marketplace.bookings import hold, make_shift

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
Race = Callable[..., list[Any]]
AHEAD = NOW + timedelta(days=5)
WHO = {"actor": "user:2"}


@pytest.fixture
def queue(transactional_db: None) -> Queue:
    return make_queue("cards")


def assert_consistent() -> None:
    """Taken are the places that are held and those that are kept."""
    for shift in Shift.objects.all():
        held = shift.bookings.filter(status__in=BOUND_STATES).count()
        kept = shift.offers.filter(status=OfferState.OPEN, replaces=None).count()
        assert shift.taken == held + kept <= shift.places


def unexpected(results: list[Any]) -> list[Any]:
    """What raised anything but a refusal."""
    return [one for one in results if isinstance(one, Exception) and not isinstance(one, Refused | Swap.DoesNotExist)]


def offered(queue: Queue, *, waiting: int = 2) -> Offer:
    """A place that came free and is kept for the first of those who wait."""
    shift = make_shift(queue, start=AHEAD)
    booking = hold(shift, make_agent(queue))
    for _ in range(waiting):
        join_waiting(shift_id=shift.pk, agent_id=make_agent(queue).pk, now=NOW, **WHO)
    undo_claim(booking_id=booking.pk, agent_id=booking.agent_id, now=NOW, **WHO)
    return Offer.objects.get(shift=shift)


def test_an_offer_accepted_by_many_taps_is_one_booking(queue: Queue, race: Race) -> None:
    offer = offered(queue)
    results = race([partial(accept_offer, offer_id=offer.pk, agent_id=offer.agent_id, now=NOW, **WHO)] * 6)
    assert sum(result.new for result in results) == 1
    assert len({result.booking_id for result in results}) == 1
    assert_consistent()


@pytest.mark.parametrize("round_", range(3))
def test_one_agent_accepts_two_offers_that_overlap_and_gets_one(queue: Queue, race: Race, round_: int) -> None:
    agent = make_agent(queue)
    for hours in (0, 1):
        shift = make_shift(queue, start=AHEAD + timedelta(hours=hours))
        booking = hold(shift, make_agent(queue))
        join_waiting(shift_id=shift.pk, agent_id=agent.pk, now=NOW, **WHO)
        undo_claim(booking_id=booking.pk, agent_id=booking.agent_id, now=NOW, **WHO)
    offers = list(Offer.objects.filter(agent=agent))
    results = race([partial(accept_offer, offer_id=one.pk, agent_id=agent.pk, now=NOW, **WHO) for one in offers])
    assert sum(isinstance(result, Refused) for result in results) == 1
    assert not unexpected(results)
    assert Booking.objects.filter(agent=agent, status=BookingState.HELD).count() == 1
    assert_consistent()


@pytest.mark.parametrize("round_", range(3))
def test_expiry_against_accept_and_decline(queue: Queue, race: Race, round_: int) -> None:
    offer = offered(queue)
    which = {"offer_id": offer.pk, "agent_id": offer.agent_id}
    # whoever taps was in time by his or her own clock, and the next one's time begins there; the sweep is past the end
    tap = {**which, "now": NOW + timedelta(seconds=1), **WHO}
    results = race(
        [
            partial(accept_offer, **tap), partial(decline_offer, **tap),
            *[partial(expire_offers, now=offer.expires_at)] * 2,
        ]
    )  # fmt: skip
    assert not unexpected(results)
    held = Booking.objects.filter(agent=offer.agent_id, status=BookingState.HELD).count()
    offer.refresh_from_db()
    assert held == (offer.status == OfferState.ACCEPTED)
    assert offer.status != OfferState.OPEN
    assert Offer.objects.filter(status=OfferState.OPEN).count() == 1 - held
    assert_consistent()


@pytest.mark.parametrize("round_", range(3))
def test_joining_while_a_place_comes_free_misses_nothing(queue: Queue, race: Race, round_: int) -> None:
    shift = make_shift(queue, start=AHEAD)
    booking, agents = hold(shift, make_agent(queue)), [make_agent(queue) for _ in range(4)]
    results = race(
        [
            partial(undo_claim, booking_id=booking.pk, agent_id=booking.agent_id, now=NOW, **WHO),
            *[partial(join_waiting, shift_id=shift.pk, agent_id=agent.pk, now=NOW, **WHO) for agent in agents],
        ]
    )
    assert not unexpected(results)
    # whoever waits does so for a kept place; if nobody came in time it is open, and all were told so
    first = WaitingPlace.objects.order_by("pk").first()
    assert list(Offer.objects.values_list("agent_id", flat=True)) == ([first.agent_id] if first else [])
    assert_consistent()


@pytest.mark.parametrize("round_", range(3))
def test_swap_against_release_only_one_happens(queue: Queue, race: Race, round_: int) -> None:
    booking, taker = hold(make_shift(queue, start=AHEAD), make_agent(queue)), make_agent(queue)
    which = {"booking_id": booking.pk, "agent_id": booking.agent_id}
    swap = ask_swap(**which, colleague_id=taker.pk, wants_id=None, now=NOW, **WHO)
    results = race(
        [
            partial(accept_swap, swap_id=swap.pk, agent_id=taker.pk, now=NOW, **WHO),
            partial(release, **which, now=NOW, **WHO),
        ]
    )
    assert sum(isinstance(result, Refused) for result in results) == 1
    swap.refresh_from_db()
    held = Booking.objects.filter(status=BookingState.HELD).count()
    assert held == (swap.status == SwapState.DONE)
    assert_consistent()


@pytest.mark.parametrize("round_", range(3))
def test_two_swaps_crosswise_end_in_no_deadlock(queue: Queue, race: Race, round_: int) -> None:
    ada, ben = make_agent(queue), make_agent(queue)
    mine, theirs = hold(make_shift(queue, start=AHEAD), ada), hold(make_shift(queue, start=AHEAD), ben)
    asked = [
        ask_swap(booking_id=a.pk, agent_id=a.agent_id, colleague_id=b.agent_id, wants_id=b.pk, now=NOW, **WHO)
        for a, b in ((mine, theirs), (theirs, mine))
    ]
    results = race([partial(accept_swap, swap_id=one.pk, agent_id=one.colleague_id, now=NOW, **WHO) for one in asked])
    assert sum(isinstance(result, Swap) for result in results) == 1
    assert not unexpected(results)
    held = dict(Booking.objects.filter(status=BookingState.HELD).values_list("agent_id", "shift_id"))
    assert held == {ada.pk: theirs.shift_id, ben.pk: mine.shift_id}
    assert_consistent()


def test_an_open_swap_has_one_taker(queue: Queue, race: Race) -> None:
    booking, takers = hold(make_shift(queue, start=AHEAD), make_agent(queue)), [make_agent(queue) for _ in range(5)]
    swap = ask_swap(booking_id=booking.pk, agent_id=booking.agent_id, colleague_id=None, wants_id=None, now=NOW, **WHO)
    results = race([partial(accept_swap, swap_id=swap.pk, agent_id=one.pk, now=NOW, **WHO) for one in takers])
    assert sum(isinstance(result, Swap) for result in results) == 1
    assert not unexpected(results)
    assert_consistent()


@pytest.mark.parametrize("round_", range(3))
def test_a_draw_at_once_by_many_is_one_draw_and_misses_no_late_request(queue: Queue, race: Race, round_: int) -> None:
    shift, until = make_shift(queue, start=AHEAD, places=2, status=ShiftState.DRAFT), NOW + timedelta(hours=1)
    open_shifts(shift_ids=[shift.pk], opening=Opening.DRAW, draw_until=until, actor="user:1", now=NOW)
    agents = [make_agent(queue) for _ in range(6)]
    for agent in agents[:4]:
        ask_for_place(shift_id=shift.pk, agent_id=agent.pk, now=NOW, **WHO)
    results = race(
        [
            *[partial(draw_shift, shift_id=shift.pk, now=until)] * 4,
            # in time by their own clock
            *[partial(ask_for_place, shift_id=shift.pk, agent_id=agent.pk, now=NOW, **WHO) for agent in agents[4:]],
        ]
    )
    assert not unexpected(results)
    assert sum(result is True for result in results) == 1
    assert Booking.objects.filter(status=BookingState.HELD).count() == 2
    assert not Booking.objects.filter(status=BookingState.REQUESTED).exists()
    assert_consistent()
