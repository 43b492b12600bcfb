"""Forecasts into their tables, a few statements for any number of queues."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.backends.utils import CursorWrapper

from marketplace.actions.loading import stage
from marketplace.forecasting.make import Made

FIGURES = ("mean", "p10", "p50", "p90")
QUALITY = ("model", "wape", "naive_wape", "mase", "coverage80", "day_spread")


def write_forecast(cursor: CursorWrapper, rows: Iterable[Sequence[Any]], *, since: datetime) -> int:
    """Store rows of `(queue, start, seconds, mean, p10, p50, p90)` instead of what these queues had after `since`.

    Rows that are over by then are added where there are none, and never changed. A row that was
    corrected by what came stays so while its plan is the same. The number of rows that are new or different.
    """
    columns = {"queue_id": "bigint", "start": "bigint", "seconds": "int", **dict.fromkeys(FIGURES, "float8")}
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
        "  p10 = excluded.p10, p50 = excluded.p50, p90 = excluded.p90, planned_mean = NULL, planned_p10 = NULL,"
        "  planned_p50 = NULL, planned_p90 = NULL"
        " WHERE marketplace_forecast.starts_at + make_interval(secs => marketplace_forecast.seconds) > %s"
        "  AND (marketplace_forecast.seconds,"
        "   coalesce(marketplace_forecast.planned_mean, marketplace_forecast.mean),"
        "   coalesce(marketplace_forecast.planned_p10, marketplace_forecast.p10),"
        "   coalesce(marketplace_forecast.planned_p50, marketplace_forecast.p50),"
        "   coalesce(marketplace_forecast.planned_p90, marketplace_forecast.p90))"
        "  IS DISTINCT FROM (excluded.seconds, excluded.mean, excluded.p10, excluded.p50, excluded.p90)",
        [since],
    )
    return int(cursor.rowcount)


def write_weeks(cursor: CursorWrapper, rows: Iterable[Sequence[Any]], *, now: datetime) -> int:
    """Store rows of `(queue, Monday, mean, p10, p50, p90)` instead of what these queues had for weeks ahead."""
    stage(cursor, "load_weeks", {"queue_id": "bigint", "starts_on": "date", **dict.fromkeys(FIGURES, "float8")}, rows)
    cursor.execute(
        "DELETE FROM marketplace_weekforecast w WHERE w.starts_on > %s"
        " AND w.queue_id IN (SELECT queue_id FROM load_weeks) AND NOT EXISTS (SELECT 1 FROM load_weeks l"
        "  WHERE l.queue_id = w.queue_id AND l.starts_on = w.starts_on)",
        [(now + timedelta(days=1)).date()],
    )
    cursor.execute(
        "INSERT INTO marketplace_weekforecast AS w (queue_id, starts_on, mean, p10, p50, p90)"
        " SELECT queue_id, starts_on, mean, p10, p50, p90 FROM load_weeks ORDER BY 1, 2"
        " ON CONFLICT (queue_id, starts_on) DO UPDATE SET mean = excluded.mean, p10 = excluded.p10,"
        "  p50 = excluded.p50, p90 = excluded.p90"
        " WHERE (w.mean, w.p10, w.p50, w.p90)"
        "  IS DISTINCT FROM (excluded.mean, excluded.p10, excluded.p50, excluded.p90)"
    )
    return int(cursor.rowcount)


def write_quality(
    cursor: CursorWrapper,
    made: Mapping[int, Made],
    problems: Mapping[int, str],
    *,
    looked_at: Collection[int],
    now: datetime,
) -> None:
    """How good each forecast is, or why the attempt failed: then the figures of the forecast that stands remain.

    A queue that was only looked at, with nothing to go by, is noted as such. A mark that was set meanwhile stays.
    """
    columns = {
        "queue_id": "bigint",
        "model": "text",
        **dict.fromkeys(QUALITY[1:], "float8"),
        "problem": "text",
    }

    def rows() -> Iterable[Sequence[Any]]:
        for queue in sorted(looked_at):
            if queue in problems:
                yield queue, "", None, None, None, None, 0.0, problems[queue][:500]
            elif queue in made:
                test = made[queue].backtest
                figures = (test.model[:80], test.wape, test.naive_wape, test.mase, test.coverage80)
                yield queue, *figures, made[queue].day_spread, ""
            else:
                yield queue, "", None, None, None, None, 0.0, ""

    stage(cursor, "load_quality", columns, rows())
    names = ", ".join(QUALITY)
    new = ", ".join(f"{name} = excluded.{name}" for name in QUALITY)
    due = "due_at = CASE WHEN q.due_at > %s THEN q.due_at END"
    cursor.execute(
        f"INSERT INTO marketplace_forecastquality AS q (queue_id, {names}, problem, made_at)"
        f" SELECT queue_id, {names}, '', %s FROM load_quality WHERE problem = '' ORDER BY 1"
        f" ON CONFLICT (queue_id) DO UPDATE SET {new}, problem = '', failed_at = NULL,"
        f"  made_at = excluded.made_at, {due}",
        [now, now],
    )
    cursor.execute(
        f"INSERT INTO marketplace_forecastquality AS q (queue_id, {names}, problem, failed_at)"
        f" SELECT queue_id, {names}, problem, %s FROM load_quality WHERE problem <> '' ORDER BY 1"
        f" ON CONFLICT (queue_id) DO UPDATE SET problem = excluded.problem, failed_at = excluded.failed_at, {due}",
        [now, now],
    )


def mark_due(cursor: CursorWrapper, queue_ids: Collection[int], *, now: datetime) -> None:
    """Something that the forecasts of these queues rest on has changed: the next `refresh_due` makes them anew."""
    cursor.execute(
        "INSERT INTO marketplace_forecastquality (queue_id, model, day_spread, problem, due_at)"
        " SELECT id, '', 0, '', %s FROM marketplace_queue WHERE id = ANY(%s) ORDER BY id"
        " ON CONFLICT (queue_id) DO UPDATE SET due_at = excluded.due_at",
        [now, sorted(queue_ids)],
    )
