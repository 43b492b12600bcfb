"""Days and weeks by quarters of an hour: the same every time, honest about the bound, and told part by part."""

import numpy as np

from marketplace.staffing.cover import Break, Target, program
from marketplace.staffing.cover import cover as search
from tests.marketplace.staffing.cover.gaps import HOUR, NIGHT, WEEKEND, consistent, cover, gap_of, pattern

LUNCH = Break(seconds=1800, after_seconds=2 * HOUR, before_end_seconds=2 * HOUR, from_length_seconds=6 * HOUR)
REAL = [
    pattern(
        4, most=8, length_step_seconds=2 * HOUR, breaks=(LUNCH,), premiums=(NIGHT, WEEKEND), start_step_seconds=1800
    ),
    pattern(2, most=3, pay=1800, at_home=True, first_start=9 * HOUR, last_start=17 * HOUR, start_step_seconds=1800),
]


def week(seed=1):
    """A queue's week by quarters of an hour, open all day."""
    random = np.random.default_rng(seed)
    hour = np.arange(672) % 96 / 4
    shape = 0.25 + np.exp(-(((hour - 10.5) / 2.2) ** 2)) + 0.8 * np.exp(-(((hour - 15.5) / 2.5) ** 2))
    return np.ceil(9 * shape * random.lognormal(0, 0.1, 672)).astype(int)


def test_days_are_optimal_and_the_same_again():
    gap = gap_of(week(5)[:96], week(6)[:96], step=900)
    first = cover(gap=gap, patterns=REAL, missing_per_hour=6_000)
    assert first.is_optimal
    consistent(first, gap, REAL)
    assert cover(gap=gap, patterns=REAL, missing_per_hour=6_000, workers=2).shifts == first.shifts


def test_many_days_are_close_after_going_through_them():
    gap = gap_of(week(5)[:240], step=900)
    found = search(gap=gap, patterns=REAL, missing_per_hour=6_000, seconds=0.0)
    assert found.relative_gap < 0.005
    consistent(found, gap, REAL)


def test_going_through_days_keeps_groups_and_seats_right():
    targets = (Target(queues=(0,)), Target(queues=(1,)), Target(queues=(0, 1), extra_per_hour=100))
    half = np.maximum(0, week(2)[:144] - 4)
    gap = gap_of(half, np.roll(half, 30), step=900, targets=targets)
    found = search(gap=gap, patterns=REAL, missing_per_hour=6_000, seconds=0.0, seats=np.full(144, 12))
    assert any(shift.target == 2 for shift in found.shifts)
    consistent(found, gap, REAL)


def test_with_no_seconds_to_spend_there_is_an_answer_and_its_bound_is_true():
    gap = gap_of(week(5)[:96], step=900)
    lazy = cover(gap=gap, patterns=REAL, missing_per_hour=6_000, seconds=0.0)
    best = cover(gap=gap, patterns=REAL, missing_per_hour=6_000)
    assert best.is_optimal
    assert lazy.bound <= best.objective <= lazy.objective
    consistent(lazy, gap, REAL)


def test_columns_come_in_by_their_price_where_there_are_many(monkeypatch):
    gap = gap_of(week(3)[:96], step=900)
    whole = cover(gap=gap, patterns=REAL, missing_per_hour=6_000)
    monkeypatch.setattr(program, "AT_ONCE", 0)
    monkeypatch.setattr(program, "ADDED", 40)
    assert cover(gap=gap, patterns=REAL, missing_per_hour=6_000).objective == whole.objective


def test_progress_is_told_part_by_part():
    heard = []
    closed = [1] * 8 + [0] * 8
    cover(
        gap=gap_of(closed * 2, [0] * 32, closed * 2), patterns=[pattern(4)], missing_per_hour=9_000,
        progress=lambda done, of: heard.append((done, of)),
    )  # fmt: skip
    assert heard == [(1, 4), (2, 4), (3, 4), (4, 4)]
