"""The agent's *Today*: where to be now and why, until when, and what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from math import inf

from gigcx.accounts.models import Agent
from marketplace.matching.state import Presence
from marketplace.models import AgentNow, Assignment, Duty, Move, Objection, Queue
from marketplace.models.duty import DutySource
from marketplace.models.moves import MoveState
from marketplace.queries.board import Surge
from marketplace.queries.bookings import MyBooking, next_booking, seconds_to_change
from marketplace.queries.breaks import ShiftBreak, breaks_of
from marketplace.queries.moves import MoveLine, certified_for, explained, held_for, moves_allowed
from skills.models import Certificate, Proficiency


class Stage(StrEnum):
    """Which face the page shows."""

    OFF_DUTY = "off_duty"
    SIGNED_OFF = "signed_off"
    """Within a duty that the agent ended early."""
    OFFLINE = "offline"
    """On duty, but the switch does not show the agent."""
    NO_QUEUE = "no_queue"
    AT_QUEUE = "at_queue"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the agent is there: the last move to this queue and what speaks for it."""

    line: MoveLine
    surge: Surge | None
    skills: Sequence[Proficiency]
    certificates: Sequence[Certificate]
    moves_allowed: int
    needs_answer: bool
    """The agent has neither said *got it* nor objected."""
    sent_back: bool
    """A dispatcher took the move back: the agent is where it came from."""
    objection: Objection | None

    @property
    def limit_is_near(self) -> bool:
        """Half the moves that are allowed, or more, have been made: the limit is worth a word."""
        return 2 * self.line.nth >= self.moves_allowed


@dataclass(frozen=True, slots=True)
class Today:
    """Everything the page says."""

    agent: Agent
    as_of: datetime
    stage: Stage
    now: AgentNow | None
    duty: Duty | None
    queue: Queue | None
    reason: Reason | None
    next_duty: Duty | None
    booking: MyBooking | None
    """The next one to check in to."""
    breaks: Sequence[ShiftBreak]
    """Those that the shift plans, and those taken."""
    pinned: bool

    @property
    def lasts_seconds(self) -> float:
        """How long all this stays true if nothing happens."""
        by_breaks = min((one.lasts_seconds for one in self.breaks), default=inf)
        return min(by_breaks, seconds_to_change([self.booking] if self.booking else [], now=self.as_of))

    @property
    def duty_comes_first(self) -> bool:
        """The next duty begins before the next shift to check in to."""
        duty, booking = self.next_duty, self.booking
        return duty is not None and (booking is None or duty.period.lower < booking.starts_at)

    @property
    def checked_in_ahead(self) -> bool:
        """The next duty is that of a shift which the agent has checked in to."""
        return self.next_duty is not None and self.next_duty.source == DutySource.BOOKING

    @property
    def until(self) -> datetime | None:
        """The end of this duty."""
        return self.duty.period.upper if self.duty else None

    @property
    def presence(self) -> str:
        """`ready`, `on_contact`, `wrap_up`, `paused`, `offline`."""
        return Presence(self.now.presence if self.now else Presence.OFFLINE).name.lower()

    @property
    def since(self) -> datetime | None:
        """Since when the presence is what it is."""
        return datetime.fromtimestamp(self.now.presence_since, tz=UTC) if self.now else None

    @property
    def on_break(self) -> bool:
        """Paused, or a pause was asked for."""
        now = self.now
        return now is not None and (now.wants != Presence.READY or now.presence == Presence.PAUSED)

    @property
    def break_now(self) -> ShiftBreak | None:
        """The planned break that is being taken."""
        return next((one for one in self.breaks if one.back_at is not None), None)

    @property
    def break_is_coming(self) -> bool:
        """A pause was asked for that begins when the contact is done."""
        now = self.now
        return (
            now is not None and now.wants != Presence.READY and now.presence in (Presence.ON_CONTACT, Presence.WRAP_UP)
        )

    @property
    def resting_since(self) -> datetime | None:
        """When the break that is under way began; of a pause for work what the switch says, None before it does."""
        lasts = next((one.line.lasts for one in self.breaks if one.line.lasts), None)
        if lasts is not None:
            return datetime.fromtimestamp(lasts.start, tz=UTC)
        return self.since if self.now is not None and self.now.presence == Presence.PAUSED else None

    @property
    def ready_is_coming(self) -> bool:
        """The agent wants contacts, but the switch shows a pause: not yet obeyed, or paused at the phone."""
        return self.now is not None and self.now.wants == Presence.READY and self.now.presence == Presence.PAUSED

    @property
    def break_reason(self) -> str:
        """Why paused: as asked for, else as the switch says."""
        return (self.now.wants_reason or self.now.reason) if self.now else ""


def today(*, agent: Agent, now: datetime) -> Today:
    """The agent's page as of `now`."""
    row = AgentNow.objects.filter(agent=agent).select_related("queue__now", "duty").first()
    duties = Duty.objects.filter(agent=agent).select_related("queue", "site")
    present = row.duty if row else duties.filter(period__contains=now).first()
    upcoming = duties.filter(period__startswith__gt=now).order_by("period").first()
    queue = row.queue if row else None
    return Today(
        agent=agent,
        as_of=now,
        stage=_stage(row, present),
        now=row,
        duty=present,
        queue=queue,
        reason=_reason(agent, queue) if queue else None,
        next_duty=upcoming,
        booking=next_booking(agent_id=agent.pk, now=now),
        breaks=breaks_of(duty=present, now=now),
        pinned=bool(row and row.pinned),
    )


def _stage(row: AgentNow | None, duty: Duty | None) -> Stage:
    if row is None:
        return Stage.SIGNED_OFF if duty and duty.signed_off_at else Stage.OFF_DUTY
    if row.presence == Presence.OFFLINE:
        return Stage.OFFLINE
    return Stage.NO_QUEUE if row.queue_id is None else Stage.AT_QUEUE


def _reason(agent: Agent, queue: Queue) -> Reason | None:
    """The move behind the open assignment, if a move is behind it."""
    assignment = Assignment.objects.filter(agent=agent, period__upper_inf=True, move__isnull=False).first()
    if assignment is None or assignment.move_id is None:
        return None
    moves = explained(Move.objects.filter(pk=assignment.move_id))
    if not moves:
        return None
    line = moves[0]
    move = line.move
    objection = getattr(move, "objection", None)
    seen = getattr(queue, "now", None)
    surge = None
    if seen and seen.surge_since is not None:
        since = datetime.fromtimestamp(seen.surge_since, tz=UTC)
        surge = Surge(factor=seen.surge_factor or 1.0, since=since, sure=seen.surge_sure or 0.0)
    return Reason(
        line=line,
        surge=surge,
        skills=held_for(agent=agent, queue_id=queue.pk),
        certificates=certified_for(agent=agent, queue_id=queue.pk),
        moves_allowed=moves_allowed(),
        needs_answer=move.status == MoveState.APPLIED and move.acknowledged_at is None and objection is None,
        sent_back=move.status == MoveState.REVERTED,
        objection=objection,
    )


@dataclass(frozen=True, slots=True)
class Holding:
    """A skill or a certification that the agent holds."""

    name: str
    level: int | None
    """1–5; None for a certification."""
    until: datetime | None
    counts: bool
    """Verified, begun, not over and not revoked."""


def holdings(*, agent: Agent, now: datetime) -> list[Holding]:
    """What the agent holds, skills first, in two statements."""
    skills = Proficiency.objects.filter(agent=agent).select_related("skill").order_by("skill__name")
    proofs = Certificate.objects.filter(agent=agent).select_related("certification").order_by("certification__name")
    return [
        Holding(
            name=held.skill.name,
            level=held.level,
            until=held.valid_until,
            counts=held.verified_at is not None and _is_valid(held, now),
        )
        for held in skills
    ] + [
        Holding(
            name=held.certification.name,
            level=None,
            until=held.valid_until,
            counts=held.revoked_at is None and _is_valid(held, now),
        )
        for held in proofs
    ]


def _is_valid(held: Proficiency | Certificate, now: datetime) -> bool:
    begun = held.valid_from is None or held.valid_from <= now
    return begun and (held.valid_until is None or now < held.valid_until)
