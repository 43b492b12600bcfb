"""From figures to paths."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.views.charts import Scale, above, area, bars, between, line, round_step, steps, upright

NAN = float("nan")


def test_line_is_interrupted_where_nothing_is_known():
    assert line([0, 0.5, 0.6, 1], [0, 1, NAN, 0.5]) == "M0 1000L500 0M1000 500"


def test_area_goes_there_above_and_back_below():
    assert area([0, 1], [0, 0.25], [1, 0.5]) == "M0 0L1000 500L1000 750L0 1000Z"


def test_stair_holds_each_value_until_the_next_edge():
    assert steps([0, 0.5, 1], [0.2, 0.8]) == "M0 800L500 800L500 200L1000 200"
    assert between([0, 1], [0.1], [0.3]) == "M0 700L1000 700L1000 900L0 900Z"


def test_above_is_drawn_only_where_it_is_higher():
    assert above([0, 0.5, 1], [0.5, 0.2], [0.4, 0.3]) == "M0 600H500V500H0Z"
    assert above([0, 1], [NAN], [0.3]) == ""


def test_bars_stand_and_hang_from_the_middle():
    assert bars([0.5, 0, -1, NAN], middle=0.5, room=0.4) == "M0 500H250V300H0ZM500 500H750V900H500Z"


def test_nothing_is_drawn_of_nothing():
    assert [line([], []), area([], [], []), bars([], middle=0.5, room=0.5)] == ["", "", ""]


@given(st.floats(1e-6, 1e9))
def test_round_steps_are_1_2_5_and_not_less(about):
    step = round_step(about)
    assert about * (1 - 1e-6) <= step <= 2.5 * about * (1 + 1e-6)
    assert re.fullmatch(r"[125]e[+-]\d+", f"{step:.0e}")
    assert step == pytest.approx(float(f"{step:.0e}"))


@given(st.lists(st.floats(0, 1e6) | st.just(NAN), max_size=9))
def test_scale_has_room_for_everything_and_begins_at_zero(values):
    scale, ticks = upright([values])
    known = [value for value in values if not np.isnan(value)]
    assert all(0 <= part <= 1 for part in scale.at([*known, *ticks]))
    assert ticks[0] == 0
    assert len(ticks) <= 8
    assert Scale(0, 4).at(1) == 0.25
