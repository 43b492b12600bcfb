"""Forecasts, people and gaps for the tests of need against staffed."""

from datetime import timedelta

import numpy as np

from marketplace.matching.state import FOREVER, Eligible
from marketplace.models import Forecast, Queue
from marketplace.queries.gap import read_gaps
from marketplace.queries.grid import Grid
from marketplace.queries.staffed import Able
from tests.factories import NOW

HOUR = timedelta(hours=1)
GRID = Grid.ahead(now=NOW, until=NOW + 4 * HOUR, step_seconds=1800)


def expect(queue, *, start=NOW, mean=60.0, seconds=1800, steps=8):
    """So many contacts in each step, give or take a fifth."""
    for step in range(steps):
        Forecast.objects.create(
            queue=queue,
            starts_at=start + step * timedelta(seconds=seconds),
            seconds=seconds,
            mean=mean,
            p10=0.8 * mean,
            p50=mean,
            p90=1.2 * mean,
        )


def gaps(**kwargs):
    """The gaps of the next four hours, over all departments."""
    return read_gaps(**{"department_ids": None, "grid": GRID, "now": NOW} | kwargs)


def able(**serves):
    """Which agent (by code) serves which queues."""
    people = sorted((agent.pk, [queue.pk for queue in queues]) for agent, queues in serves["pairs"])
    ids = sorted(Queue.objects.values_list("pk", flat=True))
    flat = [ids.index(queue) for _, queues in people for queue in sorted(queues)]
    start = np.cumsum([0, *[len(queues) for _, queues in people]])
    of = np.array(flat, dtype=np.int64)
    eligible = Eligible(
        start=start, queue=of, level=of * 0 + 5, valid_from=of * 0, valid_until=np.full(len(of), FOREVER)
    )
    return Able(people=np.array([agent for agent, _ in people]), queues=np.array(ids), eligible=eligible)
