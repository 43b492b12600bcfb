"""Waiting for a place in a full shift, and answering when one is offered."""

from datetime import datetime

from django.db import transaction

from gigcx.ledger.record import record
from marketplace.actions.claim import Claimed, lock_agent, lock_shift, take
from marketplace.actions.offers import end_offer, give_to_next
from marketplace.actions.refused import ClaimRefused, Refused
from marketplace.claiming.eligibility import has_room, refusals
from marketplace.claiming.facts import Facts
from marketplace.claiming.places import with_a_place
from marketplace.models import Booking, Offer, WaitingPlace
from marketplace.queries.claim_facts import read_facts
from marketplace.vocabulary import BOUND_STATES, OfferState, WaitRefusal, WaitState


@transaction.atomic(durable=True)
def join_waiting(*, shift_id: int, agent_id: int, actor: str, now: datetime) -> WaitingPlace:
    """Take the last place in the line for a full shift. Joining again changes nothing.

    Raises `ClaimRefused` with every reason but that it is full, `Refused`; `Shift.DoesNotExist`.
    """
    lock_agent(agent_id)
    lock_shift(shift_id)
    mine = WaitingPlace.objects.filter(shift_id=shift_id, agent_id=agent_id)
    if waiting := mine.filter(status=WaitState.WAITING).first():
        return waiting
    facts = read_facts(agent_id=agent_id, shift_ids=[shift_id], now=now)[shift_id]
    if reasons := _against(facts, shift_id=shift_id, said_no=mine.filter(status=WaitState.DECLINED).exists()):
        raise Refused(reasons)
    if against := refusals(with_a_place(facts)):
        raise ClaimRefused(against)
    place = WaitingPlace.objects.create(shift_id=shift_id, agent_id=agent_id, joined_at=now)
    tell_place(place, kind="waiting.joined", actor=actor, now=now)
    return place


@transaction.atomic(durable=True)
def leave_waiting(*, shift_id: int, agent_id: int, actor: str, now: datetime) -> None:
    """Leave the line; with an offer in hand that is a no to the shift. Raises `Refused` where nobody waits."""
    lock_shift(shift_id)
    place = WaitingPlace.objects.filter(shift_id=shift_id, agent_id=agent_id, status=WaitState.WAITING).first()
    if place is None:
        raise Refused([WaitRefusal.NOT_WAITING])
    offer = Offer.objects.select_for_update().filter(place=place, status=OfferState.OPEN).first()
    if offer is not None:
        _say_no(offer, actor=actor, now=now)
        return
    place.status, place.ended_at = WaitState.LEFT, now
    place.save(update_fields=["status", "ended_at"])
    tell_place(place, kind="waiting.left", actor=actor, now=now)


@transaction.atomic(durable=True)
def accept_offer(*, offer_id: int, agent_id: int, actor: str, now: datetime) -> Claimed:
    """Take the place that was kept. Accepting again is the same answer.

    Raises `ClaimRefused` with every reason that has come up since, `Refused`; `Offer.DoesNotExist` for somebody else's.
    """
    lock_agent(agent_id)
    shift_id = Offer.objects.values_list("shift_id", flat=True).get(pk=offer_id, agent_id=agent_id)
    lock_shift(shift_id)
    offer = Offer.objects.select_for_update().get(pk=offer_id)
    held = Booking.objects.filter(shift_id=shift_id, agent_id=agent_id, status__in=BOUND_STATES).first()
    if held is None and (offer.status != OfferState.OPEN or offer.expires_at <= now):
        raise Refused([WaitRefusal.OFFER_OVER])
    return take(shift_id=shift_id, agent_id=agent_id, actor=actor, now=now)


@transaction.atomic(durable=True)
def decline_offer(*, offer_id: int, agent_id: int, actor: str, now: datetime) -> None:
    """No to the shift: it is not offered to this agent again. Saying so again changes nothing.

    Raises `Refused`; `Offer.DoesNotExist` for somebody else's.
    """
    shift_id = Offer.objects.values_list("shift_id", flat=True).get(pk=offer_id, agent_id=agent_id)
    lock_shift(shift_id)
    offer = Offer.objects.select_for_update().get(pk=offer_id)
    if offer.status == OfferState.DECLINED:
        return
    if offer.status != OfferState.OPEN:
        raise Refused([WaitRefusal.OFFER_OVER])
    _say_no(offer, actor=actor, now=now)


def tell_place(place: WaitingPlace, *, kind: str, actor: str, now: datetime) -> None:
    """The Entry of what happened to a place in the line, on its agent's page."""
    data = {"place": place.pk, "shift": place.shift_id}
    record(kind=kind, subject=f"agent:{place.agent_id}", actor=actor, at=now, data=data)


def _say_no(offer: Offer, *, actor: str, now: datetime) -> None:
    end_offer(offer, status=OfferState.DECLINED, kind="offer.declined", actor=actor, now=now)
    give_to_next(offer, actor=actor, now=now)


def _against(facts: Facts, *, shift_id: int, said_no: bool) -> list[WaitRefusal]:
    if any(work.shift == shift_id for work in facts.agent.work):
        return [WaitRefusal.HOLDS]
    reasons = [] if any(has_room(facts)) else [WaitRefusal.NOT_FULL]
    return [*reasons, WaitRefusal.SAID_NO] if said_no else reasons
