"""Skills that agents declare, with evidence; an admin verifies or refuses. Only what is verified counts."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gigcx.accounts.models import Agent, User
from gigcx.ledger.record import record
from skills.actions.proficiencies import state_proficiency
from skills.models import Proficiency, RequestState, Skill, SkillRequest


@transaction.atomic(durable=True)
def ask_for_skill(*, agent: Agent, skill: Skill, level: int, evidence: str, actor: str, now: datetime) -> SkillRequest:
    """Declare a skill at a level 1–5; one request a skill waits at a time.

    Raises `ValidationError`, also where that level or a higher one is verified already.
    """
    Agent.objects.select_for_update(no_key=True).get(pk=agent.pk)
    if SkillRequest.objects.filter(agent=agent, skill=skill, status=RequestState.ASKED).exists():
        raise ValidationError({"skill": _("A request for this skill waits for its answer already.")})
    held = Proficiency.objects.filter(agent=agent, skill=skill, level__gte=level, verified_at__isnull=False)
    if held.exclude(valid_until__lte=now).exists():
        raise ValidationError({"level": _("You hold this skill at that level already.")})
    row = SkillRequest(agent=agent, skill=skill, level=level, evidence=evidence.strip(), asked_at=now)
    row.full_clean()
    row.save(force_insert=True)
    _tell(row, "skill.asked", actor=actor, now=now)
    return row


@transaction.atomic(durable=True)
def withdraw_skill_request(*, request_id: int, agent_id: int, actor: str, now: datetime) -> None:
    """Ask no more. Raises `ValidationError` once answered, `SkillRequest.DoesNotExist` for somebody else's."""
    row = _waiting(request_id, agent_id=agent_id)
    _answer(row, RequestState.WITHDRAWN, by=None, note="", now=now)
    _tell(row, "skill.withdrawn", actor=actor, now=now)


@transaction.atomic(durable=True)
def verify_skill(
    *, request_id: int, level: int, valid_until: datetime | None = None, note: str = "", by: User | None, actor: str,
    now: datetime,
) -> SkillRequest:  # fmt: skip
    """The agent holds the skill from now on, at the level that the admin found. Raises `ValidationError`."""
    row = _waiting(request_id)
    if valid_until is not None and valid_until <= now:
        raise ValidationError({"valid_until": _("This day is over.")})
    state_proficiency(
        agent=row.agent, skill=row.skill, level=level, verified=True, valid_from=None, valid_until=valid_until, by=by,
        actor=actor, now=now,
    )  # fmt: skip
    _answer(row, RequestState.VERIFIED, by=by, note=note, now=now)
    _tell(row, "skill.verified", actor=actor, now=now, level=level)
    return row


@transaction.atomic(durable=True)
def refuse_skill(*, request_id: int, note: str, by: User | None, actor: str, now: datetime) -> SkillRequest:
    """No, with the reason, which the agent reads. Raises `ValidationError` without one."""
    row = _waiting(request_id)
    if not note.strip():
        raise ValidationError({"note": _("Say why: the agent reads it.")})
    _answer(row, RequestState.REFUSED, by=by, note=note, now=now)
    _tell(row, "skill.refused", actor=actor, now=now)
    return row


def _waiting(request_id: int, **whose: int) -> SkillRequest:
    rows = SkillRequest.objects.select_for_update(of=("self",)).select_related("agent", "skill")
    row = rows.get(pk=request_id, **whose)
    if row.status != RequestState.ASKED:
        raise ValidationError(_("This request has been answered or withdrawn."))
    return row


def _answer(row: SkillRequest, status: RequestState, *, by: User | None, note: str, now: datetime) -> None:
    row.status, row.answered_at, row.answered_by, row.note = status, now, by, note.strip()[:300]
    row.save(update_fields=["status", "answered_at", "answered_by", "note"])


def _tell(row: SkillRequest, kind: str, *, actor: str, now: datetime, level: int | None = None) -> None:
    data = {"request": row.pk, "skill": row.skill_id, "level": level or row.level}
    record(kind=kind, subject=f"agent:{row.agent_id}", actor=actor, at=now, data=data)
