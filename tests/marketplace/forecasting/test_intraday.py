"""The rest of a day, corrected."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.forecasting.forecast_row import ForecastRow
from marketplace.forecasting.intraday import Surging, correct_day

STEP = 1800
ROWS = [ForecastRow(slot * STEP, 100.0, 85.0, 100.0, 116.0) for slot in range(16, 36)]
NOON = 20 * STEP


def corrected(share: float, *, rows=ROWS, spread=0.1, now=NOON, came=None):
    given = {row.start: row.mean * share for row in rows if row.start < now} if came is None else came
    return correct_day(rows=rows, step_seconds=STEP, came=given, now=now, day_spread=spread)


def test_a_day_as_foretold_stays_as_it_was_and_is_surer():
    rest = corrected(1.0)
    assert [row.start for row in rest] == [row.start for row in ROWS[4:]]
    assert all(abs(row.mean - 100) < 0.5 for row in rest)
    assert all(row.p90 - row.p10 < 31 for row in rest)


def test_a_busy_queue_believes_most_and_the_next_hours_more():
    rest = corrected(1.2)
    assert 112 < rest[-1].mean < rest[0].mean < 120


def test_a_quiet_queue_believes_little():
    quiet = [ForecastRow(row.start, 1.0, 0.0, 0.8, 2.3) for row in ROWS]
    rest = corrected(1.2, rows=quiet)
    assert all(1.0 < row.mean < 1.02 for row in rest)


def test_nothing_seen_or_nothing_uncertain_changes_nothing():
    assert corrected(1.2, came={}) == ROWS[4:]
    assert corrected(1.2, spread=0.0) == ROWS[4:]
    assert corrected(1.2, now=36 * STEP) == []


def test_an_interval_that_runs_counts_by_its_elapsed_part():
    now = NOON + STEP // 2
    came = {row.start: 100.0 for row in ROWS[:4]} | {NOON: 50.0}
    rest = corrected(1.0, now=now, came=came)
    assert rest[0].start == NOON
    assert abs(rest[1].mean - 100) < 0.5


@pytest.mark.parametrize("level", [1.5, 8.0, 60.0])
def test_little_is_lost_to_who_knows_how_the_counts_arise(level):
    draw, day, seen = np.random.default_rng(7), 0.1, 4
    sure = np.sqrt(level + (day * level) ** 2) * 1.2815515655446004
    rows = [ForecastRow(row.start, level, max(level - sure, 0.0), level, level + sure) for row in ROWS]
    off = np.zeros(3)
    for _ in range(600):
        factor = draw.gamma(1 / day**2, day**2)
        counts = draw.poisson(level * factor, len(ROWS))
        came = {row.start: float(one) for row, one in zip(rows[:seen], counts, strict=False)}
        ours = sum(row.mean for row in corrected(1.0, rows=rows, spread=day, came=came))
        best = (1 / day**2 + counts[:seen].sum()) / (1 / day**2 + seen * level) * level * (len(ROWS) - seen)
        off += (np.array([level * (len(ROWS) - seen), ours, best]) - counts[seen:].sum()) ** 2
    assert off[2] <= off[1] <= off[2] + 0.1 * off[0]


@given(
    st.lists(st.floats(0, 300), min_size=4, max_size=4),
    st.floats(0.01, 0.6),
    st.floats(0.2, 400),
)
def test_quantiles_stay_in_order_and_above_zero(came, spread, level):
    rows = [ForecastRow(row.start, level, level * 0.6, level * 0.97, level * 1.5) for row in ROWS]
    rest = corrected(1.0, rows=rows, spread=spread, came={row.start: one for row, one in zip(rows, came, strict=False)})
    assert len(rest) == 16
    for row in rest:
        assert 0 <= row.p10 <= row.p50 <= row.p90
        assert row.mean > 0


@pytest.mark.parametrize(("factor", "minutes"), [(5.0, 6), (2.0, 15)])
def test_a_surge_raises_the_next_hours_and_fades(factor, minutes):
    now = NOON + 60 * minutes
    came = {row.start: 100.0 for row in ROWS[:4]} | {NOON: factor * 100 * minutes / 30}
    calm = corrected(1.0, now=now, came=came, spread=0.03)
    surge = Surging(since=NOON, factor=factor)
    found = correct_day(rows=ROWS, step_seconds=STEP, came=came, now=now, day_spread=0.03, surge=surge)
    assert calm[1].mean < 1.3 * 100
    assert 0.7 * factor * 100 < found[0].mean < 1.2 * factor * 100
    assert all(later.mean <= earlier.mean for earlier, later in pairwise(found))
    assert found[1].mean > 1.3 * calm[1].mean
    assert found[-1].mean < 1.1 * calm[-1].mean
    for new, old in zip(found, ROWS[4:], strict=True):
        assert min(old.p10, new.p50) <= new.p10 <= new.p50 <= new.p90


def test_a_surge_that_was_told_but_did_not_come_changes_little():
    came = {row.start: 100.0 for row in ROWS[:4]}
    surge = Surging(since=NOON - STEP, factor=4.0)
    found = correct_day(rows=ROWS, step_seconds=STEP, came=came, now=NOON, day_spread=0.03, surge=surge)
    assert all(row.mean == pytest.approx(100, rel=0.05) for row in found)
