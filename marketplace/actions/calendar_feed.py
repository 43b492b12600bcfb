"""The secret address of an agent's calendar: made, renewed, revoked. It is shown once; its hash is kept."""

import secrets
from datetime import datetime

from django.db import transaction

from gigcx.accounts.tokens import digest
from gigcx.ledger.record import record
from marketplace.actions.claim import lock_agent
from marketplace.models import CalendarFeed


@transaction.atomic(durable=True)
def make_feed(*, agent_id: int, actor: str, now: datetime) -> str:
    """A new secret of 256 random bits, which nobody can read again; the one before is worthless at once."""
    lock_agent(agent_id)
    secret = secrets.token_urlsafe(32)
    _, new = CalendarFeed.objects.update_or_create(agent_id=agent_id, defaults={"hash": digest(secret), "made_at": now})
    record(kind="calendar.made", subject=f"agent:{agent_id}", actor=actor, at=now, data={"renewed": not new})
    return secret


@transaction.atomic(durable=True)
def revoke_feed(*, agent_id: int, actor: str, now: datetime) -> bool:
    """Make the address worthless; False if there was none."""
    lock_agent(agent_id)
    gone, _ = CalendarFeed.objects.filter(agent_id=agent_id).delete()
    if gone:
        record(kind="calendar.revoked", subject=f"agent:{agent_id}", actor=actor, at=now)
    return bool(gone)
