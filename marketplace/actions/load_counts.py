"""Load counted intervals from rows of the `counts` file, and make the forecast that follows from them."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from django.db.backends.utils import CursorWrapper

from marketplace.actions.load_skills import queue_ids
from marketplace.actions.loading import Loaded, note_load, one_load, stage, tally
from marketplace.actions.refresh_forecast import LONGEST_STEP_SECONDS, refresh_forecast
from marketplace.simulation.files import Reading
from marketplace.simulation.tables import CountRow

USUAL_STEP_SECONDS = 900
"""Of a queue with one row only."""
COLUMNS = {
    "line": "int",
    "queue_id": "bigint",
    "starts_at": "timestamptz",
    "seconds": "int",
    "offered": "int",
    "handle_seconds": "float8",
}


def load_counts(
    *, rows: Sequence[CountRow], file: str, reading: Reading, actor: str, now: datetime, dry_run: bool = False
) -> Loaded:
    """Store what was offered; each queue's interval length is the smallest step between its rows.

    Only rows of the file are stored: a missing interval is no zero. What a switch reported after an interval's end
    stays. A queue's handle time becomes the mean of the rows that state one. The forecast of these queues is made anew.
    Raises `BadFileError` with every bad row.
    """
    known = queue_ids()
    for row in rows:
        if row.queue not in known:
            what = f"queue {row.queue} is unknown, correct it or load the queue first"
            reading.complain(file, row.line, "queue", what)
    steps = _steps(rows, file=file, reading=reading)
    reading.raise_problems()
    coarse = sorted(code for code, seconds in steps.items() if seconds > LONGEST_STEP_SECONDS)
    if coarse:
        reading.notes.append(f"{file}: intervals longer than an hour make no forecast: {', '.join(coarse)}")
    with one_load(dry_run=dry_run) as cursor:
        cells = (
            (row.line, known[row.queue], row.interval_start, steps[row.queue], row.offered, row.handle_seconds)
            for row in rows
        )
        stage(cursor, "load_counts", COLUMNS, cells)
        loaded = tally("counts", _merge(cursor), total=len(rows))
        handled = _set_handle_seconds(cursor)
        forecast = refresh_forecast(now=now, actor=actor, queue_ids={known[code] for code in steps})
        loaded.also = {"handle_times": handled, "forecast_intervals": forecast}
        return note_load(loaded, file=file, actor=actor, now=now)


def _steps(rows: Sequence[CountRow], *, file: str, reading: Reading) -> dict[str, int]:
    """The interval length of each queue in seconds; complaints where its rows do not lie on one grid."""
    by_queue: dict[str, list[CountRow]] = defaultdict(list)
    for row in rows:
        by_queue[row.queue].append(row)
    steps = {}
    for code, own in by_queue.items():
        own.sort(key=lambda row: row.interval_start)
        gaps = [(later.interval_start - earlier.interval_start, later) for earlier, later in pairwise(own)]
        step = _step([gap for gap, _ in gaps])
        steps[code] = round(step.total_seconds())
        for gap, row in gaps:
            if gap % step:
                what = (
                    f"is {gap} after the row before it, which is no multiple of {code}'s interval of {step};"
                    " correct it or leave it out"
                )
                reading.complain(file, row.line, "interval_start", what)
    return steps


def _step(gaps: Sequence[timedelta]) -> timedelta:
    """The most frequent gap, or the smallest if it is seen as often as one gap in twenty: one typo makes no grid."""
    often = Counter(gap for gap in gaps if gap >= timedelta(seconds=1))
    if not often:
        return timedelta(seconds=USUAL_STEP_SECONDS)
    usual = max(often, key=lambda gap: (often[gap], -gap))
    return min(gap for gap, count in often.items() if gap == usual or (gap < usual and count * 20 >= len(gaps)))


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
