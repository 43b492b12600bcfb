"""From what a wall clock reads to instants, on every night of the year.

A local period is the set of instants at which the clock of a zone reads something in `[start, end)`. On most days that
is one period of the same length. In the night in which clocks jump forward, readings that are skipped are never shown,
so the period is shorter; where they go back, a reading is shown twice, and if only part of the doubled hour lies in the
period, it is two periods.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from marketplace.claiming.hours import DAY, Period, merged


def instants(start: datetime, end: datetime, *, zone: ZoneInfo) -> list[Period]:
    """When the clock of `zone` reads something in `[start, end)`, both naive: periods in order, none touching.

    Clocks are taken to change at most once within two days of the period.
    """
    pieces = []
    for since, until, offset in _offsets(start - 2 * DAY, end + 2 * DAY, zone):
        piece = Period(max(since, _utc(start, offset)), min(until, _utc(end, offset)))
        if piece.start < piece.end:
            pieces.append(piece)
    return merged(pieces)


def on_day(day: date, *, start: time, end: time, zone: ZoneInfo) -> list[Period]:
    """When the clock reads `start` to `end` from that day on; an end that is not after the start is the next day's."""
    return instants(datetime.combine(day, start), ending(day, start=start, end=end), zone=zone)


def ending(day: date, *, start: time, end: time) -> datetime:
    """The naive end of a period that starts on `day`; equal times are 24 hours by the clock."""
    return datetime.combine(day if start < end else day + DAY, end)


def without(periods: Iterable[Period], taken: Iterable[Period]) -> list[Period]:
    """What is left of the periods once all that is taken is cut out, in order."""
    left = merged(periods)
    for cut in merged(taken):
        left = [piece for period in left for piece in _around(period, cut)]
    return left


def covered(period: Period, by: Iterable[Period]) -> bool:
    """Whether every instant of the period lies in one of those given; those that touch count as one."""
    return any(one.start <= period.start and period.end <= one.end for one in merged(by))


def _around(period: Period, cut: Period) -> Iterator[Period]:
    before = Period(period.start, min(period.end, cut.start))
    after = Period(max(period.start, cut.end), period.end)
    yield from (piece for piece in (before, after) if piece.start < piece.end)


def _offsets(start: datetime, end: datetime, zone: ZoneInfo) -> list[tuple[datetime, datetime, timedelta]]:
    """The time from `start` to `end`, read as UTC, cut where the offset of the zone changes."""
    since, until = start.replace(tzinfo=UTC), end.replace(tzinfo=UTC)
    before, after = _offset(since, zone), _offset(until, zone)
    if before == after:
        return [(since, until, before)]
    low, high = int(since.timestamp()), int(until.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        same = _offset(datetime.fromtimestamp(middle, UTC), zone) == before
        low, high = (middle, high) if same else (low, middle)
    change = datetime.fromtimestamp(high, UTC)
    return [(since, change, before), (change, until, after)]


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta(0)


def _utc(reading: datetime, offset: timedelta) -> datetime:
    return reading.replace(tzinfo=UTC) - offset
