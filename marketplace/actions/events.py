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
def keep_event(
    *, event_id: int | None, queues: Collection[Queue] | None = None, actor: str, now: datetime, **figures: Any
) -> Event:
    """A new event (`event_id` None), or other figures for one. It is at all queues of its department, or at `queues`.

    Figures are the fields of `Event`; what is not given, `queues` too (None), stays as it is. The forecasts of all
    queues concerned, before and after, are due. Raises `ValidationError` by field, and `Event.DoesNotExist`.
    """
    event = Event.objects.select_for_update().get(pk=event_id) if event_id is not None else Event()
    concerned = _concerned(event) if event_id is not None else set()
    before = sorted(event.queues.values_list("pk", flat=True)) if event_id is not None else []
    after = before if queues is None else sorted(queue.pk for queue in queues)
    _check(event, figures, somewhere=bool(after))
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


def _check(event: Event, figures: dict[str, Any], *, somewhere: bool) -> None:
    """Raises `ValidationError` where the event would be nowhere (not at a queue: `somewhere`), or never."""
    department, starts, ends = (
        figures.get(name, getattr(event, name)) for name in ("department", "starts_at", "ends_at")
    )
    if department is None and not somewhere:
        raise ValidationError({"queues": _("Pick queues, or a department for all of its queues.")})
    if starts and ends and ends <= starts:
        raise ValidationError({"ends_at": _("This is not after the start.")})


def _concerned(event: Event) -> set[int]:
    queues = set(event.queues.values_list("pk", flat=True))
    if event.department_id is not None:
        queues |= set(Queue.objects.filter(department=event.department_id).values_list("pk", flat=True))
    return queues


def _due(queue_ids: Collection[int], *, now: datetime) -> None:
    with connection.cursor() as cursor:
        mark_due(cursor, queue_ids, now=now)
