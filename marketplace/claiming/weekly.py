"""Periods that come again every week, by the agent's own clock: into instants, added to and taken from.

Whether a week has 167, 168 or 169 hours is for `readings`; here a week is seven days of 1,440 readings.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from marketplace.claiming.hours import DAY, Period, merged
from marketplace.claiming.readings import on_day

MINUTES = 24 * 60
WEEK = 7 * MINUTES
Stretch = tuple[int, int]
"""`[start, end)` in minutes since Monday's midnight, within one week."""


@dataclass(frozen=True, slots=True, order=True)
class Weekly:
    """Every week on `weekday` (0 is Monday) from `start` to `end`; an end not after the start is the next day's.

    It begins on days in `[since, until)`; None: no such bound.
    """

    weekday: int
    start: time
    end: time
    since: date | None = None
    until: date | None = None

    def on(self, day: date) -> bool:
        """Whether one begins on that day."""
        begun = self.since is None or self.since <= day
        return day.weekday() == self.weekday and begun and (self.until is None or day < self.until)


def offered(weekly: Iterable[Weekly], *, within: Period, zone: ZoneInfo) -> list[Period]:
    """The instants in `within` that the weekly periods offer by the clock of `zone`, in order, none touching."""
    first = within.start.astimezone(zone).date() - DAY
    last = within.end.astimezone(zone).date()
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    pieces = [
        Period(max(piece.start, within.start), min(piece.end, within.end))
        for one in weekly
        for day in days
        if one.on(day)
        for piece in on_day(day, start=one.start, end=one.end, zone=zone)
    ]
    return merged(piece for piece in pieces if piece.start < piece.end)


def with_added(weekly: Sequence[Weekly], more: Sequence[Weekly]) -> list[Weekly]:
    """The same rows with more periods; what touches or overlaps in one validity is written as one."""
    bounds = {(one.since, one.until) for one in [*weekly, *more]}
    return sorted(
        (row for since, until in bounds for row in _rows(_joined(_of([*weekly, *more], since, until)), since, until)),
        key=_by_week,
    )


def with_removed(weekly: Sequence[Weekly], less: Sequence[Weekly]) -> list[Weekly]:
    """The same rows without what `less` covers in the week, whatever its validity."""
    cuts = _joined([stretch for one in less for stretch in _stretches(one)])
    bounds = {(one.since, one.until) for one in weekly}
    return sorted(
        (row for since, until in bounds for row in _rows(_cut(_joined(_of(weekly, since, until)), cuts), since, until)),
        key=_by_week,
    )


def _by_week(one: Weekly) -> tuple[int, time, time, date, date]:
    return one.weekday, one.start, one.end, one.since or date.min, one.until or date.max


def _of(weekly: Iterable[Weekly], since: date | None, until: date | None) -> list[Stretch]:
    return [stretch for one in weekly if (one.since, one.until) == (since, until) for stretch in _stretches(one)]


def _stretches(one: Weekly) -> list[Stretch]:
    """In minutes of the week; what runs over Sunday's midnight is two."""
    start = one.weekday * MINUTES + _minute(one.start)
    length = (_minute(one.end) - _minute(one.start)) % MINUTES or MINUTES
    if start + length <= WEEK:
        return [(start, start + length)]
    return [(start, WEEK), (0, start + length - WEEK)]


def _joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    found: list[Stretch] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _cut(stretches: Iterable[Stretch], cuts: Iterable[Stretch]) -> list[Stretch]:
    left = list(stretches)
    for since, until in cuts:
        left = [
            piece
            for start, end in left
            for piece in ((start, min(end, since)), (max(start, until), end))
            if piece[0] < piece[1]
        ]
    return left


def _rows(stretches: list[Stretch], since: date | None, until: date | None) -> list[Weekly]:
    """Each stretch as a row; one of more than a day is cut at midnights, one over Sunday's midnight is one again."""
    if len(stretches) > 1 and stretches[0][0] == 0 and stretches[-1][1] == WEEK:
        (_, early), (late, _) = stretches[0], stretches[-1]
        if WEEK - late + early <= MINUTES:
            stretches = [*stretches[1:-1], (late, WEEK + early)]
    return [
        Weekly(start // MINUTES, _time(start), _time(end), since, until)
        for whole in stretches
        for start, end in _days(whole)
    ]


def _days(stretch: Stretch) -> Iterable[Stretch]:
    start, end = stretch
    while end - start > MINUTES:
        midnight = (start // MINUTES + 1) * MINUTES
        yield start, midnight
        start = midnight
    yield start, end


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _time(minute: int) -> time:
    return time(minute % MINUTES // 60, minute % 60)
