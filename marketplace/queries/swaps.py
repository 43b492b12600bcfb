"""Swaps as both sides and dispatchers see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from gigcx.accounts.models import Agent
from marketplace.claiming.hours import local_week
from marketplace.claiming.swaps import against_taking_over
from marketplace.models import Booking, Swap
from marketplace.queries.claim_facts import read_facts
from marketplace.vocabulary import BOUND_STATES, LIVE_SWAPS, BookingState, SwapState

MOST = 200
"""Open swaps looked at for one page."""
COLLEAGUES = 12
"""Names shown at a time."""
SHIFTS = [
    f"{side}__shift__{what}" for side in ("booking", "wants") for what in ("queue", "department", "site")
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Side:
    """One person in a swap: what goes, what comes, and the hours in the weeks concerned before and after."""

    agent: Agent
    gives: Booking | None
    gets: Booking | None
    hours_before: float
    hours_after: float


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who might take a shift over, and what he or she could give for it."""

    agent: Agent
    able: bool
    bookings: Sequence[Booking]


def live(*, now: datetime) -> QuerySet[Swap]:
    """Swaps that wait for somebody, whose shifts are still held."""
    found = Swap.objects.filter(
        Q(wants=None) | Q(wants__status=BookingState.HELD),
        status__in=LIVE_SWAPS, expires_at__gt=now, booking__status=BookingState.HELD,
    )  # fmt: skip
    return found.select_related("giver", "colleague", *SHIFTS).order_by("booking__period", "pk")


def asked_of(*, agent_id: int, now: datetime) -> list[Swap]:
    """Swaps that this agent was asked for by name, not yet answered; one statement."""
    return list(live(now=now).filter(colleague_id=agent_id, status=SwapState.ASKED))


def given_by(*, agent_id: int, now: datetime) -> list[Swap]:
    """Swaps that this agent has asked for; one statement."""
    return list(live(now=now).filter(giver_id=agent_id))


def open_to(*, agent_id: int, now: datetime) -> list[Swap]:
    """Open swaps of others that the rules let this agent take; as many statements whatever their number."""
    swaps = list(live(now=now).filter(colleague=None).exclude(giver_id=agent_id)[:MOST])
    facts = read_facts(agent_id=agent_id, shift_ids={swap.booking.shift_id for swap in swaps}, now=now)
    return [swap for swap in swaps if not against_taking_over(facts[swap.booking.shift_id], instead_of=None)]


def awaiting(*, department_ids: Sequence[int] | None, now: datetime) -> list[Swap]:
    """Swaps that both people agree on and these departments (None: all) decide; one statement."""
    found = live(now=now).filter(status=SwapState.ACCEPTED)
    if department_ids is not None:
        found = found.filter(_of(department_ids, "booking"), Q(wants=None) | _of(department_ids, "wants"))
    return list(found)


def sides(swap: Swap) -> list[Side]:
    """The people of a swap, before → after, the giver first; a statement for each."""
    found = [_side(swap.giver, gives=swap.booking, gets=swap.wants)]
    return found if swap.colleague is None else [*found, _side(swap.colleague, gives=swap.wants, gets=swap.booking)]


def colleagues_for(*, booking: Booking, text: str, now: datetime) -> list[Colleague]:
    """People of this name, or of the same department, who might take the booking over; those who can come first.

    The reasons of those who can't are theirs: only that they can't is told.
    """
    found = Agent.objects.exclude(pk=booking.agent_id).filter(user__is_active=True)
    found = found.filter(name__icontains=text) if text else found.filter(department=booking.agent.department_id)
    agents = list(found.order_by("name", "code")[:COLLEAGUES])
    held = Booking.objects.filter(agent__in=agents, status=BookingState.HELD, period__startswith__gt=now)
    theirs = list(held.select_related("shift__queue", "shift__department", "shift__site").order_by("period"))
    people = [
        Colleague(
            agent=agent,
            able=_able(agent.pk, booking.shift_id, now=now),
            bookings=[one for one in theirs if one.agent_id == agent.pk],
        )
        for agent in agents
    ]
    return sorted(people, key=lambda one: not one.able)


def _able(agent_id: int, shift_id: int, *, now: datetime) -> bool:
    facts = read_facts(agent_id=agent_id, shift_ids=[shift_id], now=now)[shift_id]
    return not against_taking_over(facts, instead_of=None)


def _of(department_ids: Sequence[int], side: str) -> Q:
    return Q(**{f"{side}__shift__queue__department_id__in": department_ids}) | Q(
        **{f"{side}__shift__department_id__in": department_ids}
    )


def _side(agent: Agent, *, gives: Booking | None, gets: Booking | None) -> Side:
    """Hours are those of the weeks, by the agent's own clock, in which something changes."""
    zone = ZoneInfo(agent.timezone)
    weeks = {local_week(one.period.lower.astimezone(zone).date(), zone) for one in (gives, gets) if one is not None}
    within = Q()
    for week in weeks:
        within |= Q(period__startswith__gte=week.start, period__startswith__lt=week.end)
    states = (*BOUND_STATES, BookingState.WORKED)
    periods = Booking.objects.filter(within, agent=agent, status__in=states).values_list("period", flat=True)
    before = sum((period.upper - period.lower for period in periods), timedelta())
    after = before - _length(gives) + _length(gets)
    return Side(agent, gives, gets, before / timedelta(hours=1), after / timedelta(hours=1))


def _length(booking: Booking | None) -> timedelta:
    return timedelta() if booking is None else booking.period.upper - booking.period.lower
