"""The rate of the next minutes: forecast, what was seen, and the edges between them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.staffing.arrivals import decay, posterior, rate_ahead

NONE = np.nan


def ahead(seen: Any, exposure: Any, before: Any, now: Any, later: Any) -> Any:
    return rate_ahead(
        recent_arrivals=seen, recent_seconds=exposure, forecast_before=before, forecast_now=now, forecast_ahead=later
    )


@given(seen=st.floats(0, 5_000), forecast=st.floats(0.001, 20.0), exposure=st.floats(0.0, 300.0))
def test_a_level_forecast_gives_the_measured_baseline(seen: float, forecast: float, exposure: float) -> None:
    expected = (seen + 30 * forecast) / (exposure + 30)
    assert ahead(seen, exposure, forecast, forecast, forecast) == pytest.approx(expected, rel=1e-9)


def test_demand_as_forecast_follows_the_forecast() -> None:
    assert ahead(300.0, 300.0, 1.0, 1.1, 1.2) == pytest.approx(1.2)
    assert ahead(300.0, 300.0, 1.0, 0.9, 0.7) == pytest.approx(0.7)


def test_demand_above_the_forecast_is_carried_along_with_its_trend() -> None:
    assert ahead(600.0, 300.0, 1.0, 1.0, 1.5) == pytest.approx(1.5 * 630 / 330)


def test_before_anything_was_seen_the_forecast_stands() -> None:
    assert ahead(0.0, 0.0, NONE, 0.8, 0.9) == pytest.approx(0.9)
    assert ahead(0.0, 0.0, 0.0, 0.8, 0.9) == pytest.approx(0.9)


def test_a_queue_just_opened_is_compared_with_the_forecast_since_it_opened() -> None:
    """Twenty seconds at twice the forecast; what was forecast five minutes ago, before opening, says little."""
    seen, exposure = decay(recent_arrivals=0.0, recent_seconds=0.0, elapsed_seconds=20.0, offered=40.0)
    found = ahead(seen, exposure, 0.0, 1.0, 1.0)
    assert 1.3 < found < 1.5


def test_without_a_forecast_what_was_seen_stands_alone() -> None:
    assert ahead(600.0, 300.0, NONE, NONE, NONE) == pytest.approx(2.0)
    assert ahead(2.0, 5.0, NONE, NONE, NONE) == pytest.approx(2 / 30)
    assert ahead(0.0, 0.0, NONE, NONE, NONE) == 0
    assert ahead(600.0, 300.0, 1.0, 1.0, NONE) == pytest.approx(2.0)


def test_contacts_against_a_forecast_of_nothing_count() -> None:
    assert ahead(33.0, 300.0, 0.0, 0.0, 0.0) == pytest.approx(0.1)


def test_a_queue_about_to_close_gets_no_more_contacts() -> None:
    assert ahead(300.0, 300.0, 1.0, 1.0, 0.0) == 0


def test_a_few_contacts_before_opening_are_not_multiplied_by_the_climb() -> None:
    found = ahead(33.0, 300.0, 0.001, 0.001, 1.0)
    assert 1.0 < found < 1.0 + 3 * 33 / 330 + 0.01


@given(
    seen=st.floats(0, 2_000),
    more=st.floats(0, 500),
    exposure=st.floats(0, 300),
    forecasts=st.tuples(*[st.one_of(st.just(NONE), st.just(0.0), st.floats(1e-6, 10.0))] * 3),
)
def test_more_arrivals_never_mean_less_and_the_rate_is_finite(
    seen: float, more: float, exposure: float, forecasts: tuple[float, float, float]
) -> None:
    less, greater = ahead([seen, seen + more], exposure, *forecasts)
    assert 0 <= less <= greater < np.inf


def test_quantiles_hold_the_true_rate_as_often_as_they_say() -> None:
    """Rates drawn around the forecast as the prior has it, then watched for a minute at a constant rate."""
    random = np.random.default_rng(5)
    forecast, seconds, queues = 0.5, 60.0, 20_000
    true = random.gamma(30 * forecast, 1 / 30, queues)
    found = posterior(
        recent_arrivals=random.poisson(true * seconds).astype(float), recent_seconds=np.full(queues, seconds),
        forecast_before=forecast, forecast_now=forecast, forecast_ahead=forecast,
    )  # fmt: skip
    for probability in (0.1, 0.5, 0.9):
        assert np.mean(true <= found.quantile(probability)) == pytest.approx(probability, abs=0.012)


def test_nothing_seen_and_nothing_forecast_has_a_quantile_of_nothing() -> None:
    found = posterior(
        recent_arrivals=0.0, recent_seconds=0.0, forecast_before=NONE, forecast_now=NONE, forecast_ahead=NONE
    )
    assert found.quantile(0.9) == 0


@pytest.mark.parametrize("step", [2.0, 5.0, 60.0])
def test_decay_settles_at_the_memory_whatever_the_step(step: float) -> None:
    seen = exposure = np.zeros(2)
    for _ in range(int(6_000 / step)):
        seen, exposure = decay(
            recent_arrivals=seen, recent_seconds=exposure, elapsed_seconds=step, offered=np.array([2.0, 0.5]) * step
        )
    assert exposure == pytest.approx(300.0, rel=1e-6)
    assert seen == pytest.approx([600.0, 150.0], rel=1e-6)


def test_decay_of_one_long_step_is_that_of_many_short_ones() -> None:
    seen, exposure = 10.0, 100.0
    for _ in range(30):
        seen, exposure = decay(recent_arrivals=seen, recent_seconds=exposure, elapsed_seconds=2.0, offered=4.0)
    at_once = decay(recent_arrivals=10.0, recent_seconds=100.0, elapsed_seconds=60.0, offered=120.0)
    assert [float(seen), float(exposure)] == pytest.approx([float(value) for value in at_once])


def test_a_correction_may_take_arrivals_back_but_not_below_none() -> None:
    seen, exposure = decay(recent_arrivals=5.0, recent_seconds=50.0, elapsed_seconds=0.0, offered=[-2.0, -9.0])
    assert seen.tolist() == [3.0, 0.0]
    assert exposure == 50.0


def test_time_does_not_run_back() -> None:
    with pytest.raises(ValueError, match="elapsed_seconds"):
        decay(recent_arrivals=1.0, recent_seconds=1.0, elapsed_seconds=[1.0, -1.0], offered=0.0)
