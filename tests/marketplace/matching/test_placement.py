"""First placement: load per agent as even as skills allow."""

from __future__ import annotations

import numpy as np
import pytest

from marketplace.bench.floor import generate
from marketplace.matching import place
from marketplace.matching.state import NOWHERE
from tests.marketplace.matching.floors import NOW, floor, messy, quiet


def forecast(calls_per_hour, **given):
    rate = calls_per_hour / 3600.0
    return quiet(forecast_before=rate, forecast_now=rate, forecast_ahead=rate, **given)


def newcomers(number, **given):
    return [{"queue": NOWHERE, **given} for _ in range(number)]


def placed(state):
    return np.bincount(place(state), minlength=len(state.queues)).tolist()


def test_place_spreads_by_forecast_load():
    assert placed(floor([forecast(30), forecast(60), forecast(10)], newcomers(10))) == [3, 6, 1]


def test_place_weighs_handle_time():
    assert placed(floor([forecast(30, handle_seconds=360.0), forecast(60)], newcomers(10))) == [5, 5]


def test_place_spreads_equally_without_a_forecast():
    assert placed(floor([quiet(), quiet(), quiet()], newcomers(9))) == [3, 3, 3]


def test_place_takes_the_mean_for_a_queue_without_a_forecast():
    assert placed(floor([forecast(30), quiet(), forecast(50)], newcomers(12))) == [3, 4, 5]


def test_place_counts_those_who_are_there_already_and_leaves_them():
    state = floor([forecast(30), forecast(30)], [{"queue": 0}] * 4 + newcomers(4))
    assert place(state).tolist() == [0] * 4 + [1] * 4


def test_place_keeps_to_what_each_agent_may_serve():
    only_first = newcomers(3, skills={0: 5})
    state = floor([forecast(1), forecast(90)], [*only_first, *newcomers(3)])
    assert place(state).tolist() == [0, 0, 0, 1, 1, 1]


def test_place_leaves_nowhere_whom_nothing_is_open_to():
    agents = [
        {"queue": NOWHERE, "skills": {}},
        {"queue": NOWHERE, "skills": {0: (5, NOW + 10, NOW + 900)}},
        {"queue": NOWHERE, "at_home": True},
    ]
    assert place(floor([forecast(30, home_allowed=False)], agents)).tolist() == [NOWHERE] * 3


def test_place_fills_open_queues_before_closed_ones():
    assert placed(floor([forecast(30, open=False), forecast(30)], newcomers(4))) == [0, 4]
    assert placed(floor([forecast(30, open=False)], newcomers(2))) == [2]


def test_place_prefers_the_queue_that_an_agent_knows_best_among_equals():
    state = floor(
        [forecast(30), forecast(30)], [*newcomers(1, skills={0: 1, 1: 5}), *newcomers(1, skills={0: 5, 1: 1})]
    )
    assert place(state).tolist() == [1, 0]


@pytest.mark.parametrize("seed", range(40))
def test_place_is_legal_and_repeatable_on_any_floor(seed):
    state = messy(seed)
    first, second = place(state), place(state)
    np.testing.assert_array_equal(first, second)
    for agent, queue in enumerate(first.tolist()):
        if state.agents.queue[agent] != NOWHERE:
            assert queue == state.agents.queue[agent]
        elif queue != NOWHERE:
            mine = state.eligible.queue[state.eligible.start[agent] : state.eligible.start[agent + 1]]
            assert queue in mine


def test_place_evens_out_an_ordinary_floor():
    state = generate(agents=400, queues=20, seed=3)
    state.agents.queue[:] = NOWHERE
    where = place(state)
    load = state.queues.forecast_now * state.queues.handle_seconds
    per_agent = load / np.bincount(where, minlength=20)
    assert (where != NOWHERE).all()
    assert per_agent.max() / per_agent.min() < 1.3
