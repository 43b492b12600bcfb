"""What a dispatcher does with the matcher's moves: take one back, accept or reject a proposal."""

from datetime import datetime

from django.db import transaction

from gigcx.ledger.record import record
from marketplace.actions.dispatch import apply_by_hand
from marketplace.actions.reassign import Change, lock_agents, reassign
from marketplace.actions.refused import Refused
from marketplace.matching.limits import BINDING
from marketplace.matching.state import Refusal
from marketplace.models import AgentNow, Move
from marketplace.snapshot import explain_refusals, refresh_agents, take_snapshot
from marketplace.vocabulary import MoveState


@transaction.atomic(durable=True)
def revert(*, move_id: int, actor: str, now: datetime) -> Move:
    """Send the agent back where the move came from, and pin there: the matcher would only do it again.

    Raises `Refused` (stale) unless the move still stands: applied, and the agent still where it led.
    """
    move = _locked(move_id)
    row = AgentNow.objects.filter(agent_id=move.agent_id).first()
    if move.status != MoveState.APPLIED or row is None or row.queue_id != move.target_id or move.source_id is None:
        raise Refused([Refusal.STALE])
    move.status, move.decided_at = MoveState.REVERTED, now
    move.save(update_fields=["status", "decided_at"])
    back = Change(agent_id=move.agent_id, queue_id=move.source_id, move_id=move.pk, pinned=True)
    reassign([back], now=now, arrives_at=now, actor=actor)
    _record("move.reverted", move, actor=actor, now=now)
    return move


@transaction.atomic(durable=True)
def reject(*, move_id: int, actor: str, now: datetime) -> Move:
    """Say no to a proposal. Raises `Refused` (stale) if it is no longer one."""
    move = _locked(move_id)
    if move.status != MoveState.PROPOSED:
        raise Refused([Refusal.STALE])
    move.status, move.decided_at = MoveState.REJECTED, now
    move.save(update_fields=["status", "decided_at"])
    _record("move.rejected", move, actor=actor, now=now)
    return move


@transaction.atomic(durable=True)
def accept(*, move_id: int, actor: str, now: datetime) -> Move:
    """Make a proposed move. Raises `Refused` with what forbids it now, or (stale) if it is no longer proposed."""
    state = take_snapshot(now=now)
    move = _locked(move_id)
    row = AgentNow.objects.filter(agent_id=move.agent_id).first()
    if move.status != MoveState.PROPOSED or row is None or row.queue_id != move.source_id:
        raise Refused([Refusal.STALE])
    agents = (state.agents.id == move.agent_id).nonzero()[0]
    queues = (state.queues.id == move.target_id).nonzero()[0]
    if not len(agents) or not len(queues):
        raise Refused([Refusal.STALE])
    state = refresh_agents(state, [move.agent_id], now=now)
    reasons = explain_refusals(state, agent=int(agents[0]), queue=int(queues[0]), now=now)
    if binding := [reason for reason in reasons if reason in BINDING]:
        raise Refused(binding)
    move.status, move.decided_at, move.actor = MoveState.APPLIED, now, actor
    move.save(update_fields=["status", "decided_at", "actor"])
    apply_by_hand(move, pin=False, changeover_seconds=state.limits.changeover_seconds, actor=actor, now=now)
    return move


def _locked(move_id: int) -> Move:
    """The move under lock: the agent's hot row first, as everywhere (docs/locking.md). Raises `Move.DoesNotExist`."""
    agent_id = Move.objects.values_list("agent_id", flat=True).get(pk=move_id)
    lock_agents([agent_id])
    return Move.objects.select_for_update().get(pk=move_id)


def _record(kind: str, move: Move, *, actor: str, now: datetime) -> None:
    data = {"move": move.pk, "agent": move.agent_id, "source": move.source_id, "target": move.target_id}
    record(kind=kind, subject=f"agent:{move.agent_id}", actor=actor, at=now, data=data | {"run": move.run_id})
