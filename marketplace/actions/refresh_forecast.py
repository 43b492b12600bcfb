"""Write the forecast of the coming days from what was counted; daily, and after counts were loaded."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from gigcx.ledger.record import record
from marketplace.actions.loading import stage
from marketplace.forecasting.weekday import WEEKS, weekday_forecast

HORIZON = timedelta(days=14)
BEFORE = timedelta(hours=3)
"""So far back too: what the board shows beside the last half-hour."""
SHORTEST_STEP_SECONDS = 900
LONGEST_STEP_SECONDS = 3600
"""Longer counts say too little about the time of day to make a forecast."""
REFRESH_LOCK = 0x67696763_0005

# A cell is one step of a queue's forecast: the longest interval that it is counted in, at least a quarter of an hour.
# Finer counts (a switch's minutes, of the latest weeks) are added up where they cover at least 80 % of a cell; coarse
# ones win.
CELLS = """
WITH step AS (
    SELECT queue_id, greatest(max(seconds), %(shortest)s) AS seconds FROM marketplace_interval
    WHERE seconds <= %(longest)s AND (%(queues)s::bigint[] IS NULL OR queue_id = ANY(%(queues)s)) GROUP BY queue_id
), grid AS (
    SELECT s.*, coalesce((SELECT max(starts_at) FROM marketplace_interval i
        WHERE i.queue_id = s.queue_id AND i.seconds = s.seconds), 'epoch'::timestamptz) AS phase FROM step s
), parts AS (
    SELECT i.queue_id, i.seconds AS of_seconds, s.seconds,
        date_bin(make_interval(secs => s.seconds), i.starts_at, s.phase) AS starts_at,
        sum(i.offered) AS offered, sum(i.seconds)::float8 AS covered
    FROM marketplace_interval i JOIN grid s USING (queue_id)
    WHERE i.seconds <= s.seconds
        AND (i.seconds >= %(shortest)s OR i.starts_at > %(now)s - make_interval(weeks => %(weeks)s))
    GROUP BY 1, 2, 3, 4
), cells AS (
    SELECT DISTINCT ON (queue_id, starts_at) queue_id, seconds, starts_at, offered * seconds / covered AS offered
    FROM parts WHERE covered >= 0.8 * seconds AND starts_at + make_interval(secs => seconds) <= %(now)s
    ORDER BY queue_id, starts_at, of_seconds DESC
), latest AS (
    SELECT c.*, q.timezone, row_number() OVER (
        PARTITION BY c.queue_id, extract(isodow FROM c.starts_at AT TIME ZONE q.timezone),
            (c.starts_at AT TIME ZONE q.timezone)::time ORDER BY c.starts_at DESC) AS age
    FROM cells c JOIN marketplace_queue q ON q.id = c.queue_id WHERE q.is_active
)
SELECT queue_id, timezone, seconds, extract(epoch FROM starts_at)::bigint, offered::float8
FROM latest WHERE age <= %(weeks)s ORDER BY queue_id
"""


def refresh_forecast(*, now: datetime, actor: str = "clock", queue_ids: Collection[int] | None = None) -> int:
    """Forecast the next 14 days of the active queues (all, or these) as the mean of the same weekday and time.

    The number of intervals whose forecast is new or different. Queues without counts keep what they have. Idempotent.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [REFRESH_LOCK])
        wanted = None if queue_ids is None else sorted(queue_ids)
        rows = list(_rows(cursor, now=now, queue_ids=wanted))
        changed = write_forecast(cursor, rows, since=now)
        if changed:
            record(kind="forecast.made", actor=actor, at=now, data={"intervals": changed})
    return changed


def _rows(cursor: CursorWrapper, *, now: datetime, queue_ids: list[int] | None) -> Iterator[tuple[Any, ...]]:
    cursor.execute(
        CELLS,
        {
            "queues": queue_ids,
            "now": now,
            "weeks": WEEKS,
            "shortest": SHORTEST_STEP_SECONDS,
            "longest": LONGEST_STEP_SECONDS,
        },
    )
    since, until = round((now - BEFORE).timestamp()), round((now + HORIZON).timestamp())
    for (queue, zone, step), cells in groupby(cursor.fetchall(), key=lambda row: (row[0], row[1], row[2])):
        forecast = weekday_forecast(
            counts=[(start, offered) for *_, start, offered in cells],
            step_seconds=step,
            zone=ZoneInfo(zone),
            since=since,
            until=until,
        )
        for row in forecast:
            yield queue, row.start, step, row.mean, row.p10, row.p50, row.p90


def write_forecast(cursor: CursorWrapper, rows: list[tuple[Any, ...]], *, since: datetime) -> int:
    """Store rows of `(queue, start, seconds, mean, p10, p50, p90)` instead of what these queues had after `since`."""
    columns = {
        "queue_id": "bigint",
        "start": "bigint",
        "seconds": "int",
        **dict.fromkeys(("mean", "p10", "p50", "p90"), "float8"),
    }
    stage(cursor, "load_forecast", columns, rows)
    cursor.execute(
        "DELETE FROM marketplace_forecast f WHERE f.starts_at >= %s"
        " AND f.queue_id IN (SELECT queue_id FROM load_forecast) AND NOT EXISTS (SELECT 1 FROM load_forecast l"
        "  WHERE l.queue_id = f.queue_id AND to_timestamp(l.start) = f.starts_at)",
        [since],
    )
    cursor.execute(
        "INSERT INTO marketplace_forecast (queue_id, starts_at, seconds, mean, p10, p50, p90)"
        " SELECT queue_id, to_timestamp(start), seconds, mean, p10, p50, p90 FROM load_forecast ORDER BY 1, 2"
        " ON CONFLICT (queue_id, starts_at) DO UPDATE SET seconds = excluded.seconds, mean = excluded.mean,"
        "  p10 = excluded.p10, p50 = excluded.p50, p90 = excluded.p90"
        " WHERE (marketplace_forecast.seconds, marketplace_forecast.mean, marketplace_forecast.p10,"
        "   marketplace_forecast.p50, marketplace_forecast.p90)"
        "  IS DISTINCT FROM (excluded.seconds, excluded.mean, excluded.p10, excluded.p50, excluded.p90)"
    )
    return int(cursor.rowcount)
