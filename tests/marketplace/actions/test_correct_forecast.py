"""Today's forecast follows what came today; the plan stays beside it."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from gigcx.ledger.models import Entry
from marketplace.actions.correct_forecast import correct_forecast, correct_surging
from marketplace.actions.refresh_forecast import refresh_forecast
from marketplace.models import Forecast, ForecastQuality, Interval, Queue, QueueNow
from marketplace.snapshot.queues import forecast_rates
from tests.factories import make_queue

pytestmark = pytest.mark.django_db
MIDNIGHT = datetime(2026, 3, 10, tzinfo=UTC)
NOON = MIDNIGHT + timedelta(hours=12)
PLAN = 40.0


@pytest.fixture
def queue() -> Queue:
    """Forty contacts expected in each half-hour of today and tomorrow, on a queue whose days vary by a fifth."""
    queue = make_queue("NE")
    ForecastQuality.objects.create(queue=queue, model="test", day_spread=0.2, made_at=MIDNIGHT)
    for slot in range(96):
        at = MIDNIGHT + timedelta(minutes=30 * slot)
        Forecast.objects.create(queue=queue, starts_at=at, seconds=1800, mean=PLAN, p10=28, p50=40, p90=53)
    return queue


def came(queue: Queue, factor: float, *, seconds: int = 1800, until: datetime = NOON) -> None:
    at = MIDNIGHT
    while at < until:
        end = at + timedelta(seconds=seconds)
        offered = round(PLAN * factor * seconds / 1800)
        Interval.objects.create(queue=queue, starts_at=at, seconds=seconds, offered=offered, as_of=min(end, until))
        at = end


def means(queue: Queue, first: datetime, past: datetime) -> set[float]:
    rows = Forecast.objects.filter(queue=queue, starts_at__gte=first, starts_at__lt=past)
    return {round(mean, 6) for mean in rows.values_list("mean", flat=True)}


@pytest.mark.parametrize("factor", [0.7, 1.3])
def test_rest_of_today_follows_and_the_plan_stays(queue: Queue, factor: float) -> None:
    came(queue, factor)
    assert correct_forecast(now=NOON) > 0
    tomorrow = MIDNIGHT + timedelta(days=1)
    assert all(mean == pytest.approx(PLAN * factor, rel=0.1) for mean in means(queue, NOON, tomorrow))
    assert means(queue, tomorrow, tomorrow + timedelta(days=1)) == {PLAN}
    assert means(queue, MIDNIGHT, NOON - timedelta(minutes=30)) == {PLAN}
    row = Forecast.objects.get(starts_at=NOON)
    assert (row.planned_mean, row.planned_p10, row.planned_p50, row.planned_p90) == (PLAN, 28, 40, 53)
    assert row.p10 < row.p50 < row.p90
    (entry,) = Entry.objects.filter(kind="forecast.corrected")
    assert entry.data["queues"] == 1


def test_the_matcher_sees_no_step_between_the_interval_past_and_the_next(queue: Queue) -> None:
    came(queue, 1.3)
    correct_forecast(now=NOON)
    before, ahead = forecast_rates(queue_ids=np.array([queue.pk]), now=NOON, offsets=(-200, 200))
    assert before == pytest.approx(ahead)
    assert ahead[0] > 1.2 * PLAN / 1800


def test_twice_is_once_and_always_from_the_plan(queue: Queue) -> None:
    came(queue, 1.3)
    correct_forecast(now=NOON)
    entries = Entry.objects.count()
    assert correct_forecast(now=NOON) == 0
    assert Entry.objects.count() == entries
    Interval.objects.update(offered=PLAN)
    correct_forecast(now=NOON)
    assert all(mean == pytest.approx(PLAN, rel=0.03) for mean in means(queue, NOON, MIDNIGHT + timedelta(days=1)))


def test_minutes_of_a_switch_are_added_up_and_the_running_interval_counts_by_its_part(queue: Queue) -> None:
    now = NOON + timedelta(minutes=10)
    came(queue, 1.5, seconds=60, until=now)
    correct_forecast(now=now)
    whole = means(queue, now, MIDNIGHT + timedelta(days=1))
    assert whole.pop() == pytest.approx(PLAN * 1.5, rel=0.08)
    # a switch that fell silent two hours ago says nothing about them
    Forecast.objects.filter(planned_mean__isnull=False).update(mean=PLAN)
    correct_forecast(now=now + timedelta(hours=2))
    assert means(queue, now + timedelta(hours=2), MIDNIGHT + timedelta(days=1)).pop() == pytest.approx(60, rel=0.08)


def test_days_begin_at_the_queue_s_own_midnight_on_both_clock_changes(queue: Queue) -> None:
    Queue.objects.update(timezone="Europe/Rome")
    for midnight, hours in ((datetime(2026, 3, 28, 23, tzinfo=UTC), 23), (datetime(2026, 10, 24, 22, tzinfo=UTC), 25)):
        Forecast.objects.all().delete()
        Interval.objects.all().delete()
        for hour in range(-2, hours + 3):
            at = midnight + timedelta(hours=hour)
            Forecast.objects.create(queue=queue, starts_at=at, seconds=3600, mean=80, p10=60, p50=80, p90=100)
            if hour < 8:
                end = at + timedelta(hours=1)
                Interval.objects.create(queue=queue, starts_at=at, seconds=3600, offered=120, as_of=end)
        correct_forecast(now=midnight + timedelta(hours=8))
        corrected = Forecast.objects.filter(planned_mean__isnull=False).order_by("starts_at")
        # from the hour just past to the end of that day, however long it is
        assert [row.starts_at for row in corrected] == [midnight + timedelta(hours=hour) for hour in range(7, hours)]


def test_nothing_came_or_no_known_spread_changes_nothing(queue: Queue) -> None:
    assert correct_forecast(now=NOON) == 0
    came(queue, 2)
    ForecastQuality.objects.update(day_spread=0)
    assert correct_forecast(now=NOON) == 0
    assert not Entry.objects.exists()
    assert not Forecast.objects.filter(planned_mean__isnull=False).exists()


def test_on_a_surge_only_the_surging_queue_is_corrected(queue: Queue) -> None:
    calm = make_queue("PS")
    ForecastQuality.objects.create(queue=calm, day_spread=0.2)
    Forecast.objects.create(queue=calm, starts_at=NOON, seconds=1800, mean=PLAN, p10=28, p50=40, p90=53)
    for one in (queue, calm):
        came(one, 1.5)
    QueueNow.objects.create(queue=queue, surge_since=NOON.timestamp() - 300)
    assert correct_surging(now=NOON) > 0
    assert Forecast.objects.get(queue=calm).planned_mean is None


def test_a_surge_on_a_steady_queue_raises_the_next_hours_at_once_and_its_end_lowers_them(queue: Queue) -> None:
    ForecastQuality.objects.update(day_spread=0.02)
    came(queue, 1.0)
    now = NOON + timedelta(minutes=6)
    for minute in range(6):
        at = NOON + timedelta(minutes=minute)
        end = at + timedelta(minutes=1)
        Interval.objects.create(queue=queue, starts_at=at, seconds=60, offered=7, as_of=end)
    correct_forecast(now=now)
    calm = Forecast.objects.get(starts_at=NOON + timedelta(minutes=30)).mean
    assert calm < 1.4 * PLAN
    watched = QueueNow.objects.create(queue=queue, surge_since=NOON.timestamp(), surge_factor=5.2)
    assert correct_surging(now=now) > 0
    soon = Forecast.objects.get(starts_at=NOON + timedelta(minutes=30))
    assert soon.mean > 2 * PLAN
    assert soon.p10 >= 28
    assert soon.p90 > soon.mean
    evening = Forecast.objects.get(starts_at=NOON + timedelta(hours=9))
    assert evening.mean < 1.2 * PLAN
    QueueNow.objects.filter(pk=watched.pk).update(surge_since=None, surge_factor=None)
    assert correct_forecast(now=now) > 0
    assert Forecast.objects.get(starts_at=NOON + timedelta(minutes=30)).mean == pytest.approx(calm, rel=0.01)


def test_the_interval_before_a_surge_takes_part_in_it_only_while_the_matcher_looks_at_it(queue: Queue) -> None:
    ForecastQuality.objects.update(day_spread=0.02)
    came(queue, 1.0)
    QueueNow.objects.create(queue=queue, surge_since=NOON.timestamp(), surge_factor=5.0)
    for minutes, raised in ((3, True), (10, False)):
        now = NOON + timedelta(minutes=minutes)
        Interval.objects.update_or_create(
            queue=queue, starts_at=NOON, seconds=1800, defaults={"offered": 7 * minutes, "as_of": now}
        )
        correct_surging(now=now)
        before = Forecast.objects.get(starts_at=NOON - timedelta(minutes=30))
        assert (before.mean > 2 * PLAN) == raised
    assert Forecast.objects.get(starts_at=NOON).mean > 2 * PLAN


def test_refresh_by_day_makes_the_plan_from_the_days_before(queue: Queue) -> None:
    Forecast.objects.all().delete()
    for day in range(1, 29):
        for slot in range(48):
            at = MIDNIGHT - timedelta(days=day) + timedelta(minutes=30 * slot)
            Interval.objects.create(queue=queue, starts_at=at, seconds=1800, offered=40, as_of=at)
    came(queue, 2)
    refresh_forecast(now=NOON)
    assert means(queue, MIDNIGHT, MIDNIGHT + timedelta(days=1)).pop() == pytest.approx(PLAN, rel=0.05)
    ForecastQuality.objects.update(day_spread=0.2)
    correct_forecast(now=NOON)
    corrected = means(queue, NOON, MIDNIGHT + timedelta(days=1))
    assert corrected.pop() > 70
    # the same plan again leaves the correction as it is
    assert refresh_forecast(now=NOON) == 0
    assert means(queue, NOON, MIDNIGHT + timedelta(days=1)).pop() > 70
