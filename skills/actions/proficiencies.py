"""Proficiencies: who knows a skill, at which level, since and until when. Only a verified one counts."""

from datetime import datetime

from django.db import transaction

from gigcx.accounts.models import Agent, User
from gigcx.ledger.keeping import drop, keep
from skills.models import Proficiency, Skill

KIND = "competence.changed"


@transaction.atomic(durable=True)
def set_proficiency(
    *,
    agent: Agent,
    skill: Skill,
    level: int,
    verified: bool,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    by: User | None,
    actor: str,
    now: datetime,
) -> Proficiency:
    """State that the agent holds the skill at this level, as a new proficiency or instead of the one there was.

    `by` becomes the one who verified it, unless the same level was verified before. Raises `ValidationError`.
    """
    return state_proficiency(
        agent=agent, skill=skill, level=level, verified=verified, valid_from=valid_from, valid_until=valid_until, by=by,
        actor=actor, now=now,
    )  # fmt: skip


def state_proficiency(
    *, agent: Agent, skill: Skill, level: int, verified: bool, valid_from: datetime | None = None,
    valid_until: datetime | None = None, by: User | None, actor: str, now: datetime,
) -> Proficiency:  # fmt: skip
    """As `set_proficiency`, within the transaction of whoever calls."""
    found = Proficiency.objects.select_for_update().filter(agent=agent, skill=skill).first()
    row = found or Proficiency(agent=agent, skill=skill, level=level)
    stands = verified and row.verified_at is not None and row.level == level
    keep(
        row,
        figures={
            "level": level,
            "verified_at": row.verified_at if stands else now if verified else None,
            "verified_by": row.verified_by if stands else by if verified else None,
            "valid_from": valid_from,
            "valid_until": valid_until,
        },
        kind=KIND,
        subject=f"agent:{agent.pk}",
        actor=actor,
        now=now,
        also=None if found else {"skill": [None, skill.pk]},
    )
    return row


@transaction.atomic(durable=True)
def verify(*, proficiency_id: int, by: User | None, actor: str, now: datetime) -> bool:
    """Confirm a level that was only stated; False if it was verified already."""
    row = Proficiency.objects.select_for_update().get(pk=proficiency_id)
    if row.verified_at is not None:
        return False
    figures = {"verified_at": now, "verified_by": by}
    return keep(row, figures=figures, kind=KIND, subject=f"agent:{row.agent_id}", actor=actor, now=now)


@transaction.atomic(durable=True)
def delete_proficiency(*, proficiency_id: int, actor: str, now: datetime) -> None:
    """The agent does not hold the skill any more."""
    row = Proficiency.objects.get(pk=proficiency_id)
    drop(row, kind=KIND, subject=f"agent:{row.agent_id}", actor=actor, now=now)
