"""Figures as people read them."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from marketplace.queries.recent import History
from marketplace.templatetags.figures import contacts, left, on_day, percent, signed, span, sureness, worth
from marketplace.templatetags.shift_figures import span_of
from marketplace.views.sparkline import sparkline
from tests.factories import NOW


@pytest.mark.parametrize(
    ("share", "text"), [(None, "—"), (0.794, "79 %"), (0.9999, "99 %"), (1.0, "100 %"), (0.0, "0 %")]
)
def test_percent_never_rounds_up_to_all(share, text):
    assert percent(share) == text


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ((7, 0), (12, 0), "Mon 7 Dec – Fri 11 Dec"),
        ((7, 0), (8, 0), "Mon 7 Dec"),
        ((7, 9), (8, 0), "Mon 7 Dec 09:00 – Tue 8 Dec 00:00"),
    ],
)
def test_whole_days_are_named_without_times(start, end, text):
    lower, upper = (datetime(2026, 12, day, hour, tzinfo=UTC) for day, hour in (start, end))
    assert span_of(DateTimeTZRange(lower, upper)) == text


@pytest.mark.parametrize(("seconds", "text"), [(0, "—"), (None, "—"), (9, "0:09"), (168, "2:48"), (4200, "1 h 10")])
def test_span_is_minutes_then_hours(seconds, text):
    assert span(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 min"),
        (0, "0 min"),
        (1, "1 min"),
        (60, "1 min"),
        (61, "2 min"),
        (3599, "1 h 00 min"),
        (3900, "1 h 05 min"),
    ],
)
def test_time_left_counts_a_begun_minute(seconds, text):
    assert left(NOW + timedelta(seconds=seconds), NOW) == text


def test_days_within_a_sentence_have_no_capital():
    assert [on_day(NOW + timedelta(days=days), NOW) for days in (0, 1, 2)] == ["today", "tomorrow", "Thu 12 Mar"]


@pytest.mark.parametrize(("number", "text"), [(None, ""), (0, "±0"), (3, "+3"), (-12, "−12")])
def test_signed_shows_the_sign(number, text):
    assert signed(number) == text


@pytest.mark.parametrize(
    ("number", "text"), [(3.14, "+3.1"), (-0.22, "−0.2"), (0.01, "0.0"), (0.07, "+0.1"), (150.4, "+150")]
)
def test_worth_is_a_gain_or_a_cost(number, text):
    assert worth(number) == text


def test_contacts_that_nobody_knows_are_a_dash():
    assert contacts(None) == "—"


def test_sparkline_of_nothing_is_empty():
    assert sparkline(History()).line == ""


def test_sparkline_leaves_gaps_where_nothing_is_known():
    spark = sparkline(History(rate=[1.0, 2.0, math.nan, 2.0, 1.0]))
    assert spark.line.count("M") == 2
    assert spark.rate == 1.0


def test_sparkline_fits_band_and_line_into_the_box():
    spark = sparkline(History(rate=[0.0, 4.0], low=[1.0, 1.0], high=[2.0, 2.0]))
    assert spark.line == "M0 23L147 3"
    assert spark.band == "M0 13L147 13L147 18L0 18Z"


@pytest.mark.parametrize(
    ("share", "shown"), [(1.0, "sure 100 %"), (0.97, "sure 97 %"), (0.5, "sure 50 %"), (0.01, "easing")]
)
def test_a_surge_that_is_likelier_over_says_no_figure(share, shown):
    assert sureness(share) == shown
