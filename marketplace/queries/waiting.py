"""What an agent waits for: offers in hand, places in line, requests in draws."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from marketplace.models import Booking, Draw, Offer, WaitingPlace
from marketplace.vocabulary import BookingState, OfferState, ShiftState, WaitState

SHIFT = ("shift__queue", "shift__department", "shift__site")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an agent stands with shifts that he or she holds no place in."""

    waiting: frozenset[int]
    asked: frozenset[int]
    said_no: frozenset[int]


def offers_to(*, agent_id: int, now: datetime) -> list[Offer]:
    """Live offers, the one that ends first on top; one statement."""
    live = Offer.objects.filter(agent_id=agent_id, status=OfferState.OPEN, expires_at__gt=now)
    return list(live.select_related(*SHIFT).order_by("expires_at", "pk"))


def line_of(*, agent_id: int, now: datetime) -> Sequence[WaitingPlace]:
    """Places in line for shifts ahead, by start, each with its `position` from 1; one statement.

    Those for which an offer is in hand are left out.
    """
    mine = ahead(now=now).filter(agent_id=agent_id).exclude(offers__status=OfferState.OPEN)
    return list(with_position(mine).order_by("shift__starts_at", "pk"))


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


def standing_of(*, agent_id: int, shift_ids: Collection[int]) -> Standing:
    """Which of the shifts the agent waits for, has asked for, or said no to; two statements."""
    places = WaitingPlace.objects.filter(
        agent_id=agent_id, shift_id__in=shift_ids, status__in=(WaitState.WAITING, WaitState.DECLINED)
    )
    line = list(places.values_list("shift_id", "status"))
    asked = Booking.objects.filter(agent_id=agent_id, shift_id__in=shift_ids, status=BookingState.REQUESTED)
    return Standing(
        waiting=frozenset(shift for shift, status in line if status == WaitState.WAITING),
        asked=frozenset(asked.values_list("shift_id", flat=True)),
        said_no=frozenset(shift for shift, status in line if status == WaitState.DECLINED),
    )


def draw_for(*, shift_id: int, agent_id: int | None) -> Draw | None:
    """The draw of a shift, for an agent who asked in it; None for `agent_id`: for whoever plans. Else None."""
    found = Draw.objects.filter(shift_id=shift_id).select_related("shift__queue", "shift__department")
    if agent_id is not None:
        found = found.filter(shift__bookings__agent_id=agent_id, shift__bookings__source="draw").distinct()
    return found.first()
