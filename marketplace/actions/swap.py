"""A booking is offered to a colleague, and the colleague says yes or no. Rules bind both people."""

from datetime import datetime, timedelta

from django.db import transaction

from marketplace.actions.claim import lock_agent
from marketplace.actions.hand_over import Pair, against_both, become, change_hands, lock_swap, must_be, tell_swap
from marketplace.actions.refused import Refused, SwapRefused
from marketplace.models import Booking, MarketPolicy, Swap
from marketplace.vocabulary import LIVE_SWAPS, BookingRefusal, BookingState, SwapRefusal, SwapState


@transaction.atomic(durable=True)
def ask_swap(
    *, booking_id: int, agent_id: int, colleague_id: int | None, wants_id: int | None, in_return: bool = False,
    note: str = "", actor: str, now: datetime,
) -> Swap:  # fmt: skip
    """Offer a booking to a colleague, or to anyone who can (`colleague_id` None); for nothing, or for `wants_id`.

    With `in_return`, which is for swaps that name nobody, colleagues answer by offering a shift of theirs for it.

    Nobody is asked before the rules let both take what they get. Asking the same again changes nothing.
    Raises `Refused`; `Booking.DoesNotExist` for a booking that is not the giver's, or not the colleague's.
    """
    lock_agent(agent_id)
    given = Booking.objects.get(pk=booking_id, agent_id=agent_id)
    wanted = None if wants_id is None else Booking.objects.get(pk=wants_id, agent=colleague_id)
    _close_expired(given, now=now)
    live = Swap.objects.filter(booking=given, status__in=LIVE_SWAPS).first()
    if live is not None and _same(live, colleague_id, wants_id, in_return):
        return live
    if reasons := _against_asking(given, wanted, colleague_id=colleague_id, live=live, now=now):
        raise Refused(reasons)
    if colleague_id is not None:
        own, theirs = against_both(Pair(given, colleague_id, wanted), now=now)
        if own or theirs:
            raise SwapRefused(own=own, colleague=theirs)
    ends = now + timedelta(hours=MarketPolicy.objects.get(pk=1).swap_hours)
    swap = Swap.objects.create(
        booking=given, giver_id=agent_id, colleague_id=colleague_id, wants=wanted, in_return=in_return, note=note,
        asked_at=now,
        expires_at=min(ends, *(booking.period.lower for booking in (given, wanted) if booking is not None)),
    )  # fmt: skip
    tell_swap(swap, kind="swap.asked", actor=actor, now=now)
    return swap


@transaction.atomic(durable=True)
def accept_swap(*, swap_id: int, agent_id: int, actor: str, now: datetime) -> Swap:
    """Say yes: the bookings change hands, or a dispatcher is asked. Saying yes again is the same answer.

    Raises `Refused`, `SwapRefused`; `Swap.DoesNotExist` where somebody else is asked, or for one's own.
    """
    swap, pair = lock_swap(swap_id, taker_id=agent_id)
    if swap.giver_id == agent_id or swap.colleague_id not in {None, agent_id}:
        raise Swap.DoesNotExist
    if swap.colleague_id == agent_id and swap.status in {SwapState.ACCEPTED, SwapState.DONE}:
        return swap
    must_be(swap, pair, (SwapState.ASKED,), now=now)
    if swap.in_return:
        raise Refused([SwapRefusal.IN_RETURN])
    theirs, own = against_both(pair, now=now)
    if own or theirs:
        raise SwapRefused(own=own, colleague=theirs)
    swap.colleague_id, swap.answered_at = agent_id, now
    if MarketPolicy.objects.get(pk=1).swap_needs_approval:
        become(swap, SwapState.ACCEPTED, actor=actor, now=now)
    else:
        change_hands(swap, pair, actor=actor, now=now)
    return swap


@transaction.atomic(durable=True)
def decline_swap(*, swap_id: int, agent_id: int, actor: str, now: datetime) -> None:
    """Say no to a swap one was asked for by name. Raises `Refused`; `Swap.DoesNotExist`."""
    swap = Swap.objects.select_for_update(of=("self",)).get(pk=swap_id, colleague_id=agent_id)
    if swap.status != SwapState.ASKED:
        raise Refused([SwapRefusal.OVER])
    swap.answered_at = now
    become(swap, SwapState.DECLINED, actor=actor, now=now)


@transaction.atomic(durable=True)
def withdraw_swap(*, swap_id: int, agent_id: int, actor: str, now: datetime) -> None:
    """The giver keeps the shift, as long as it has not changed hands. Raises `Refused`; `Swap.DoesNotExist`."""
    swap = Swap.objects.select_for_update(of=("self",)).get(pk=swap_id, giver_id=agent_id)
    if swap.status not in LIVE_SWAPS:
        raise Refused([SwapRefusal.OVER])
    become(swap, SwapState.WITHDRAWN, actor=actor, now=now)


@transaction.atomic(durable=True)
def expire_swaps(*, now: datetime) -> int:
    """Close the swaps that nobody answered in time; how many. What the clock ended is over before this runs."""
    due = Swap.objects.filter(status__in=LIVE_SWAPS, expires_at__lte=now)
    swaps = list(due.order_by("pk").select_for_update(of=("self",), skip_locked=True))
    for swap in swaps:
        become(swap, SwapState.EXPIRED, actor="clock", now=now)
    return len(swaps)


def _against_asking(
    given: Booking, wanted: Booking | None, *, colleague_id: int | None, live: Swap | None, now: datetime
) -> list[str]:
    reasons: list[str] = []
    if given.status != BookingState.HELD:
        reasons.append(BookingRefusal.NOT_HELD)
    if given.period.lower <= now:
        reasons.append(BookingRefusal.SHIFT_BEGUN)
    if live is not None:
        reasons.append(SwapRefusal.ASKED)
    if colleague_id == given.agent_id:
        reasons.append(SwapRefusal.YOURSELF)
    if wanted is not None and (wanted.status != BookingState.HELD or wanted.period.lower <= now):
        reasons.append(SwapRefusal.GONE)
    return reasons


def _same(live: Swap, colleague_id: int | None, wants_id: int | None, in_return: bool) -> bool:
    return (live.colleague_id, live.wants_id, live.in_return) == (colleague_id, wants_id, in_return)


def _close_expired(given: Booking, *, now: datetime) -> None:
    over = Swap.objects.filter(booking=given, status__in=LIVE_SWAPS, expires_at__lte=now)
    for swap in over.select_for_update(of=("self",)):
        become(swap, SwapState.EXPIRED, actor="clock", now=now)
