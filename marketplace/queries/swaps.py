"""Swaps as both sides and dispatchers see them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from gigcx.accounts.models import Agent
from marketplace.claiming.facts import Facts
from marketplace.claiming.hours import Period, local_week
from marketplace.claiming.swaps import against_taking_over
from marketplace.models import Booking, Swap
from marketplace.queries.claim_facts import facts_of_many, read_facts
from marketplace.vocabulary import BOUND_STATES, LIVE_SWAPS, BookingState, SwapState

Person = tuple[Agent, Booking | None, Booking | None]
"""Who takes part in a swap, what he or she gives, and gets."""
MOST = 200
"""Open swaps looked at for one page."""
SETTLED = 5
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


def settled_with(*, agent_id: int, now: datetime) -> list[Swap]:
    """How swaps of shifts that are still ahead came out for this agent, the newest first; one statement.

    For the giver what colleagues and dispatchers said, or that nobody did; for the colleague what a dispatcher said.
    """
    given = Q(giver_id=agent_id, status=SwapState.DONE) | Q(
        giver_id=agent_id,
        status__in=(SwapState.DECLINED, SwapState.REJECTED, SwapState.EXPIRED),
        booking__status=BookingState.HELD,
    )
    got = Q(colleague_id=agent_id, status__in=(SwapState.DONE, SwapState.REJECTED), decided_at__isnull=False)
    found = Swap.objects.filter(given | got, booking__period__startswith__gt=now)
    at = Coalesce("decided_at", "answered_at", "expires_at")
    return list(found.select_related("giver", "colleague", *SHIFTS).order_by(at.desc(), "-pk")[:SETTLED])


def open_to(*, agent_id: int, now: datetime) -> list[Swap]:
    """Open swaps of others that the rules let this agent take, for nothing or for a shift of his or her own.

    As many statements whatever their number.
    """
    swaps = list(live(now=now).filter(colleague=None).exclude(giver_id=agent_id)[:MOST])
    facts = read_facts(agent_id=agent_id, shift_ids={swap.booking.shift_id for swap in swaps}, now=now)
    own = to_give(agent_id=agent_id, now=now) if any(swap.in_return for swap in swaps) else []
    return [swap for swap in swaps if _can_take(swap, facts[swap.booking.shift_id], own)]


def to_give(*, agent_id: int, now: datetime) -> list[Booking]:
    """What the agent could give for somebody else's shift: held, ahead, in no swap yet; one statement."""
    held = Booking.objects.filter(agent_id=agent_id, status=BookingState.HELD, period__startswith__gt=now)
    free = held.exclude(pk__in=live(now=now).filter(giver_id=agent_id).values("booking"))
    return list(free.select_related("shift__queue", "shift__department", "shift__site").order_by("period", "pk"))


def returns_for(*, swap: Swap, agent_id: int, now: datetime) -> list[Booking]:
    """Which of the agent's own shifts could go to the giver for this one: the rules let both; a few statements."""
    own = [one for one in to_give(agent_id=agent_id, now=now) if one.shift_id != swap.booking.shift_id]
    mine = read_facts(agent_id=agent_id, shift_ids=[swap.booking.shift_id], now=now)[swap.booking.shift_id]
    theirs = read_facts(agent_id=swap.giver_id, shift_ids={one.shift_id for one in own}, now=now)
    return [
        one
        for one in own
        if not against_taking_over(mine, instead_of=one.pk)
        and not against_taking_over(theirs[one.shift_id], instead_of=swap.booking_id)
    ]


def awaiting(*, department_ids: Sequence[int] | None, now: datetime) -> list[Swap]:
    """Swaps that both people agree on and these departments (None: all) decide; one statement."""
    return list(agreed(department_ids=department_ids, now=now))


def agreed(*, department_ids: Sequence[int] | None, now: datetime) -> QuerySet[Swap]:
    """The same, not read yet."""
    return _before(department_ids, live(now=now)).filter(status=SwapState.ACCEPTED)


def unanswered(*, department_ids: Sequence[int] | None, now: datetime) -> list[Swap]:
    """Swaps of these departments (None: all) that wait for a colleague, the one that ends first on top."""
    found = _before(department_ids, live(now=now)).filter(status=SwapState.ASKED)
    return list(found.order_by("expires_at", "pk")[:MOST])


def sides(swaps: Sequence[Swap]) -> dict[int, list[Side]]:
    """The people of each swap, before → after, the giver first; one statement."""
    people = {swap.pk: _people(swap) for swap in swaps}
    everyone = [person for found in people.values() for person in found]
    worked = _worked({agent.pk for agent, *_ in everyone}, [week for person in everyone for week in _weeks(*person)])
    return {pk: [_side(*person, worked=worked[person[0].pk]) for person in found] for pk, found in people.items()}


def colleagues_for(*, booking: Booking, text: str, now: datetime) -> list[Colleague]:
    """People of this name, or of the same department, who might take the booking over; those who can come first.

    The reasons of those who can't are theirs: only that they can't is told.
    """
    found = Agent.objects.exclude(pk=booking.agent_id).filter(user__is_active=True)
    found = found.filter(name__icontains=text) if text else found.filter(department=booking.agent.department_id)
    agents = list(found.order_by("name", "code")[:COLLEAGUES])
    facts = facts_of_many(agent_ids=[agent.pk for agent in agents], shift_id=booking.shift_id, now=now)
    held = Booking.objects.filter(agent__in=agents, status=BookingState.HELD, period__startswith__gt=now)
    theirs = list(held.select_related("shift__queue", "shift__department", "shift__site").order_by("period"))
    people = [
        Colleague(
            agent=agent,
            able=not against_taking_over(facts[agent.pk], instead_of=None),
            bookings=[one for one in theirs if one.agent_id == agent.pk],
        )
        for agent in agents
    ]
    return sorted(people, key=lambda one: not one.able)


def _can_take(swap: Swap, facts: Facts, own: Sequence[Booking]) -> bool:
    if not swap.in_return:
        return not against_taking_over(facts, instead_of=None)
    others = (one for one in own if one.shift_id != swap.booking.shift_id)
    return any(not against_taking_over(facts, instead_of=one.pk) for one in others)


def _before(department_ids: Sequence[int] | None, found: QuerySet[Swap]) -> QuerySet[Swap]:
    if department_ids is None:
        return found
    return found.filter(_of(department_ids, "booking"), Q(wants=None) | _of(department_ids, "wants"))


def _of(department_ids: Sequence[int], side: str) -> Q:
    return Q(**{f"{side}__shift__queue__department_id__in": department_ids}) | Q(
        **{f"{side}__shift__department_id__in": department_ids}
    )


def _people(swap: Swap) -> list[Person]:
    giver: Person = (swap.giver, swap.booking, swap.wants)
    return [giver] if swap.colleague is None else [giver, (swap.colleague, swap.wants, swap.booking)]


def _weeks(agent: Agent, *bookings: Booking | None) -> set[Period]:
    """Those in which something changes, by the agent's own clock."""
    zone = ZoneInfo(agent.timezone)
    return {local_week(one.period.lower.astimezone(zone).date(), zone) for one in bookings if one is not None}


def _worked(agent_ids: Collection[int], weeks: Sequence[Period]) -> dict[int, list[Period]]:
    """What these people hold or worked from the first of these weeks to the last."""
    found: dict[int, list[Period]] = {agent: [] for agent in agent_ids}
    if weeks:
        start, end = min(week.start for week in weeks), max(week.end for week in weeks)
        states = (*BOUND_STATES, BookingState.WORKED)
        rows = Booking.objects.filter(
            agent__in=agent_ids, status__in=states, period__startswith__gte=start, period__startswith__lt=end
        )
        for agent, period in rows.values_list("agent_id", "period"):
            found[agent].append(Period(period.lower, period.upper))
    return found


def _side(agent: Agent, gives: Booking | None, gets: Booking | None, *, worked: Sequence[Period]) -> Side:
    weeks = _weeks(agent, gives, gets)
    theirs = [one.length for one in worked if any(week.start <= one.start < week.end for week in weeks)]
    before = sum(theirs, timedelta())
    after = before - _length(gives) + _length(gets)
    return Side(agent, gives, gets, before / timedelta(hours=1), after / timedelta(hours=1))


def _length(booking: Booking | None) -> timedelta:
    return timedelta() if booking is None else booking.period.upper - booking.period.lower
