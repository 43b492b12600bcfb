"""Correct the rest of today by what came of it so far: each interval, and at once on a surge."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import connection, transaction

from gigcx.ledger.record import record
from marketplace.actions.loading import stage
from marketplace.forecasting.forecast_row import ForecastRow
from marketplace.forecasting.intraday import Surging, correct_day
from marketplace.models import QueueNow
from marketplace.snapshot.queues import BEFORE_SECONDS

CORRECT_LOCK = 0x67696763_0006
RESTORE_SECONDS = 3600
ENOUGH = 0.8
"""An interval that was counted for less of its time says nothing."""

# today's rows of each queue as they were planned, with what came in each; finer counts are added up. One look in the
# index for each row, whatever the planner thinks of the tables
TODAY = """
WITH today AS (
    SELECT f.id, f.queue_id, f.starts_at, f.seconds, coalesce(f.planned_mean, f.mean) AS mean,
        coalesce(f.planned_p10, f.p10) AS p10, coalesce(f.planned_p50, f.p50) AS p50,
        coalesce(f.planned_p90, f.p90) AS p90, g.day_spread, n.surge_since, n.surge_factor
    FROM marketplace_forecast f JOIN marketplace_queue q ON q.id = f.queue_id
        JOIN marketplace_forecastquality g ON g.queue_id = f.queue_id
        LEFT JOIN marketplace_queuenow n ON n.queue_id = f.queue_id
    WHERE q.is_active AND g.day_spread > 0 AND (%(queues)s::bigint[] IS NULL OR f.queue_id = ANY(%(queues)s))
        AND f.starts_at BETWEEN %(now)s - interval '26 hours' AND %(now)s + interval '26 hours'
        AND (f.starts_at AT TIME ZONE q.timezone)::date = (%(now)s AT TIME ZONE q.timezone)::date
)
SELECT t.id, t.queue_id, extract(epoch FROM t.starts_at)::bigint, t.seconds, t.mean, t.p10, t.p50, t.p90, t.day_spread,
    t.surge_since, t.surge_factor, c.offered::float8, c.covered::float8, c.until::float8
FROM today t LEFT JOIN LATERAL (
    SELECT sum(i.offered) AS offered, sum(i.counted) AS covered,
        max(extract(epoch FROM i.starts_at) + i.counted) AS until
    FROM (SELECT offered, starts_at, seconds, least(seconds, extract(epoch FROM as_of - starts_at)) AS counted
        FROM marketplace_interval WHERE queue_id = t.queue_id AND starts_at >= t.starts_at
            AND starts_at < t.starts_at + make_interval(secs => t.seconds) AND seconds <= t.seconds) i
    WHERE i.counted > 0 GROUP BY i.seconds ORDER BY i.seconds DESC LIMIT 1
) c ON t.starts_at < %(now)s
ORDER BY t.queue_id, t.starts_at
"""
# a hundredth more or less is not worth a write
WRITE = """
UPDATE marketplace_forecast f SET mean = l.mean, p10 = l.p10, p50 = l.p50, p90 = l.p90,
    planned_mean = coalesce(f.planned_mean, f.mean), planned_p10 = coalesce(f.planned_p10, f.p10),
    planned_p50 = coalesce(f.planned_p50, f.p50), planned_p90 = coalesce(f.planned_p90, f.p90)
FROM load_corrected l
WHERE l.id = f.id AND (abs(f.mean - l.mean) > 0.01 * f.mean OR abs(f.p90 - l.p90) > 0.05 * f.p90)
RETURNING f.queue_id
"""
COLUMNS = {"id": "bigint", **dict.fromkeys(("mean", "p10", "p50", "p90"), "float8")}


class Today(NamedTuple):
    """One interval of today as it was planned."""

    id: int
    queue_id: int
    start: int
    seconds: int
    mean: float
    p10: float
    p50: float
    p90: float
    day_spread: float
    surge_since: float | None
    surge_factor: float | None
    """Of a surge that is on."""
    offered: float | None
    """What came in it so far; None where nothing was counted."""
    covered: float | None
    """Seconds of it that were counted."""
    until: float | None
    """The instant up to which they were."""


def correct_forecast(*, now: datetime, actor: str = "clock", queue_ids: Collection[int] | None = None) -> int:
    """Correct what is forecast for the rest of the local day of all queues, or these; how many intervals changed.

    What was planned stays beside it. Always from the plan and from all that came today, so doing it twice is doing it
    once. While another correction runs, nothing is done: it sees the same.
    """
    wanted = None if queue_ids is None else sorted(queue_ids)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [CORRECT_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(TODAY, {"now": now, "queues": wanted})
        today = [Today(*row) for row in cursor.fetchall()]
        stage(cursor, "load_corrected", COLUMNS, _corrected(today, now=now.timestamp()))
        cursor.execute(WRITE)
        changed = [queue for (queue,) in cursor.fetchall()]
        if changed:
            data = {"intervals": len(changed), "queues": len(set(changed))}
            record(kind="forecast.corrected", actor=actor, at=now, data=data)
    return len(changed)


def correct_surging(*, now: datetime, actor: str = "clock") -> int:
    """The same for the queues that surge now."""
    surging = QueueNow.objects.filter(surge_since__isnull=False).values_list("queue_id", flat=True)
    return correct_forecast(now=now, actor=actor, queue_ids=list(surging))


def _corrected(today: Iterable[Today], *, now: float) -> Iterator[tuple[Any, ...]]:
    for _, group in groupby(today, key=attrgetter("queue_id")):
        rows = list(group)
        seen = [row.until for row in rows if row.until is not None]
        if seen:
            # what the switch has not told yet is no silence of the customers
            yield from _of_queue(rows, until=min(int(max(seen)), int(now)))


def _of_queue(rows: list[Today], *, until: int) -> Iterator[tuple[Any, ...]]:
    """Corrected figures by row id. The interval just past takes the same factor as the next one: the matcher looks from
    it to what is ahead, and must see no step that is only ours."""
    came = {}
    for row in rows:
        elapsed = min(row.seconds, until - row.start)
        if row.offered is not None and row.covered and elapsed > 0 and row.covered >= ENOUGH * elapsed:
            came[row.start] = row.offered * elapsed / row.covered
    plan = [ForecastRow(row.start, row.mean, row.p10, row.p50, row.p90) for row in rows]
    spread, step = rows[0].day_spread, rows[0].seconds
    since, surged = rows[0].surge_since, rows[0].surge_factor
    surge = Surging(since, surged) if since is not None and surged is not None else None
    rest = correct_day(rows=plan, step_seconds=step, came=came, now=until, day_spread=spread, surge=surge)
    ids = {row.start: row.id for row in rows}
    for new in rest:
        yield ids[new.start], new.mean, new.p10, new.p50, new.p90
    planned = {row.start: row for row in plan}
    factor = next((new.mean / planned[new.start].mean for new in rest if planned[new.start].mean > 0), None)
    if factor is not None:
        for past in plan:
            if until - BEFORE_SECONDS < past.start + step <= until:
                yield ids[past.start], *(value * factor for value in (past.mean, past.p10, past.p50, past.p90))
            elif surge is not None and until - RESTORE_SECONDS < past.start + step <= min(until, surge.since):
                # the matcher looks no more so far back: an interval before the surge is again as it was planned
                yield ids[past.start], past.mean, past.p10, past.p50, past.p90
