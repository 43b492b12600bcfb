"""Fifty-two weeks."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from marketplace.forecasting.history import History
from marketplace.forecasting.make import make_forecast
from marketplace.forecasting.weeks import ahead_of

DAY = 86_400
MONDAY = round(datetime(2023, 1, 2, tzinfo=UTC).timestamp())


def daily_level(day: int) -> float:
    return 100 * np.exp(0.3 * np.cos(2 * np.pi * day / 365.25))


def history(days: int, zone="UTC") -> History:
    random = np.random.default_rng(2)
    starts = MONDAY + np.arange(days * 6) * DAY // 6
    offered = [float(random.poisson(daily_level(int(place // 6)))) for place in range(days * 6)]
    return History(starts, np.array(offered), DAY // 6, ZoneInfo(zone))


def test_the_shape_of_the_year_comes_again():
    since = MONDAY + 2 * 364 * DAY
    made = make_forecast(history=history(2 * 364), since=since, until=since + DAY)
    assert len(made.weeks) == 52
    assert made.weeks[0].start == since
    truth = np.array([sum(6 * daily_level(2 * 364 + 7 * week + day) for day in range(7)) for week in range(52)])
    means = np.array([week.mean for week in made.weeks])
    assert np.abs(means / truth - 1).mean() < 0.06
    assert all(0 < week.p10 < week.p50 < week.p90 for week in made.weeks)


def test_weeks_begin_on_local_mondays_and_widen():
    since = MONDAY + 100 * DAY + 3600
    made = make_forecast(history=history(100, "Europe/Rome"), since=since, until=since + DAY)
    local = [datetime.fromtimestamp(week.start, ZoneInfo("Europe/Rome")) for week in made.weeks]
    assert all((one.weekday(), one.hour) == (0, 0) for one in local)
    assert local[0].timestamp() >= since
    width = [np.log(week.p90 / week.p10) for week in made.weeks]
    assert width[-1] > 1.5 * width[0]


def test_without_a_whole_week_nothing_is_known_of_the_level():
    log, variance = ahead_of(np.array([np.nan]), np.array([False]), weeks=4)
    assert log.tolist() == [0, 0, 0, 0]
    assert variance[0] >= 0.25


def test_a_steady_level_stays():
    log, variance = ahead_of(np.full(30, 1000.0), np.ones(30, dtype=bool), weeks=10)
    assert np.exp(log) == pytest.approx(np.full(10, 1000.0), rel=0.02)
    assert (np.diff(variance) > 0).all()
