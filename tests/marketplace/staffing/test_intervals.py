"""Need by interval, and the noise of a day, against a queue played out."""

from __future__ import annotations

from heapq import heapreplace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.staffing.checks import UnusableError
from marketplace.staffing.erlang import erlang_a
from marketplace.staffing.intervals import PERIOD_SECONDS, interval_need, period_chance
from marketplace.staffing.need import agents_needed
from marketplace.staffing.noise import design_effect

QUEUE: dict[str, Any] = {
    "handle_seconds": 240.0,
    "patience_seconds": 120.0,
    "target_share": 0.8,
    "target_seconds": 20.0,
}


def day_levels(*, load: float, agents: int, days: int, seed: int, handle: float = 240.0, patience: float = 120.0):
    """The service level of each of so many days of one queue, exponential handle times and patience, played out."""
    rng = np.random.default_rng(seed)
    rate, warm = load / handle, 3600.0
    levels = []
    for _ in range(days):
        count = rng.poisson(rate * (PERIOD_SECONDS + warm))
        arrivals = np.sort(rng.uniform(-warm, PERIOD_SECONDS, count))
        rows = zip(
            arrivals.tolist(),
            rng.exponential(handle, count).tolist(),
            rng.exponential(patience, count).tolist(),
            strict=True,
        )
        free, offered, hits = [-warm] * agents, 0, 0
        for at, served, waits in rows:
            wait = max(0.0, free[0] - at)
            if wait <= waits:
                heapreplace(free, at + wait + served)
                hits += at >= 0 and wait <= 20.0
            offered += at >= 0
        levels.append(hits / offered)
    return np.array(levels)


@pytest.mark.parametrize(("load", "agents"), [(3.0, 4), (12.0, 13), (30.0, 32)])
def test_noise_of_a_day_is_as_played_out(load: float, agents: int) -> None:
    levels = day_levels(load=load, agents=agents, days=150, seed=1)
    row = {
        "rate": np.array([load / 240]),
        "handle": np.array([240.0]),
        "patience": np.array([120.0]),
        "agents": np.array([float(agents)]),
        "target": np.array([20.0]),
    }
    long_run = float(erlang_a(rate=load / 240, handle_seconds=240, patience_seconds=120, agents=agents,
                              target_seconds=20).service_level)  # fmt: skip
    spread = np.sqrt(long_run * (1 - long_run) * design_effect(**row)[0] / (load / 240 * PERIOD_SECONDS))
    assert levels.mean() == pytest.approx(long_run, abs=4 * spread / np.sqrt(150))
    assert levels.std() == pytest.approx(spread, rel=0.2)


def test_noise_of_a_queue_does_not_depend_on_those_worked_out_with_it() -> None:
    load, agents, patience = (
        grid.ravel()
        for grid in np.meshgrid([0.5, 3.0, 20.0, 80.0, 300.0], [2.0, 10.0, 25.0, 60.0, 200.0], [60.0, 600.0])
    )
    rows = {
        "rate": load / 240,
        "handle": np.full(load.shape, 240.0),
        "patience": patience,
        "agents": agents,
        "target": np.full(load.shape, 20.0),
    }
    alone = [design_effect(**{name: row[[k]] for name, row in rows.items()})[0] for k in range(len(load))]
    np.testing.assert_allclose(design_effect(**rows), alone, rtol=1e-6)


@pytest.mark.parametrize("load", [6.0, 21.0])
def test_stated_need_meets_the_target_on_95_days_in_100_and_one_fewer_does_not(load: float) -> None:
    need = interval_need(contacts=load / 240 * 900, interval_seconds=900, **QUEUE)
    agents = int(need.agents)
    met = {n: float((day_levels(load=load, agents=n, days=120, seed=2) >= 0.8).mean()) for n in (agents - 1, agents)}
    assert met[agents] >= 0.95
    assert met[agents - 1] < 0.9
    assert int(0.95 * agents) <= agents - 1


@settings(max_examples=30, deadline=None)
@given(
    contacts=st.lists(st.floats(0.01, 400), min_size=1, max_size=6),
    share=st.sampled_from([0.5, 0.8, 0.95]),
    handle=st.floats(60, 600),
    patience=st.one_of(st.floats(20, 2000), st.just(np.inf)),
)
def test_need_is_the_least_that_is_sure_enough(contacts, share, handle, patience) -> None:
    queue = {"handle_seconds": handle, "patience_seconds": patience, "target_share": share, "target_seconds": 20.0}
    agents = interval_need(contacts=contacts, interval_seconds=900, **queue).agents
    rate = np.array(contacts) / 900
    long_run = agents_needed(rate=rate, **queue)
    full = [np.full(rate.shape, value) for value in (handle, min(patience, 1e6 * handle), share, 20.0)]
    row = dict(zip(("handle", "patience", "share", "seconds"), full, strict=True), period_seconds=PERIOD_SECONDS)
    assert (agents >= long_run).all()
    assert (period_chance(rate=rate, agents=agents, **row) >= 0.95).all()
    fewer = np.maximum(agents - 1, 0)
    short = period_chance(rate=rate, agents=fewer, **row) < 0.97 + 1e-9
    assert (short | (agents == long_run)).all()


def test_closed_intervals_need_nobody_and_open_ones_the_least() -> None:
    need = interval_need(
        contacts=[[np.nan, 0.0, 40.0]], interval_seconds=900, least_agents=2, shrinkage=0.25, occupancy_cap=0.9, **QUEUE
    )
    assert need.agents[0, :2].tolist() == [0, 2]
    assert need.heads[0, :2].tolist() == [0, 3]
    assert need.heads[0, 2] == np.ceil(need.agents[0, 2] / 0.75)


def test_occupancy_cap_and_more_demand_never_need_fewer() -> None:
    contacts = np.linspace(0, 600, 80)
    free = interval_need(contacts=contacts, interval_seconds=900, **QUEUE).agents
    capped = interval_need(contacts=contacts, interval_seconds=900, occupancy_cap=0.8, **QUEUE).agents
    assert (np.diff(free) >= 0).all()
    assert (capped >= free).all()
    assert (capped > free).any()


def test_what_means_nothing_is_refused() -> None:
    with pytest.raises(UnusableError, match="rate"):
        interval_need(contacts=[-1.0], interval_seconds=900, **QUEUE)
