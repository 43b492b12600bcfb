"""What came to each queue lately: the tally behind its level, and the half-hour that the sparkline draws."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from marketplace.models import Forecast, Interval

NOW_SECONDS = 900
"""*Now*, for a service level, is the last 15 minutes."""
DRAWN_SECONDS = 1800
STEP_SECONDS = 60
SMOOTH_SECONDS = 300
"""Each point of the sparkline is the mean rate of the five minutes before it: single minutes are mostly chance."""
LEAST_SECONDS = 120
"""With less of them reported there is no point."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Contacts of the last 15 minutes. They are no whole numbers where an interval lies half inside."""

    offered: float = 0.0
    in_target: float = 0.0
    abandoned: float = 0.0

    def with_waiting(self, *, waiting: int, longest_wait_seconds: float, target_seconds: float) -> "Tally":
        """Leave out who still waits within the target: only who waits past it is offered and missed already.

        How many wait past the target is not reported; with steady arrivals since the longest waiting came, it is the
        share of that time beyond the target, and at least that one.
        """
        if longest_wait_seconds > target_seconds and waiting:
            past = max(1.0, waiting * (1 - target_seconds / longest_wait_seconds))
        else:
            past = 0.0
        return replace(self, offered=max(self.offered - (waiting - past), self.in_target + past, 0.0))

    @property
    def level(self) -> float | None:
        """Answered in target ÷ offered; null where nothing was offered."""
        return self.in_target / self.offered if self.offered > 0 else None


@dataclass(frozen=True, slots=True)
class History:
    """One queue's last half-hour: contacts a minute as they came and as they were forecast; NaN where unknown."""

    tally: Tally = field(default_factory=Tally)
    rate: Sequence[float] = ()
    low: Sequence[float] = ()
    high: Sequence[float] = ()


def read_histories(*, department_ids: Sequence[int] | None, now: datetime) -> dict[int, History]:
    """The last half-hour of every queue of these departments (None: all), in two statements."""
    instant = now.timestamp()
    since = now - timedelta(seconds=DRAWN_SECONDS + SMOOTH_SECONDS)
    intervals = Interval.objects.filter(starts_at__gt=since - timedelta(hours=1), starts_at__lte=now)
    forecasts = Forecast.objects.filter(starts_at__gt=since - timedelta(hours=1), starts_at__lte=now)
    if department_ids is not None:
        intervals = intervals.filter(queue__department_id__in=department_ids)
        forecasts = forecasts.filter(queue__department_id__in=department_ids)
    came: dict[int, list[tuple]] = defaultdict(list)
    columns = ("starts_at", "seconds", "as_of", "offered", "answered_in_target", "abandoned")
    for queue_id, *row in intervals.order_by("starts_at").values_list("queue_id", *columns):
        came[queue_id].append(tuple(row))
    expected: dict[int, list[tuple]] = defaultdict(list)
    for queue_id, *row in forecasts.order_by("starts_at").values_list("queue_id", "starts_at", "seconds", "p10", "p90"):
        expected[queue_id].append(tuple(row))
    # on whole minutes, so that a line does not tremble with every look at it
    end = instant - instant % STEP_SECONDS
    times = np.arange(end - DRAWN_SECONDS, end + 1, STEP_SECONDS)
    histories = {}
    for queue_id in came.keys() | expected.keys():
        low, high = _band(expected[queue_id], times)
        histories[queue_id] = History(
            tally=_tally(came[queue_id], instant), rate=_rates(came[queue_id], times), low=low, high=high
        )
    return histories


def _tally(rows: Sequence[tuple], instant: float) -> Tally:
    offered = in_target = abandoned = 0.0
    for starts_at, seconds, as_of, *counts in rows:
        begin = starts_at.timestamp()
        end = min(begin + seconds, as_of.timestamp())
        share = (end - max(begin, instant - NOW_SECONDS)) / (end - begin) if end > begin else 1.0
        if share > 0:
            offered, in_target, abandoned = (
                total + count * share for total, count in zip((offered, in_target, abandoned), counts, strict=True)
            )
    return Tally(offered=offered, in_target=in_target, abandoned=abandoned)


def _rates(rows: Sequence[tuple], times: NDArray[np.float64]) -> list[float]:
    """Contacts a minute over the five minutes before each time; counts are spread evenly over their interval."""
    if not rows:
        return []
    knots, came, covered = [0.0], [0.0], [0.0]
    for starts_at, seconds, as_of, offered, *_ in rows:
        begin = max(starts_at.timestamp(), knots[-1])
        end = max(begin, min(starts_at.timestamp() + seconds, as_of.timestamp()))
        knots += [begin, end]
        came += [came[-1], came[-1] + offered]
        covered += [covered[-1], covered[-1] + end - begin]
    before = times - SMOOTH_SECONDS
    contacts = np.interp(times, knots, came) - np.interp(before, knots, came)
    seconds = np.interp(times, knots, covered) - np.interp(before, knots, covered)
    with np.errstate(divide="ignore", invalid="ignore"):
        return list(np.where(seconds >= LEAST_SECONDS, 60 * contacts / seconds, np.nan))


def _band(rows: Sequence[tuple], times: NDArray[np.float64]) -> tuple[list[float], list[float]]:
    low, high = np.full(len(times), np.nan), np.full(len(times), np.nan)
    for starts_at, seconds, p10, p90 in rows:
        inside = (times >= starts_at.timestamp()) & (times < starts_at.timestamp() + seconds)
        low[inside], high[inside] = 60 * p10 / seconds, 60 * p90 / seconds
    return list(low), list(high)
