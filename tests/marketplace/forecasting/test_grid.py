"""Counts by local day and time."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from marketplace.forecasting.clock import to_wall
from marketplace.forecasting.grid import lay_out, walls_of
from marketplace.forecasting.history import History
from marketplace.forecasting.make import make_forecast

ROME = ZoneInfo("Europe/Rome")
DAY = 86_400


def at(*when, zone=ROME) -> int:
    return round(datetime(*when, tzinfo=zone).timestamp())


def hourly(since: int, until: int, zone=ROME, value=20.0) -> History:
    starts = np.arange(since, until, 3600)
    return History(starts, np.full(len(starts), value), 3600, zone)


def test_a_weekday_and_time_without_a_row_is_closed_and_one_that_misses_some_is_unknown():
    history = hourly(at(2026, 3, 2), at(2026, 3, 16))
    local = [datetime.fromtimestamp(start, ROME) for start in history.starts]
    kept = np.array([one.weekday() != 6 and (one.day, one.hour) != (3, 9) for one in local])
    grid = lay_out(History(history.starts[kept], history.offered[kept], 3600, ROME), since=at(2026, 3, 16))
    assert not grid.opened[6].any()
    assert grid.opened[:6].all()
    assert np.isnan(grid.counts[1, 9])
    assert np.isfinite(grid.counts[8, 9])


def test_the_share_of_open_intervals_that_have_a_count():
    history = hourly(at(2026, 3, 2), at(2026, 3, 16))
    kept = np.ones(len(history.starts), dtype=bool)
    kept[12:24] = False
    grid = lay_out(History(history.starts[kept], history.offered[kept], 3600, ROME), since=at(2026, 3, 16))
    assert grid.filled(np.array([-1, 0, 1])) == pytest.approx([1.0, 0.5, 0.75])


def test_a_weekday_that_the_counts_do_not_reach_is_as_the_others():
    grid = lay_out(hourly(at(2026, 3, 2, 8), at(2026, 3, 4, 18)), since=at(2026, 3, 4, 18))
    assert grid.opened[4].all()
    assert grid.opened[3].all()


def test_what_is_not_over_or_lies_later_is_left_out():
    history = hourly(at(2026, 3, 2), at(2026, 3, 9))
    grid = lay_out(history, since=at(2026, 3, 4, 12, 30))
    assert grid.days == 3
    assert np.isfinite(grid.counts[2, :12]).all()
    assert np.isnan(grid.counts[2, 12:]).all()


def test_an_interval_that_makes_no_whole_day_is_refused():
    with pytest.raises(ValueError, match="divides 86400"):
        lay_out(History(np.array([0]), np.array([1.0]), 7_000, ROME), since=DAY)


@pytest.mark.parametrize(("day", "rows"), [((2026, 3, 29), 46), ((2026, 10, 25), 50), ((2026, 3, 30), 48)])
def test_days_of_a_clock_change_have_the_rows_that_they_have(day, rows):
    since = at(*day)
    starts = np.arange(since - 28 * DAY - 3600, since, 1800)
    history = History(starts, np.full(len(starts), 12.0), 1800, ROME)
    until = round((datetime(*day, tzinfo=ROME) + timedelta(days=1)).timestamp())
    made = make_forecast(history=history, since=since, until=until)
    assert [row.start for row in made.rows] == list(range(since, until, 1800))
    assert len(made.rows) == rows
    assert all(abs(row.mean - 12) < 1.5 for row in made.rows)


def test_walls_of_many_instants_are_those_of_each():
    starts = np.arange(at(2026, 3, 27), at(2026, 4, 1), 1800)
    assert walls_of(starts, ROME).tolist() == [to_wall(int(start), ROME) for start in starts]
