"""`manage.py load counts`, and the forecast that follows."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from gigcx.ledger.models import Entry
from marketplace.actions.refresh_forecast import refresh_forecast
from marketplace.models import Forecast, Interval, Queue
from tests.marketplace.actions.load import NE_PS, Load, counts

HEADER = "queue,interval_start,offered,handle_seconds\n"
ROME = ZoneInfo("Europe/Rome")


@pytest.fixture(autouse=True)
def queues(load: Load) -> None:
    load("queues", NE_PS, timezone="Europe/Rome")
    Entry.objects.all().delete()


def weeks(first: str, offered: list[list[int]], *, times: list[str]) -> str:
    """One row for each week and time, beginning with the day `first`."""
    day = datetime.fromisoformat(first)
    return "".join(
        f"NE,{(day + timedelta(weeks=week)).date()}T{at},{number},\n"
        for week, numbers in enumerate(offered)
        for at, number in zip(times, numbers, strict=True)
    )


def test_intervals_are_stored_with_the_length_that_the_rows_show(load: Load) -> None:
    text = (
        HEADER
        + "NE,2026-03-02T08:00,10,1800\nNE,2026-03-02T08:30,12,\nNE,2026-03-02T10:00,8,1800\nPS,2026-03-02T08:00,4,\n"
    )
    answer = load("counts", text, timezone="Europe/Rome")
    assert counts(answer) == (4, 0, 0)
    assert answer["also"]["handle_times"] == 1
    first, _, third = Interval.objects.filter(queue__code="NE").order_by("starts_at")
    assert (first.starts_at, first.seconds, first.offered, first.handle_seconds) == (
        datetime(2026, 3, 2, 7, tzinfo=UTC),
        1800,
        10,
        1800,
    )
    assert third.starts_at - first.starts_at == timedelta(hours=2)  # what is missing between is no zero
    assert Interval.objects.get(queue__code="PS").seconds == 900
    assert Queue.objects.get(code="NE").handle_seconds == 200  # 3600 s in the 18 contacts of rows that say so


def test_second_load_changes_nothing_and_writes_no_entry(load: Load) -> None:
    text = HEADER + "NE,2026-03-02T08:00,10,1800\nNE,2026-03-02T08:30,12,900\n"
    with time_machine.travel("2026-03-03T08:00Z", tick=False):
        load("counts", text)
        entries = Entry.objects.count()
        answer = load("counts", text)
    assert (counts(answer), answer["also"], Entry.objects.count()) == ((0, 0, 2), {}, entries)


def test_the_planner_knows_at_once_what_a_load_made_of_the_table(load: Load) -> None:
    load("counts", HEADER + "NE,2026-03-02T08:00,10,1800\nNE,2026-03-02T08:30,12,900\n")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT most_common_vals::text FROM pg_stats"
            " WHERE tablename = 'marketplace_interval' AND attname = 'queue_id'"
        )
        assert cursor.fetchall() == [(f"{{{Queue.objects.get(code='NE').pk}}}",)]


def test_corrected_count_replaces_but_not_what_a_switch_reported_later(load: Load) -> None:
    load("counts", HEADER + "NE,2026-03-02T08:00,10,\nNE,2026-03-02T08:30,12,\n")
    late = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
    Interval.objects.filter(offered=12).update(as_of=late, offered=13)
    assert counts(load("counts", HEADER + "NE,2026-03-02T08:00,11,\nNE,2026-03-02T08:30,12,\n")) == (0, 1, 1)
    assert list(Interval.objects.order_by("starts_at").values_list("offered", flat=True)) == [11, 13]


def test_every_bad_row_is_named_and_nothing_done(load: Load) -> None:
    text = (
        HEADER
        + "NE,2026-03-02T08:00,10,\n"
        + "NE,2026-03-02T08:15,-1,\n"
        + "NE,2026-03-02T08:15,5,\n"
        + "NE,2026-03-02T08:30,5,\n"
        + "NE,2026-03-02T08:30,5,\n"
        + "NE,2026-03-02T08:52,5,\n"
        + "XX,2026-03-02T08:52,5,\n"
    )
    assert [line.split(": ")[:2] for line in load.refused("counts", text)] == [
        ["counts.csv:3", "offered"],
        ["counts.csv:6", "interval_start"],
        ["counts.csv:7", "interval_start"],
        ["counts.csv:8", "queue"],
    ]
    assert not any(model.objects.exists() for model in (Interval, Forecast, Entry))


def test_dry_run_says_what_it_would_do_and_does_nothing(load: Load) -> None:
    load("counts", HEADER + "NE,2026-03-02T08:00,10,900\n", dry_run=True)
    assert not any(model.objects.exists() for model in (Interval, Forecast, Entry))
    assert Queue.objects.get(code="NE").handle_seconds == 180


@time_machine.travel("2026-03-23T05:00Z", tick=False)
def test_forecast_stands_at_the_weekday_and_time_in_the_queue_s_zone(load: Load) -> None:
    # Mondays before the clock change of 29 March, 09:00 and 09:15 in Rome
    text = HEADER + weeks("2026-03-02", [[10, 20], [14, 22], [12, 30]], times=["09:00", "09:15"])
    load("counts", text, timezone="Europe/Rome")
    rows = list(Forecast.objects.order_by("starts_at").values_list("starts_at", "seconds", "mean"))
    assert [row[:2] for row in rows] == [
        (datetime(2026, 3, 23, 8, 0, tzinfo=UTC), 900),
        (datetime(2026, 3, 23, 8, 15, tzinfo=UTC), 900),
        (datetime(2026, 3, 30, 7, 0, tzinfo=UTC), 900),
        (datetime(2026, 3, 30, 7, 15, tzinfo=UTC), 900),
    ]
    assert [mean for *_, mean in rows] == pytest.approx([12, 24, 12, 24], rel=0.15)
    for row in Forecast.objects.all():
        assert 0 < row.p10 <= row.p50 <= row.p90
        assert row.p10 < row.mean < row.p90


@time_machine.travel("2026-03-23T05:00Z", tick=False)
def test_forecast_follows_new_counts_and_drops_what_it_does_not_expect_any_more(load: Load) -> None:
    load("counts", HEADER + weeks("2026-03-09", [[10, 20]], times=["09:00", "09:15"]), timezone="Europe/Rome")
    Forecast.objects.create(
        queue=Queue.objects.get(code="NE"),
        starts_at=timezone.now() + timedelta(hours=1),
        seconds=900,
        mean=1,
        p10=0,
        p50=1,
        p90=2,
    )
    load("counts", HEADER + weeks("2026-03-16", [[30, 40]], times=["09:00", "09:15"]), timezone="Europe/Rome")
    assert list(
        Forecast.objects.filter(starts_at__gte=timezone.now()).order_by("starts_at").values_list("mean", flat=True)[:2]
    ) == pytest.approx([30, 40], rel=0.1)  # a week at a new level
    assert not Forecast.objects.filter(mean=1).exists()


def test_forecast_comes_from_a_switch_s_minutes_too_where_they_cover_the_quarter() -> None:
    queue = Queue.objects.get(code="NE")
    begins = datetime(2026, 3, 2, 9, tzinfo=ROME)
    for minute in [*range(15), *range(15, 20)]:  # a whole quarter, and a third of the next
        at = begins + timedelta(minutes=minute)
        Interval.objects.create(queue=queue, starts_at=at, seconds=60, offered=2, as_of=at + timedelta(minutes=1))
    now = begins + timedelta(hours=2)
    assert refresh_forecast(now=now) > 0
    assert refresh_forecast(now=now) == 0
    ahead = Forecast.objects.filter(starts_at__gt=now).order_by("starts_at")
    # the same time on every day until that weekday was seen
    assert [row.starts_at.astimezone(ROME).hour for row in ahead] == [9] * 14
    assert [row.mean for row in ahead] == pytest.approx([30] * 14, rel=0.1)
