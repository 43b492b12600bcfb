"""Surge watch over series: the stated rate of false alarms is kept, and real shocks are told in two intervals."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from marketplace.staffing.series import intervals_a_month, least_factor, watch_series
from marketplace.staffing.usual import Usual, learn_usual, usual_counts

BANK = "dev_bank_calls_5min_2003-03-03_2003-05-23.csv"
SHARED = Path(__file__).resolve().parents[3].parent / "shared/data"
INTERVALS = 28
SHAPE = 0.5 + np.sin(np.pi * np.arange(INTERVALS) / INTERVALS)


class Series:
    """`days` of a queue with a level a day and a jitter an interval, negative binomial when mixed."""

    def __init__(self, *, mean: float, spread: float, jitter: float, days: int, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.expected = np.tile(mean * SHAPE, days)
        self.days = np.repeat(np.arange(days), INTERVALS)
        level = self.random.gamma(spread**-2, spread**2, days) if spread else np.ones(days)
        noise = self.random.gamma(jitter**-2, jitter**2, len(self.days)) if jitter else 1.0
        self.rate = self.expected * np.repeat(level, INTERVALS) * noise
        self.counts = self.random.poisson(self.rate).astype(float)

    def usual(self) -> Usual:
        return learn_usual(counts=self.counts, expected=self.expected, days=self.days)

    def day(self, day: int, *, factor: float, at: int) -> np.ndarray:
        """Its counts with a surge of two intervals."""
        rows = slice(day * INTERVALS, (day + 1) * INTERVALS)
        counts = self.counts[rows].copy()
        counts[at : at + 2] = self.random.poisson(self.rate[rows][at : at + 2] * factor)
        return counts


@pytest.mark.parametrize(
    ("mean", "spread", "jitter"), [(2.0, 0.0, 0.0), (20.0, 0.1, 0.0), (300.0, 0.12, 0.0), (300.0, 0.12, 0.08)]
)
def test_false_alarms_stay_below_the_stated_rate(mean: float, spread: float, jitter: float) -> None:
    """Five queue-months, ordinary throughout, at one and at three false alarms a month."""
    series = Series(mean=mean, spread=spread, jitter=jitter, days=150, seed=3)
    for stated in (1.0, 3.0):
        alarms = watch_series(
            counts=series.counts, expected=series.expected, days=series.days, usual=series.usual(), false_alarms=stated
        )
        assert len(alarms) <= 5 * stated


@pytest.mark.parametrize(("mean", "spread", "jitter"), [(8.0, 0.1, 0.0), (60.0, 0.1, 0.05), (600.0, 0.15, 0.06)])
def test_shock_of_the_stated_size_is_told_within_two_intervals(mean: float, spread: float, jitter: float) -> None:
    series = Series(mean=mean, spread=spread, jitter=jitter, days=60, seed=4)
    usual = series.usual()
    month = intervals_a_month(known=np.ones(len(series.days), dtype=bool), days=series.days)
    at = INTERVALS // 2
    factor = least_factor(expected=mean * SHAPE[at], usual=usual, month_intervals=month)
    told = 0
    for day in range(60):
        alarms = watch_series(
            counts=series.day(day, factor=factor, at=at)[: at + 2],
            expected=series.expected[: at + 2],
            days=np.zeros(at + 2),
            usual=usual,
            false_alarms=(at + 2) / INTERVALS,
        )
        told += any(alarm.told in (at, at + 1) for alarm in alarms)
    assert told >= 48


def test_alarm_says_how_much_since_when_how_sure_and_when_it_was_over() -> None:
    series = Series(mean=200.0, spread=0.05, jitter=0.0, days=1, seed=5)
    counts = series.counts.copy()
    counts[10:16] *= 2
    (alarm,) = watch_series(counts=counts, expected=series.expected, days=series.days, usual=Usual(day_spread=0.05))
    assert (alarm.since, alarm.told, alarm.ended) == (10, 10, 16)
    assert alarm.low < 2 < alarm.high
    assert alarm.factor == pytest.approx(2, rel=0.2)
    assert alarm.sure > 0.99
    assert alarm.expected == pytest.approx(series.expected[10], rel=0.15)


def test_nothing_later_changes_what_was_told() -> None:
    series = Series(mean=40.0, spread=0.1, jitter=0.0, days=3, seed=6)
    counts = series.counts.copy()
    counts[40:44] *= 3
    whole = watch_series(counts=counts, expected=series.expected, days=series.days)
    part = watch_series(counts=counts[:42], expected=series.expected[:42], days=series.days[:42])
    assert [(a.since, a.told, a.factor) for a in part] == [(a.since, a.told, a.factor) for a in whole[: len(part)]]
    assert part


def test_busy_day_is_no_surge_and_closed_hours_are_skipped() -> None:
    series = Series(mean=100.0, spread=0.0, jitter=0.0, days=2, seed=7)
    expected = series.expected.copy()
    expected[:3] = np.nan
    busy = np.random.default_rng(8).poisson(series.expected * 1.12).astype(float)
    busy[5] = np.nan
    assert watch_series(counts=busy, expected=expected, days=series.days, usual=Usual(day_spread=0.12)) == []


def test_usual_is_learnt_in_spite_of_surges() -> None:
    series = Series(mean=200.0, spread=0.1, jitter=0.06, days=80, seed=9)
    clean = series.usual()
    series.counts[::97] *= 4
    assert series.usual().jitter == pytest.approx(clean.jitter, abs=0.03)
    assert clean.jitter == pytest.approx(0.06, abs=0.02)
    assert clean.day_spread == pytest.approx(0.1, abs=0.03)
    assert learn_usual(counts=[1.0], expected=[1.0], days=[0]) == Usual()


def test_what_is_expected_comes_from_earlier_days_only() -> None:
    days, times = np.repeat(np.arange(28), 4), np.tile(np.arange(4), 28)
    weekdays = days % 7
    counts = (10.0 + times * 5) * np.where(weekdays == 0, 2.0, 1.0)
    expected, doubt = usual_counts(counts=counts, days=days, times=times, weekdays=weekdays)
    assert np.isnan(expected[days < 5]).all()
    late = (days >= 21) & (weekdays < 5)
    assert expected[late] == pytest.approx(counts[late], rel=0.01)
    assert doubt[late] == pytest.approx(0.0, abs=0.01)
    changed = counts.copy()
    changed[days >= 20] = 999.0
    again, _ = usual_counts(counts=changed, days=days, times=times, weekdays=weekdays)
    assert np.array_equal(expected[days <= 20], again[days <= 20], equal_nan=True)


@pytest.mark.skipif(not (SHARED / BANK).exists(), reason="no shared data")
@pytest.mark.parametrize(
    ("minutes", "factor", "share"), [(30, 1.5, 1.0), (30, 2.0, 1.0), (30, 3.0, 1.0), (5, 1.5, 0.88), (5, 2.0, 1.0)]
)
def test_shocks_in_a_banks_calls_are_told_within_two_intervals(minutes: int, factor: float, share: float) -> None:
    counts, days, times, weekdays = bank_counts(minutes)
    expected, doubt = usual_counts(counts=counts, days=days, times=times, weekdays=weekdays)
    known = np.unique(days[np.isfinite(expected)])
    learnt = np.isin(days, known[:20])
    usual = learn_usual(counts=counts[learnt], expected=expected[learnt], days=days[learnt])
    told = []
    watched = known[20:]
    for day in watched:
        rows = np.flatnonzero(days == day)
        for at in (len(rows) // 4, len(rows) // 2, len(rows) * 3 // 4):
            seen = rows[: at + 2]
            struck = counts[seen].copy()
            struck[at:] *= factor
            alarms = watch_series(
                counts=struck, expected=expected[seen], days=days[seen], usual=usual, doubt=doubt[seen],
                false_alarms=len(seen) / len(rows),
            )  # fmt: skip
            told.append(any(alarm.told >= at for alarm in alarms))
    assert np.mean(told) >= share
    later = np.isin(days, watched)
    alarms = watch_series(
        counts=counts[later], expected=expected[later], days=days[later], usual=usual, doubt=doubt[later]
    )
    assert len(alarms) <= 3


def bank_counts(minutes: int) -> tuple[np.ndarray, ...]:
    """A large bank's calls: counts, days, times, weekdays."""
    found: dict[datetime, float] = {}
    with (SHARED / BANK).open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            at = datetime.fromisoformat(row["ts"])
            start = at.replace(minute=at.minute // minutes * minutes)
            found[start] = found.get(start, 0.0) + float(row["calls"])
    return (
        np.array(list(found.values())),
        np.array([at.toordinal() for at in found]),
        np.array([at.hour * 60 + at.minute for at in found]),
        np.array([at.weekday() for at in found]),
    )
