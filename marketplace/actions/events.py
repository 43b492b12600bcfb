"""Known events as people keep them: a campaign, a bill run, and which queues they change."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from gigcx.ledger.keeping import drop, keep
from marketplace.actions.write_forecast import mark_due
from marketplace.models import Event, Queue


@transaction.atomic(durable=True)
def keep_event(*, event_id: int | None, queues: Collection[Queue], actor: str, now: datetime, **figures: Any) -> Event:
    """A new event (`event_id` None), or other figures for one. It is at all queues of its department, or at `queues`.

    Figures are the fields of `Event`. The forecasts of all queues concerned, before and after, are due. Raises
    `ValidationError` by field.
    """
    event = Event.objects.select_for_update().get(pk=event_id) if event_id else Event()
    if figures.get("department") is None and not queues:
        raise ValidationError({"queues": _("Pick queues, or a department for all of its queues.")})
    starts, ends = figures.get("starts_at"), figures.get("ends_at")
    if starts and ends and ends <= starts:
        raise ValidationError({"ends_at": _("This is not after the start.")})
    before = sorted(event.queues.values_list("pk", flat=True)) if event_id else []
    concerned = _concerned(event) if event_id else set()
    after = sorted(queue.pk for queue in queues)
    also = {"queues": [before, after]} if before != after else {}
    if keep(event, figures=figures, kind="event.changed", actor=actor, now=now, also=also):
        event.queues.set(after)
        _due(concerned | _concerned(event), now=now)
    return event


@transaction.atomic(durable=True)
def delete_event(*, event_id: int, actor: str, now: datetime) -> None:
    """Delete an event; the forecasts of its queues are due."""
    event = Event.objects.select_for_update().get(pk=event_id)
    concerned = _concerned(event)
    drop(event, kind="event.deleted", actor=actor, now=now)
    _due(concerned, now=now)


def _concerned(event: Event) -> set[int]:
    queues = set(event.queues.values_list("pk", flat=True))
    if event.department_id is not None:
        queues |= set(Queue.objects.filter(department=event.department_id).values_list("pk", flat=True))
    return queues


def _due(queue_ids: Collection[int], *, now: datetime) -> None:
    with connection.cursor() as cursor:
        mark_due(cursor, queue_ids, now=now)
