"""How many hours of people each week of the year ahead needs, low, middling and high."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from marketplace.models import WeekForecast
from marketplace.queries.gap import STEP_SECONDS, read_gaps
from marketplace.queries.grid import Grid

MEASURED_DAYS = 14
"""Hours for each contact are those that the need of so many days ahead takes."""


@dataclass(frozen=True, slots=True)
class WeekNeed:
    """Hours to plan for one week, over all queues: the 10, 50 and 90 % quantiles.

    Queues are added up as if a busy week were busy at all of them: most of what makes weeks differ is shared.
    """

    starts_on: date
    low: float
    middle: float
    high: float


def read_week_needs(*, department_ids: Collection[int], now: datetime) -> list[WeekNeed]:
    """The coming weeks of these departments' queues, in a fixed number of statements.

    A week's hours are its contacts × the queue's hours for each contact: those of the need by interval, with target,
    occupancy cap, least agents and shrinkage. Queues without need in the coming days are left out.
    """
    grid = Grid.ahead(now=now, until=now + timedelta(days=MEASURED_DAYS), step_seconds=STEP_SECONDS)
    gaps = read_gaps(department_ids=list(department_ids), grid=grid, now=now)
    hours = gaps.need.sum(axis=1) * STEP_SECONDS / 3600
    contacts = np.nan_to_num(gaps.expected.mean).sum(axis=1) * STEP_SECONDS
    each = {
        queue.pk: float(taken / came)
        for queue, taken, came in zip(gaps.queues, hours, contacts, strict=True)
        if came > 0
    }
    weeks: dict[date, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    rows = WeekForecast.objects.filter(queue__in=list(each), starts_on__gt=now.date())
    for queue, day, *levels in rows.values_list("queue_id", "starts_on", "p10", "p50", "p90"):
        weeks[day] = [total + each[queue] * level for total, level in zip(weeks[day], levels, strict=True)]
    return [WeekNeed(day, *weeks[day]) for day in sorted(weeks)]
