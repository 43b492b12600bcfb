"""A dispatcher's hand: move one person now. It beats the matcher, but not skills, certifications or duty."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from marketplace.actions.reassign import Change, lock_agents, make_moves
from marketplace.actions.refused import Refused
from marketplace.matching.foresee import Change as Effect
from marketplace.matching.foresee import foresee
from marketplace.matching.limits import BINDING
from marketplace.matching.state import NOWHERE, Mode, Refusal, State
from marketplace.models import Move
from marketplace.snapshot import explain_refusals, refresh_agents, take_snapshot
from marketplace.vocabulary import MoveState


@dataclass(frozen=True)
class Preview:
    """What a move by hand would do. `binding` refusals forbid it, `advice` says what the matcher would have minded."""

    agent_id: int
    source_id: int | None
    target_id: int
    binding: tuple[Refusal, ...]
    advice: tuple[Refusal, ...]
    source: Effect | None
    target: Effect


def preview(*, agent_id: int, queue_id: int, now: datetime) -> Preview:
    """Before → after for both queues, and every refusal. Changes nothing; raises `Refused` if off duty or no queue."""
    state = take_snapshot(now=now)
    agent, queue = _find(state, agent_id=agent_id, queue_id=queue_id)
    reasons = explain_refusals(state, agent=agent, queue=queue, now=now)
    source = int(state.agents.queue[agent])
    change = foresee(state, agent=agent, target=queue)
    return Preview(
        agent_id=agent_id,
        source_id=int(state.queues.id[source]) if source != NOWHERE else None,
        target_id=queue_id,
        binding=tuple(reason for reason in reasons if reason in BINDING),
        advice=tuple(reason for reason in reasons if reason not in BINDING),
        source=change.source,
        target=change.target,
    )


@transaction.atomic(durable=True)
def dispatch(*, agent_id: int, queue_id: int, actor: str, now: datetime, pin: bool = False, reason: str = "") -> Move:
    """Move the agent. Raises `Refused` with every binding reason; then nothing has changed."""
    state = take_snapshot(now=now)
    lock_agents([agent_id])
    _find(state, agent_id=agent_id, queue_id=queue_id)
    state = refresh_agents(state, [agent_id], now=now)
    agent, queue = _find(state, agent_id=agent_id, queue_id=queue_id)
    refusals = [code for code in explain_refusals(state, agent=agent, queue=queue, now=now) if code in BINDING]
    if refusals:
        raise Refused(refusals)
    source = int(state.agents.queue[agent])
    move = Move.objects.create(
        agent_id=agent_id,
        source_id=int(state.queues.id[source]) if source != NOWHERE else None,
        target_id=queue_id,
        status=MoveState.APPLIED,
        mode=Mode.AUTO,
        created_at=now,
        decided_at=now,
        until=now + timedelta(seconds=int(state.agents.until[agent]) - state.now),
        actor=actor,
        reason=reason,
    )
    apply_by_hand(move, pin=pin, changeover_seconds=state.limits.changeover_seconds, actor=actor, now=now)
    return move


def apply_by_hand(move: Move, *, pin: bool, changeover_seconds: float, actor: str, now: datetime) -> None:
    """Carry out an agreed move of one person, whose hot row is locked, and record it."""
    change = Change(agent_id=move.agent_id, queue_id=move.target_id, move_id=move.pk, pinned=pin)
    make_moves([change], now=now, arrives_at=now + timedelta(seconds=changeover_seconds), actor=actor)


def _find(state: State, *, agent_id: int, queue_id: int) -> tuple[int, int]:
    """Rows of the agent and the queue; raises `Refused` if the one is off duty or the other not open to anybody."""
    agents = (state.agents.id == agent_id).nonzero()[0]
    queues = (state.queues.id == queue_id).nonzero()[0]
    missing = [] if len(agents) else [Refusal.NOT_ON_DUTY]
    missing += [] if len(queues) else [Refusal.QUEUE_CLOSED]
    if missing:
        raise Refused(missing)
    return int(agents[0]), int(queues[0])
