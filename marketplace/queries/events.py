"""Known events, for those who watch the queues that they change."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, QuerySet

from marketplace.models import Event, Queue
from marketplace.queries.board import within


def events_seen(*, department_ids: Sequence[int] | None) -> QuerySet[Event]:
    """The events of these departments (None: all) and of their queues, each once, with department and queues."""
    events = Event.objects.select_related("department").prefetch_related("queues")
    if department_ids is None:
        return events
    theirs = Queue.objects.filter(within(department_ids), events=OuterRef("pk"))
    return events.filter(within(department_ids) | Exists(theirs))


def at_queue(events: QuerySet[Event], *, code: str) -> QuerySet[Event]:
    """Those of them that change what comes at the queue of this code: by itself, or with its whole department."""
    queue = Queue.objects.filter(code=code)
    return events.filter(
        Exists(queue.filter(events=OuterRef("pk"))) | Exists(queue.filter(department=OuterRef("department")))
    )
