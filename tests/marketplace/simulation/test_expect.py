"""What may be expected: means of what had ended, closed hours, and never anything from after now."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from marketplace.simulation.calls import Contact
from marketplace.simulation.expect import DAY, WEEK, Counts, played

MONDAY = datetime(2026, 3, 2, tzinfo=UTC).timestamp()
NINE = MONDAY + 9 * 3600


def rate(counts, at, now):
    return float(counts.rates(at=at, now=now)[0])


def test_counts_expect_the_mean_of_the_same_weekday_and_time():
    counts = Counts([(0, NINE, 9.0), (0, NINE + WEEK, 27.0), (0, NINE + DAY, 900.0)], queues=1)
    assert rate(counts, NINE + 2 * WEEK, NINE + 2 * WEEK) == 18.0 / 900
    assert rate(counts, NINE + 2 * WEEK + 899, NINE + 2 * WEEK) == 18.0 / 900


def test_counts_know_nothing_that_has_not_ended():
    counts = Counts([(0, NINE, 9.0), (0, NINE + WEEK, 27.0)], queues=1)
    assert math.isnan(rate(counts, NINE + WEEK, NINE + 899))
    assert rate(counts, NINE + WEEK, NINE + 900) == 9.0 / 900
    assert rate(counts, NINE + 2 * WEEK, NINE + WEEK + 899) == 9.0 / 900


def test_counts_take_all_days_until_a_weekday_has_been_seen():
    counts = Counts([(0, NINE, 9.0), (0, NINE + DAY, 27.0)], queues=1)
    assert rate(counts, NINE + 2 * DAY, NINE + 2 * DAY) == 18.0 / 900


def test_counts_take_a_time_without_any_row_within_the_file_as_closed():
    rows = [(0, NINE + day * DAY, 9.0) for day in range(15) if day % 7 != 5]  # never on Saturdays
    counts = Counts(rows, queues=1)
    saturday = NINE + 19 * DAY
    assert rate(counts, saturday, saturday) == 0.0
    assert rate(counts, saturday - DAY, saturday - DAY) == 9.0 / 900


def test_counts_leave_out_an_unknown_interval():
    rows = [(0, NINE + week * WEEK, 9.0 + week) for week in (0, 2)]
    assert rate(Counts(rows, queues=1), NINE + 3 * WEEK, NINE + 3 * WEEK) == 10.0 / 900


def test_counts_follow_the_local_clock_through_its_change():
    rome = ZoneInfo("Europe/Rome")
    before = datetime(2026, 3, 23, 9, tzinfo=rome).timestamp()
    after = datetime(2026, 3, 30, 9, tzinfo=rome).timestamp()
    assert after - before == WEEK - 3600
    assert rate(Counts([(0, before, 9.0)], queues=1, zone=rome), after, after) == 9.0 / 900


@given(st.lists(st.floats(0, 6 * WEEK), min_size=1, max_size=60), st.floats(0, 6 * WEEK), st.floats(0, 2 * DAY))
def test_played_expects_the_same_whatever_comes_after_now(instants, now, ahead):
    contacts = [Contact(0, MONDAY + at, 60.0) for at in sorted(instants)]
    past = [contact for contact in contacts if contact.arrived_at < MONDAY + now]
    seen = played(past, queues=1).rates(at=MONDAY + now + ahead, now=MONDAY + now)
    told = played(contacts, queues=1).rates(at=MONDAY + now + ahead, now=MONDAY + now)
    if past and past[-1].arrived_at // 900 == (MONDAY + now) // 900:
        np.testing.assert_array_equal(seen, told)
    else:  # with later contacts, intervals without a call are known to be empty up to now
        assert np.isnan(seen[0]) or told[0] <= seen[0]


def test_played_counts_an_interval_without_calls_as_zero():
    contacts = [Contact(0, NINE, 60.0), Contact(0, NINE + WEEK + 900, 60.0)]
    assert rate(played(contacts, queues=1), NINE + WEEK + 900, NINE + WEEK + 900) == 0.0
