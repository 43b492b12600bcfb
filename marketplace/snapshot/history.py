"""What was counted of each queue, on the grid of its forecast, and what is known of its calendar."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise

import numpy as np

from marketplace.matching.state import FloatArray, IntArray
from marketplace.models import Event, Queue
from marketplace.snapshot.hot import read_columns

YEARS = timedelta(days=3 * 365)
"""So far back a forecast looks."""
FINE = timedelta(weeks=8)
"""Minutes are added up so far back; older ones were rolled up (`tidy`)."""
SHORTEST_STEP_SECONDS = 900
LONGEST_STEP_SECONDS = 3600
"""Longer counts say too little about the time of day to make a forecast."""
MILLI = 1000

# A cell is one step of a queue's forecast: the longest interval that it is counted in, at least a quarter of an hour.
# A length that no day is made of, or that covers less than a twentieth of what is counted, is a slip and no step; nor
# does a stray row move the grid: it lies as most of the newest rows do.
# Finer counts (a switch's minutes) are added up where they cover at least 80 % of a cell; coarse ones win.
CELLS = """
WITH lengths AS (
    SELECT queue_id, seconds, count(*) * seconds AS covered, 86400 % seconds = 0 AS fits FROM marketplace_interval
    WHERE seconds <= $4::int AND queue_id = ANY($1::bigint[]) GROUP BY queue_id, seconds
), best AS (
    SELECT l.*, sum(covered) OVER of_queue AS total FROM lengths l
    WHERE fits OR NOT EXISTS (SELECT FROM lengths other WHERE other.queue_id = l.queue_id AND other.fits)
    WINDOW of_queue AS (PARTITION BY queue_id)
), step AS (
    SELECT queue_id, greatest(max(seconds), $3::int) AS seconds FROM best WHERE covered * 20 >= total GROUP BY queue_id
), grid AS (
    SELECT s.*, to_timestamp(coalesce((SELECT mode() WITHIN GROUP (ORDER BY past) FROM (
        SELECT extract(epoch FROM starts_at)::bigint % s.seconds AS past FROM marketplace_interval i
        WHERE i.queue_id = s.queue_id AND i.seconds = s.seconds ORDER BY starts_at DESC LIMIT 96
    ) newest), 0)) AS phase FROM step s
), parts AS (
    SELECT i.queue_id, i.seconds AS of_seconds, s.seconds,
        date_bin(make_interval(secs => s.seconds), i.starts_at, s.phase) AS starts_at,
        sum(i.offered) AS offered, sum(i.seconds)::float8 AS covered
    FROM marketplace_interval i JOIN grid s USING (queue_id)
    WHERE i.seconds <= s.seconds AND (86400 % i.seconds = 0 OR 86400 % s.seconds <> 0) AND i.starts_at > $5::timestamptz
        AND (i.seconds >= $3::int OR i.starts_at > $6::timestamptz)
    GROUP BY 1, 2, 3, 4
), cells AS (
    SELECT DISTINCT ON (queue_id, starts_at) queue_id, seconds, starts_at, offered * seconds / covered AS offered
    FROM parts WHERE covered >= 0.8 * seconds AND starts_at + make_interval(secs => seconds) <= $2::timestamptz
    ORDER BY queue_id, starts_at, of_seconds DESC
)
SELECT queue_id, seconds::bigint AS step, extract(epoch FROM starts_at)::bigint AS start,
    round(offered * 1000)::bigint AS milli
FROM cells ORDER BY queue_id, starts_at
"""


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """One queue's counts by ascending start."""

    step_seconds: int
    starts: IntArray
    offered: FloatArray


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a queue beside its counts."""

    queue_id: int
    zone: str
    country: str
    like_id: int | None
    curve: tuple[float, ...] | None
    opens: time | None
    closes: time | None
    events: tuple[tuple[str, int, int, float | None], ...]
    """Name, start, end, factor."""


def read_counted(*, queue_ids: Collection[int], now: datetime) -> dict[int, Counted]:
    """The counts of intervals that are over, of those of these queues that have any."""
    parameters = [
        sorted(queue_ids),
        now,
        SHORTEST_STEP_SECONDS,
        LONGEST_STEP_SECONDS,
        now - YEARS,
        now - FINE,
    ]
    rows = read_columns(CELLS, ["queue_id", "step", "start", "milli"], parameters)
    queues, first = np.unique(rows["queue_id"], return_index=True)
    bounds = [*first.tolist(), len(rows["queue_id"])]
    return {
        int(queue): Counted(
            step_seconds=int(rows["step"][begin]),
            starts=rows["start"][begin:end],
            offered=rows["milli"][begin:end] / MILLI,
        )
        for queue, (begin, end) in zip(queues, pairwise(bounds), strict=True)
    }


def read_known(*, queue_ids: Collection[int]) -> dict[int, Known]:
    """Calendar and likeness of these queues, with the events at each."""
    queues = Queue.objects.filter(pk__in=queue_ids)
    rows = list(queues.values_list("pk", "department_id", "timezone", "country", "like_id", "curve", "opens", "closes"))
    of_department: dict[int, list[tuple[str, int, int, float | None]]] = {}
    of_queue: dict[int, list[tuple[str, int, int, float | None]]] = {}
    for event in Event.objects.prefetch_related("queues").order_by("starts_at"):
        told = (event.name, round(event.starts_at.timestamp()), round(event.ends_at.timestamp()), event.factor)
        if event.department_id is not None:
            of_department.setdefault(event.department_id, []).append(told)
        for queue in event.queues.all():
            if queue.department_id != event.department_id:
                of_queue.setdefault(queue.pk, []).append(told)
    return {
        pk: Known(
            queue_id=pk,
            zone=zone,
            country=country,
            like_id=like,
            curve=tuple(curve) if curve else None,
            opens=opens,
            closes=closes,
            events=tuple(sorted(of_department.get(department, []) + of_queue.get(pk, []), key=lambda one: one[1:3])),
        )
        for pk, department, zone, country, like, curve, opens, closes in rows
    }
