"""Telemetry's first half: what each queue has waiting, what came and went, and whether that is a surge."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection

from marketplace.actions.reports import QueueReport
from marketplace.actions.watch import watch_surges
from marketplace.actions.write_forecast import mark_due
from marketplace.staffing.arrivals import decay

HANDLE_MEMORY_SECONDS = 1800.0
"""Handle times of half an hour ago count 1/e: long enough to be steady, short enough to follow the day."""
LATE_SECONDS = 900.0
"""A switch may tell of an interval so long after it; what is older counts as history, not as what comes now."""
TOTALS = ("offered", "answered", "answered_in_target", "abandoned", "handle_seconds")
UPSERT = """
INSERT INTO marketplace_interval AS i (queue_id, starts_at, seconds, offered, answered, answered_in_target, abandoned,
    handle_seconds, as_of)
SELECT * FROM unnest(%s::bigint[], %s::timestamptz[], %s::int[], %s::int[], %s::int[], %s::int[], %s::int[],
    %s::float8[], %s::timestamptz[])
ON CONFLICT (queue_id, starts_at, seconds) DO UPDATE SET offered = excluded.offered, answered = excluded.answered,
    answered_in_target = excluded.answered_in_target, abandoned = excluded.abandoned,
    handle_seconds = excluded.handle_seconds, as_of = excluded.as_of
WHERE i.as_of < excluded.as_of
"""
BEFORE = """
SELECT i.queue_id, extract(epoch FROM i.starts_at)::bigint, i.seconds, i.as_of, i.offered, i.answered,
    i.handle_seconds
FROM marketplace_interval i
JOIN unnest(%s::bigint[], %s::timestamptz[], %s::int[]) AS k(queue_id, starts_at, seconds)
    USING (queue_id, starts_at, seconds)
"""
LOCK = """
SELECT queue_id, as_of, recent_arrivals, recent_seconds, handle_sum, handle_count, watch, surge_told
FROM marketplace_queuenow WHERE queue_id = ANY(%s) ORDER BY queue_id FOR NO KEY UPDATE
"""
WRITE = """
UPDATE marketplace_queuenow n SET as_of = w.as_of, waiting = w.waiting, longest_wait_seconds = w.longest,
    recent_arrivals = w.arrivals, recent_seconds = w.seconds, handle_sum = w.handle_sum, handle_count = w.handle_count
FROM unnest(%s::bigint[], %s::float8[], %s::int[], %s::float8[], %s::float8[], %s::float8[], %s::float8[],
    %s::float8[]) AS w(queue_id, as_of, waiting, longest, arrivals, seconds, handle_sum, handle_count)
WHERE n.queue_id = w.queue_id
"""


PAST = timedelta(days=1)
"""Intervals so long ago are history that was handed in late: forecasts are made anew by it, not by the next night."""


@dataclass(slots=True)
class Gathered:
    """What the batch says of one queue, all its rows together."""

    newest: QueueReport
    offered: float = 0
    """Contacts since the last batch that was taken."""
    answered: float = 0
    handle_seconds: float = 0
    intervals: dict[tuple[int, int], QueueReport] = field(default_factory=dict)
    since: float = 0.0
    """What came after it, as epoch seconds, belongs to the running figures."""
    watched: float = 0.0
    """Seconds of it that were watched."""
    begins: bool = False
    """Whether nothing was known just before."""

    def follow(self, as_of: float) -> None:
        """Go on from the report before, or begin anew: the first, or the first after a silence, tells of its own
        intervals only, and of them no more than the last quarter of an hour."""
        at = self.newest.at.timestamp()
        self.begins = at - as_of > LATE_SECONDS
        self.since = at - LATE_SECONDS if self.begins else as_of
        told = (min(start + seconds, at) - max(start, self.since) for start, seconds in self.intervals)
        self.watched = min(sum(max(part, 0.0) for part in told), LATE_SECONDS) if self.begins else max(at - as_of, 0.0)

    def share(self, start: int, seconds: int, *, at: float) -> float:
        """How much of what is new in an interval, told `at`, came just now. History handed in late is no arrival."""
        end = min(start + seconds, at)
        if not self.begins:
            return float(end > self.since - LATE_SECONDS)
        return max(end - max(start, self.since), 0.0) / (end - start) if end > start else 0.0


def take_queues(reports: Sequence[QueueReport], *, queue_ids: dict[str, int], actor: str, now: datetime) -> None:
    """Bring intervals, running figures and surge watch in line with the newest report of each queue."""
    if not reports:
        return
    gathered = _gather(reports, queue_ids)
    ids = sorted(gathered)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO marketplace_queuenow (queue_id, as_of, waiting, longest_wait_seconds, recent_arrivals,"
            "   recent_seconds, handle_sum, handle_count, watch)"
            " SELECT id, 0, 0, 0, 0, 0, 0, 0, '[]' FROM unnest(%s::bigint[]) AS id ORDER BY id ON CONFLICT DO NOTHING",
            [ids],
        )
        cursor.execute(LOCK, [ids])
        standing = {row[0]: row for row in cursor.fetchall()}
        for queue, one in gathered.items():
            one.follow(standing[queue][1])
        _add_what_is_new(cursor, gathered)
        _write_intervals(cursor, gathered)
        _mark_past(cursor, gathered, now=now)
        fresh = [queue for queue in ids if gathered[queue].newest.at.timestamp() > standing[queue][1]]
        if fresh:
            figures = _running_figures([gathered[queue] for queue in fresh], [standing[queue] for queue in fresh])
            cursor.execute(WRITE, [fresh, *figures.columns()])
            watch_surges(
                queue_ids=fresh,
                offered=np.array([gathered[queue].offered for queue in fresh]),
                elapsed_seconds=figures.elapsed_seconds,
                watched=[json.loads(standing[queue][6]) for queue in fresh],
                told_factor=[standing[queue][7] for queue in fresh],
                actor=actor,
                now=now,
            )


def _gather(reports: Sequence[QueueReport], queue_ids: dict[str, int]) -> dict[int, Gathered]:
    """The newest report of each queue, and of each of its intervals."""
    gathered: dict[int, Gathered] = {}
    for report in sorted(reports, key=lambda report: report.at):
        one = gathered.setdefault(queue_ids[report.queue], Gathered(newest=report))
        one.newest = report
        if report.interval_start is not None:
            one.intervals[int(report.interval_start.timestamp()), report.interval_seconds] = report
    return gathered


def _add_what_is_new(cursor: Any, gathered: dict[int, Gathered]) -> None:
    """Totals so far, less what an earlier batch reported for the same interval; a total that shrank adds nothing."""
    keys = [(queue, r.interval_start, r.interval_seconds) for queue, r in _rows(gathered)]
    cursor.execute(BEFORE, [list(column) for column in zip(*keys, strict=True)] or [[], [], []])
    before = {(row[0], row[1], row[2]): row[3:] for row in cursor.fetchall()}
    for queue, one in gathered.items():
        for (start, seconds), report in one.intervals.items():
            as_of, offered, answered, handle = before.get((queue, start, seconds), (None, 0, 0, 0.0))
            if as_of is None or as_of < report.at:
                share = one.share(start, seconds, at=report.at.timestamp())
                one.offered += share * max(0, report.offered - offered)
                one.answered += share * max(0, report.answered - answered)
                one.handle_seconds += share * max(0.0, report.handle_seconds - handle)


def _rows(gathered: dict[int, Gathered]) -> list[tuple[int, QueueReport]]:
    return [(queue, report) for queue, one in sorted(gathered.items()) for report in one.intervals.values()]


def _write_intervals(cursor: Any, gathered: dict[int, Gathered]) -> None:
    rows = _rows(gathered)
    if rows:
        columns: list[list[Any]] = [
            [queue for queue, _ in rows],
            [report.interval_start for _, report in rows],
            [report.interval_seconds for _, report in rows],
            *[[getattr(report, name) for _, report in rows] for name in TOTALS],
            [report.at for _, report in rows],
        ]
        cursor.execute(UPSERT, columns)


def _mark_past(cursor: Any, gathered: dict[int, Gathered], *, now: datetime) -> None:
    since = (now - PAST).timestamp()
    past = {queue for queue, one in gathered.items() if any(start < since for start, _ in one.intervals)}
    if past:
        mark_due(cursor, past, now=now)


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """The new running figures, one element a queue."""

    as_of: list[float]
    waiting: list[int]
    longest: list[float]
    arrivals: Any
    seconds: Any
    handle_sum: Any
    handle_count: Any
    elapsed_seconds: Any

    def columns(self) -> list[list[Any]]:
        """In the order of `WRITE`."""
        arrays = (self.arrivals, self.seconds, self.handle_sum, self.handle_count)
        return [self.as_of, self.waiting, self.longest, *[array.tolist() for array in arrays]]


def _running_figures(gathered: Sequence[Gathered], standing: Sequence[tuple[Any, ...]]) -> Figures:
    """Decay what was known to the instant of the report and add what is new."""
    at = np.array([one.newest.at.timestamp() for one in gathered])
    as_of, arrivals, seconds, handle_sum, handle_count = np.array([row[1:6] for row in standing], dtype=np.float64).T
    begins = np.array([one.begins for one in gathered])
    elapsed = np.array([one.watched for one in gathered])
    arrivals, seconds = np.where(begins, 0.0, arrivals), np.where(begins, 0.0, seconds)
    new_arrivals, new_seconds = decay(
        recent_arrivals=arrivals,
        recent_seconds=seconds,
        elapsed_seconds=elapsed,
        offered=np.array([float(one.offered) for one in gathered]),
    )
    keep = np.exp(-(at - as_of) / HANDLE_MEMORY_SECONDS)
    return Figures(
        as_of=at.tolist(),
        waiting=[one.newest.waiting for one in gathered],
        longest=[one.newest.longest_wait_seconds for one in gathered],
        arrivals=new_arrivals,
        seconds=new_seconds,
        handle_sum=handle_sum * keep + [one.handle_seconds for one in gathered],
        handle_count=handle_count * keep + [one.answered for one in gathered],
        elapsed_seconds=elapsed,
    )
