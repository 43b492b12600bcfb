"""Places that come free are kept for whoever waits: offered to one after the other, each for a while.

Everything here is called with the shift's row locked. Eligibility is judged without a lock on the person asked, since
an offer promises nothing but the place: whoever accepts is judged again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from gigcx.ledger.record import record
from marketplace.actions.refused import ClaimRefused
from marketplace.claiming.eligibility import refusals
from marketplace.claiming.places import offer_ends, with_a_place
from marketplace.claiming.reasons import ClaimRefusal, Reason
from marketplace.models import Booking, MarketPolicy, Offer, Shift, WaitingPlace
from marketplace.queries.claim_facts import facts_of_many
from marketplace.vocabulary import BookingState, OfferState, WaitState

LOOKED_AT = 25
"""So many who wait are judged at a time; the first is nearly always able."""


def pass_on(shift_id: int, *, actor: str, now: datetime) -> bool:
    """A place that the shift counts as taken is free: keep it for the next who waits, else open it to everyone.

    Returns whether it was kept.
    """
    kept = offer_next(shift_id, replaces=None, actor=actor, now=now)
    if not kept:
        count_one_less(shift_id)
    return kept


def offer_next(shift_id: int, *, replaces: Booking | None, actor: str, now: datetime) -> bool:
    """Offer a kept place, or that of `replaces`, to the first who waits and can take it; whether there is one."""
    shift = Shift.objects.get(pk=shift_id)
    policy = MarketPolicy.objects.get(pk=1)
    latest = shift.starts_at - (timedelta(minutes=policy.replace_until_minutes) if replaces else timedelta(0))
    ends = offer_ends(now=now, latest=latest, usual=timedelta(minutes=policy.offer_minutes))
    place = None if ends is None else _next_in_line(shift_id, actor=actor, now=now)
    if place is None or ends is None:
        return False
    offer = Offer.objects.create(
        place=place, shift_id=shift_id, agent_id=place.agent_id, replaces=replaces, made_at=now, expires_at=ends
    )
    tell_offer(offer, kind="offer.made", actor=actor, now=now)
    return True


def give_to_next(offer: Offer, *, actor: str, now: datetime) -> None:
    """What the offer kept goes to the next who waits; a free place without a taker is open to everyone."""
    if offer.replaces is None:
        pass_on(offer.shift_id, actor=actor, now=now)
    else:
        offer_next(offer.shift_id, replaces=offer.replaces, actor=actor, now=now)


def inherit(booking: Booking) -> bool:
    """The holder has gone before anyone took over: the offer of that place is now one of a free place."""
    return bool(Offer.objects.filter(replaces=booking, status=OfferState.OPEN).update(replaces=None))


def withdraw_replacement(booking: Booking, *, actor: str, now: datetime) -> None:
    """The holder comes after all: whoever was asked to take over keeps the place in line, and nothing more."""
    offer = Offer.objects.select_for_update().filter(replaces=booking, status=OfferState.OPEN).first()
    if offer is not None:
        end_offer(offer, status=OfferState.WITHDRAWN, kind="offer.withdrawn", actor=actor, now=now)


def use_offer(offer_id: int, *, actor: str, now: datetime) -> None:
    """Make the place of an offer free for its agent, who takes it in this transaction.

    Raises `ClaimRefused` if the offer is over meanwhile.
    """
    offer = Offer.objects.select_for_update().get(pk=offer_id)
    if offer.status != OfferState.OPEN or offer.expires_at <= now:
        raise ClaimRefused([Reason(ClaimRefusal.FULL)])
    if offer.replaces_id is not None:
        leaving = Booking.objects.get(pk=offer.replaces_id)
        end_booking(leaving, status=BookingState.RELEASED, kind="booking.replaced", actor=actor, now=now)
    end_offer(offer, status=OfferState.ACCEPTED, kind="offer.accepted", actor=actor, now=now)
    count_one_less(offer.shift_id)


def end_offer(offer: Offer, *, status: OfferState, kind: str, actor: str, now: datetime) -> None:
    """The locked offer is over. Who said no, or nothing, has left the line."""
    offer.status, offer.answered_at = status, now
    offer.save(update_fields=["status", "answered_at"])
    left = {OfferState.DECLINED: WaitState.DECLINED, OfferState.EXPIRED: WaitState.MISSED}.get(status)
    if left is not None:
        WaitingPlace.objects.filter(pk=offer.place_id).update(status=left, ended_at=now)
    tell_offer(offer, kind=kind, actor=actor, now=now)


def end_booking(
    booking: Booking,
    *,
    status: BookingState,
    kind: str,
    actor: str,
    now: datetime,
    data: dict[str, Any] | None = None,
) -> None:
    """The locked booking is over; what becomes of its place is for the caller to say."""
    booking.status, booking.ended_at = status, now
    booking.save(update_fields=["status", "ended_at"])
    figures = {"booking": booking.pk, "shift": booking.shift_id} | (data or {})
    record(kind=kind, subject=f"agent:{booking.agent_id}", actor=actor, at=now, data=figures)


def count_one_less(shift_id: int) -> None:
    """One place of the shift is open to everyone."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE marketplace_shift SET taken = taken - 1 WHERE id = %s", [shift_id])


def count_one_more(shift_id: int) -> None:
    """One place of the shift is kept."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE marketplace_shift SET taken = taken + 1 WHERE id = %s", [shift_id])


def tell_offer(offer: Offer, *, kind: str, actor: str, now: datetime) -> None:
    """The Entry of what happened to an offer, on its agent's page."""
    data = {
        "offer": offer.pk, "shift": offer.shift_id, "replaces": offer.replaces_id,
        "expires_at": offer.expires_at.timestamp(),
    }  # fmt: skip
    record(kind=kind, subject=f"agent:{offer.agent_id}", actor=actor, at=now, data=data)


def _next_in_line(shift_id: int, *, actor: str, now: datetime) -> WaitingPlace | None:
    """The first who waits and can take a place. Those before wait on, and are told why it went past them."""
    line = WaitingPlace.objects.filter(shift_id=shift_id, status=WaitState.WAITING).order_by("pk")
    waiting = list(line.exclude(offers__status=OfferState.OPEN))
    passed: list[tuple[WaitingPlace, list[str]]] = []
    for first in range(0, len(waiting), LOOKED_AT):
        some = waiting[first : first + LOOKED_AT]
        facts = facts_of_many(agent_ids=[place.agent_id for place in some], shift_id=shift_id, now=now)
        for place in some:
            against = [str(reason) for reason in refusals(with_a_place(facts[place.agent_id]))]
            if not against:
                _pass_over(passed, served=True, actor=actor, now=now)
                return place
            passed.append((place, against))
    _pass_over(passed, served=False, actor=actor, now=now)
    return None


def _pass_over(passed: Sequence[tuple[WaitingPlace, list[str]]], *, served: bool, actor: str, now: datetime) -> None:
    """Write down why a place went past these people, who wait on.

    Where it went to nobody it is looked at again and again: then only what stands against them newly is said.
    """
    for place, against in passed:
        if served or place.against != against:
            place.passed_at, place.against = now, against
            place.save(update_fields=["passed_at", "against"])
            data = {"place": place.pk, "shift": place.shift_id, "against": against}
            record(kind="waiting.passed_over", subject=f"agent:{place.agent_id}", actor=actor, at=now, data=data)
