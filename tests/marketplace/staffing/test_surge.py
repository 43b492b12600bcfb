"""Surges: found soon, seldom falsely, gone when they are gone. Days are simulated from printed seeds."""

import csv
import gzip
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from marketplace.staffing.checks import FloatArray
from marketplace.staffing.surge import Memory, Surges, watch

CALLS = Path(__file__).resolve().parents[3].parent / "shared/data/bank1999_feb_calls.csv.gz"
DAY_CV = 0.09
"""How much the day's level varies in real data, as coefficient of variation."""


class Floor:
    """Queues whose contacts are drawn at `rate` a second × a level a day, and watched as they come."""

    def __init__(
        self, rate: FloatArray, *, seed: int, step: float, day_cv: float = DAY_CV, forecast: bool = True
    ) -> None:
        self.random = np.random.default_rng(seed)
        self.rate = rate
        self.level = self.random.gamma(day_cv**-2, day_cv**2, len(rate)) if day_cv else np.ones(len(rate))
        self.step = step
        self.forecast = rate if forecast else np.full(len(rate), np.nan)
        self.memory = Memory.fresh(len(rate))

    def report(self, factor: float = 1.0) -> Surges:
        self.memory, surges = watch(
            memory=self.memory,
            offered=self.random.poisson(self.rate * self.level * factor * self.step),
            elapsed_seconds=self.step,
            expected_rate=self.forecast,
        )
        return surges

    def run(self, hours: float, factor: float = 1.0) -> list[Surges]:
        return [self.report(factor) for _ in range(int(hours * 3600 / self.step))]


def delays(reports: list[Surges], step: float) -> FloatArray:
    """Seconds to the first alarm of each queue; infinite where there was none."""
    began = np.array([surges.began for surges in reports])
    return np.where(began.any(axis=0), (began.argmax(axis=0) + 1) * step, np.inf)


@pytest.mark.parametrize(
    ("per_minute", "step", "day_cv"),
    [(1, 10.0, 0.09), (1, 15.0, 0.18), (5, 10.0, 0.18), (10, 60.0, 0.09), (60, 30.0, 0.0)],
)
def test_false_alarms_stay_below_the_stated_rate(per_minute: int, step: float, day_cv: float) -> None:
    """Sixty queue-days without a surge. Sixty alarms are allowed; twelve is what was measured, and luck."""
    floor = Floor(np.full(120, per_minute / 60), seed=11, step=step, day_cv=day_cv)
    alarms = sum(int(surges.began.sum()) for surges in floor.run(12))
    assert alarms <= 12


def test_the_bound_holds_at_the_very_edge_of_ordinary_demand() -> None:
    """Every queue at 1.15 × its forecast, which the detector has to call ordinary; one alarm in four hours allowed."""
    floor = Floor(np.full(300, 5 / 60), seed=12, step=10.0, day_cv=0.0)
    floor.level = np.full(300, 1.15)
    alarms = 0
    for _ in range(1_440):
        floor.memory, surges = watch(
            memory=floor.memory, offered=floor.random.poisson(floor.rate * floor.level * 10.0), elapsed_seconds=10.0,
            expected_rate=floor.rate, false_alarm_days=4 / 24,
        )  # fmt: skip
        alarms += int(surges.began.sum())
    assert alarms <= 300


@pytest.mark.parametrize(
    ("per_minute", "factor", "median", "ninetieth"),
    [
        (10, 3.0, 75, 130),
        (5, 3.0, 130, 240),
        (1, 3.0, 500, 1_200),
        (10, 5.0, 30, 50),
        (1, 5.0, 170, 320),
        (10, 2.0, 260, 480),
    ],
)
def test_a_surge_is_found_in_time(per_minute: int, factor: float, median: float, ninetieth: float) -> None:
    floor = Floor(np.full(150, per_minute / 60), seed=13, step=5.0)
    calm = ~floor.run(1.0)[-1].on
    found = delays(floor.run(0.6, factor), 5.0)[calm]
    assert np.median(found) <= median
    assert np.quantile(found, 0.9, method="lower") <= ninetieth


@pytest.mark.parametrize("step", [2.0, 15.0, 60.0])
def test_the_spacing_of_reports_matters_little(step: float) -> None:
    floor = Floor(np.full(150, 5 / 60), seed=14, step=step)
    calm = ~floor.run(1.0)[-1].on
    assert np.median(delays(floor.run(0.25, 3.0), step)[calm]) <= 120 + step


def test_a_surge_is_measured_dated_and_sure() -> None:
    floor = Floor(np.full(200, 10 / 60), seed=15, step=5.0)
    floor.run(1.0)
    surges = floor.run(0.1, 3.0)[-1]
    assert surges.on.all()
    assert np.median(surges.factor / floor.level) == pytest.approx(3.0, abs=0.25)
    assert np.quantile(surges.factor / floor.level, [0.1, 0.9]) == pytest.approx([3.0, 3.0], abs=0.8)
    assert np.median(surges.since_seconds) == pytest.approx(360, abs=15)
    assert np.quantile(np.abs(surges.since_seconds - 360), 0.9) < 60
    assert np.median(surges.sure) > 0.99
    assert (surges.sure > 0.9).mean() > 0.95


def test_a_surge_that_is_over_ends_and_another_is_found() -> None:
    floor = Floor(np.full(100, 10 / 60), seed=16, step=5.0)
    floor.run(1.0)
    assert floor.run(0.75, 3.0)[-1].on.all()
    after = floor.run(0.1)
    assert after[-1].on.mean() < 0.05
    assert sum(int(surges.ended.sum()) for surges in after) >= 95
    calm = ~after[-1].on
    assert (after[-1].factor[calm] == 1).all()
    assert (after[-1].since_seconds[calm] == 0).all()
    floor.run(0.25)
    assert np.median(delays(floor.run(0.25, 3.0), 5.0)) <= 75


def test_a_busy_day_is_no_surge_once_it_is_known() -> None:
    """From two hours into days 15 % above forecast; the same demand out of the blue may well be called a surge."""
    floor = Floor(np.full(100, 10 / 60), seed=17, step=10.0, day_cv=0.0)
    floor.level = np.full(100, 1.15)
    floor.run(2.0)
    alarms = sum(int(surges.began.sum()) for surges in floor.run(6.0))
    assert alarms <= 3


def test_a_queue_without_a_forecast_is_compared_with_itself() -> None:
    floor = Floor(np.full(100, 5 / 60), seed=18, step=5.0, forecast=False)
    before = floor.run(2.0)
    assert sum(int(surges.began.sum()) for surges in before) <= 3
    assert np.median(delays(floor.run(0.25, 3.0), 5.0)) <= 140


def test_a_queue_without_a_forecast_is_not_judged_in_its_first_ten_minutes() -> None:
    memory = Memory.fresh(1)
    for _ in range(59):
        memory, surges = watch(memory=memory, offered=50, elapsed_seconds=10.0, expected_rate=np.nan)
        assert not surges.on.any()


def test_contacts_where_none_were_expected_are_a_surge_and_silence_is_not() -> None:
    memory = Memory.fresh(2)
    for _ in range(12):
        memory, surges = watch(memory=memory, offered=[1, 0], elapsed_seconds=5.0, expected_rate=0.0)
    assert surges.on.tolist() == [True, False]


def test_queues_do_not_touch_each_other() -> None:
    rates = np.array([1.0, 5.0, 30.0]) / 60
    random = np.random.default_rng(19)
    offered = random.poisson(rates * 5.0 * 3, (200, 3))
    together = Memory.fresh(3)
    alone = [Memory.fresh(1) for _ in rates]
    for row in offered:
        together, _ = watch(memory=together, offered=row, elapsed_seconds=5.0, expected_rate=rates)
        for i, rate in enumerate(rates):
            alone[i], _ = watch(memory=alone[i], offered=row[i : i + 1], elapsed_seconds=5.0, expected_rate=rate)
    assert together.rows() == [memory.rows()[0] for memory in alone]


def test_memory_survives_being_stored_and_a_strange_row_starts_afresh() -> None:
    floor = Floor(np.full(3, 10 / 60), seed=20, step=5.0)
    floor.run(0.2)
    floor.run(0.1, 3.0)
    rows = floor.memory.rows()
    assert all(np.isfinite(row).all() for row in rows)
    assert Memory.from_rows(rows).rows() == rows
    assert Memory.from_rows([[], rows[1], [1.0, 2.0]]).rows() == [
        *Memory.fresh(1).rows(),
        rows[1],
        *Memory.fresh(1).rows(),
    ]
    assert Memory.from_rows([]).rows() == []


def test_absurd_reports_leave_finite_figures() -> None:
    memory = Memory.fresh(4)
    for _ in range(3):
        memory, surges = watch(
            memory=memory, offered=[100_000, -5, 0, 7], elapsed_seconds=[0.0, 5.0, 86_400.0, 1e-9], expected_rate=0.1
        )
    for figure in (surges.factor, surges.since_seconds, surges.sure):
        assert np.isfinite(figure).all()
    assert all(np.isfinite(row).all() for row in memory.rows())
    assert surges.on.tolist() == [True, False, False, True]


@pytest.mark.skipif(not CALLS.exists(), reason=f"{CALLS.name} is not beside the project")
def test_real_days_raise_few_alarms_and_the_one_great_surge_is_found() -> None:
    """A bank's streams, February 1999, forecast by the same weekday's other days. The surge: 3 February, 13:00."""
    step, types = 10, ("PS", "NW", "NE", "TT")
    offered, days = _counts(step, types)
    weekday = np.array([date.fromisoformat(day).weekday() for day in days])
    half_hours = offered.reshape(len(types), len(days), 48, -1).sum(axis=3) / 1800
    middle = np.arange(48) * 1800 + 900
    instants = (np.arange(offered.shape[2]) + 0.5) * step
    expected = np.empty(offered.shape)
    for j in range(len(days)):
        others = (weekday == weekday[j]) & (np.arange(len(days)) != j)
        for i in range(len(types)):
            expected[i, j] = np.interp(instants, middle, half_hours[i, others].mean(axis=0))
    queue_days = len(types) * len(days)
    memory = Memory.fresh(queue_days)
    alarms = []
    for k, (came, rate) in enumerate(
        zip(offered.reshape(queue_days, -1).T, expected.reshape(queue_days, -1).T, strict=True)
    ):
        memory, surges = watch(memory=memory, offered=came, elapsed_seconds=float(step), expected_rate=rate)
        alarms += [
            (int(q), (k + 1) * step - surges.since_seconds[q], surges.factor[q]) for q in np.flatnonzero(surges.began)
        ]
    assert len(alarms) / queue_days < 0.4
    great = [(onset, factor) for q, onset, factor in alarms if q == days.index("1999-02-03")]
    assert any(abs(onset - 13 * 3600) < 300 and factor > 6 for onset, factor in great)


def _counts(step: int, types: tuple[str, ...]) -> tuple[FloatArray, list[str]]:
    """Calls by type, day and step, and the days."""
    with gzip.open(CALLS, "rt", newline="") as file:
        rows = [(row["type"], row["date"], row["vru_entry"]) for row in csv.DictReader(file)]
    days = sorted({day for _, day, _ in rows})
    seen = Counter((kind, day, _second(clock) // step) for kind, day, clock in rows)
    offered = np.zeros((len(types), len(days), 86_400 // step))
    for (kind, day, k), count in seen.items():
        if kind in types:
            offered[types.index(kind), days.index(day), k] = count
    return offered, days


def _second(clock: str) -> int:
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    return hours * 3600 + minutes * 60 + seconds
