"""Working time by the agent's own clock, on the nights when it changes too."""

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.claiming.hours import (
    Period,
    Planned,
    days_of,
    local_day,
    local_week,
    merged,
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
    _, most = Planned([], zone=ZoneInfo(zone)).longest_day(night)
    assert most == (hours - 2) * HOUR


def test_a_night_shift_is_one_day_of_work() -> None:
    nights = [shift("Europe/Rome", (2026, 3, day), 22, 6) for day in (2, 3, 4)]
    planned = Planned(nights, zone=ZoneInfo("Europe/Rome"))
    assert planned.days_in_a_row(shift("Europe/Rome", (2026, 3, 5), 22, 6)) == 4
    assert planned.days_in_a_row(shift("Europe/Rome", (2026, 3, 6), 22, 6)) == 1


def test_a_week_begins_on_monday_by_the_agents_clock() -> None:
    zone = ZoneInfo("America/New_York")
    sunday = shift("America/New_York", (2026, 3, 15), 20, 4)
    assert Planned([], zone=zone).longest_week(sunday) == 4 * HOUR
    assert local_week(date(2026, 3, 8), zone).length == 167 * HOUR


def test_a_split_day_is_one_stretch_and_a_rest_ends_it() -> None:
    morning, noon = shift("UTC", (2026, 3, 2), 9, 12), shift("UTC", (2026, 3, 2), 14, 17)
    assert Planned([morning], zone=ZoneInfo("UTC")).stretch_around(noon, rest=11 * HOUR) == Period(
        morning.start, noon.end
    )
    later = shift("UTC", (2026, 3, 3), 4, 8)
    assert Planned([morning, noon], zone=ZoneInfo("UTC")).stretch_around(later, rest=11 * HOUR) == later


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
    _, most = Planned(found, zone=ZoneInfo(zone)).longest_day(one)
    assert max(worked_in([one], day) for day in days) <= most <= max(day.length for day in days)


@given(st.lists(periods, max_size=6), st.lists(periods, min_size=1, max_size=4), st.sampled_from(ZONES))
def test_each_of_many_shifts_is_judged_as_if_it_were_the_only_one(
    found: list[Period], shifts: list[Period], zone: str
) -> None:
    clock = ZoneInfo(zone)
    planned = Planned(found, zone=clock)
    for one in shifts:
        work = [*found, one]
        days, weeks = days_of(one, clock), {local_week(day, clock) for day in days_of(one, clock)}
        assert planned.longest_day(one)[1] == max(worked_in(work, local_day(day, clock)) for day in days)
        assert planned.longest_day(one)[1] <= planned.longest_week(one) <= planned.most(one)
        assert planned.longest_week(one) == max(worked_in(work, week) for week in weeks)
        around = [each for each in merged(work, gap=11 * HOUR) if each.start <= one.start < each.end]
        assert [planned.stretch_around(one, rest=11 * HOUR)] == around
