"""What is known of one queue beyond the next days: its weeks, its events and holidays, and how good its forecast is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
from django.db import connection
from django.db.models import Q

from marketplace.models import Event, Forecast, ForecastQuality, Queue, WeekForecast
from marketplace.queries.grid import Grid

WEEK = timedelta(weeks=1)
WEEKS = 52
# what a switch counts by the minute and a file by the quarter may be the same contacts: each hour is counted one way
CAME = """
SELECT date_trunc('week', hour AT TIME ZONE %(zone)s)::date, sum(offered), min(hour AT TIME ZONE %(zone)s)::date FROM (
    SELECT hour, max(offered) AS offered FROM (
        SELECT date_trunc('hour', starts_at) AS hour, seconds, sum(offered) AS offered FROM marketplace_interval
        WHERE queue_id = %(queue)s AND starts_at >= %(since)s AND starts_at < %(until)s AND seconds <= 7200
        GROUP BY 1, 2
    ) AS ways GROUP BY 1
) AS hours GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Week:
    """Contacts of one week, from Monday 00:00 in the queue's zone; what is not known is None."""

    starts_on: date
    came: float | None
    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday where the queue's customers live."""

    date: date
    name: str
    start: int
    """Epoch seconds of its midnight in the queue's zone."""
    end: int


def read_weeks(*, queue: Queue, now: datetime) -> list[Week]:
    """A year of weeks that came and a year that is forecast, in two statements; none before the first whole week."""
    zone = ZoneInfo(queue.timezone)
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    first, last = monday - WEEKS * WEEK, monday + WEEKS * WEEK
    since, until = (datetime(day.year, day.month, day.day, tzinfo=zone) for day in (first, monday))
    with connection.cursor() as cursor:
        cursor.execute(CAME, {"zone": queue.timezone, "queue": queue.pk, "since": since, "until": until})
        counted = {day: (float(offered), first) for day, offered, first in cursor.fetchall()}
    # a first week that was counted from its middle on would look like a rise
    came = {day: offered for day, (offered, first) in counted.items() if first == day or day > min(counted)}
    ahead = {
        row.starts_on: row
        for row in WeekForecast.objects.filter(queue=queue, starts_on__gte=monday, starts_on__lte=last)
    }
    if not ahead:
        return []
    begin = min([*came, monday])
    days = (begin + index * WEEK for index in range((last - begin) // WEEK + 1))
    return [_week(day, came.get(day), ahead.get(day)) for day in days if day < monday or day in ahead]


def _week(day: date, came: float | None, row: WeekForecast | None) -> Week:
    if row is None:
        return Week(starts_on=day, came=came, mean=None, low=None, high=None)
    return Week(starts_on=day, came=came, mean=row.mean, low=row.p10, high=row.p90)


def read_events(*, queue: Queue, since: datetime, until: datetime) -> list[Event]:
    """Known events of the queue, or of its whole department, that touch this period."""
    events = Event.objects.filter(Q(queues=queue) | Q(department=queue.department_id))
    return list(events.filter(starts_at__lt=until, ends_at__gt=since).order_by("starts_at", "name").distinct())


def read_quality(*, queue: Queue) -> ForecastQuality | None:
    """How good the queue's forecast has been; None before the first."""
    return ForecastQuality.objects.filter(queue=queue).first()


def holidays_of(*, queue: Queue, since: datetime, until: datetime) -> Sequence[Holiday]:
    """Public holidays of the queue's country that touch this period."""
    if not queue.country:
        return ()
    zone = ZoneInfo(queue.timezone)
    years = range(since.year - 1, until.year + 2)
    known = holidays.country_holidays(queue.country, years=years)
    found = []
    for day, name in sorted(known.items()):
        start, end = (datetime(one.year, one.month, one.day, tzinfo=zone) for one in (day, day + timedelta(days=1)))
        if start < until and end > since:
            found.append(Holiday(date=day, name=name, start=int(start.timestamp()), end=int(end.timestamp())))
    return found


def step_of(*, queue_id: int, now: datetime) -> int:
    """Seconds of the intervals in which the queue is forecast, at most an hour; 0 without a forecast."""
    rows = Forecast.objects.filter(queue_id=queue_id, starts_at__gt=now).order_by("starts_at")
    seconds = rows.values_list("seconds", flat=True).first()
    return min(seconds or 0, 3600)


def bounds(grid: Grid) -> tuple[datetime, datetime]:
    """The period that a time axis covers."""
    return datetime.fromtimestamp(grid.start, UTC), datetime.fromtimestamp(grid.end, UTC)
