"""The forecast of one queue as a whole."""

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from marketplace.forecasting.history import History
from marketplace.forecasting.make import make_forecast

UTC = ZoneInfo("UTC")
DAY = 86_400
MONDAY = 4 * DAY  # 5 January 1970


def weekly(*, weeks: int, level: float = 40.0, seed: int = 1, spread: float = 0.1, zone: ZoneInfo = UTC) -> History:
    """Hours 8 to 18 from Monday to Friday, one gamma factor a day, Poisson within."""
    random = np.random.default_rng(seed)
    starts, offered = [], []
    for day in range(weeks * 7):
        if day % 7 < 5:
            factor = random.gamma(1 / spread**2, spread**2)
            for hour in range(8, 18):
                starts.append(MONDAY + day * DAY + hour * 3600)
                offered.append(random.poisson(level * factor * (1 + 0.5 * np.sin(hour - 8))))
    return History(np.array(starts), np.array(offered, dtype=float), 3600, zone)


def test_open_hours_of_the_coming_days_get_ordered_rows_and_closed_ones_none():
    since = MONDAY + 8 * 7 * DAY
    made = make_forecast(history=weekly(weeks=8), since=since, until=since + 14 * DAY)
    assert [row.start for row in made.rows] == [
        since + day * DAY + hour * 3600 for day in range(14) if day % 7 < 5 for hour in range(8, 18)
    ]
    assert all(0 <= row.p10 <= row.p50 <= row.p90 for row in made.rows)
    assert made.backtest.wape is not None
    assert made.backtest.wape < made.backtest.naive_wape
    assert 0.75 <= made.backtest.coverage80 <= 0.87
    assert made.day_spread == pytest.approx(0.1, abs=0.05)


def test_what_comes_later_is_not_looked_at():
    history = weekly(weeks=8)
    since = MONDAY + 5 * 7 * DAY + 12 * 3600
    past = history.starts + 3600 <= since
    cut = History(history.starts[past], history.offered[past], 3600, UTC)
    assert make_forecast(history=history, since=since, until=since + 3 * DAY) == make_forecast(
        history=cut, since=since, until=since + 3 * DAY
    )


def test_no_counts_no_rows():
    empty = History(np.array([], dtype=np.int64), np.array([]), 1800, UTC)
    made = make_forecast(history=empty, since=MONDAY, until=MONDAY + DAY)
    assert (made.rows, made.weeks, made.backtest.wape) == ([], [], None)


def test_a_drawn_day_is_forecast_from_the_first_day_on():
    empty = History(np.array([], dtype=np.int64), np.array([]), 1800, UTC)
    curve = [0.0] * 8 + [20.0] * 10 + [0.0] * 6
    made = make_forecast(history=empty, since=MONDAY, until=MONDAY + DAY, curve=curve)
    assert len(made.rows) == 20
    assert [round(row.mean) for row in made.rows] == [10] * 20


def test_a_sibling_lends_its_week():
    empty = History(np.array([], dtype=np.int64), np.array([]), 3600, UTC)
    since = MONDAY + 8 * 7 * DAY
    sibling = weekly(weeks=8)
    made = make_forecast(history=empty, since=since, until=since + 7 * DAY, like=sibling)
    own = make_forecast(history=sibling, since=since, until=since + 7 * DAY)
    assert [row.start for row in made.rows] == [row.start for row in own.rows]
    assert sum(row.mean for row in made.rows) == pytest.approx(sum(row.mean for row in own.rows), rel=0.15)
    wide, narrow = made.rows[3], own.rows[3]
    assert wide.p90 - wide.p10 > 2 * (narrow.p90 - narrow.p10)
