"""An agent answers a move: got it, or an objection, which a person hears and which changes nothing by itself."""

from datetime import datetime

from django.db import transaction

from gigcx.ledger.record import record
from marketplace.models import Move, Objection


@transaction.atomic(durable=True)
def acknowledge(*, move_id: int, agent_id: int, actor: str, now: datetime) -> bool:
    """Got it; whether that is new. Raises `Move.DoesNotExist` for somebody else's move."""
    move = Move.objects.select_for_update().get(pk=move_id, agent_id=agent_id)
    if move.acknowledged_at is not None:
        return False
    move.acknowledged_at = now
    move.save(update_fields=["acknowledged_at"])
    record(kind="move.acknowledged", subject=f"agent:{agent_id}", actor=actor, at=now, data={"move": move_id})
    return True


@transaction.atomic(durable=True)
def object_to(*, move_id: int, agent_id: int, text: str, actor: str, now: datetime) -> Objection:
    """Say no; once for each move. Raises `Move.DoesNotExist` for somebody else's move."""
    move = Move.objects.select_for_update().get(pk=move_id, agent_id=agent_id)
    objection, new = Objection.objects.get_or_create(move=move, defaults={"text": text[:300], "at": now})
    if new:
        data = {"move": move_id, "objection": objection.pk}
        record(kind="objection.raised", subject=f"agent:{agent_id}", actor=actor, at=now, data=data)
    return objection


@transaction.atomic(durable=True)
def hear(*, objection_id: int, actor: str, now: datetime) -> bool:
    """A dispatcher has read the objection; whether that is new. Raises `Objection.DoesNotExist`."""
    objection = Objection.objects.select_for_update(of=("self",)).select_related("move").get(pk=objection_id)
    if objection.heard_at is not None:
        return False
    objection.heard_at, objection.heard_by = now, actor
    objection.save(update_fields=["heard_at", "heard_by"])
    subject = f"agent:{objection.move.agent_id}"
    record(kind="objection.heard", subject=subject, actor=actor, at=now, data={"objection": objection_id})
    return True
