"""Agents as admins keep them: who they are, where they belong, how they sign in."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gigcx.accounts.models import Agent
from gigcx.ledger.keeping import drop, keep
from marketplace.actions.reassign import lock_agents
from marketplace.models import AgentNow, Assignment, Booking, Move

PERSONAL = ("code", "name", "timezone")


@transaction.atomic(durable=True)
def keep_person(*, agent_id: int | None, actor: str, now: datetime, **figures: Any) -> Agent:
    """A new agent (`agent_id` None), or other figures for one; on duty the hot row follows the home department.

    Figures: `code`, `name`, `kind`, `department`, `team`, `timezone`, `user`. Raises `ValidationError`.
    """
    agent = Agent.objects.select_for_update().get(pk=agent_id) if agent_id else Agent()
    keep(agent, figures=figures, kind="person.changed", actor=actor, now=now, private=PERSONAL)
    if agent_id:
        lock_agents([agent_id])
        AgentNow.objects.filter(agent=agent).exclude(department_id=agent.department_id).update(
            department_id=agent.department_id
        )
    return agent


@transaction.atomic(durable=True)
def delete_person(*, agent_id: int, actor: str, now: datetime) -> None:
    """Delete an agent who never worked, with what was planned. Raises `ValidationError` for one who did."""
    agent = Agent.objects.select_for_update().get(pk=agent_id)
    worked = (Assignment, Move, AgentNow, Booking)
    if any(kind.objects.filter(agent=agent).exists() for kind in worked):
        raise ValidationError(_("%(agent)s has worked here and stays on record."), params={"agent": agent})
    drop(agent, kind="person.deleted", actor=actor, now=now)
