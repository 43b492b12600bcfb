"""What an agent waits for: offers in hand, places in line, requests in draws."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from gigcx.database.prepared import prepared
from marketplace.claiming.eligibility import refusals
from marketplace.claiming.places import with_a_place
from marketplace.claiming.reasons import Reason
from marketplace.models import Draw, Offer, WaitingPlace
from marketplace.queries.claim_facts import read_facts
from marketplace.vocabulary import OfferState, ShiftState, WaitState

SHIFT = ("shift__queue", "shift__department", "shift__site")


@dataclass(frozen=True, slots=True)
class Calling:
    """What waits for an agent's answer, and the ledger position that this includes."""

    position: int
    """How far the ledger has been published; 0 before the first Entry."""
    offers: int
    """Places kept."""
    first_ends_at: datetime | None
    """When the first of these offers ends."""
    swaps: int
    """Swaps that the agent was asked for by name."""
    exchanges: int
    """Those of them that ask for a shift of the agent's in return."""

    @property
    def takeovers(self) -> int:
        """Those that ask for nothing in return."""
        return self.swaps - self.exchanges


CALLING = """
SELECT (SELECT coalesce(max(position), 0) FROM ledger_entry), o.number, o.first, (
  SELECT array[count(*), count(w.id)] FROM marketplace_swap s JOIN marketplace_booking b ON b.id = s.booking_id
    LEFT JOIN marketplace_booking w ON w.id = s.wants_id
  WHERE s.colleague_id = %(agent)s AND s.status = 'asked' AND s.expires_at > %(now)s
    AND b.status = 'held' AND (w.id IS NULL OR w.status = 'held'))
FROM (SELECT count(*) AS number, min(expires_at) AS first FROM marketplace_offer
  WHERE agent_id = %(agent)s AND status = 'open' AND expires_at > %(now)s) AS o
"""


def calling(*, agent_id: int, now: datetime) -> Calling:
    """What waits for the agent's answer; one statement."""
    ((position, offers, first, (swaps, exchanges)),) = prepared(CALLING, {"agent": agent_id, "now": now})
    return Calling(position=position, offers=offers, first_ends_at=first, swaps=swaps, exchanges=exchanges)


def offers_to(*, agent_id: int, now: datetime) -> list[Offer]:
    """Live offers, the one that ends first on top; one statement."""
    live = Offer.objects.filter(agent_id=agent_id, status=OfferState.OPEN, expires_at__gt=now)
    return list(live.select_related(*SHIFT).order_by("expires_at", "pk"))


def seconds_to_minute(ends: Collection[datetime], *, now: datetime) -> float:
    """How long the whole minutes left until these instants stay what they are; infinite without any."""
    minute = timedelta(minutes=1)
    lefts = ((end - now) % minute or minute for end in ends)
    return min((left.total_seconds() for left in lefts), default=float("inf"))


def line_of(*, agent_id: int, now: datetime) -> Sequence[WaitingPlace]:
    """Places in line for shifts ahead, by start, each with its `position` from 1; one statement.

    Those for which an offer is in hand are left out.
    """
    mine = ahead(now=now).filter(agent_id=agent_id).exclude(offers__status=OfferState.OPEN)
    return list(with_position(mine).order_by("shift__starts_at", "pk"))


def against_waiting(*, places: Collection[WaitingPlace], agent_id: int, now: datetime) -> dict[int, tuple[Reason, ...]]:
    """By shift, why a place that came free now would go past the agent; as many statements whatever their number."""
    facts = read_facts(agent_id=agent_id, shift_ids=[place.shift_id for place in places], now=now) if places else {}
    return {shift_id: refusals(with_a_place(one)) for shift_id, one in facts.items()}


def ahead(*, now: datetime) -> QuerySet[WaitingPlace]:
    """Everybody who waits for an open shift that has not begun."""
    found = WaitingPlace.objects.filter(
        status=WaitState.WAITING, shift__status=ShiftState.OPEN, shift__starts_at__gt=now
    )
    return found.select_related(*SHIFT)


def with_position(places: QuerySet[WaitingPlace]) -> QuerySet[WaitingPlace]:
    """With `position`: 1 for whoever is next."""
    before = WaitingPlace.objects.filter(shift=OuterRef("shift"), status=WaitState.WAITING, pk__lte=OuterRef("pk"))
    number = before.order_by().values("shift").annotate(number=Count("pk")).values("number")
    return places.annotate(position=Coalesce(Subquery(number), 1))


def draw_for(*, shift_id: int, agent_id: int | None) -> Draw | None:
    """The draw of a shift, for an agent who asked in it or waits in its line; None for `agent_id`: for whoever plans.
    Else None."""
    found = Draw.objects.filter(shift_id=shift_id).select_related("shift__queue", "shift__department")
    if agent_id is not None:
        asked = Q(shift__bookings__agent_id=agent_id, shift__bookings__source="draw")
        waits = Q(shift__waiting_places__agent_id=agent_id)
        found = found.filter(asked | waits).distinct()
    return found.first()
