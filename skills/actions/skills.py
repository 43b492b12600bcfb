"""Skills: what can be known, and what holding one counts for. A `ValidationError` has changed nothing."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from gigcx.ledger.keeping import drop, keep
from skills.models import Skill

KIND = "competence.changed"
IMPLICATION_LOCK = 0x67696763_0006


@transaction.atomic(durable=True)
def keep_skill(*, skill_id: int | None, name: str, implies: Collection[Skill] = (), actor: str, now: datetime) -> Skill:
    """A new skill (`skill_id` None), or another name and other implications for one. Implications make no circle."""
    with connection.cursor() as cursor:
        # two at once could close a circle that neither sees
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPLICATION_LOCK])
    skill = Skill.objects.select_for_update().get(pk=skill_id) if skill_id else Skill()
    before = sorted(skill.implies.values_list("pk", flat=True)) if skill_id else []
    after = sorted(other.pk for other in implies)
    if skill_id:
        _refuse_circle(skill, after)
    also = {"implies": [before, after]} if before != after else None
    keep(skill, figures={"name": name}, kind=KIND, actor=actor, now=now, also=also)
    if before != after:
        skill.implies.set(after)
    return skill


@transaction.atomic(durable=True)
def delete_skill(*, skill_id: int, actor: str, now: datetime) -> None:
    """Delete a skill that no queue asks for, with everybody's proficiency in it."""
    drop(Skill.objects.get(pk=skill_id), kind=KIND, actor=actor, now=now)


def _refuse_circle(skill: Skill, implies: Collection[int]) -> None:
    """Raise `ValidationError` if from the implied skills a way leads back to this one."""
    follows: dict[int, list[int]] = defaultdict(list)
    for source, target in Skill.implies.through.objects.values_list("from_skill_id", "to_skill_id"):
        if source != skill.pk:
            follows[source].append(target)
    seen: set[int] = set()
    ahead = list(implies)
    while ahead:
        reached = ahead.pop()
        if reached == skill.pk:
            what = _("“%(skill)s” would imply itself in a circle. Take one of these away.")
            raise ValidationError({"implies": ValidationError(what, params={"skill": skill})})
        if reached not in seen:
            seen.add(reached)
            ahead += follows[reached]
