"""Write the forecast on every horizon from what was counted; nightly, after counts were loaded, and when asked for.

Nightly is right after each queue's own midnight: what yesterday was above or below its forecast then counts for the
first hours of the day, which a plan made the night before would not know.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from django.db import connection, transaction
from django.db.models import Case, Exists, OuterRef, When
from django.db.models.functions import Coalesce, Greatest

from gigcx.ledger.record import record
from marketplace.actions.write_forecast import write_forecast, write_quality, write_weeks
from marketplace.forecasting.clock import DAY_SECONDS, from_wall, to_wall
from marketplace.forecasting.forecast_row import ForecastRow
from marketplace.forecasting.history import Event, History
from marketplace.forecasting.make import Made
from marketplace.forecasting.many import Job, forecast_many
from marketplace.models import Interval, Queue
from marketplace.snapshot.history import Counted, Known, read_counted, read_known

HORIZON = timedelta(days=14)
BEFORE = timedelta(hours=3)
"""So far back too: what the board shows beside the last half-hour."""
SETTLE = timedelta(minutes=5)
"""So long after midnight the last counts of a day are still to come; then its queue's forecast is due."""
PORTION = 40
"""Queues that are read, forecast and written together: what is done is seen, and kept if the rest is cut off."""
STEP_UNCOUNTED = 1800
"""Of a queue without counts."""
REFRESH_LOCK = 0x67696763_0005


def refresh_forecast(*, now: datetime, actor: str = "clock", queue_ids: Collection[int] | None = None) -> int:
    """Forecast the next 14 days and 52 weeks of the active queues (all, or these), with how good such forecasts were.

    The number of intervals whose forecast is new or different. Queues without counts keep what they have; one whose
    forecast fails keeps it too, and says why. Idempotent. One at a time: another refresh is waited for.
    """
    with _alone(wait=True):
        return _refresh(_active(queue_ids), now=now, actor=actor)


def refresh_due(*, now: datetime, actor: str = "clock") -> int | None:
    """The same for the queues that are due: none was made since their midnight, or something it rests on has changed.

    One that had nothing to go by is due once its first contacts were counted. None where another refresh is under way.
    """
    with _alone(wait=False) as alone:
        if not alone:
            return None
        never = datetime(1970, 1, 1, tzinfo=UTC)
        due = Queue.objects.filter(is_active=True).annotate(
            tried_at=Greatest(Coalesce("quality__made_at", never), Coalesce("quality__failed_at", never)),
            begins=Case(
                When(quality__model="", then=Exists(Interval.objects.filter(queue=OuterRef("pk")))),
                default=False,
            ),
        )
        # what somebody waits for comes first
        order = due.order_by("quality__due_at", "pk")
        rows = order.values_list("pk", "timezone", "tried_at", "quality__due_at", "begins")
        nights = {zone: _night(zone, now=now) for zone in {zone for _, zone, *_ in rows}}
        wanted = [
            pk for pk, zone, tried_at, due_at, begins in rows if due_at is not None or begins or tried_at < nights[zone]
        ]
        return _refresh(wanted, now=now, actor=actor)


def _night(zone: str, *, now: datetime) -> datetime:
    """The latest midnight on the zone's clock whose day is counted by now."""
    today = (now - SETTLE).astimezone(ZoneInfo(zone)).date()
    return datetime.combine(today, time(), tzinfo=ZoneInfo(zone)) + SETTLE


@contextmanager
def _alone(*, wait: bool) -> Iterator[bool]:
    """Hold the refresh against every other; the lock ends with the connection, however the process dies."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_{'' if wait else 'try_'}advisory_lock(%s)", [REFRESH_LOCK])
        taken = wait or bool(cursor.fetchone()[0])
    try:
        yield taken
    finally:
        if taken and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [REFRESH_LOCK])


def _active(queue_ids: Collection[int] | None) -> list[int]:
    queues = Queue.objects.filter(is_active=True)
    if queue_ids is not None:
        queues = queues.filter(pk__in=queue_ids)
    return list(queues.order_by("pk").values_list("pk", flat=True))


def _refresh(queue_ids: Sequence[int], *, now: datetime, actor: str) -> int:
    changed = 0
    for first in range(0, len(queue_ids), PORTION):
        portion = queue_ids[first : first + PORTION]
        known = read_known(queue_ids=portion)
        jobs = list(_jobs(known, now=now))
        changed += _write(dict(forecast_many(jobs)), known, jobs, now=now, actor=actor)
    return changed


def _jobs(known: dict[int, Known], *, now: datetime) -> Iterator[Job]:
    """What is to be computed. A queue without counts, sibling or curve of its own has nothing to go by."""
    siblings = {one.like_id for one in known.values() if one.like_id is not None} - known.keys()
    calendar = known | read_known(queue_ids=siblings)
    counted = read_counted(queue_ids=calendar.keys(), now=now)
    histories = {pk: _history(counted.get(pk), one) for pk, one in calendar.items()}
    instant = round(now.timestamp())
    for pk, one in known.items():
        like = histories.get(one.like_id) if one.like_id in counted else None
        own = histories[pk]
        if like is not None and pk not in counted:
            own = History(own.starts, own.offered, like.step_seconds, own.zone, own.country, own.events)
        if pk in counted or like is not None or one.curve is not None:
            yield Job(
                queue_id=pk,
                history=own,
                since=_since(own, instant),
                until=instant + round(HORIZON.total_seconds()),
                like=like,
                curve=one.curve,
            )


def _since(history: History, now: int) -> int:
    """The midnight before: what came today corrects today's plan (`correct_forecast`) and is no part of it. Now, for a
    queue that was never counted before today."""
    wall = to_wall(now, history.zone)
    midnight = now - wall % DAY_SECONDS
    for start in from_wall(wall // DAY_SECONDS * DAY_SECONDS, history.zone):
        midnight = start
    return midnight if not len(history.starts) or history.starts[0] < midnight else now


def _history(counted: Counted | None, known: Known) -> History:
    empty = np.zeros(0)
    return History(
        starts=empty.astype(np.int64) if counted is None else counted.starts,
        offered=empty if counted is None else counted.offered,
        step_seconds=STEP_UNCOUNTED if counted is None else counted.step_seconds,
        zone=ZoneInfo(known.zone),
        country=known.country,
        events=tuple(Event(name, start, end, factor) for name, start, end, factor in known.events),
    )


@transaction.atomic
def _write(
    answers: dict[int, Made | str], known: dict[int, Known], jobs: Sequence[Job], *, now: datetime, actor: str
) -> int:
    """Write what was made, and for each queue how good it is or why there is none; the intervals that changed."""
    made = {pk: one for pk, one in answers.items() if isinstance(one, Made)}
    steps = {job.queue_id: job.history.step_seconds for job in jobs}
    rows = [
        (pk, row.start, steps[pk], row.mean, row.p10, row.p50, row.p90)
        for pk, one in made.items()
        for row in _open(one.rows, known[pk])
    ]
    weeks = [
        (
            pk,
            datetime.fromtimestamp(week.start, ZoneInfo(known[pk].zone)).date(),
            week.mean,
            week.p10,
            week.p50,
            week.p90,
        )
        for pk, one in made.items()
        for week in one.weeks
    ]
    problems = {pk: one for pk, one in answers.items() if isinstance(one, str)}
    with connection.cursor() as cursor:
        changed = write_forecast(cursor, rows, since=now)
        changed_weeks = write_weeks(cursor, weeks, now=now)
        # queues that had nothing to go by were looked at too: they are not due again
        write_quality(cursor, made, problems, looked_at=known.keys(), now=now)
    if changed or changed_weeks or problems:
        data = {"intervals": changed, "weeks": changed_weeks, "queues": len(made), "failed": sorted(problems)}
        record(kind="forecast.made", actor=actor, at=now, data=data)
    return changed


def _open(rows: Sequence[ForecastRow], known: Known) -> list[ForecastRow]:
    """Those in which the queue is open, by its hours where it has some."""
    if known.opens is None or known.closes is None or known.opens == known.closes:
        return list(rows)
    zone = ZoneInfo(known.zone)
    opens, closes = (at.hour * 3600 + at.minute * 60 + at.second for at in (known.opens, known.closes))

    def is_open(start: int) -> bool:
        at = to_wall(start, zone) % DAY_SECONDS
        return opens <= at < closes if opens < closes else at >= opens or at < closes

    return [row for row in rows if is_open(row.start)]
