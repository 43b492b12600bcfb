"""Pin a person to a queue, or let the matcher have him or her again."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from gigcx.ledger.record import record
from marketplace.actions.reassign import lock_agents
from marketplace.actions.refused import Refused
from marketplace.matching.state import Refusal
from marketplace.models import AgentNow, Assignment


@transaction.atomic(durable=True)
def set_pinned(*, agent_id: int, pinned: bool, actor: str, now: datetime) -> bool:
    """Whether anything changed. Raises `Refused` (not on duty) where there is nothing to pin."""
    lock_agents([agent_id])
    row = AgentNow.objects.filter(agent_id=agent_id).first()
    if row is None:
        raise Refused([Refusal.NOT_ON_DUTY])
    if bool(row.pinned) == pinned:
        return False
    AgentNow.objects.filter(agent_id=agent_id).update(pinned=int(pinned), version=F("version") + 1)
    Assignment.objects.filter(agent_id=agent_id, period__upper_inf=True).update(pinned=pinned)
    kind = "assignment.pinned" if pinned else "assignment.unpinned"
    record(kind=kind, subject=f"agent:{agent_id}", actor=actor, at=now, data={"queue": row.queue_id})
    return True
