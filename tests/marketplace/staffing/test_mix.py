"""The mix against the newsvendor's formula and against trying everything."""

from __future__ import annotations

from itertools import product
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.staffing.mix import Mix, Tier, mix, need_values, trade_off


def cost_of(plan: tuple[float, ...], need: list[float], tiers: list[Tier], penalty: float) -> float:
    """Expected cost of a plan, scenario by scenario: committed first, then called from the cheapest up."""
    total = 0.0
    for value in need:
        left = value
        for hours, tier in zip(plan, tiers, strict=True):
            total += hours * (tier.fee + (0 if tier.called else tier.cost))
            left -= 0 if tier.called else hours * tier.show
        for hours, tier in sorted(zip(plan, tiers, strict=True), key=lambda pair: pair[1].cost):
            if tier.called and tier.cost < penalty:
                here = min(max(left, 0.0), hours * tier.show)
                total += here * tier.cost
                left -= here
        total += max(left, 0.0) * penalty
    return total / len(need)


tier = st.builds(
    Tier,
    name=st.just("t"),
    kind=st.just("external"),
    cost=st.integers(0, 30).map(float),
    fee=st.integers(0, 10).map(float),
    show=st.sampled_from([1.0, 0.5]),
    hours=st.sampled_from([2.0, 4.0, 6.0]),
    called=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(
    need=st.lists(st.integers(0, 6).map(float), min_size=1, max_size=4),
    tiers=st.lists(tier, min_size=1, max_size=3),
    penalty=st.integers(0, 60).map(float),
)
def test_no_plan_is_cheaper(need: list[float], tiers: list[Tier], penalty: float) -> None:
    # all figures are whole multiples of the show shares, so some cheapest plan is one of these
    plans = product(*[np.arange(0.0, one.hours + 1, 1.0).tolist() for one in tiers])
    best = min(cost_of(plan, need, tiers, penalty) for plan in plans)
    found = mix(need=need, tiers=tiers, penalty=penalty)
    assert found.total == pytest.approx(best, abs=1e-6)
    assert cost_of(found.hours, need, tiers, penalty) == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize("penalty", [30.0, 60.0, 200.0])
def test_one_kind_is_the_newsvendor(penalty: float) -> None:
    values = need_values(p10=80, p50=100, p90=130, steps=1000)
    people = Tier("people", "internal", cost=24.0, show=0.96)
    found = mix(need=values, tiers=[people], penalty=penalty)
    ratio = 1 - people.fixed / penalty
    assert found.hours[0] * 0.96 == pytest.approx(np.quantile(values, ratio), rel=0.002)
    assert found.met == pytest.approx(ratio, abs=0.002)


def test_two_kinds_part_at_their_ratio() -> None:
    values = need_values(p10=80, p50=100, p90=130, steps=1000)
    early, late = Tier("early", "internal", cost=20.0), Tier("late", "standby", cost=40.0, fee=4.0, called=True)
    found = mix(need=values, tiers=[early, late], penalty=200.0)
    assert found.hours[0] == pytest.approx(np.quantile(values, 1 - (20 - 4) / 40), rel=0.002)
    assert sum(found.hours) == pytest.approx(np.quantile(values, 1 - 4 / (200 - 40)), rel=0.002)


@settings(max_examples=40, deadline=None)
@given(tiers=st.lists(tier, min_size=1, max_size=4), penalties=st.tuples(st.floats(0, 80), st.floats(0, 80)))
def test_dearer_misses_leave_no_more_missing(tiers: list[Tier], penalties: tuple[float, float]) -> None:
    values = need_values(p10=4, p50=8, p90=14, steps=40)
    low, high = (mix(need=values, tiers=tiers, penalty=penalty) for penalty in sorted(penalties))
    assert high.missing <= low.missing + 1e-6
    assert high.cost >= low.cost - 1e-6
    assert all(hours <= one.hours + 1e-6 for hours, one in zip(high.hours, tiers, strict=True))


TIERS = [
    Tier("staff", "internal", cost=2400, show=0.95, hours=700),
    Tier("lent", "lent", cost=2600, show=0.97, hours=120),
    Tier("gig", "external", cost=2900, show=0.9, hours=300),
    Tier("standby", "standby", cost=3400, fee=500, show=0.85, hours=200, called=True),
]


def test_the_curve_rises_and_keeps_its_promise() -> None:
    values = need_values(p10=720, p50=840, p90=1000)
    curve = trade_off(need=values, tiers=TIERS, penalty=9000, chances=(0.5, 0.8, 0.9, 0.95))
    assert [round(point.met, 2) for point in curve] == [0.5, 0.8, 0.9, 0.95]
    assert np.all(np.diff([point.cost for point in curve]) > 0)
    best = mix(need=values, tiers=TIERS, penalty=9000)
    assert all(best.total <= point.total + 1e-6 for point in curve)


def test_a_chance_beyond_the_hours_gets_all_of_them() -> None:
    values = need_values(p10=720, p50=1400, p90=2000)
    (point,) = trade_off(need=values, tiers=TIERS, penalty=9000, chances=(0.99,))
    assert point.hours == pytest.approx([700, 120, 300, 200])
    assert 0.2 < point.met < 0.5


@pytest.mark.parametrize(
    ("tiers", "penalty", "hours", "met"),
    [
        ([], 50.0, (), 0.0),
        ([Tier("free", "internal", cost=0.0)], 50.0, (12.0,), 1.0),
        ([Tier("dear", "internal", cost=60.0)], 50.0, (0.0,), 0.0),
        ([Tier("none", "internal", cost=1.0, hours=0.0)], 50.0, (0.0,), 0.0),
        ([Tier("any", "internal", cost=5.0)], 0.0, (0.0,), 0.0),
    ],
)
def test_edges(tiers: list[Tier], penalty: float, hours: tuple[float, ...], met: float) -> None:
    found = mix(need=[6.0, 12.0], tiers=tiers, penalty=penalty)
    assert found.hours == pytest.approx(hours)
    assert found.met == met


def test_no_need_needs_nobody() -> None:
    assert mix(need=[0.0, 0.0], tiers=TIERS, penalty=9000) == Mix((0.0,) * 4, (0.0,) * 4, 0.0, 0.0, 0.0, 1.0)


def test_what_means_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match=r"penalty: -1.*t: show must be above 0"):
        mix(need=[1.0], tiers=[Tier("t", "internal", cost=1.0, show=0.0)], penalty=-1)
    with pytest.raises(ValueError, match="quantiles"):
        need_values(p10=5, p50=4, p90=9)
    with pytest.raises(ValueError, match="hours must be 0"):
        mix(need=[1.0], tiers=[Tier("t", "internal", cost=1.0, hours=-inf)], penalty=1)


def test_values_have_the_quantiles_they_were_made_of() -> None:
    values = need_values(p10=80, p50=100, p90=140, steps=2000)
    assert np.quantile(values, [0.1, 0.5, 0.9]) == pytest.approx([80, 100, 140], rel=0.002)
    assert need_values(p10=7, p50=7, p90=7).tolist() == [7.0] * 200
