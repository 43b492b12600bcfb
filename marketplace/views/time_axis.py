"""Where days and hours begin on a time axis, by the clock of the person who looks at it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext

from marketplace.views.charts import Scale, Tick

HOUR = 3600
DAY = 24 * HOUR


def hour_ticks(*, start: int, end: int, every: int = 3) -> list[Tick]:
    """A tick at each hour that `every` divides; midnight says which day begins. A repeated hour has two."""
    scale = Scale(start, end)
    ticks = []
    for instant in range(-(-start // 900) * 900, end, 900):
        local = _local(instant)
        if local.minute == 0 and local.hour % every == 0:
            label = date_format(local, "D j") if local.hour == 0 else date_format(local, "H:i")
            ticks.append(Tick(at=_percent(scale, instant), label=label, minor=local.hour % (2 * every) != 0))
    return ticks


def day_ticks(*, start: int, end: int) -> list[Tick]:
    """A tick at each midnight."""
    scale = Scale(start, end)
    midnights = midnights_between(start=start, end=end)
    few = len(midnights) <= 8
    return [
        Tick(at=_percent(scale, instant), label=date_format(_local(instant), "D j"), minor=not few and index % 3 > 0)
        for index, instant in enumerate(midnights)
    ]


def month_ticks(mondays: Sequence[date]) -> list[Tick]:
    """On an axis of weeks a tick at the first Monday of each month; January says the year."""
    return [
        Tick(
            at=round(100 * index / len(mondays), 2),
            label=date_format(day, "M Y" if day.month == 1 else "M"),
            minor=day.month % 3 != 1,
        )
        for index, day in enumerate(mondays)
        if day.day <= 7
    ]


def midnights_between(*, start: int, end: int) -> list[int]:
    """The instants at which a day begins; after a clock change that skips midnight the first instant of the day."""
    found, last = [], _local(start - 900).date()
    for instant in range(-(-start // 900) * 900, end, 900):
        day = _local(instant).date()
        if day != last:
            found.append(instant)
            last = day
    return found


def days_of(starts: Sequence[int]) -> list[int]:
    """For each instant the ordinal of its local day."""
    return [_local(start).toordinal() for start in starts]


def clock(instant: float) -> str:
    """`14:30`."""
    return date_format(_local(instant), "H:i")


def moment(instant: float) -> str:
    """`Mon 23 14:30`."""
    return date_format(_local(instant), "D j H:i")


def period(start: float, end: float) -> str:
    """`Mon 23, 14:30–15:00`."""
    local = _local(start)
    return gettext("%(day)s, %(start)s–%(end)s") % {
        "day": date_format(local, "D j"),
        "start": date_format(local, "H:i"),
        "end": clock(end),
    }


def _local(instant: float) -> datetime:
    return localtime(datetime.fromtimestamp(instant, UTC))


def _percent(scale: Scale, instant: float) -> float:
    return round(100 * float(scale.at(instant)), 2)
