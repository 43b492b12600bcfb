"""Open shifts as one agent sees them, each with every reason against claiming it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import BooleanField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from gigcx.accounts.models import Agent
from gigcx.database.prepared import prepared
from marketplace.claiming.eligibility import refusals
from marketplace.claiming.facts import Facts
from marketplace.claiming.hours import Period
from marketplace.claiming.reasons import ClaimRefusal, Reason
from marketplace.models import Booking, Offer, Shift
from marketplace.queries.claim_facts import read_facts
from marketplace.queries.wishes import Wishes, read_wishes
from marketplace.vocabulary import BookingState, OfferState, ShiftState

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


QUEUES = """
SELECT q.id, q.name FROM marketplace_queue q
WHERE EXISTS (SELECT FROM marketplace_shift s WHERE s.queue_id = q.id AND s.status = 'open' AND s.starts_at > %(now)s)
ORDER BY q.name
"""
OFFERED = """EXISTS (SELECT FROM unnest(%s::timestamptz[], %s::timestamptz[]) AS free (since, until)
  WHERE since <= marketplace_shift.starts_at AND marketplace_shift.ends_at <= until)"""
LONGEST = timedelta(days=1)
"""No shift lasts longer."""
AHEAD = timedelta(days=366)
"""Hours that come again every week are looked at so far ahead."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which shifts to list."""

    everything: bool = False
    """Also those that the agent can't claim."""
    queue_id: int | None = None
    day: date | None = None
    """By the clock of the current time zone."""
    work_place: str = ""
    suiting: bool = False
    """Only those that the agent has offered to work through."""
    limit: int = MOST
    """Shifts looked at, at most."""
    after: tuple[datetime, int] | None = None
    """Only shifts behind the one with this start and id."""


class ShiftLine(NamedTuple):
    """What a list says of a shift to one agent. Money in minor units."""

    pk: int
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
    queue_id: int | None
    site_id: int | None
    waiting: bool
    """The agent is on its waiting list."""
    asked: bool
    """The agent has asked for a place in its draw."""


LINES = """
SELECT s.id, s.status, q.name, d.name, s.work_place, site.name, s.pay, s.currency, s.notes,
  q.code, s.queue_id, s.site_id,
  EXISTS (SELECT FROM marketplace_waitingplace w
    WHERE w.agent_id = %(agent)s AND w.shift_id = s.id AND w.status = 'waiting'),
  EXISTS (SELECT FROM marketplace_booking b
    WHERE b.agent_id = %(agent)s AND b.shift_id = s.id AND b.status = 'requested')
FROM marketplace_shift s LEFT JOIN marketplace_queue q ON q.id = s.queue_id
  LEFT JOIN accounts_department d ON d.id = s.department_id LEFT JOIN accounts_site site ON site.id = s.site_id
WHERE s.id = ANY(%(shifts)s) ORDER BY s.starts_at, s.id
"""
"""Columns of a `ShiftLine`. Lines, since 200 models with what they point to take longer than all else."""


@dataclass(frozen=True, slots=True)
class OpenShift:
    """A shift, what is known of it, and what stands against claiming it (nothing: it can be claimed)."""

    shift: ShiftLine
    facts: Facts
    mine: bool
    """The agent holds a place in it."""
    reasons: tuple[Reason, ...]
    suits: bool = False
    """The agent has offered to work through all of it."""
    likes_queue: bool = False
    """The queue is one that the agent likes best."""
    likes_place: bool = False
    """The site, or working from home, is what the agent likes best."""

    @property
    def starts_at(self) -> datetime:
        """The start of the shift."""
        return self.facts.shift.start

    @property
    def ends_at(self) -> datetime:
        """The end of the shift."""
        return self.facts.shift.end

    @property
    def waiting(self) -> bool:
        """The agent is on its waiting list."""
        return self.shift.waiting

    @property
    def asked(self) -> bool:
        """The agent has asked for a place in its draw."""
        return self.shift.asked

    @property
    def rank(self) -> tuple[bool, int]:
        """What suits the agent comes first, the time before queue and place; the smaller the better."""
        return not self.suits, -(self.likes_queue + self.likes_place)

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
    has_wishes: bool
    """The agent has said when to work, or where best."""


def open_shifts(*, agent: Agent, wanted: Wanted, now: datetime, shown: Collection[int] = ()) -> Found:
    """Open shifts ahead that the agent wants to see, and those `shown` already, whatever became of them.

    The first `wanted.limit` candidates are looked at, and without `everything` only those that can be claimed stay.
    A fixed number of statements, whatever the number of shifts.
    """
    rows = list(_candidates(agent, wanted, now).values_list("pk", flat=True)[: wanted.limit + 1])
    looked_at = set(rows[: wanted.limit])
    judged, has_wishes = _judged(agent.pk, looked_at | set(shown), now)
    found = [one for one in judged if wanted.everything or one.claimable or one.can_ask or one.shift.pk in shown]
    places = [(one.starts_at, one.shift.pk) for one in judged if one.shift.pk in looked_at]
    more = bool(places) and len(rows) > wanted.limit
    return Found(shifts=found, last=places[-1] if more else None, has_wishes=has_wishes)


def open_shift(*, agent_id: int, shift_id: int, now: datetime) -> OpenShift | None:
    """One shift as the agent sees it; None if there is none, or it is a draft."""
    judged, _ = _judged(agent_id, [shift_id], now)
    return next((one for one in judged if one.shift.status != ShiftState.DRAFT), None)


def queues_with_shifts(*, now: datetime) -> list[tuple[int, str]]:
    """Id and name of the queues that have open shifts ahead, by name; one statement."""
    return [(pk, name) for pk, name in prepared(QUEUES, {"now": now})]


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
    if wanted.suiting:
        found = found.filter(_offered(agent.pk, now))
    if not wanted.everything:
        leaving = Booking.objects.filter(shift=OuterRef("pk"), status=BookingState.RELEASING)
        kept = Offer.objects.filter(agent=agent, status=OfferState.OPEN).values("shift_id")
        found = found.filter(
            Q(taken__lt=F("places")) | Exists(leaving) | Q(pk__in=kept),
            Q(kinds=[]) | Q(kinds__contains=[agent.kind]),
            Q(queue_id__in=_served(agent.pk)) | Q(queue=None),
        )
    return found.order_by("starts_at", "pk")


def _offered(agent_id: int, now: datetime) -> RawSQL:
    """Whether the agent offers all of a shift; hours are looked at as far ahead as there are shifts, a year at most."""
    last = Shift.objects.filter(starts_at__gt=now).order_by("-starts_at").values_list("starts_at", flat=True).first()
    until = min(last or now, now + AHEAD) + LONGEST
    free = read_wishes(agent_id=agent_id, within=Period(now, until)).free
    hours = [[one.start for one in free], [one.end for one in free]]
    return RawSQL(OFFERED, hours, output_field=BooleanField())  # noqa: S611 - a constant, its values are parameters


def _served(agent_id: int) -> list[int]:
    return [row[0] for row in prepared(SERVED, {"agent": agent_id})]


def _judged(agent_id: int, shift_ids: Collection[int], now: datetime) -> tuple[list[OpenShift], bool]:
    """The shifts by start, and whether the agent has wishes at all."""
    facts = read_facts(agent_id=agent_id, shift_ids=shift_ids, now=now)
    lines = [ShiftLine._make(row) for row in prepared(LINES, {"agent": agent_id, "shifts": list(facts)})]
    start = min((one.shift.start for one in facts.values()), default=now)
    end = max((one.shift.end for one in facts.values()), default=now)
    wishes = read_wishes(agent_id=agent_id, within=Period(start, end))
    held = next(({work.shift for work in one.agent.work} for one in facts.values()), set())
    return [_open_shift(line, facts[line.pk], wishes, mine=line.pk in held) for line in lines], wishes.said


def _open_shift(line: ShiftLine, facts: Facts, wishes: Wishes, *, mine: bool) -> OpenShift:
    return OpenShift(
        shift=line,
        facts=facts,
        mine=mine,
        reasons=() if mine else refusals(facts),
        suits=wishes.suits(facts.shift.start, facts.shift.end),
        likes_queue=wishes.likes_queue(line.queue_id),
        likes_place=wishes.likes_place(line.work_place, line.site_id),
    )
