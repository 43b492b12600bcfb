"""The surges that are on, wherever a person watches, with what each of them takes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from marketplace.models import Queue
from marketplace.queries.board import within
from marketplace.queries.gap import STEP_SECONDS, Alarm, read_gaps
from marketplace.queries.grid import Grid


def read_surges(*, department_ids: Sequence[int] | None, now: datetime) -> list[tuple[Queue, Alarm]]:
    """Queues of these departments (None: all) that surge, most people missing first; in a fixed number of statements.

    The figures are those of the pages of demand; only the half hour that holds `now` is looked at. One statement, where
    none is on.
    """
    surging = Queue.objects.filter(within(department_ids), is_active=True, now__surge_since__isnull=False)
    there = sorted(set(surging.values_list("department_id", flat=True)))
    if not there:
        return []
    grid = Grid.ahead(now=now, until=now + timedelta(seconds=1), step_seconds=STEP_SECONDS)
    gaps = read_gaps(department_ids=there, grid=grid, now=now)
    found = [(queue, gaps.alarms[queue.pk]) for queue in gaps.queues if queue.pk in gaps.alarms]
    return sorted(found, key=lambda pair: (-(pair[1].missing or 0), -pair[1].surge.factor, pair[0].code))
