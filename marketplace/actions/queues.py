"""Queues as admins keep them: their target, their hours, and what they ask of people."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from gigcx.ledger.keeping import drop, keep
from gigcx.ledger.record import record
from marketplace.actions.write_forecast import mark_due
from marketplace.models import Assignment, Interval, Move, Queue, QueueCertification, QueueSkill
from skills.models import Certification, Skill

FORECAST_FIGURES = ("timezone", "opens", "closes", "country", "like_id", "curve", "is_active")
"""What a queue's forecast rests on: where one of them is another, it is due."""


@transaction.atomic(durable=True)
def keep_queue(
    *,
    queue_id: int | None,
    skills: Mapping[Skill, int],
    certifications: Collection[Certification],
    actor: str,
    now: datetime,
    **figures: Any,
) -> Queue:
    """A new queue (`queue_id` None), or other figures for one. `skills` are what it asks for, with the least level.

    Figures are the fields of `Queue`. Raises `ValidationError` by field.
    """
    queue = Queue.objects.select_for_update().get(pk=queue_id) if queue_id else Queue()
    before = _asked(queue) if queue_id else ({}, [])
    after = (
        {skill.pk: level for skill, level in sorted(skills.items(), key=lambda pair: pair[0].pk)},
        sorted(certification.pk for certification in certifications),
    )
    also = {
        name: [old, new]
        for name, old, new in zip(("skills", "certifications"), before, after, strict=True)
        if old != new
    }
    seen = {name: getattr(queue, name) for name in FORECAST_FIGURES}
    keep(queue, figures=figures, kind="queue.changed", actor=actor, now=now, also=also)
    if seen != {name: getattr(queue, name) for name in FORECAST_FIGURES}:
        with connection.cursor() as cursor:
            mark_due(cursor, [queue.pk], now=now)
    if also:
        _ask(queue, *after)
        record(kind="competence.changed", subject=f"queue:{queue.pk}", actor=actor, at=now)
    return queue


@transaction.atomic(durable=True)
def delete_queue(*, queue_id: int, actor: str, now: datetime) -> None:
    """Delete a queue that never served anyone. Raises `ValidationError` for one with a history: switch that off."""
    queue = Queue.objects.select_for_update().get(pk=queue_id)
    served = (Assignment.objects.filter(queue=queue), Interval.objects.filter(queue=queue))
    moves = Move.objects.filter(target=queue) | Move.objects.filter(source=queue)
    if any(rows.exists() for rows in (*served, moves)):
        what = _("%(queue)s has a history and stays on record. Untick “is active” instead.")
        raise ValidationError(what, params={"queue": queue})
    drop(queue, kind="queue.deleted", actor=actor, now=now)


def _asked(queue: Queue) -> tuple[dict[int, int], list[int]]:
    """What the queue asks for now: levels by skill id, and certification ids, ascending."""
    return (
        dict(queue.asks_skills.order_by("skill_id").values_list("skill_id", "level")),
        list(queue.asks_certifications.order_by("certification_id").values_list("certification_id", flat=True)),
    )


def _ask(queue: Queue, levels: Mapping[int, int], certification_ids: Collection[int]) -> None:
    """Make the queue ask for exactly these; levels are checked first."""
    rows = [QueueSkill(queue=queue, skill_id=skill, level=level) for skill, level in levels.items()]
    for row in rows:
        row.clean_fields(exclude=["queue", "skill"])
    queue.asks_skills.exclude(skill_id__in=levels).delete()
    queue.asks_certifications.exclude(certification_id__in=certification_ids).delete()
    QueueSkill.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["queue", "skill"], update_fields=["level"]
    )
    QueueCertification.objects.bulk_create(
        [QueueCertification(queue=queue, certification_id=pk) for pk in certification_ids], ignore_conflicts=True
    )
