"""Holidays and events: learnt, given, closed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from marketplace.forecasting.history import Event, History
from marketplace.forecasting.make import make_forecast
from marketplace.forecasting.special import holidays_of, known_country

ZONE = ZoneInfo("UTC")
DAY = 86_400
BEGIN = round(datetime(2024, 10, 7, tzinfo=UTC).timestamp())
"""A Monday."""


def history(days, *, country="", events=(), factor=lambda _: 1.0, hours=range(8, 18), level=60.0) -> History:
    random = np.random.default_rng(3)
    starts, offered = [], []
    for day in range(days):
        share = factor(date(2024, 10, 7) + timedelta(days=day))
        for hour in hours:
            if share is not None:
                starts.append(BEGIN + day * DAY + hour * 3600)
                one = share(hour) if callable(share) else share
                offered.append(float(random.poisson(level * one)))
    return History(np.array(starts), np.array(offered), 3600, ZONE, country, tuple(events))


def mean_of(made, since, hours=range(24)) -> float:
    of_day = [row.mean for row in made.rows if since <= row.start < since + DAY and row.start % DAY // 3600 in hours]
    return float(np.mean(of_day)) if of_day else 0.0


def forecast(given: History, day: int):
    """For the day that comes after so many days, from the end of the day before."""
    since = BEGIN + day * DAY
    return make_forecast(history=given, since=since, until=since + DAY), since


CHRISTMAS = (date(2025, 12, 25) - date(2024, 10, 7)).days


def test_a_holiday_is_as_it_was_the_year_before():
    quiet = {date(2024, 12, 25), date(2024, 12, 26), date(2025, 1, 1)}
    given = history(CHRISTMAS, country="IT", factor=lambda day: 0.3 if day in quiet else 1.0)
    made, since = forecast(given, CHRISTMAS)
    assert mean_of(made, since) == pytest.approx(0.3 * 60, rel=0.25)
    plain, _ = forecast(history(CHRISTMAS, factor=lambda day: 0.3 if day in quiet else 1.0), CHRISTMAS)
    assert mean_of(plain, since) == pytest.approx(60, rel=0.1)


def test_a_holiday_without_counts_the_year_before_is_closed():
    given = history(CHRISTMAS, country="IT", factor=lambda day: None if day == date(2024, 12, 25) else 1.0)
    made, _ = forecast(given, CHRISTMAS)
    assert made.rows == []
    assert mean_of(*forecast(given, CHRISTMAS - 2)) > 50


def test_a_holiday_never_seen_is_guessed_lower_and_wide():
    given = history(60, country="IT", factor=lambda day: 0.4 if day.weekday() == 6 else 1.0)
    given = History(given.starts - 28 * DAY, given.offered, 3600, ZONE, "IT")  # from 9 September on
    all_saints = round(datetime(2024, 11, 1, tzinfo=UTC).timestamp())
    made = make_forecast(history=given, since=all_saints, until=all_saints + DAY)
    plain = make_forecast(
        history=History(given.starts, given.offered, 3600, ZONE), since=all_saints, until=all_saints + DAY
    )
    assert 0.35 * mean_of(plain, all_saints) < mean_of(made, all_saints) < 0.9 * mean_of(plain, all_saints)
    assert made.rows[3].p90 / made.rows[3].p10 > 1.5 * plain.rows[3].p90 / plain.rows[3].p10


def test_a_given_event_multiplies_its_hours_only():
    day = 70
    start = BEGIN + day * DAY + 10 * 3600
    made, since = forecast(history(day, events=[Event("mailing", start, start + 4 * 3600, 1.5)]), day)
    plain, _ = forecast(history(day), day)
    assert mean_of(made, since, range(10, 14)) == pytest.approx(1.5 * mean_of(plain, since, range(10, 14)), rel=0.02)
    assert mean_of(made, since, range(14, 18)) == pytest.approx(mean_of(plain, since, range(14, 18)), rel=0.02)


def test_an_event_without_a_factor_is_learnt_from_those_of_its_name_and_does_not_count_as_normal():
    runs = [30, 44, 58]
    events = [Event("bill run", BEGIN + day * DAY, BEGIN + (day + 1) * DAY) for day in (*runs, 72)]
    started = date(2024, 10, 7)
    given = history(72, events=events, factor=lambda day: 1.8 if (day - started).days in runs else 1.0)
    made, since = forecast(given, 72)
    assert mean_of(made, since) == pytest.approx(1.8 * 60, rel=0.12)
    after, since = forecast(given, 65)  # the same weekday as the last run, a week later
    assert mean_of(after, since) == pytest.approx(60, rel=0.1)


def test_countries_and_their_parts():
    assert known_country("IT")
    assert known_country("DE-BY")
    assert not known_country("XX")
    assert not known_country("DE-XX")
    assert "Christmas Day" in holidays_of("IT", 2026).values()
