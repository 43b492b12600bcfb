"""Open shifts as one agent sees them, each with every reason against claiming it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from gigcx.accounts.models import Agent
from marketplace.claiming.eligibility import refusals
from marketplace.claiming.facts import Facts
from marketplace.claiming.hours import Period
from marketplace.claiming.reasons import ClaimRefusal, Reason
from marketplace.models import Booking, Queue, Shift
from marketplace.queries.availability import available_for
from marketplace.queries.claim_facts import read_facts
from marketplace.queries.waiting import Standing, standing_of
from marketplace.vocabulary import BookingState, ShiftState

MOST = 200
"""Shifts looked at for one page."""

SERVED = """
WITH RECURSIVE held AS (
  SELECT skill_id, level FROM skills_proficiency WHERE agent_id = %(agent)s AND verified_at IS NOT NULL
  UNION
  SELECT i.to_skill_id, h.level FROM held h JOIN skills_skill_implies i ON i.from_skill_id = h.skill_id
)
SELECT q.id FROM marketplace_queue q
WHERE NOT EXISTS (SELECT FROM marketplace_queueskill x WHERE x.queue_id = q.id
    AND NOT EXISTS (SELECT FROM held h WHERE h.skill_id = x.skill_id AND h.level >= x.level))
  AND NOT EXISTS (SELECT FROM marketplace_queuecertification x WHERE x.queue_id = q.id
    AND NOT EXISTS (SELECT FROM skills_certificate c
      WHERE c.agent_id = %(agent)s AND c.certification_id = x.certification_id AND c.revoked_at IS NULL))
"""
"""Queues whose skills and certifications the agent holds, whether or not they are valid for long enough."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which shifts to list."""

    everything: bool = False
    """Also those that the agent can't claim."""
    queue_id: int | None = None
    day: date | None = None
    """By the clock of the current time zone."""
    work_place: str = ""
    limit: int = MOST
    """Shifts looked at, at most."""
    after: tuple[datetime, int] | None = None
    """Only shifts behind the one with this start and id."""


@dataclass(frozen=True, slots=True)
class ShiftLine:
    """What a list says of a shift, whoever reads it. Money in minor units."""

    pk: int
    starts_at: datetime
    ends_at: datetime
    status: str
    queue: str | None
    """None: standby."""
    department: str | None
    """Of a standby shift."""
    work_place: str
    site: str | None
    pay: int
    """Without the bonus."""
    currency: str
    notes: str
    queue_code: str | None


COLUMNS = (
    "pk", "starts_at", "ends_at", "status", "queue__name", "department__name", "work_place", "site__name", "pay",
    "currency", "notes", "queue__code",
)  # fmt: skip
"""Of a `ShiftLine`, in its order. Lines, since 200 models with what they point to take longer than all else."""


@dataclass(frozen=True, slots=True)
class OpenShift:
    """A shift, what is known of it, and what stands against claiming it (nothing: it can be claimed)."""

    shift: ShiftLine
    facts: Facts
    mine: bool
    """The agent holds a place in it."""
    reasons: tuple[Reason, ...]
    waiting: bool = False
    """The agent is on its waiting list."""
    asked: bool = False
    """The agent has asked for a place in its draw."""
    suits: bool = False
    """The agent has offered to work through all of it."""

    @property
    def can_wait(self) -> bool:
        """Nothing but that it is full stands against it."""
        return {reason.code for reason in self.reasons} == {ClaimRefusal.FULL} and not self.waiting

    @property
    def can_ask(self) -> bool:
        """Nothing but the draw to come stands against it."""
        pending = {reason.code for reason in self.reasons} == {ClaimRefusal.DRAW_PENDING}
        until = self.facts.shift.draw_until
        return pending and not self.asked and until is not None and self.facts.now < until

    @property
    def claimable(self) -> bool:
        """One tap away."""
        return not self.reasons and not self.mine

    @property
    def places_left(self) -> int:
        """Free places, those whose holder waits to be replaced, and the one kept for this agent."""
        shift = self.facts.shift
        return shift.places - shift.taken + shift.replaceable + (shift.offer is not None)

    @property
    def bonus(self) -> int:
        """The part of the pay that is bonus, in minor units."""
        return self.facts.shift.pay - self.shift.pay


@dataclass(frozen=True, slots=True)
class Found:
    """Shifts by start, and where to go on looking: start and id of the last one looked at; None: that was all."""

    shifts: Sequence[OpenShift]
    last: tuple[datetime, int] | None


def open_shifts(*, agent: Agent, wanted: Wanted, now: datetime, shown: Collection[int] = ()) -> Found:
    """Open shifts ahead that the agent wants to see, and those `shown` already, whatever became of them.

    The first `wanted.limit` candidates are looked at, and without `everything` only those that can be claimed stay.
    A fixed number of statements, whatever the number of shifts.
    """
    rows = list(_candidates(agent, wanted, now).values_list("starts_at", "pk")[: wanted.limit + 1])
    looked_at = {*(pk for _, pk in rows[: wanted.limit]), *shown}
    found = [
        one
        for one in _judged(agent.pk, looked_at, now)
        if wanted.everything or one.claimable or one.can_ask or one.shift.pk in shown
    ]  # fmt: skip
    return Found(shifts=found, last=rows[wanted.limit - 1] if len(rows) > wanted.limit else None)


def open_shift(*, agent_id: int, shift_id: int, now: datetime) -> OpenShift | None:
    """One shift as the agent sees it; None if there is none, or it is a draft."""
    return next((one for one in _judged(agent_id, [shift_id], now) if one.shift.status != ShiftState.DRAFT), None)


def queues_with_shifts(*, now: datetime) -> list[Queue]:
    """Queues that have open shifts ahead, by name; one statement."""
    ahead = Shift.objects.filter(queue=OuterRef("pk"), status=ShiftState.OPEN, starts_at__gt=now)
    return list(Queue.objects.filter(Exists(ahead)).only("name").order_by("name"))


def _candidates(agent: Agent, wanted: Wanted, now: datetime) -> QuerySet[Shift]:
    """Open shifts ahead; without `everything` less those that surely can't be claimed."""
    found = Shift.objects.filter(status=ShiftState.OPEN, starts_at__gt=now)
    if wanted.after is not None:
        start, last = wanted.after
        found = found.filter(Q(starts_at__gt=start) | Q(starts_at=start, pk__gt=last), starts_at__gte=start)
    if wanted.queue_id is not None:
        found = found.filter(queue_id=wanted.queue_id)
    if wanted.day is not None:
        midnight = timezone.make_aware(datetime.combine(wanted.day, time.min))
        after = timezone.make_aware(datetime.combine(wanted.day + timedelta(days=1), time.min))
        found = found.filter(starts_at__gte=midnight, starts_at__lt=after)
    if wanted.work_place:
        found = found.filter(work_place=wanted.work_place)
    if not wanted.everything:
        leaving = Booking.objects.filter(shift=OuterRef("pk"), status=BookingState.RELEASING)
        found = found.filter(
            Q(taken__lt=F("places")) | Exists(leaving),
            Q(kinds=[]) | Q(kinds__contains=[agent.kind]),
            Q(queue_id__in=_served(agent.pk)) | Q(queue=None),
        )
    return found.order_by("starts_at", "pk")


def _served(agent_id: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(SERVED, {"agent": agent_id})
        return [row[0] for row in cursor.fetchall()]


def _judged(agent_id: int, shift_ids: Iterable[int], now: datetime) -> list[OpenShift]:
    facts = read_facts(agent_id=agent_id, shift_ids=list(shift_ids), now=now)
    rows = Shift.objects.filter(pk__in=facts).order_by("starts_at", "pk").values_list(*COLUMNS)
    standing = standing_of(agent_id=agent_id, shift_ids=list(facts))
    lines = [ShiftLine(*row) for row in rows]
    suiting = available_for(agent_id=agent_id, periods=[Period(line.starts_at, line.ends_at) for line in lines])
    return [
        _open_shift(line, facts[line.pk], standing, suits=suits) for line, suits in zip(lines, suiting, strict=True)
    ]


def _open_shift(shift: ShiftLine, facts: Facts, standing: Standing, *, suits: bool) -> OpenShift:
    mine = any(work.shift == shift.pk for work in facts.agent.work)
    return OpenShift(
        shift=shift, facts=facts, mine=mine, reasons=() if mine else refusals(facts),
        waiting=shift.pk in standing.waiting, asked=shift.pk in standing.asked, suits=suits,
    )  # fmt: skip
