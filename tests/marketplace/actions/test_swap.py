"""Swaps: rules for both before anyone is asked, one change of hands, and a dispatcher's word where it is wanted."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from gigcx.accounts.models import Agent
from gigcx.ledger.models import Entry
from marketplace.actions.decide_swap import approve_swap, reject_swap
from marketplace.actions.refused import Refused, SwapRefused
from marketplace.actions.release import release
from marketplace.actions.swap import accept_swap, ask_swap, decline_swap, expire_swaps, withdraw_swap
from marketplace.actions.waiting import join_waiting
from marketplace.models import Booking, MarketPolicy, Offer, Queue, Shift, Swap, WaitingPlace
from marketplace.queries.swaps import open_to, returns_for
from marketplace.vocabulary import BookingState, SwapState, WaitState
from tests.factories import NOW, make_agent, make_queue
from tests.marketplace.bookings import TOMORROW, hold, make_shift

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def queue() -> Queue:
    return make_queue("cards")


def ask(booking: Booking, *, of: Agent | None, wants: Booking | None = None, in_return: bool = False) -> Swap:
    return ask_swap(
        booking_id=booking.pk, agent_id=booking.agent_id, colleague_id=of.pk if of else None,
        wants_id=wants.pk if wants else None, in_return=in_return, actor="user:2", now=NOW,
    )  # fmt: skip


def accept(swap: Swap, agent: Agent, *, now=LATER) -> Swap:
    return accept_swap(swap_id=swap.pk, agent_id=agent.pk, actor="user:3", now=now)


def holders(shift: Shift) -> list[int]:
    """Who holds a place, and that the counter says as many."""
    found = list(Booking.objects.filter(shift=shift, status=BookingState.HELD).values_list("agent_id", flat=True))
    assert Shift.objects.get(pk=shift.pk).taken == len(found)
    return found


def unchanged_by(act, *args: object, **which: object) -> set[str]:
    """The codes of a refusal that changed nothing."""
    tables = (Booking, Shift, Swap, Entry)
    before = [list(table.objects.order_by("pk").values()) for table in tables]
    with pytest.raises(Refused) as refusal:
        act(*args, **which)
    assert before == [list(table.objects.order_by("pk").values()) for table in tables]
    assert all(refusal.value.sentences)
    return set(refusal.value.reasons)


def test_a_named_colleague_takes_the_shift_over_once(queue):
    shift, (giver, taker) = make_shift(queue), (make_agent(queue), make_agent(queue))
    booking = hold(shift, giver)
    swap = ask(booking, of=taker)
    assert ask(booking, of=taker).pk == swap.pk
    assert accept(swap, taker).status == accept(swap, taker).status == SwapState.DONE
    booking.refresh_from_db()
    assert (booking.status, holders(shift)) == (BookingState.RELEASED, [taker.pk])
    new = Booking.objects.get(agent=taker)
    assert (new.source, new.pay) == ("swap", booking.pay)
    assert list(Entry.objects.filter(kind__startswith="booking.").order_by("id").values_list("kind", flat=True)) == [
        "booking.held", "booking.swapped", "booking.held",
    ]  # fmt: skip


def test_two_exchange_shifts_that_overlap(queue):
    early, late = make_shift(queue), make_shift(queue, start=TOMORROW + timedelta(hours=1))
    ada, ben = make_agent(queue), make_agent(queue)
    mine, theirs = hold(early, ada), hold(late, ben)
    accept(ask(mine, of=ben, wants=theirs), ben)
    assert (holders(early), holders(late)) == ([ben.pk], [ada.pk])


def test_nobody_is_asked_whom_the_rules_do_not_let(queue):
    giver, stranger = make_agent(queue), make_agent(make_queue("loans"))
    booking = hold(make_shift(queue), giver)
    assert unchanged_by(ask, booking, of=stranger) == {"colleague_cannot"}
    busy = make_agent(queue)
    hold(make_shift(queue, start=TOMORROW + timedelta(hours=1)), busy)
    with pytest.raises(SwapRefused) as refusal:
        ask(booking, of=busy)
    assert [str(reason) for reason in refusal.value.colleague] == ["overlap_booking"]


def test_what_the_giver_wants_is_judged_too(queue):
    loans = make_queue("loans")
    giver, other = make_agent(queue), make_agent(queue, loans)
    theirs = hold(make_shift(loans, start=TOMORROW + timedelta(days=1)), other)
    assert unchanged_by(ask, hold(make_shift(queue), giver), of=other, wants=theirs) == {"skill_missing"}


def test_a_booking_has_one_swap_at_a_time(queue):
    booking = hold(make_shift(queue), make_agent(queue))
    swap = ask(booking, of=None)
    assert unchanged_by(ask, booking, of=make_agent(queue)) == {"swap_asked"}
    withdraw_swap(swap_id=swap.pk, agent_id=booking.agent_id, actor="user:2", now=NOW)
    assert ask(booking, of=make_agent(queue)).pk != swap.pk


def test_only_what_is_held_and_ahead_is_swapped(queue):
    giver = make_agent(queue)
    booking = hold(make_shift(queue), giver)
    assert unchanged_by(ask, booking, of=giver) == {"swap_with_yourself"}
    release(booking_id=booking.pk, agent_id=giver.pk, actor="user:2", now=LATER)
    assert unchanged_by(ask, booking, of=None) == {"booking_not_held"}


def test_an_open_swap_goes_to_the_first_who_can(queue):
    booking = hold(make_shift(queue), make_agent(queue))
    swap, taker, late = ask(booking, of=None), make_agent(queue), make_agent(queue)
    stranger = make_agent(make_queue("loans"))
    assert unchanged_by(accept, swap, stranger) == {"skill_missing"}
    accept(swap, taker)
    with pytest.raises(Swap.DoesNotExist):
        accept(swap, late)
    assert holders(booking.shift) == [taker.pk]


def test_an_open_swap_in_return_is_answered_with_a_shift_and_its_giver_decides(queue):
    early, late = make_shift(queue), make_shift(queue, start=TOMORROW + timedelta(hours=1))
    ada, ben = make_agent(queue), make_agent(queue)
    mine, theirs = hold(early, ada), hold(late, ben)
    swap = ask(mine, of=None, in_return=True)
    assert ask(mine, of=None, in_return=True).pk == swap.pk
    assert unchanged_by(ask, mine, of=None) == {"swap_asked"}
    assert unchanged_by(accept, swap, ben) == {"swap_in_return"}
    assert unchanged_by(accept, swap, make_agent(queue)) == {"swap_in_return"}
    answer = ask(theirs, of=ada, wants=mine)
    assert (holders(early), holders(late)) == ([ada.pk], [ben.pk])
    accept(answer, ada)
    assert (holders(early), holders(late)) == ([ben.pk], [ada.pk])
    assert unchanged_by(accept, swap, ben) == {"swap_gone"}


def test_who_holds_a_shift_to_give_sees_what_is_open_in_return(queue):
    giver, holder, empty = make_agent(queue), make_agent(queue), make_agent(queue)
    shift = make_shift(queue, places=2)
    given, same = hold(shift, giver), hold(shift, make_agent(queue))
    theirs = hold(make_shift(queue, start=TOMORROW + timedelta(hours=1)), holder)
    swap = ask(given, of=None, in_return=True)
    assert open_to(agent_id=holder.pk, now=LATER) == [swap]
    assert returns_for(swap=swap, agent_id=holder.pk, now=LATER) == [theirs]
    for agent_id in (empty.pk, same.agent_id, giver.pk):
        assert open_to(agent_id=agent_id, now=LATER) == []
    ask(theirs, of=None)
    assert returns_for(swap=swap, agent_id=holder.pk, now=LATER) == []


def test_what_the_giver_could_not_work_is_not_offered_in_return(queue):
    loans = make_queue("loans")
    giver, holder = make_agent(queue), make_agent(queue, loans)
    hold(make_shift(loans, start=TOMORROW + timedelta(days=1)), holder)
    swap = ask(hold(make_shift(queue), giver), of=None, in_return=True)
    assert returns_for(swap=swap, agent_id=holder.pk, now=LATER) == []


def test_by_name_one_says_what_one_wants(queue):
    booking, taker = hold(make_shift(queue), make_agent(queue)), make_agent(queue)
    with pytest.raises(IntegrityError, match="swap_return_is_open"):
        ask(booking, of=taker, in_return=True)


def test_others_and_the_giver_cannot_answer(queue):
    booking, taker = hold(make_shift(queue), make_agent(queue)), make_agent(queue)
    swap = ask(booking, of=taker)
    for somebody in (make_agent(queue), booking.agent):
        with pytest.raises(Swap.DoesNotExist):
            accept(swap, somebody)
        with pytest.raises(Swap.DoesNotExist):
            decline_swap(swap_id=swap.pk, agent_id=somebody.pk, actor="user:3", now=LATER)
    with pytest.raises(Swap.DoesNotExist):
        withdraw_swap(swap_id=swap.pk, agent_id=taker.pk, actor="user:3", now=LATER)
    swap.refresh_from_db()
    assert (swap.status, holders(booking.shift)) == (SwapState.ASKED, [booking.agent_id])


def test_after_a_no_nothing_changes_hands(queue):
    booking, taker = hold(make_shift(queue), make_agent(queue)), make_agent(queue)
    swap = ask(booking, of=taker)
    decline_swap(swap_id=swap.pk, agent_id=taker.pk, actor="user:3", now=LATER)
    assert unchanged_by(accept, swap, taker) == {"swap_over"}
    assert holders(booking.shift) == [booking.agent_id]


def test_a_swap_is_over_when_its_time_is_and_closed_however_late(queue):
    booking, taker = hold(make_shift(queue), make_agent(queue)), make_agent(queue)
    swap = ask(booking, of=taker)
    assert swap.expires_at == TOMORROW
    assert unchanged_by(accept, swap, taker, now=TOMORROW) == {"swap_over"}
    assert (expire_swaps(now=TOMORROW), expire_swaps(now=TOMORROW)) == (1, 0)
    swap.refresh_from_db()
    assert swap.status == SwapState.EXPIRED


def test_a_shift_that_was_given_back_meanwhile_is_not_swapped(queue):
    booking, taker = hold(make_shift(queue, start=NOW + timedelta(days=4)), make_agent(queue)), make_agent(queue)
    swap = ask(booking, of=taker)
    release(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=LATER)
    assert unchanged_by(accept, swap, taker) == {"swap_gone"}


def test_rules_are_checked_again_when_the_colleague_says_yes(queue):
    booking, taker = hold(make_shift(queue), make_agent(queue)), make_agent(queue)
    swap = ask(booking, of=taker)
    hold(make_shift(queue, start=TOMORROW + timedelta(hours=1)), taker)
    assert unchanged_by(accept, swap, taker) == {"overlap_booking"}


def test_with_approval_a_dispatcher_has_the_last_word(queue):
    MarketPolicy.objects.update(swap_needs_approval=True)
    booking, taker = hold(make_shift(queue), make_agent(queue)), make_agent(queue)
    swap = ask(booking, of=taker)
    assert accept(swap, taker).status == SwapState.ACCEPTED
    assert holders(booking.shift) == [booking.agent_id]
    for _ in range(2):
        assert approve_swap(swap_id=swap.pk, actor="user:1", now=LATER).status == SwapState.DONE
    assert holders(booking.shift) == [taker.pk]
    assert unchanged_by(reject_swap, swap_id=swap.pk, actor="user:1", now=LATER) == {"swap_over"}


def test_what_is_rejected_stays(queue):
    MarketPolicy.objects.update(swap_needs_approval=True)
    booking, taker = hold(make_shift(queue), make_agent(queue)), make_agent(queue)
    swap = ask(booking, of=taker)
    assert unchanged_by(approve_swap, swap_id=swap.pk, actor="user:1", now=LATER) == {"swap_over"}
    accept(swap, taker)
    reject_swap(swap_id=swap.pk, actor="user:1", now=LATER)
    assert unchanged_by(approve_swap, swap_id=swap.pk, actor="user:1", now=LATER) == {"swap_over"}
    assert holders(booking.shift) == [booking.agent_id]


def test_whoever_gets_the_shift_by_swap_waits_for_it_no_more(queue):
    shift = make_shift(queue)
    booking, taker = hold(shift, make_agent(queue)), make_agent(queue)
    join_waiting(shift_id=shift.pk, agent_id=taker.pk, actor="user:3", now=NOW)
    accept(ask(booking, of=taker), taker)
    assert WaitingPlace.objects.get().status == WaitState.SERVED
    assert (holders(shift), Offer.objects.count()) == ([taker.pk], 0)
