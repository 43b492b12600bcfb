"""Local periods against zoneinfo itself: an instant lies in one if and only if the clock on the wall says so."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.claiming.hours import Period
from marketplace.claiming.readings import covered, ending, on_day, without

ROME, NEW_YORK, LORD_HOWE = (ZoneInfo(name) for name in ("Europe/Rome", "America/New_York", "Australia/Lord_Howe"))
NIGHTS = [
    (ROME, date(2026, 3, 29)), (ROME, date(2026, 10, 25)),
    (NEW_YORK, date(2026, 3, 8)), (NEW_YORK, date(2026, 11, 1)),
    (LORD_HOWE, date(2026, 4, 5)), (LORD_HOWE, date(2026, 10, 4)),
]  # fmt: skip
quarters = st.integers(0, 95).map(lambda number: time(number // 4, number % 4 * 15))


def utc(*figures: int) -> datetime:
    return datetime(*figures, tzinfo=UTC)


def spans(periods: list[Period]) -> list[tuple[datetime, datetime]]:
    return [(period.start, period.end) for period in periods]


@given(st.sampled_from(NIGHTS), st.integers(-2, 2), quarters, quarters)
def test_an_instant_is_in_the_period_when_the_clock_reads_so(night, days, start, end):
    zone, night_of_change = night
    day = night_of_change + timedelta(days=days)
    found = on_day(day, start=start, end=end, zone=zone)
    first, last = datetime.combine(day, start), ending(day, start=start, end=end)
    instant = utc(day.year, day.month, day.day) - timedelta(hours=24)
    for _ in range(3 * 96 + 8):
        reads = instant.astimezone(zone).replace(tzinfo=None)
        assert any(one.start <= instant < one.end for one in found) == (first <= reads < last)
        instant += timedelta(minutes=15)


@given(st.sampled_from([ROME, NEW_YORK, LORD_HOWE]), st.dates(date(2020, 1, 1), date(2030, 1, 1)), quarters, quarters)
def test_pieces_come_in_order_and_do_not_touch(zone, day, start, end):
    found = on_day(day, start=start, end=end, zone=zone)
    assert all(one.start < one.end for one in found)
    assert all(left.end < right.start for left, right in pairwise(found))


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [(ROME, date(2026, 3, 28), 7), (ROME, date(2026, 10, 24), 9), (ROME, date(2026, 7, 1), 8),
     (NEW_YORK, date(2026, 3, 7), 7), (NEW_YORK, date(2026, 10, 31), 9),
     (LORD_HOWE, date(2026, 4, 4), 8.5), (LORD_HOWE, date(2026, 10, 3), 7.5)],
)  # fmt: skip
def test_a_night_lasts_as_long_as_the_clock_makes_it(zone, day, hours):
    [night] = on_day(day, start=time(22), end=time(6), zone=zone)
    assert night.length == timedelta(hours=hours)


def test_a_skipped_start_is_the_jump():
    assert spans(on_day(date(2026, 3, 29), start=time(2, 30), end=time(4), zone=ROME)) == [
        (utc(2026, 3, 29, 1), utc(2026, 3, 29, 2))
    ]


def test_a_period_that_is_skipped_whole_does_not_take_place():
    assert on_day(date(2026, 3, 29), start=time(2), end=time(3), zone=ROME) == []


def test_part_of_the_doubled_hour_comes_twice():
    assert spans(on_day(date(2026, 10, 25), start=time(2, 15), end=time(2, 45), zone=ROME)) == [
        (utc(2026, 10, 25, 0, 15), utc(2026, 10, 25, 0, 45)),
        (utc(2026, 10, 25, 1, 15), utc(2026, 10, 25, 1, 45)),
    ]


def test_what_is_cut_out_leaves_both_sides():
    morning = Period(utc(2026, 1, 1, 8), utc(2026, 1, 1, 12))
    coffee = Period(utc(2026, 1, 1, 9), utc(2026, 1, 1, 10))
    left = without([morning], [coffee])
    assert spans(left) == [(morning.start, coffee.start), (coffee.end, morning.end)]
    assert without([coffee], [morning]) == []
    assert not covered(morning, left)
    assert covered(morning, [*left, coffee])
