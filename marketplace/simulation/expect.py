"""What the floor may expect to come: rates per queue at an instant, from what was known at another.

Every forecast here answers `rates(at, now)` from intervals that had ended by `now`, so no policy can look ahead. The
expected rate is the mean of the same weekday and time of day; until that weekday has been seen, the mean of the same
time on all days seen.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Protocol

import numpy as np

from marketplace.matching.state import FloatArray
from marketplace.simulation.calls import Contact

DAY = 86_400
WEEK = 7 * DAY
INTERVAL_SECONDS = 900.0


class Expectation(Protocol):
    """Where a policy's forecast comes from."""

    def rates(self, *, at: float, now: float) -> FloatArray:
        """Contacts per second and queue expected at `at`, as known at `now`; NaN where nothing is known."""
        ...


class Known:
    """A forecast made before the day began: a curve for each queue."""

    def __init__(self, curve: Callable[[float], FloatArray]) -> None:
        self._curve = curve

    def rates(self, *, at: float, now: float) -> FloatArray:
        return self._curve(at)


class _Past:
    """Rows of one queue at one time of day, with running sums, so that a mean up to any instant is a look-up."""

    __slots__ = ("_ended", "_sums")

    def __init__(self) -> None:
        self._ended: list[float] = []
        self._sums: list[float] = [0.0]

    def add(self, ended_at: float, offered: float) -> None:
        self._ended.append(ended_at)
        self._sums.append(self._sums[-1] + offered)

    def mean(self, now: float) -> float | None:
        seen = bisect_right(self._ended, now)
        return self._sums[seen] / seen if seen else None


class Counts:
    """The forecast from counts per queue and interval: a history file, or the part of a file already played."""

    def __init__(
        self,
        rows: Iterable[tuple[int, float, float]],
        *,
        queues: int,
        zone: tzinfo = UTC,
        interval_seconds: float = INTERVAL_SECONDS,
    ) -> None:
        """`rows` are (queue, interval start, offered); a missing interval is unknown, or closed as `_closed` says."""
        self._queues = queues
        self._zone = zone
        self._interval = interval_seconds
        self._weekly: dict[tuple[int, int, int], _Past] = defaultdict(_Past)
        self._daily: dict[tuple[int, int], _Past] = defaultdict(_Past)
        self._span: dict[int, tuple[float, float]] = {}
        self._cache: dict[tuple[int, int], FloatArray] = {}
        for queue, start, offered in sorted(rows, key=lambda row: row[1]):
            weekday, time = self._local(start)
            ended_at = start + interval_seconds
            self._weekly[queue, weekday, time].add(ended_at, offered)
            self._daily[queue, time].add(ended_at, offered)
            self._span[queue] = (self._span.get(queue, (start, start))[0], start)

    def rates(self, *, at: float, now: float) -> FloatArray:
        """See `Expectation`. Computed once for each pair of intervals."""
        key = (int(at // self._interval), int(now // self._interval))
        if key not in self._cache:
            if len(self._cache) > 4096:
                self._cache.clear()
            start, known_at = key[0] * self._interval, key[1] * self._interval
            self._cache[key] = np.array([self._rate(queue, start, known_at) for queue in range(self._queues)])
        return self._cache[key]

    def _rate(self, queue: int, at: float, now: float) -> float:
        weekday, time = self._local(at)
        past = self._weekly.get((queue, weekday, time))
        mean = past.mean(now) if past else None
        if mean is None and self._closed(queue, at, now):
            return 0.0
        if mean is None and (queue, time) in self._daily:
            mean = self._daily[queue, time].mean(now)
        return float("nan") if mean is None else mean / self._interval

    def _closed(self, queue: int, at: float, now: float) -> bool:
        """No row ever at this weekday and time although the rows of the queue reach across it: it was closed."""
        if queue not in self._span:
            return False
        first, last = self._span[queue]
        weeks = int((at - first) // WEEK)
        return weeks >= 1 and at - weeks * WEEK <= min(last, now - self._interval)

    def _local(self, at: float) -> tuple[int, int]:
        moment = datetime.fromtimestamp(at, self._zone)
        seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
        return moment.weekday(), int(seconds // self._interval)


def played(contacts: Sequence[Contact], *, queues: int, zone: tzinfo = UTC) -> Counts:
    """The forecast from the calls already played; `Counts` keeps to those before `now`.

    Every interval from the first call on is known, those without a call with zero.
    """
    if not contacts:
        return Counts((), queues=queues, zone=zone)
    first, last = (int(contact.arrived_at // INTERVAL_SECONDS) for contact in (contacts[0], contacts[-1]))
    offered = np.zeros((queues, last - first + 1))
    for contact in contacts:
        offered[contact.queue, int(contact.arrived_at // INTERVAL_SECONDS) - first] += 1
    rows = (
        (queue, (first + index) * INTERVAL_SECONDS, float(offered[queue, index]))
        for queue in range(queues)
        for index in range(last - first + 1)
    )
    return Counts(rows, queues=queues, zone=zone)
