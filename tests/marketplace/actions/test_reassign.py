"""The one door for assignments: history and hot rows say the same, whatever changes at one instant."""

from datetime import timedelta

import pytest
from django.db import transaction

from marketplace.actions.reassign import Change, reassign
from marketplace.models import AgentNow, Assignment, Queue
from tests.factories import NOW, make_agent, make_queue, on_duty

pytestmark = pytest.mark.django_db


def send(*to: tuple[AgentNow, Queue | None]) -> None:
    changes = [Change(agent_id=row.agent_id, queue_id=queue and queue.pk) for row, queue in to]
    with transaction.atomic():
        reassign(changes, now=NOW, arrives_at=NOW, actor="test")


def history(row: AgentNow) -> list[tuple[str, bool]]:
    """Queues served, oldest first, and whether the assignment is open."""
    rows = Assignment.objects.filter(agent_id=row.agent_id).order_by("period").select_related("queue")
    return [(one.queue.code, one.period.upper is None) for one in rows]


def test_reassign_takes_people_from_a_queue_and_from_nowhere_together() -> None:
    old, new = make_queue("old"), make_queue("new")
    served = on_duty(make_agent(old, new), old, now=NOW - timedelta(minutes=1))
    standby = on_duty(make_agent(), None, now=NOW - timedelta(minutes=1))
    send((served, new), (standby, new))
    assert (history(served), history(standby)) == ([("old", False), ("new", True)], [("new", True)])
    assert set(AgentNow.objects.values_list("queue__code", flat=True)) == {"new"}
    send((served, None))
    assert history(served) == [("old", False)], "an assignment that ends as it begins never was"
    assert AgentNow.objects.get(pk=served.pk).queue is None
    assert history(standby) == [("new", True)]
