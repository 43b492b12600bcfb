"""Moves as people read them: who, from where to where, what it gains and costs, and what to do about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from gigcx.accounts.models import Agent, User
from marketplace.matching.state import Mode
from marketplace.models import Move, Objection, Policy, QueueCertification, QueueSkill
from marketplace.models.moves import MoveState
from marketplace.queries.board import within
from skills.models import Certificate, Proficiency

SHOWN_FOR = timedelta(minutes=30)
AT_MOST = 40
HAND = "user:"


@dataclass(frozen=True, slots=True)
class MoveLine:
    """One move with what explains it."""

    move: Move
    nth: int
    """The how-manieth move of this agent in this duty."""
    certified_until: datetime | None
    """When the first of the agent's proofs for the target runs out; None: none does."""
    by: str
    """Who moved, where a person did."""

    @property
    def by_hand(self) -> bool:
        """Whether a person decided it."""
        return self.move.run_id is None

    @property
    def is_shadow(self) -> bool:
        """Whether it was only thought, not made."""
        return self.move.mode == Mode.SHADOW

    @property
    def is_open(self) -> bool:
        """Whether someone has to say yes or no."""
        return self.move.status == MoveState.PROPOSED and not self.is_shadow


@dataclass(frozen=True, slots=True)
class Moves:
    """The panel: what waits for a decision, what was made, what would have been made."""

    proposed: Sequence[MoveLine]
    made: Sequence[MoveLine]
    shadow: Sequence[MoveLine]
    cut: bool
    """Whether more were made in the last half-hour than there is room for."""


def recent_moves(*, department_ids: Sequence[int] | None, now: datetime) -> Moves:
    """The moves from or to the queues of these departments (None: all), by a fixed number of statements.

    Where there are many, the newest, and first of all those that wait for a decision.
    """
    made = Q(status__in=(MoveState.APPLIED, MoveState.REVERTED), created_at__gt=now - SHOWN_FOR)
    proposed = Q(status=MoveState.PROPOSED, mode__gt=Mode.SHADOW)
    shadow = Q(status=MoveState.PROPOSED, mode=Mode.SHADOW)
    moves = explained(
        Move.objects.filter(
            made | proposed | shadow, within(department_ids, "source__") | within(department_ids, "target__")
        ).order_by(Case(When(status=MoveState.PROPOSED, then=0), default=1), "-created_at", "-pk")[:AT_MOST]
    )
    return Moves(
        proposed=[line for line in moves if line.is_open],
        made=[line for line in moves if not line.is_open and not line.is_shadow],
        shadow=[line for line in moves if line.is_shadow],
        cut=len(moves) == AT_MOST,
    )


def explained(moves: QuerySet[Move]) -> list[MoveLine]:
    """These moves with names, counts and the end of proofs, in three statements more."""
    earlier = (
        Move.objects.filter(
            agent=OuterRef("agent"),
            status__in=(MoveState.APPLIED, MoveState.REVERTED),
            created_at__lte=OuterRef("created_at"),
            created_at__gte=OuterRef("duty_began"),
        )
        .order_by()
        .values("agent")
        .annotate(number=Count("pk"))
        .values("number")
    )
    rows = list(
        moves.select_related("agent", "source", "target", "objection")
        .annotate(duty_began=F("agent__now__duty__period__startswith"))
        .annotate(nth=Coalesce(Subquery(earlier, output_field=IntegerField()), 0))
    )
    until = proofs_end({(move.agent_id, move.target_id) for move in rows})
    names = user_names(move.actor for move in rows)
    return [
        MoveLine(
            move=move,
            # a proposed move is not yet one of them
            nth=move.nth + (move.status == MoveState.PROPOSED),
            certified_until=until.get((move.agent_id, move.target_id)),
            by=names.get(move.actor, ""),
        )
        for move in rows
    ]


def proofs_end(pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], datetime]:
    """For (agent, queue): when the first certificate or proficiency that the queue asks for runs out."""
    wanted = set(pairs)
    agents, queues = {agent for agent, _ in wanted}, {queue for _, queue in wanted}
    ends: dict[tuple[int, int], datetime] = {}
    certificates = Certificate.objects.filter(
        agent__in=agents, certification__queues__in=queues, revoked_at=None, valid_until__isnull=False
    ).values_list("agent_id", "certification__queues", "valid_until")
    proficiencies = Proficiency.objects.filter(
        agent__in=agents, skill__queues__in=queues, valid_until__isnull=False
    ).values_list("agent_id", "skill__queues", "valid_until")
    for agent, queue, end in certificates.union(proficiencies):
        if end is not None and (agent, queue) in wanted:
            ends[agent, queue] = min(end, ends.get((agent, queue), end))
    return ends


def user_names(ledger_names: Iterable[str]) -> dict[str, str]:
    """The names behind `user:<pk>`; anybody else (the matcher, a token) has none here."""
    keys = {int(name.removeprefix(HAND)) for name in ledger_names if name.startswith(HAND)}
    return {user.ledger_name: str(user) for user in User.objects.filter(pk__in=keys)}


def moves_seen(*, department_ids: Sequence[int] | None) -> QuerySet[Move]:
    """The moves from or to the queues of these departments; None: all."""
    return Move.objects.filter(within(department_ids, "source__") | within(department_ids, "target__"))


def objections_seen(*, department_ids: Sequence[int] | None) -> QuerySet[Objection]:
    """What agents said against those moves."""
    return Objection.objects.filter(within(department_ids, "move__source__") | within(department_ids, "move__target__"))


def open_objections(*, department_ids: Sequence[int] | None) -> list[Objection]:
    """What agents said against moves and nobody has heard yet, oldest first."""
    return list(
        objections_seen(department_ids=department_ids)
        .filter(heard_at=None)
        .select_related("move__agent", "move__source", "move__target")
        .order_by("at")[:AT_MOST]
    )


def held_for(*, agent: Agent, queue_id: int) -> list[Proficiency]:
    """What the agent holds of the skills that the queue asks for; implied ones are not spelled out."""
    asked = QueueSkill.objects.filter(queue_id=queue_id).values("skill")
    return list(
        Proficiency.objects.filter(agent=agent, skill__in=asked, verified_at__isnull=False).select_related("skill")
    )


def certified_for(*, agent: Agent, queue_id: int) -> list[Certificate]:
    """The agent's certificates that the queue asks for."""
    asked = QueueCertification.objects.filter(queue_id=queue_id).values("certification")
    return list(
        Certificate.objects.filter(agent=agent, certification__in=asked, revoked_at=None).select_related(
            "certification"
        )
    )


def moves_allowed() -> int:
    """The most moves that the matcher may ask of one person in a duty."""
    policy = Policy.objects.first()
    return (policy or Policy()).moves_per_duty
