"""Erlang B, C and A against the chain of states, published figures and the laws that they obey."""

from math import inf

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from marketplace.staffing.checks import UnusableError
from marketplace.staffing.erlang import BLOCK, Performance, erlang_a, erlang_b, erlang_c
from tests.marketplace.staffing.birth_death import mean_waiting, solve

FIGURES = ("service_level", "abandonment", "mean_wait_seconds", "occupancy", "wait_probability")
SHARES = ("service_level", "abandonment", "occupancy", "wait_probability")

queues = st.fixed_dictionaries(
    {
        "rate": st.floats(0.001, 2.0),
        "handle_seconds": st.floats(10.0, 900.0),
        "patience_seconds": st.floats(1.0, 5_000.0),
        "target_seconds": st.floats(0.0, 300.0),
    }
)


@pytest.mark.parametrize("target", [0.0, 20.0, 400.0])
@pytest.mark.parametrize("patience", [4.0, 60.0, 180.0, 2_000.0])
@pytest.mark.parametrize(
    ("rate", "agents"), [(0.002, 1), (0.02, 1), (0.03, 5), (0.02, 30), (0.2, 30), (0.2, 50), (0.4, 60)]
)
def test_erlang_a_is_what_the_chain_of_states_gives(rate: float, agents: int, patience: float, target: float) -> None:
    chain = solve(rate=rate, handle=180.0, patience=patience, agents=agents, target=target)
    found = erlang_a(rate=rate, handle_seconds=180.0, patience_seconds=patience, agents=agents, target_seconds=target)
    for figure in FIGURES:
        assert getattr(found, figure) == pytest.approx(getattr(chain, figure), rel=1e-9, abs=1e-12), figure


@pytest.mark.parametrize(("rate", "agents"), [(0.002, 1), (0.005, 1), (0.02, 4), (0.02, 30), (0.2, 37), (0.2, 45)])
def test_erlang_c_is_what_the_chain_of_states_gives(rate: float, agents: int) -> None:
    chain = solve(rate=rate, handle=180.0, patience=inf, agents=agents, target=20.0)
    found = erlang_c(rate=rate, handle_seconds=180.0, agents=agents, target_seconds=20.0)
    for figure in FIGURES:
        assert getattr(found, figure) == pytest.approx(getattr(chain, figure), rel=1e-9, abs=1e-12), figure


@settings(deadline=None)
@given(queue=queues, agents=st.integers(1, 80))
def test_erlang_a_obeys_littles_law(queue: dict[str, float], agents: int) -> None:
    waiting = mean_waiting(
        rate=queue["rate"], handle=queue["handle_seconds"], patience=queue["patience_seconds"], agents=agents
    )
    found = erlang_a(agents=agents, **queue)
    assert queue["rate"] * found.mean_wait_seconds == pytest.approx(waiting, rel=1e-8, abs=1e-12)


@settings(deadline=None)
@given(queue=queues)
@example(queue={"rate": 1.5, "handle_seconds": 634.0, "patience_seconds": 14.0, "target_seconds": 0.0})
def test_more_agents_never_make_it_worse_and_abandonment_is_convex(queue: dict[str, float]) -> None:
    found = erlang_a(agents=np.arange(0, 400), **queue)
    assert (np.diff(found.service_level) >= -1e-12).all()
    for figure in ("abandonment", "occupancy", "wait_probability"):
        assert (np.diff(getattr(found, figure)) <= 1e-12).all(), figure
    assert (np.diff(found.abandonment, 2) >= -1e-12).all()


@settings(deadline=None)
@given(queue=queues, agents=st.integers(0, 200))
def test_the_three_ends_of_a_contact_add_up(queue: dict[str, float], agents: int) -> None:
    now = erlang_a(agents=agents, **{**queue, "target_seconds": 0.0})
    assert now.service_level == pytest.approx(1 - now.wait_probability, abs=1e-12)
    ever = erlang_a(agents=agents, **{**queue, "target_seconds": 1e9})
    assert ever.service_level == pytest.approx(1 - ever.abandonment, abs=1e-12)
    assert ever.occupancy * agents == pytest.approx(
        queue["rate"] * queue["handle_seconds"] * (1 - ever.abandonment), rel=1e-9, abs=1e-9
    )


@settings(deadline=None)
@given(
    load=st.floats(0.01, 9_000.0),
    spare=st.floats(0.001, 0.5),
    handle=st.floats(10.0, 900.0),
    target=st.floats(0.0, 300.0),
)
def test_erlang_a_becomes_erlang_c_when_patience_grows(load: float, spare: float, handle: float, target: float) -> None:
    agents = int(np.ceil(load * (1 + spare) + 0.01))
    arguments = {"rate": load / handle, "handle_seconds": handle, "agents": agents, "target_seconds": target}
    patient = erlang_c(**arguments)
    found = erlang_a(patience_seconds=1e11, **arguments)
    assert found.service_level == pytest.approx(patient.service_level, abs=1e-4)
    assert found.wait_probability == pytest.approx(patient.wait_probability, abs=1e-4)
    endless = erlang_a(patience_seconds=inf, **arguments)
    for figure in FIGURES:
        assert getattr(endless, figure) == getattr(patient, figure), figure


@settings(deadline=None)
@given(load=st.floats(0.001, 5_000.0), handle=st.floats(10.0, 900.0), agents=st.integers(0, 5_000))
def test_erlang_a_becomes_erlang_b_when_nobody_waits(load: float, handle: float, agents: int) -> None:
    blocked = erlang_b(rate=load / handle, handle_seconds=handle, agents=agents)
    found = erlang_a(
        rate=load / handle, handle_seconds=handle, patience_seconds=1e-9, agents=agents, target_seconds=20.0
    )
    assert found.abandonment == pytest.approx(blocked, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("patience", [1e-9, 1e-3, 1.0, 180.0, 1e5, 1e9, 1e12, inf])
@pytest.mark.parametrize("load", [1e-9, 1.0, 50.0, 9_000.0, 10_000.0, 10_001.0, 12_000.0, 1e6])
def test_every_figure_stays_in_its_range_from_no_agents_to_ten_thousand(load: float, patience: float) -> None:
    agents = np.array([0, 1, 2, 49, 50, 51, 99, 100, 101, 8_999, 9_000, 9_001, 9_999, 10_000])
    found = erlang_a(
        rate=load / 300, handle_seconds=300.0, patience_seconds=patience, agents=agents, target_seconds=20.0
    )
    for figure in SHARES:
        values = getattr(found, figure)
        assert ((values >= 0) & (values <= 1)).all(), figure
    unstable = (agents <= load) & (patience == inf)
    assert (np.isinf(found.mean_wait_seconds) == unstable).all()
    assert (found.mean_wait_seconds >= 0).all()
    assert (np.diff(found.service_level) >= -1e-12).all()


def test_an_overloaded_queue_of_patient_people_serves_what_it_can() -> None:
    found = erlang_a(rate=10.0, handle_seconds=300.0, patience_seconds=1e12, agents=1_500, target_seconds=20.0)
    assert found.abandonment == pytest.approx(0.5, abs=1e-9)
    assert found.service_level == pytest.approx(0.0, abs=1e-12)
    assert found.occupancy == 1


def test_erlang_c_with_too_few_agents_is_unstable() -> None:
    found = erlang_c(rate=0.1, handle_seconds=100.0, agents=[0, 9, 10], target_seconds=20.0)
    assert found.service_level.tolist() == [0, 0, 0]
    assert found.wait_probability.tolist() == [1, 1, 1]
    assert found.occupancy.tolist() == [1, 1, 1]
    assert found.mean_wait_seconds.tolist() == [inf, inf, inf]


def test_without_agents_everyone_gives_up() -> None:
    found = erlang_a(rate=0.1, handle_seconds=100.0, patience_seconds=60.0, agents=0, target_seconds=20.0)
    assert found.service_level == 0
    assert found.abandonment == found.wait_probability == 1
    assert found.mean_wait_seconds == 60


@pytest.mark.parametrize("patience", [60.0, inf])
def test_nothing_offered_has_no_figures(patience: float) -> None:
    found = erlang_a(rate=0.0, handle_seconds=100.0, patience_seconds=patience, agents=[0, 5], target_seconds=20.0)
    for figure in FIGURES:
        assert np.isnan(getattr(found, figure)).all(), figure
    assert np.isnan(erlang_b(rate=0.0, handle_seconds=100.0, agents=5))


def test_arguments_broadcast_and_cells_do_not_depend_on_their_neighbours() -> None:
    rate = np.linspace(0.0, 1.0, 90)[:, None]
    patience = np.where(np.arange(90) % 7 == 0, inf, 120.0)[:, None]
    agents = np.arange(400)
    table = erlang_a(rate=rate, handle_seconds=240.0, patience_seconds=patience, agents=agents, target_seconds=20.0)
    assert table.service_level.shape == (90, 400)
    assert table.service_level.size > BLOCK
    for i, n in [(0, 3), (7, 50), (7, 0), (44, 250), (45, 120), (89, 399), (89, 1)]:
        one = erlang_a(
            rate=rate[i, 0], handle_seconds=240.0, patience_seconds=patience[i, 0], agents=n, target_seconds=20.0
        )
        for figure in FIGURES:
            assert np.array_equal(getattr(table, figure)[i, n], getattr(one, figure), equal_nan=True), (figure, i, n)


def test_published_figures_come_out() -> None:
    """pyworkforce's example of 200 calls an hour, and 48 calls a minute in Garnett, Mandelbaum and Reiman (2002)."""
    found = erlang_c(rate=200 / 3600, handle_seconds=180.0, agents=14, target_seconds=20.0)
    assert found.service_level == pytest.approx(0.88835, abs=5e-6)
    assert found.wait_probability == pytest.approx(0.1741319, abs=5e-8)
    assert found.mean_wait_seconds == pytest.approx(7.83593701, abs=5e-8)
    found = erlang_a(rate=48 / 60, handle_seconds=60.0, patience_seconds=120.0, agents=50, target_seconds=20.0)
    assert found.abandonment == pytest.approx(0.0309, abs=5e-5)
    assert found.mean_wait_seconds == pytest.approx(3.7, abs=0.05)


def test_every_argument_outside_its_meaning_is_named() -> None:
    with pytest.raises(UnusableError) as caught:
        erlang_a(rate=[0.1, -1.0], handle_seconds=0.0, patience_seconds=np.nan, agents=1.5, target_seconds=inf)
    assert [fault.argument for fault in caught.value.faults] == [
        "rate", "handle_seconds", "patience_seconds", "agents", "target_seconds",
    ]  # fmt: skip
    assert str(caught.value.faults[0]) == "rate: -1.0 given, must be a number, 0 or more"


def test_performance_has_one_array_a_figure() -> None:
    assert Performance.__slots__ == FIGURES
