"""A queue's weeks, events, holidays and quality."""

from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.models import Event, Forecast, Interval, WeekForecast
from marketplace.queries.horizon import holidays_of, read_events, read_quality, read_weeks, step_of
from tests.factories import NOW, make_department, make_queue

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 9)


def count(queue, start, offered, *, seconds=3600):
    Interval.objects.create(queue=queue, starts_at=start, seconds=seconds, offered=offered, as_of=start)


def week_ahead(queue, weeks=2):
    for index in range(weeks):
        WeekForecast.objects.create(
            queue=queue, starts_on=MONDAY + timedelta(weeks=index), mean=100, p10=80, p50=99, p90=120
        )


def test_weeks_that_came_are_whole_begin_on_monday_by_the_queues_clock_and_count_each_hour_once():
    rome = make_queue("rome", timezone="Europe/Rome")
    week_ahead(rome)
    sunday = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)  # Monday 00:30 in Rome
    count(rome, sunday, 5, seconds=1800)
    for minute in range(30):
        count(rome, sunday + timedelta(minutes=minute), 1 if minute < 5 else 0, seconds=60)
    count(rome, datetime(2026, 2, 23, 10, tzinfo=UTC), 7)
    count(rome, datetime(2026, 2, 20, 10, tzinfo=UTC), 3)
    weeks = read_weeks(queue=rome, now=NOW)
    assert [(week.starts_on, week.came) for week in weeks[:2]] == [(date(2026, 2, 23), 7), (date(2026, 3, 2), 5)]
    assert [(week.starts_on, week.mean, week.low) for week in weeks[2:]] == [
        (MONDAY, 100, 80),
        (MONDAY + timedelta(weeks=1), 100, 80),
    ]
    assert weeks[2].came is None


def test_there_are_no_weeks_before_they_are_forecast():
    queue = make_queue("cards")
    count(queue, NOW - timedelta(days=8), 7)
    assert read_weeks(queue=queue, now=NOW) == []


def test_events_are_those_of_the_queue_and_of_its_department():
    cards, loans = make_queue("cards"), make_queue("loans", department=make_department("Lending"))
    day = timedelta(days=1)
    for name, department, start in (
        ("of the queue", None, NOW),
        ("of the department", cards.department, NOW + day),
        ("over", cards.department, NOW - 3 * day),
        ("elsewhere", loans.department, NOW),
    ):
        event = Event.objects.create(name=name, department=department, starts_at=start, ends_at=start + day)
        if department is None:
            event.queues.add(cards)
    found = read_events(queue=cards, since=NOW, until=NOW + 7 * day)
    assert [event.name for event in found] == ["of the queue", "of the department"]


def test_holidays_are_days_of_the_queues_own_clock():
    queue = make_queue("rome", timezone="Europe/Rome", country="IT")
    since = datetime(2026, 4, 20, tzinfo=UTC)
    (day,) = holidays_of(queue=queue, since=since, until=since + timedelta(days=7))
    assert day.date == date(2026, 4, 25)
    assert datetime.fromtimestamp(day.start, UTC) == datetime(2026, 4, 24, 22, tzinfo=UTC)
    assert day.end - day.start == 86_400
    assert not holidays_of(queue=make_queue("nowhere"), since=since, until=since + timedelta(days=7))


def test_what_is_not_there_is_none():
    queue = make_queue("cards")
    assert read_quality(queue=queue) is None
    assert step_of(queue_id=queue.pk, now=NOW) == 0
    Forecast.objects.create(queue=queue, starts_at=NOW + timedelta(hours=1), seconds=1800, mean=1, p10=1, p50=1, p90=1)
    assert step_of(queue_id=queue.pk, now=NOW) == 1800
