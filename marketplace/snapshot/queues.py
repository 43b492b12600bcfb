"""The queues with what telemetry said last, and the forecast around now."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from gigcx.database.prepared import prepared
from marketplace.matching.state import FloatArray, IntArray, Presence, Queues
from marketplace.snapshot.agents import HotRows, positions
from marketplace.snapshot.hot import read_columns
from marketplace.staffing.handle import LONGEST_SECONDS, Running, mean_handle_seconds

BEFORE_SECONDS = 300
AHEAD_SECONDS = 30

QUERY = """
SELECT q.id, q.department_id, q.priority, q.target_share, q.target_seconds, q.patience_seconds,
    coalesce(q.usual_handle_seconds, q.handle_seconds),
    q.opens, q.closes, q.timezone, q.home_allowed, coalesce(n.waiting, 0), coalesce(n.longest_wait_seconds, 0),
    coalesce(n.recent_arrivals, 0), coalesce(n.recent_seconds, 0), coalesce(n.handle_sum, 0),
    coalesce(n.handle_count, 0), coalesce(n.as_of, 0)
FROM marketplace_queue q LEFT JOIN marketplace_queuenow n ON n.queue_id = q.id
WHERE q.is_active ORDER BY q.id
"""
FORECAST = """
SELECT queue_id AS queue, date_part('epoch', starts_at) AS begins, seconds::bigint, mean,
    coalesce(planned_mean, mean) AS planned
FROM marketplace_forecast
WHERE starts_at > $1 AND starts_at <= $2 AND seconds > 0 ORDER BY queue_id, starts_at
"""


def read_queues(*, department_ids: IntArray, rows: HotRows, now: datetime, changeover_seconds: float) -> Queues:
    """All active queues, ascending by id, as of `now`; `rows` are the agents', who tell of contacts under way."""
    columns: list[Any] = list(zip(*prepared(QUERY, []), strict=True)) or [() for _ in range(18)]
    ids = np.array(columns[0], dtype=np.int64)
    instant = now.timestamp()
    before, at_now, ahead = forecast_rates(
        queue_ids=ids,
        now=now,
        offsets=(-BEFORE_SECONDS, 0, changeover_seconds + AHEAD_SECONDS),
    )
    return Queues(
        id=ids,
        department=positions(np.array(columns[1], dtype=np.int64), department_ids),
        priority=np.array(columns[2], dtype=np.int64),
        target_share=_floats(columns[3]),
        target_seconds=_floats(columns[4]),
        patience_seconds=_floats(columns[5]),
        handle_seconds=mean_handle_seconds(
            own=_floats(columns[6]),
            total=_floats(columns[15]),
            answered=_floats(columns[16]),
            running=running_contacts(rows, queue_ids=ids, instant=int(instant)),
        ),
        waiting=np.array(columns[11], dtype=np.int64),
        longest_wait_seconds=_grown(_floats(columns[12]), as_of=_floats(columns[17]), now=instant),
        # silence of the switch is no silence of the customers: what was seen stands until the next report
        recent_arrivals=_floats(columns[13]),
        recent_seconds=_floats(columns[14]),
        forecast_before=before,
        forecast_now=at_now,
        forecast_ahead=ahead,
        open=np.array(
            [is_open(opens=o, closes=c, zone=z, now=now) for o, c, z in zip(*columns[7:10], strict=True)],
            dtype=np.bool_,
        ),
        home_allowed=np.array(columns[10], dtype=np.bool_),
    )


def forecast_rates(
    *, queue_ids: IntArray, now: datetime, offsets: tuple[float, ...], planned: bool = False
) -> tuple[FloatArray, ...]:
    """The forecast in contacts per second at each offset in seconds from now; NaN where there is none.

    `planned` is as it was before today's correction.
    """
    day = timedelta(days=1)
    rows = read_columns(
        FORECAST,
        ["queue", "begins", "seconds", "mean", "planned"],
        [now - day / 8, now + timedelta(seconds=max(offsets))],
    )
    at = positions(rows["queue"], queue_ids)
    rates = rows["planned" if planned else "mean"] / rows["seconds"]
    answers = []
    for offset in offsets:
        instant = now.timestamp() + offset
        covers = (at >= 0) & (rows["begins"] <= instant) & (instant < rows["begins"] + rows["seconds"])
        rate = np.full(len(queue_ids), np.nan)
        rate[at[covers]] = rates[covers]
        answers.append(rate)
    return tuple(answers)


def forecast_mean(*, queue_ids: IntArray, now: datetime, seconds: float) -> FloatArray:
    """The forecast in contacts per second over the next `seconds`; NaN where there is none for part of it."""
    minutes = tuple(float(offset) for offset in range(30, int(seconds), 60))
    return np.mean(forecast_rates(queue_ids=queue_ids, now=now, offsets=minutes), axis=0)


def is_open(*, opens: Any, closes: Any, zone: str, now: datetime) -> bool:
    """Whether a queue is open; hours that end before they begin go over midnight."""
    if opens is None or closes is None or opens == closes:
        return True
    local = now.astimezone(ZoneInfo(zone)).time()
    if opens < closes:
        return bool(opens <= local < closes)
    return bool(local >= opens or local < closes)


def running_contacts(rows: HotRows, *, queue_ids: IntArray, instant: int) -> Running:
    """What the agents who are busy at these queues are busy with."""
    presence, queue = rows["packed"] & 7, positions(rows["queue"], queue_ids)
    lasted = np.maximum(instant - rows["presence_since"], 0)
    busy = ((presence == Presence.ON_CONTACT) | (presence == Presence.WRAP_UP)) & (lasted <= LONGEST_SECONDS)
    busy &= queue >= 0
    seconds = lasted[busy].astype(np.float64)
    size = len(queue_ids)
    return Running(
        contacts=np.bincount(queue[busy], minlength=size).astype(np.float64),
        seconds=np.bincount(queue[busy], weights=seconds, minlength=size).astype(np.float64),
    )


def _grown(longest: FloatArray, *, as_of: FloatArray, now: float) -> FloatArray:
    """The longest wait goes on growing between two reports."""
    return np.where(longest > 0, longest + np.clip(now - as_of, 0, 60), longest)


def _floats(column: Any) -> FloatArray:
    return np.array(column, dtype=np.float64)
