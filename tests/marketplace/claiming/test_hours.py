"""Working time by the agent's own clock, on the nights when it changes too."""

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.claiming.hours import (
    Period,
    days_in_a_row,
    days_of,
    local_day,
    local_week,
    longest_day,
    longest_week,
    merged,
    stretch_around,
    worked_in,
)

ZONES = ["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu"]
HOUR = timedelta(hours=1)


def local(zone: str, *parts: int) -> datetime:
    """The instant that a clock in that zone shows."""
    return datetime(*parts, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def shift(zone: str, day: tuple[int, int, int], begin: int, end: int) -> Period:
    """From one o'clock to another, of the next day if that is earlier."""
    start = local(zone, *day, begin)
    over = date(*day) + timedelta(days=end <= begin)
    return Period(start, local(zone, over.year, over.month, over.day, end))


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Rome", (2026, 3, 29), 23),
        ("Europe/Rome", (2026, 10, 25), 25),
        ("America/New_York", (2026, 3, 8), 23),
        ("America/New_York", (2026, 11, 1), 25),
        ("Australia/Lord_Howe", (2026, 10, 4), 23.5),
        ("Australia/Lord_Howe", (2026, 4, 5), 24.5),
    ],
)
def test_a_day_has_the_hours_that_pass(zone: str, day: tuple[int, int, int], hours: float) -> None:
    assert local_day(date(*day), ZoneInfo(zone)).length == hours * HOUR


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Rome", (2026, 3, 28), 7),
        ("Europe/Rome", (2026, 10, 24), 9),
        ("America/New_York", (2026, 3, 7), 7),
        ("America/New_York", (2026, 10, 31), 9),
        ("Australia/Lord_Howe", (2026, 10, 3), 7.5),
        ("Australia/Lord_Howe", (2026, 4, 4), 8.5),
    ],
)
def test_a_night_shift_counts_the_time_that_passes(zone: str, day: tuple[int, int, int], hours: float) -> None:
    night = shift(zone, day, 22, 6)
    assert night.length == hours * HOUR
    _, most = longest_day([], shift=night, zone=ZoneInfo(zone))
    assert most == (hours - 2) * HOUR


def test_a_night_shift_is_one_day_of_work() -> None:
    nights = [shift("Europe/Rome", (2026, 3, day), 22, 6) for day in (2, 3, 4)]
    assert days_in_a_row(nights, shift=shift("Europe/Rome", (2026, 3, 5), 22, 6), zone=ZoneInfo("Europe/Rome")) == 4
    assert days_in_a_row(nights, shift=shift("Europe/Rome", (2026, 3, 6), 22, 6), zone=ZoneInfo("Europe/Rome")) == 1


def test_a_week_begins_on_monday_by_the_agents_clock() -> None:
    zone = ZoneInfo("America/New_York")
    sunday = shift("America/New_York", (2026, 3, 15), 20, 4)
    assert longest_week([], shift=sunday, zone=zone) == 4 * HOUR
    assert local_week(date(2026, 3, 8), zone).length == 167 * HOUR


def test_a_split_day_is_one_stretch_and_a_rest_ends_it() -> None:
    morning, noon = shift("UTC", (2026, 3, 2), 9, 12), shift("UTC", (2026, 3, 2), 14, 17)
    assert stretch_around([morning], shift=noon, rest=11 * HOUR) == Period(morning.start, noon.end)
    later = shift("UTC", (2026, 3, 3), 4, 8)
    assert stretch_around([morning, noon], shift=later, rest=11 * HOUR) == later


instants = st.integers(0, 480_000).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
periods = st.builds(
    lambda start, minutes: Period(start, start + timedelta(minutes=minutes)), instants, st.integers(1, 3000)
)


@given(st.lists(periods, max_size=8))
def test_merging_keeps_every_instant_and_no_other(found: list[Period]) -> None:
    together = merged(found)
    assert all(first.end < second.start for first, second in itertools.pairwise(together))
    for period in found:
        assert any(one.start <= period.start and period.end <= one.end for one in together)
    edges = {one.start for one in together} | {one.end for one in together}
    assert edges <= {one.start for one in found} | {one.end for one in found}


@given(st.lists(periods, max_size=6), periods, st.sampled_from(ZONES))
def test_the_days_of_a_shift_share_its_time_out(found: list[Period], one: Period, zone: str) -> None:
    days = [local_day(day, ZoneInfo(zone)) for day in days_of(one, ZoneInfo(zone))]
    assert sum((worked_in([one], day) for day in days), timedelta(0)) == one.length
    _, most = longest_day(found, shift=one, zone=ZoneInfo(zone))
    assert max(worked_in([one], day) for day in days) <= most <= max(day.length for day in days)
