"""The forecast of every queue: on all horizons, with its quality, and none held up by another's failure."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections

from gigcx.ledger.models import Entry
from marketplace.actions.refresh_forecast import REFRESH_LOCK, refresh_due, refresh_forecast
from marketplace.actions.write_forecast import mark_due
from marketplace.models import Event, Forecast, ForecastQuality, Interval, Queue, WeekForecast
from marketplace.snapshot.history import read_counted, read_known
from tests.factories import make_queue

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)


def count(queue: Queue, *, days: int = 28, step: int = 1800, offered: int = 40) -> None:
    first = NOW.replace(hour=0) - timedelta(days=days)
    rows = [
        Interval(queue=queue, starts_at=at, seconds=step, offered=offered, as_of=at + timedelta(seconds=step))
        for at in (first + timedelta(seconds=step * slot) for slot in range(days * 86_400 // step))
    ]
    Interval.objects.bulk_create(rows)


def test_all_horizons_and_how_good_it_is() -> None:
    queue = make_queue("NE")
    count(queue)
    assert refresh_forecast(now=NOW) > 0
    rows = Forecast.objects.filter(queue=queue).order_by("starts_at")
    assert rows[0].starts_at == NOW.replace(hour=0)  # today's plan, also of the hours that are past
    assert rows.last().starts_at > NOW + timedelta(days=13, hours=23)
    assert {row.seconds for row in rows} == {1800}
    weeks = list(WeekForecast.objects.filter(queue=queue).order_by("starts_on"))
    assert len(weeks) == 52
    assert {week.starts_on.weekday() for week in weeks} == {0}
    assert all(week.p10 <= week.p50 <= week.p90 for week in weeks)
    assert weeks[0].mean == pytest.approx(48 * 7 * 40, rel=0.02)
    quality = ForecastQuality.objects.get(queue=queue)
    assert (quality.problem, quality.made_at, quality.due_at) == ("", NOW, None)
    assert quality.model
    assert quality.wape is not None
    assert 0 <= quality.wape < 0.2
    (entry,) = Entry.objects.filter(kind="forecast.made")
    assert entry.data["queues"] == 1


def test_second_time_changes_nothing() -> None:
    count(make_queue("NE"))
    refresh_forecast(now=NOW)
    before = (list(Forecast.objects.values()), list(WeekForecast.objects.values()), Entry.objects.count())
    assert refresh_forecast(now=NOW) == 0
    assert (list(Forecast.objects.values()), list(WeekForecast.objects.values()), Entry.objects.count()) == before


def test_a_queue_that_fails_says_why_and_keeps_what_it_had_while_the_others_go_on() -> None:
    bad, good = make_queue("BAD"), make_queue("GOOD")
    Interval.objects.create(queue=bad, starts_at=NOW - timedelta(days=1), seconds=1000, offered=4, as_of=NOW)
    count(good)
    kept = Forecast.objects.create(queue=bad, starts_at=NOW, seconds=900, mean=7, p10=5, p50=7, p90=9)
    ForecastQuality.objects.create(queue=bad, model="older", wape=0.2, made_at=NOW - timedelta(days=2))
    assert refresh_due(now=NOW) > 0
    quality = ForecastQuality.objects.get(queue=bad)
    assert "no whole number of intervals of 1000 s" in quality.problem
    assert (quality.model, quality.wape, quality.failed_at) == ("older", 0.2, NOW)
    assert Forecast.objects.get(queue=bad) == kept
    assert Forecast.objects.filter(queue=good).exists()
    assert Entry.objects.get(kind="forecast.made").data["failed"] == [bad.pk]
    # it is tried again the next night, not every ten minutes
    assert refresh_due(now=NOW + timedelta(minutes=10)) == 0
    Interval.objects.filter(queue=bad).update(seconds=900)
    refresh_due(now=NOW + timedelta(days=1))
    assert ForecastQuality.objects.get(queue=bad).problem == ""


def test_due_is_what_was_not_made_since_the_night_or_was_marked() -> None:
    queue = make_queue("NE")
    count(queue)
    assert refresh_due(now=NOW) > 0
    assert refresh_due(now=NOW + timedelta(hours=12)) == 0
    Forecast.objects.all().delete()
    assert refresh_due(now=NOW + timedelta(hours=12)) == 0
    with connection.cursor() as cursor:
        mark_due(cursor, [queue.pk], now=NOW + timedelta(hours=12))
    assert refresh_due(now=NOW + timedelta(hours=12, minutes=1)) > 0
    assert ForecastQuality.objects.get().due_at is None
    Forecast.objects.all().delete()
    midnight = NOW.replace(hour=0) + timedelta(days=1)
    assert refresh_due(now=midnight + timedelta(minutes=4)) == 0
    assert refresh_due(now=midnight + timedelta(minutes=5)) > 0


def test_each_queue_is_due_after_the_midnight_of_its_own_clock() -> None:
    rome, lima = make_queue("ROME", timezone="Europe/Rome"), make_queue("LIMA", timezone="America/Lima")
    for queue in (rome, lima):
        count(queue)
    assert refresh_due(now=NOW) > 0
    made = {}
    for minutes in range(0, 24 * 60, 10):
        now = NOW + timedelta(minutes=minutes)
        refresh_due(now=now)
        for quality in ForecastQuality.objects.all():
            made[quality.queue_id] = quality.made_at
    assert made[rome.pk] == datetime(2026, 3, 10, 23, 10, tzinfo=UTC)
    assert made[lima.pk] == datetime(2026, 3, 11, 5, 10, tzinfo=UTC)


def test_queue_that_is_off_is_not_forecast_and_one_without_anything_keeps_what_it_has() -> None:
    off, new = make_queue("OFF", is_active=False), make_queue("NEW")
    count(off)
    kept = Forecast.objects.create(queue=new, starts_at=NOW, seconds=900, mean=7, p10=5, p50=7, p90=9)
    assert refresh_due(now=NOW) == 0
    assert list(Forecast.objects.all()) == [kept]
    assert refresh_due(now=NOW) == 0


def test_new_queue_borrows_the_days_of_another_or_takes_a_drawn_curve() -> None:
    known = make_queue("NE")
    count(known)
    curve = [0.0] * 8 + [30.0] * 10 + [0.0] * 6
    like, drawn = make_queue("LIKE", like=known), make_queue("DRAWN", curve=curve)
    refresh_forecast(now=NOW, queue_ids=[like.pk, drawn.pk])
    noon = NOW + timedelta(days=1, hours=2)
    assert Forecast.objects.get(queue=like, starts_at=noon).mean == pytest.approx(40, rel=0.1)
    row = Forecast.objects.get(queue=drawn, starts_at=noon)
    assert row.mean * 3600 / row.seconds == pytest.approx(30, rel=0.05)
    night = Forecast.objects.filter(queue=drawn, starts_at=noon + timedelta(hours=12)).first()
    assert night is None or night.mean < 1
    assert not Forecast.objects.filter(queue=known).exists()


def test_known_events_reach_the_queues_named_and_all_of_a_department() -> None:
    one, other = make_queue("NE"), make_queue("PS")
    begins = NOW + timedelta(days=3)
    event = Event.objects.create(name="Campaign", starts_at=begins, ends_at=begins + timedelta(days=1), factor=1.5)
    event.queues.add(one)
    told = ("Campaign", round(begins.timestamp()), round(begins.timestamp()) + 86_400, 1.5)
    known = read_known(queue_ids=[one.pk, other.pk])
    assert (known[one.pk].events, known[other.pk].events) == ((told,), ())
    Event.objects.update(department=one.department)
    known = read_known(queue_ids=[one.pk, other.pk])
    assert (known[one.pk].events, known[other.pk].events) == ((told,), (told,))


def test_known_event_raises_what_is_expected_while_it_lasts() -> None:
    queue = make_queue("NE")
    count(queue)
    begins = NOW.replace(hour=0) + timedelta(days=3)
    event = Event.objects.create(name="Campaign", starts_at=begins, ends_at=begins + timedelta(days=1), factor=1.5)
    event.queues.add(queue)
    refresh_forecast(now=NOW)
    noon = begins + timedelta(hours=12)
    assert Forecast.objects.get(starts_at=noon).mean == pytest.approx(60, rel=0.1)
    assert Forecast.objects.get(starts_at=noon - timedelta(days=1)).mean == pytest.approx(40, rel=0.1)


def test_nothing_is_expected_while_the_queue_is_closed() -> None:
    queue = make_queue("NE", opens="08:00", closes="18:00", timezone="Europe/Rome")
    count(queue)
    refresh_forecast(now=NOW)
    hours = {row.starts_at.hour for row in Forecast.objects.all()}
    assert hours <= set(range(6, 17))  # Rome is one hour ahead, and two from 29 March
    assert {7, 16} <= hours


@pytest.mark.django_db(transaction=True)
def test_one_at_a_time() -> None:
    count(make_queue("NE"), days=8)
    other = connections["default"].copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [REFRESH_LOCK])
        assert refresh_due(now=NOW) is None
        assert not Forecast.objects.exists()
        cursor.execute("SELECT pg_advisory_unlock(%s)", [REFRESH_LOCK])
    other.close()
    assert refresh_due(now=NOW) > 0


@pytest.mark.parametrize(("seconds", "past"), [(901, 0), (3600, 0), (1800, 420), (700, 0)])
def test_one_stray_report_of_another_length_or_start_changes_no_grid(seconds: int, past: int) -> None:
    queue = make_queue("NE")
    count(queue)
    before = read_counted(queue_ids=[queue.pk], now=NOW)[queue.pk]
    stray = NOW.replace(hour=0) - timedelta(days=1) + timedelta(seconds=past)
    Interval.objects.create(
        queue=queue, starts_at=stray, seconds=seconds, offered=900, as_of=stray + timedelta(seconds=seconds)
    )
    after = read_counted(queue_ids=[queue.pk], now=NOW)[queue.pk]
    assert after.step_seconds == before.step_seconds == 1800
    assert after.starts.tolist() == before.starts.tolist()
    assert (after.offered != before.offered).sum() <= 1
    refresh_forecast(now=NOW)
    assert ForecastQuality.objects.get().problem == ""


def test_a_queue_is_forecast_within_minutes_of_its_first_telemetry() -> None:
    queue = make_queue("NE")
    assert refresh_due(now=NOW) == 0
    assert refresh_due(now=NOW + timedelta(minutes=10)) == 0
    count(queue, days=1)
    assert refresh_due(now=NOW + timedelta(minutes=20)) > 0
    assert refresh_due(now=NOW + timedelta(minutes=30)) == 0
