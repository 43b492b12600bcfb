"""Load counted intervals from a `counts` file that was looked at, and make the forecast that follows from them."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from django.db.backends.utils import CursorWrapper

from marketplace.actions.loading import Loaded, note_load, one_load, stage, tally
from marketplace.actions.refresh_forecast import refresh_forecast
from marketplace.actions.write_forecast import mark_due
from marketplace.forecasting.intake.codes import Choices
from marketplace.forecasting.intake.inspect import Inspection, inspect_counts
from marketplace.forecasting.intake.words import line_of
from marketplace.models import Queue
from marketplace.simulation.files import BadFileError

COLUMNS = {
    "line": "int",
    "queue_id": "bigint",
    "starts_at": "timestamptz",
    "seconds": "int",
    "offered": "int",
    "handle_seconds": "float8",
}


def look_at_counts(
    *,
    content: bytes,
    file: str,
    zone: tzinfo,
    choices: Choices,
    now: datetime,
    progress: Callable[[float], None] | None = None,
) -> Inspection:
    """What a file holds, seen against the queues that exist; nothing is stored. Times without offset are in `zone`."""
    zones = {code: ZoneInfo(name) for code, name in Queue.objects.values_list("code", "timezone")}
    return inspect_counts(
        content=content, name=file, zone=zone, zones=zones, choices=choices, now=now, progress=progress
    )


def load_counts(
    *,
    inspection: Inspection,
    file: str,
    actor: str,
    now: datetime,
    dry_run: bool = False,
    forecast: bool = True,
) -> Loaded:
    """Store what was offered, as the file was found and the person chose to repair it.

    Only rows of the file are stored: a missing interval is no zero. What a switch reported after an interval's end
    stays. A queue's handle time becomes the mean of the rows that state one. With `forecast` the forecast of these
    queues is made anew at once, else it is due and the next `refresh_due` makes it. Raises `BadFileError` with one line
    for everything that is refused; nothing is stored then.
    """
    if inspection.refused:
        raise BadFileError([line_of(finding, file=file) for finding in inspection.refused])
    with one_load(dry_run=dry_run) as cursor:
        known = dict(Queue.objects.values_list("code", "pk"))
        gone = sorted(set(inspection.steps) - set(known))
        if gone:
            raise BadFileError([f"{file}:1: queue: {code} is gone since the file was looked at" for code in gone])
        cells = (
            (
                row.line,
                known[row.queue],
                row.interval_start,
                inspection.steps[row.queue],
                row.offered,
                row.handle_seconds,
            )
            for row in inspection.rows
        )
        stage(cursor, "load_counts", COLUMNS, cells)
        loaded = tally("counts", _merge(cursor), total=len(inspection.rows))
        loaded.also = {"handle_times": _set_handle_seconds(cursor)}
        note_load(loaded, file=file, actor=actor, now=now)
        if loaded.created or loaded.changed:
            mark_due(cursor, [known[code] for code in inspection.steps], now=now)
            # the forecast reads them at once: a planner that takes the table for empty makes minutes of a second
            cursor.execute("ANALYZE marketplace_interval")
    if forecast and not dry_run:
        queue_ids = {known[code] for code in inspection.steps}
        loaded.also["forecast_intervals"] = refresh_forecast(now=now, actor=actor, queue_ids=queue_ids)
    return loaded


def _merge(cursor: CursorWrapper) -> list[tuple[int, bool, bool]]:
    """Store the rows; `(line, created, changed)` of those touched. A report from after the interval's end stays."""
    cursor.execute(
        "WITH merged AS (INSERT INTO marketplace_interval (queue_id, starts_at, seconds, offered, answered,"
        "   answered_in_target, abandoned, handle_seconds, as_of)"
        "  SELECT queue_id, starts_at, seconds, offered, 0, 0, 0, coalesce(handle_seconds, 0),"
        "   starts_at + make_interval(secs => seconds) FROM load_counts ORDER BY queue_id, starts_at"
        "  ON CONFLICT (queue_id, starts_at, seconds) DO UPDATE SET offered = excluded.offered,"
        "   handle_seconds = excluded.handle_seconds, as_of = excluded.as_of"
        "  WHERE marketplace_interval.as_of <= excluded.as_of"
        "   AND (marketplace_interval.offered, marketplace_interval.handle_seconds)"
        "    IS DISTINCT FROM (excluded.offered, excluded.handle_seconds)"
        "  RETURNING queue_id, starts_at, xmax = 0 AS created)"
        " SELECT l.line, m.created, true FROM merged m JOIN load_counts l USING (queue_id, starts_at)"
    )
    return list(cursor.fetchall())


def _set_handle_seconds(cursor: CursorWrapper) -> int:
    """Each queue's mean handle time, over the rows that state a sum; how many queues have another one now."""
    cursor.execute(
        "UPDATE marketplace_queue q SET handle_seconds = m.mean FROM (SELECT queue_id,"
        "  round((sum(handle_seconds) / sum(offered))::numeric, 1)::float8 AS mean FROM load_counts"
        "  WHERE handle_seconds > 0 AND offered > 0 GROUP BY queue_id) m"
        " WHERE q.id = m.queue_id AND m.mean > 0 AND q.handle_seconds <> m.mean"
    )
    return int(cursor.rowcount)
