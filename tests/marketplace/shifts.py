"""A department with a forecast, so that shifts can be proposed."""

from datetime import datetime, timedelta

from marketplace.actions.propose_shifts import propose_shifts
from marketplace.actions.work_proposals import work_proposals
from marketplace.models import Forecast, Queue, ShiftProposal

QUARTER = timedelta(minutes=15)


def expect(queue: Queue, *, start: datetime, hours: float, an_hour: float) -> None:
    """Forecast so many contacts an hour."""
    mean = an_hour / 4
    Forecast.objects.bulk_create(
        Forecast(
            queue=queue, starts_at=start + index * QUARTER, seconds=900, mean=mean, p10=mean, p50=mean, p90=mean
        )
        for index in range(round(hours * 4))
    )  # fmt: skip


def proposed(queue: Queue, *, since: datetime, now: datetime, days: float = 1, **figures: object) -> ShiftProposal:
    """A proposal for the queue's department, worked out."""
    proposal = propose_shifts(
        department_id=queue.department_id, queue_ids=figures.pop("queue_ids", None), since=since,
        until=since + timedelta(days=days), actor="user:7", now=now, **figures,
    )  # fmt: skip
    assert work_proposals(clock=lambda: now, seconds=5) == 1
    proposal.refresh_from_db()
    return proposal
