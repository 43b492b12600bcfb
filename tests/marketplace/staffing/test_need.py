"""The least agents: enough, and one less is not."""

from math import ceil, inf
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.staffing import need
from marketplace.staffing.checks import UnusableError
from marketplace.staffing.erlang import erlang_a
from marketplace.staffing.need import Assessment, agents_needed, assess, headcount

BANK = {"rate": 100 / 1800, "handle_seconds": 180.0, "patience_seconds": inf, "target_seconds": 20.0}


def some_queues(count: int) -> dict[str, Any]:
    random = np.random.default_rng(1)
    return {
        "rate": 10 ** random.uniform(-4, 0.5, count),
        "handle_seconds": random.uniform(60.0, 900.0, count),
        "patience_seconds": np.where(np.arange(count) % 5 == 0, inf, random.uniform(10.0, 900.0, count)),
        "target_seconds": random.uniform(0.0, 120.0, count),
    }


def test_need_is_the_first_level_that_meets_target_and_cap() -> None:
    queues = some_queues(60)
    share = np.linspace(0.05, 0.99, 60)
    cap = np.linspace(1.0, 0.5, 60)
    found = agents_needed(**queues, target_share=share, occupancy_cap=cap)
    levels = np.arange(found.max() + 1)
    table = erlang_a(**{name: values[:, None] for name, values in queues.items()}, agents=levels)
    enough = (table.service_level >= share[:, None] - 1e-9) & (table.occupancy <= cap[:, None] + 1e-9)
    assert found.tolist() == enough.argmax(axis=1).tolist()


@settings(deadline=None)
@given(
    rate=st.floats(1e-6, 50.0),
    handle=st.floats(1.0, 2_000.0),
    patience=st.one_of(st.just(inf), st.floats(0.1, 1e6)),
    share=st.floats(0.0, 0.999),
    seconds=st.floats(0.0, 600.0),
)
def test_need_is_enough_and_one_less_is_not(
    rate: float, handle: float, patience: float, share: float, seconds: float
) -> None:
    queue = {"rate": rate, "handle_seconds": handle, "patience_seconds": patience, "target_seconds": seconds}
    found = int(agents_needed(**queue, target_share=share))
    assert erlang_a(**queue, agents=found).service_level >= share - 1e-9
    if found:
        assert erlang_a(**queue, agents=found - 1).service_level < share


def test_need_of_the_published_example_is_fourteen() -> None:
    assert agents_needed(**BANK, target_share=0.8, occupancy_cap=0.85) == 14
    assert agents_needed(**BANK, target_share=0.8, occupancy_cap=0.7) == 15


def test_an_occupancy_at_the_cap_is_not_above_it() -> None:
    """A load of 8.5 on ten agents is 0.85, whatever the last digit of rate × handle says."""
    for handle in (100.0, 170.0, 190.0, 333.0):
        queue = {**BANK, "rate": 8.5 / handle, "handle_seconds": handle}
        assert agents_needed(**queue, target_share=0.1, occupancy_cap=0.85) == 10


def test_nothing_offered_needs_nobody() -> None:
    assert agents_needed(**{**BANK, "rate": [0.0, 100 / 1800]}, target_share=0.8).tolist() == [0, 14]


def test_everyone_in_time_means_all_but_a_billionth() -> None:
    found = agents_needed(**BANK, target_share=1.0)
    assert erlang_a(**BANK, agents=found).service_level >= 1 - 1e-9
    assert erlang_a(**BANK, agents=found - 1).service_level < 1 - 1e-9


def test_ten_thousand_agents_are_no_limit() -> None:
    found = agents_needed(**{**BANK, "rate": 100.0}, target_share=0.8)
    assert 18_000 < found < 18_200


def test_all_queues_are_asked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def counted(**arguments: Any) -> Any:
        calls.append(arguments)
        return erlang_a(**arguments)

    monkeypatch.setattr(need, "erlang_a", counted)
    found = agents_needed(**some_queues(1_000), target_share=0.8)
    assert found.shape == (1_000,)
    assert len(calls) <= 3 + ceil(np.log2(2 * found.max()))


def test_headcount_rounds_up_but_not_the_error_of_floats() -> None:
    assert headcount(agents=[14, 7, 21, 63], shrinkage=0.3).tolist() == [20, 10, 30, 90]
    assert headcount(agents=[0, 1, 10_000], shrinkage=[0.5, 0.01, 0.0]).tolist() == [0, 2, 10_000]
    assert all(headcount(agents=3 * k, shrinkage=0.4) == 5 * k for k in range(2_000))


def test_assess_finds_the_least_or_takes_what_is_given() -> None:
    found = assess(rate=100 / 1800, handle_seconds=180.0, shrinkage=0.3)
    assert (found.model, found.agents, found.headcount, found.abandonment) == ("C", 14, 20, 0.0)
    assert assess(rate=100 / 1800, handle_seconds=180.0, shrinkage=0.3, agents=14) == found
    with_patience = assess(rate=100 / 1800, handle_seconds=180.0, patience_seconds=300.0, agents=14)
    assert with_patience.model == "A"
    assert with_patience.abandonment == pytest.approx(0.013984, abs=5e-7)


def test_assess_has_null_where_a_figure_has_no_meaning() -> None:
    assert assess(rate=0.0, handle_seconds=180.0) == Assessment("C", 0, 0, None, None, None, None, None)
    assert assess(rate=1.0, handle_seconds=180.0, agents=100) == Assessment("C", 100, 100, 0.0, None, 1.0, 0.0, 1.0)


def test_assess_names_every_argument_outside_its_meaning() -> None:
    with pytest.raises(UnusableError) as caught:
        assess(
            rate=-1.0, handle_seconds=0.0, patience_seconds=float("nan"), target_share=1.1, target_seconds=inf,
            agents=-1, occupancy_cap=0.0, shrinkage=1.0,
        )  # fmt: skip
    assert {fault.argument for fault in caught.value.faults} == {
        "rate", "handle_seconds", "patience_seconds", "target_share", "target_seconds", "agents", "occupancy_cap",
        "shrinkage",
    }  # fmt: skip
