"""What people promised and kept, from the ledger alone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from gigcx.ledger.models import Entry
from marketplace.claiming.reliability import WINDOW, Outcome, Promise, reliability
from marketplace.models import Appeal, Booking

LATE_SECONDS = 300
"""Whoever checks in later than this after the start is late."""
KINDS = ("booking.checked_in", "booking.worked", "booking.no_show", "appeal.upheld")


def promises_of(*, agent_ids: Collection[int], now: datetime) -> dict[int, list[Promise]]:
    """For each agent the promises of the last 180 days, oldest first; one statement.

    A booking counts once, by the last that was written of it. An appeal that was upheld takes its mark away.
    """
    subjects = [f"agent:{agent}" for agent in agent_ids]
    entries = Entry.objects.filter(subject__in=subjects, kind__in=KINDS, at__gte=now - WINDOW, at__lte=now)
    found: dict[int, dict[int, Promise]] = {agent: {} for agent in agent_ids}
    late: set[int] = set()
    for entry in entries.order_by("pk"):
        mine, booking = found[int(entry.subject.removeprefix("agent:"))], entry.data["booking"]
        match entry.kind:
            case "booking.checked_in":
                late.update([booking] if entry.data.get("late_seconds", 0) > LATE_SECONDS else [])
                mine.pop(booking, None)
            case "booking.worked":
                mine[booking] = Promise(booking, entry.at, Outcome.LATE if booking in late else Outcome.KEPT)
            case "booking.no_show":
                mine[booking] = Promise(booking, entry.at, Outcome.MISSED)
            case "appeal.upheld":
                late.discard(booking)
                _forgive(mine, booking)
    return {agent: list(mine.values()) for agent, mine in found.items()}


def reliability_of(*, agent_ids: Collection[int], now: datetime) -> dict[int, float]:
    """How reliable each of the agents is, 0–1; one statement."""
    return {agent: reliability(mine, now=now) for agent, mine in promises_of(agent_ids=agent_ids, now=now).items()}


@dataclass(frozen=True, slots=True)
class Line:
    """One promise as its owner sees it."""

    promise: Promise
    booking: Booking
    appeal: Appeal | None

    @property
    def marked(self) -> bool:
        """It counts for less than a promise kept."""
        return self.promise.outcome != Outcome.KEPT


@dataclass(frozen=True, slots=True)
class Record:
    """All that an agent's figure is made of, newest first."""

    share: float
    lines: Sequence[Line]
    forgiven: Sequence[Appeal]
    """Appeals that took a mark away: it counts no more, but what was said stays to be read."""

    def count(self, outcome: Outcome) -> int:
        """How many promises came out so."""
        return sum(line.promise.outcome == outcome for line in self.lines)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each outcome."""
        return {outcome.value: self.count(outcome) for outcome in Outcome}


def record_of(*, agent_id: int, now: datetime) -> Record:
    """The agent's own record; three statements."""
    promises = promises_of(agent_ids=[agent_id], now=now)[agent_id]
    bookings = Booking.objects.select_related("shift__queue", "shift__department", "appeal").in_bulk(
        [promise.booking for promise in promises]
    )
    lines = [
        Line(promise, bookings[promise.booking], getattr(bookings[promise.booking], "appeal", None))
        for promise in sorted(promises, key=lambda one: one.at, reverse=True)
    ]
    upheld = Appeal.objects.filter(booking__agent=agent_id, upheld=True, decided_at__gte=now - WINDOW)
    forgiven = upheld.exclude(booking__in=bookings).select_related(
        "booking__shift__queue", "booking__shift__department"
    )
    return Record(share=reliability(promises, now=now), lines=lines, forgiven=list(forgiven.order_by("-decided_at")))


@dataclass(frozen=True, slots=True)
class Appeals:
    """Appeals about shifts of some departments."""

    all: QuerySet[Appeal]

    @property
    def waiting(self) -> QuerySet[Appeal]:
        """Not decided yet, oldest first."""
        return self.all.filter(upheld__isnull=True).order_by("made_at")

    @property
    def decided(self) -> QuerySet[Appeal]:
        """The twenty decided last."""
        return self.all.filter(upheld__isnull=False).order_by("-decided_at")[:20]


def appeals_before(*, department_ids: Sequence[int] | None) -> Appeals:
    """The appeals about shifts of these departments; None: of all."""
    mine = Q()
    if department_ids is not None:
        of_queue, standby = "booking__shift__queue__department_id__in", "booking__shift__department_id__in"
        mine = Q(**{of_queue: department_ids}) | Q(**{standby: department_ids})
    return Appeals(Appeal.objects.filter(mine).select_related("booking__agent", "booking__shift__queue"))


def _forgive(mine: dict[int, Promise], booking: int) -> None:
    """What was missed is no promise any more, what was late is kept."""
    promise = mine.pop(booking, None)
    if promise is not None and promise.outcome == Outcome.LATE:
        mine[booking] = Promise(booking, promise.at, Outcome.KEPT)
