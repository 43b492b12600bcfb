"""Finer counts added up."""

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from marketplace.forecasting.counted import gathered, off_grid, step_of

UTC = ZoneInfo("UTC")
WEEK = 7 * 86_400


def test_five_minutes_make_half_hours_in_any_order():
    starts = np.arange(0, 7200, 300)
    begins, values = gathered(starts[::-1], np.arange(24.0)[::-1], step=300, into=1800, zone=UTC)
    assert begins.tolist() == [0, 1800, 3600, 5400]
    assert values.tolist() == [15, 51, 87, 123]


def test_closed_parts_are_not_missed_and_unknown_ones_are():
    weeks = np.arange(3) * WEEK
    open_parts = np.array([900, 1200, 1500])  # opens at a quarter past
    starts = (weeks[:, None] + open_parts).ravel()
    begins, values = gathered(starts, np.full(9, 10.0), step=300, into=1800, zone=UTC)
    assert values.tolist() == [30, 30, 30]
    begins, values = gathered(np.delete(starts, 4), np.full(8, 10.0), step=300, into=1800, zone=UTC)
    assert begins.tolist() == [0, 2 * WEEK]  # two of three parts are less than 80 %


def test_a_sum_that_misses_little_is_raised():
    starts = np.arange(0, 1800, 300)
    every = np.concatenate([starts, starts[:-1] + WEEK])
    _, values = gathered(every, np.full(11, 10.0), step=300, into=1800, zone=UTC)
    assert values == pytest.approx([60, 60])


def test_the_length_of_intervals_and_what_lies_between_them():
    starts = np.array([0, 1800, 3600, 4000, 5400, 90_000])
    assert step_of(starts) == 1800
    assert off_grid(starts, step=1800, zone=UTC) == [3]
    assert step_of(np.array([5])) is None
