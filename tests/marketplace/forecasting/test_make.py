"""The forecast of one queue as a whole."""

import warnings
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


def without_zeros(*, rate: float, seed: int) -> History:
    """Twelve weeks of a queue with a row only where somebody called."""
    made = weekly(weeks=12, level=rate, seed=seed)
    return History(made.starts[made.offered > 0], made.offered[made.offered > 0], 3600, UTC)


@pytest.mark.parametrize("rate", [0.3, 0.5, 1.0])
def test_a_queue_with_rows_only_where_somebody_called_is_forecast_no_worse_than_by_last_week(rate):
    ours, naive = 0.0, 0.0
    for seed in range(4):
        made = make_forecast(
            history=without_zeros(rate=rate, seed=seed), since=MONDAY + 84 * DAY, until=MONDAY + 91 * DAY
        )
        ours, naive = ours + made.backtest.wape, naive + made.backtest.naive_wape
    assert ours < 1.05 * naive


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


def test_a_level_shift_is_followed_within_days_and_an_odd_day_is_not():
    history = weekly(weeks=10, spread=0.03)
    since = MONDAY + 10 * 7 * DAY
    shifted = np.where(history.starts >= since - 7 * DAY, 1.6, 1.0)
    made = make_forecast(
        history=History(history.starts, history.offered * shifted, 3600, UTC), since=since, until=since + 7 * DAY
    )
    plain = make_forecast(history=history, since=since, until=since + 7 * DAY)
    ratio = sum(row.mean for row in made.rows) / sum(row.mean for row in plain.rows)
    assert 1.4 < ratio < 1.7
    friday = (history.starts >= since - 3 * DAY) & (history.starts < since - 2 * DAY)
    odd = History(history.starts, np.where(friday, history.offered * 4, history.offered), 3600, UTC)
    once = make_forecast(history=odd, since=since, until=since + 7 * DAY)
    assert sum(row.mean for row in once.rows) / sum(row.mean for row in plain.rows) < 1.35


@pytest.mark.parametrize(("days", "low", "high"), [(2, 0.9, 1.6), (3, 2.4, 3.6), (4, 2.6, 3.4)])
def test_three_days_of_three_times_as_many_are_a_new_level_and_two_are_not(days, low, high):
    history = weekly(weeks=10, level=400, spread=0.03)
    since = MONDAY + 9 * 7 * DAY + days * DAY
    shifted = np.where(history.starts >= MONDAY + 9 * 7 * DAY, 3.0, 1.0)
    after, plain = (
        make_forecast(
            history=History(history.starts, history.offered * times, 3600, UTC), since=since, until=since + 14 * DAY
        )
        for times in (shifted, 1.0)
    )
    assert low < sum(row.mean for row in after.rows) / sum(row.mean for row in plain.rows) < high


def test_ten_times_the_contacts_are_about_ten_times_the_forecast():
    history = weekly(weeks=8, level=80)
    since = MONDAY + 8 * 7 * DAY
    one = make_forecast(history=history, since=since, until=since + 7 * DAY)
    tenfold = History(history.starts, history.offered * 10, 3600, UTC)
    ten = make_forecast(history=tenfold, since=since, until=since + 7 * DAY)
    assert [row.mean for row in ten.rows] == pytest.approx([10 * row.mean for row in one.rows], rel=0.05)


@given(
    days=st.integers(1, 30),
    level=st.floats(0, 60),
    missing=st.floats(0, 0.7),
    step=st.sampled_from([900, 1800, 3600, 86_400]),
    hour=st.integers(0, 23),
    zone=st.sampled_from(["UTC", "Europe/Rome", "America/New_York", "Australia/Lord_Howe"]),
    seed=st.integers(0, 99),
)
@settings(max_examples=30, deadline=None)
def test_whatever_was_counted_the_rows_are_in_order_and_make_sense(days, level, missing, step, hour, zone, seed):
    random = np.random.default_rng(seed)
    begin = 1_774_000_000 // DAY * DAY  # some days before Europe's clock goes forward
    starts = begin + np.arange(0, days * DAY, step)
    starts = starts[random.random(len(starts)) >= missing]
    offered = random.poisson(level, len(starts)).astype(float)
    since = begin + days * DAY + hour * 3600
    until = since + 20 * DAY
    made = make_forecast(history=History(starts, offered, step, ZoneInfo(zone)), since=since, until=until)
    begins = [row.start for row in made.rows]
    assert all(later - earlier >= step for earlier, later in pairwise(begins))
    assert all(since - step < start < until for start in begins)
    for row in [*made.rows, *made.weeks]:
        assert 0 <= row.p10 <= row.p50 <= row.p90 < np.inf
        assert 0 <= row.mean < max(50.0, 30 * (level + 1)) * 7 * DAY / step
    assert bool(made.rows) == bool(len(starts))


@pytest.mark.parametrize("days", [1, 3, 6, 10])
def test_a_young_queue_gets_a_wide_but_sensible_forecast(days):
    history = weekly(weeks=2, level=100, spread=0.05)
    since = MONDAY + days * DAY
    made = make_forecast(history=history, since=since, until=MONDAY + 14 * DAY)
    assert made.rows
    usual = [offered for start, offered in zip(history.starts, history.offered, strict=True) if start % DAY == 36_000]
    ten = [row for row in made.rows if row.start % DAY == 36_000]
    assert all(0.5 < row.mean / np.mean(usual) < 1.6 for row in ten)
    if days < 6:
        assert all(row.p90 > 1.25 * row.p10 for row in ten)


@pytest.mark.parametrize("level", [0.3, 1.0, 2.0])
def test_the_band_of_a_quiet_queue_holds_about_what_it_says(level):
    random = np.random.default_rng(17)
    starts = MONDAY + 1800 * np.arange(35 * 48)
    history = History(starts, random.poisson(level, len(starts)).astype(float), 1800, UTC)
    since = int(starts[-1]) + 1800
    rows = make_forecast(history=history, since=since, until=since + 14 * 86_400).rows
    came = random.poisson(level, len(rows))
    inside = np.mean([row.p10 <= one <= row.p90 for row, one in zip(rows, came, strict=True)])
    assert 0.7 <= inside <= 0.95


@pytest.mark.parametrize("days", [1, 2, 5])
def test_after_a_day_or_two_the_band_is_wide_but_not_absurd(days):
    random = np.random.default_rng(18)
    starts = MONDAY + 1800 * np.arange(days * 48)
    history = History(starts, random.poisson(20.0, len(starts)).astype(float), 1800, UTC)
    since = int(starts[-1]) + 1800
    rows = make_forecast(history=history, since=since, until=since + 2 * 86_400).rows
    assert len(rows) >= 48
    for row in rows:
        assert 0.4 * row.mean < row.p50 < 1.3 * row.mean
        assert row.p90 < 4 * row.mean


def test_long_after_the_last_count_the_level_is_still_the_last_known():
    random = np.random.default_rng(19)
    starts = MONDAY + 1800 * np.arange(60 * 48)
    history = History(starts, random.poisson(20.0, len(starts)).astype(float), 1800, UTC)
    since = int(starts[-1]) + 1800 + 400 * 86_400
    rows = make_forecast(history=history, since=since, until=since + 86_400).rows
    assert np.mean([row.mean for row in rows]) == pytest.approx(20, rel=0.25)
    assert all(row.p10 < row.p50 < row.p90 for row in rows)


def test_only_zeros_are_forecast_without_a_murmur():
    starts = MONDAY + 1800 * np.arange(30 * 48)
    since = int(starts[-1]) + 1800
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = make_forecast(
            history=History(starts, np.zeros(len(starts)), 1800, UTC), since=since, until=since + 86_400
        )
    assert {(round(row.mean, 9), row.p10, row.p90) for row in made.rows} == {(0.0, 0.0, 0.0)}
