"""Bookings change hands. The shifts' counters do not change.

The two bookings end and two new ones begin in one transaction, so nobody ever holds both or neither, and who held what
stays on record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gigcx.ledger.record import record
from marketplace.actions.claim import lock_agent, lock_shift
from marketplace.actions.offers import end_booking, end_offer, give_to_next
from marketplace.actions.refused import Refused
from marketplace.claiming.reasons import Reason
from marketplace.claiming.swaps import against_taking_over
from marketplace.models import Booking, Offer, Swap, WaitingPlace
from marketplace.queries.claim_facts import read_facts
from marketplace.vocabulary import BookingSource, BookingState, OfferState, SwapRefusal, SwapState, WaitState


@dataclass(frozen=True, slots=True)
class Pair:
    """What changes hands: `given` goes to the colleague; `wanted`, if anything, to the giver."""

    given: Booking
    colleague_id: int
    wanted: Booking | None


def lock_swap(swap_id: int, *, taker_id: int | None) -> tuple[Swap, Pair]:
    """The swap and what changes hands, all locked: agents, shifts, bookings by id, then the swap.

    `taker_id` is whoever answers; None: the colleague who has. Raises `Swap.DoesNotExist`.
    """
    seen = Swap.objects.select_related("booking", "wants").get(pk=swap_id)
    colleague = taker_id or seen.colleague_id
    if colleague is None:
        raise Refused([SwapRefusal.OVER])
    for agent in sorted({seen.giver_id, colleague}):
        lock_agent(agent)
    bookings = [booking for booking in (seen.booking, seen.wants) if booking is not None]
    for shift in sorted({booking.shift_id for booking in bookings}):
        lock_shift(shift)
    ids = [booking.pk for booking in bookings]
    locked = {one.pk: one for one in Booking.objects.filter(pk__in=ids).order_by("pk").select_for_update()}
    swap = Swap.objects.select_for_update(of=("self",)).get(pk=swap_id)
    wanted = None if seen.wants_id is None else locked[seen.wants_id]
    return swap, Pair(locked[seen.booking_id], colleague, wanted)


def must_be(swap: Swap, pair: Pair, wanted: Sequence[SwapState], *, now: datetime) -> None:
    """Raise `Refused` unless the swap is in one of these states, not expired, and both still hold what they give."""
    if swap.status not in wanted or swap.expires_at <= now:
        raise Refused([SwapRefusal.OVER])
    if pair.given.status != BookingState.HELD or (pair.wanted and pair.wanted.status != BookingState.HELD):
        raise Refused([SwapRefusal.GONE])


def against_both(pair: Pair, *, now: datetime) -> tuple[Sequence[Reason], Sequence[Reason]]:
    """What speaks against it for the giver, and for the colleague: each without the booking that he or she gives."""
    given, wanted = pair.given, pair.wanted
    facts = read_facts(agent_id=pair.colleague_id, shift_ids=[given.shift_id], now=now)[given.shift_id]
    theirs = against_taking_over(facts, instead_of=wanted.pk if wanted else None)
    if wanted is None:
        return (), theirs
    facts = read_facts(agent_id=given.agent_id, shift_ids=[wanted.shift_id], now=now)[wanted.shift_id]
    return against_taking_over(facts, instead_of=given.pk), theirs


def change_hands(swap: Swap, pair: Pair, *, actor: str, now: datetime) -> None:
    """End both bookings, begin two new ones for the other, and close the swap. Everything is locked and checked."""
    moved = [(pair.given, pair.colleague_id)]
    if pair.wanted is not None:
        moved.append((pair.wanted, pair.given.agent_id))
    for booking, to in moved:
        data = {"swap": swap.pk, "to": to}
        end_booking(booking, status=BookingState.RELEASED, kind="booking.swapped", actor=actor, now=now, data=data)
    for booking, to in moved:
        _hold_instead(booking, to, actor=actor, now=now)
    become(swap, SwapState.DONE, actor=actor, now=now)


def become(swap: Swap, status: SwapState, *, actor: str, now: datetime) -> None:
    """What the locked swap is from now on, and its Entry."""
    swap.status = status
    swap.save(update_fields=["status", "colleague", "answered_at", "decided_at"])
    tell_swap(swap, kind=f"swap.{status.value}", actor=actor, now=now)


def tell_swap(swap: Swap, *, kind: str, actor: str, now: datetime) -> None:
    """The Entry of what happened to a swap, on the pages of both."""
    data = {"giver": swap.giver_id, "colleague": swap.colleague_id, "booking": swap.booking_id, "wants": swap.wants_id}
    record(kind=kind, subject=f"swap:{swap.pk}", actor=actor, at=now, data=data)


def _hold_instead(booking: Booking, agent_id: int, *, actor: str, now: datetime) -> None:
    new = Booking.objects.create(
        shift_id=booking.shift_id, agent_id=agent_id, period=booking.period, status=BookingState.HELD,
        source=BookingSource.SWAP, pay=booking.pay, held_at=now,
    )  # fmt: skip
    data = {"booking": new.pk, "shift": new.shift_id, "source": new.source}
    record(kind="booking.held", subject=f"agent:{agent_id}", actor=actor, at=now, data=data)
    _waits_no_more(new, actor=actor, now=now)


def _waits_no_more(booking: Booking, *, actor: str, now: datetime) -> None:
    mine = {"shift_id": booking.shift_id, "agent_id": booking.agent_id}
    WaitingPlace.objects.filter(**mine, status=WaitState.WAITING).update(status=WaitState.SERVED, ended_at=now)
    for offer in Offer.objects.filter(**mine, status=OfferState.OPEN).select_for_update(of=("self",)):
        end_offer(offer, status=OfferState.WITHDRAWN, kind="offer.withdrawn", actor=actor, now=now)
        give_to_next(offer, actor=actor, now=now)
