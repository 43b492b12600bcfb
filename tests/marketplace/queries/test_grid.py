"""Filling the cells of a time axis."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.queries.grid import Grid

GRID = Grid(start=1000, step_seconds=100, cells=6)


def test_axis_begins_with_the_cell_of_now_and_ends_with_the_cell_of_the_end():
    now = datetime(2026, 3, 10, 10, 12, tzinfo=UTC)
    grid = Grid.ahead(now=now, until=datetime(2026, 3, 10, 11, 31, tzinfo=UTC), step_seconds=1800)
    assert datetime.fromtimestamp(grid.start, UTC) == datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
    assert datetime.fromtimestamp(grid.end, UTC) == datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def test_a_period_counts_for_the_part_of_each_cell_that_it_covers():
    filled = GRID.fill(row=[1, 1, 0], start=[1050, 900, 1590], end=[1225, 1100, 9999], weight=[2, 1, 1], rows=2)
    assert filled == pytest.approx(np.array([[0, 0, 0, 0, 0, 0.1], [2, 2, 0.5, 0, 0, 0]]))


def test_what_lies_outside_counts_nowhere():
    filled = GRID.fill(row=[0, 0], start=[0, 1600], end=[1000, 1700], weight=[5, 5], rows=1)
    assert filled.tolist() == [[0] * 6]


periods = st.lists(st.tuples(st.integers(500, 2100), st.integers(0, 900), st.integers(0, 9)), max_size=8)


@given(periods)
def test_filling_is_the_mean_over_each_second(rows):
    each = np.zeros(600)
    for start, length, weight in rows:
        each[max(start - 1000, 0) : max(min(start + length, 1600) - 1000, 0)] += weight
    filled = GRID.fill(
        row=[0] * len(rows),
        start=[start for start, _, _ in rows],
        end=[start + length for start, length, _ in rows],
        weight=[weight for _, _, weight in rows],
        rows=1,
    )
    np.testing.assert_allclose(filled[0], each.reshape(6, 100).mean(axis=1), atol=1e-9)
