"""Who waits now has a deadline: how many of them will be answered late."""

from __future__ import annotations

import math

import numpy as np
import pytest

from marketplace.matching.backlog import late_backlog
from marketplace.matching.cost import Load, time_steps

STEPS = time_steps(seconds=70.0)


def late(*, agents, waiting, longest=0.0, staffing=None, changeover=5.0, handle=180.0, target=20.0, absent=None):
    """For one queue, how many of those waiting will be late at each staffing."""
    queue = Load(
        agents=np.array([float(agents)]),
        contacts=np.array([float(agents + waiting)]),
        rate=np.array([0.05]),
        handle_seconds=np.array([handle]),
        patience_seconds=np.array([120.0]),
        target_seconds=np.array([target]),
        absent=np.zeros((1, len(STEPS))) if absent is None else np.array([absent], dtype=np.float64),
        waiting=np.array([float(waiting)]),
        longest_wait_seconds=np.array([longest]),
    )
    columns = np.array([[agents] if staffing is None else staffing], dtype=np.float64)
    return late_backlog(queue, staffing=columns, steps=STEPS, changeover_seconds=changeover)[0]


def test_late_backlog_of_one_contact_is_the_chance_that_nobody_comes_free_in_time():
    # 9 agents × 20 s ÷ 180 s is one contact expected to end before the deadline.
    assert late(agents=9, waiting=1)[0] == pytest.approx(math.exp(-1.0))
    assert late(agents=9, waiting=1, longest=10.0)[0] == pytest.approx(math.exp(-0.5))


def test_late_backlog_of_the_second_in_line_needs_two_to_come_free():
    # Poisson(1): nobody in time, then at most one; the second has waited half as long as the first, so 15 s are left.
    first, second = math.exp(-0.5), math.exp(-0.75) * (1 + 0.75)
    assert late(agents=9, waiting=2, longest=10.0)[0] == pytest.approx(first + second)


def test_late_backlog_is_nothing_without_a_line():
    assert late(agents=9, waiting=0).tolist() == [0.0]


def test_late_backlog_leaves_out_who_is_late_already():
    assert late(agents=9, waiting=1, longest=20.0).tolist() == [0.0]
    assert late(agents=9, waiting=1, longest=300.0).tolist() == [0.0]


def test_late_backlog_is_saved_by_an_agent_who_comes_in_time():
    stays, comes = late(agents=9, waiting=1, staffing=[9, 10])
    assert stays > 0.3
    assert comes == 0.0


def test_late_backlog_is_not_saved_by_an_agent_who_comes_too_late():
    stays, comes = late(agents=9, waiting=1, staffing=[9, 10], changeover=30.0)
    assert comes == pytest.approx(stays)


def test_late_backlog_counts_on_agents_already_under_way():
    nobody_comes = late(agents=9, waiting=1, absent=[1] * len(STEPS))
    one_comes = late(agents=9, waiting=1, absent=[1, 0, *[0] * (len(STEPS) - 2)])
    assert one_comes[0] == 0.0
    assert nobody_comes[0] == pytest.approx(math.exp(-8 * 20 / 180))


def test_late_backlog_falls_with_every_agent_and_never_exceeds_the_line():
    for waiting in (1, 5, 30, 200):
        found = late(agents=12, waiting=waiting, longest=15.0, staffing=list(range(6, 40)))
        assert (np.diff(found) <= 1e-12).all()
        assert 0.0 <= found.min() <= found.max() <= waiting


def test_late_backlog_of_a_long_line_is_close_to_that_of_each_contact_followed():
    together = late(agents=40, waiting=16, longest=15.0, handle=60.0)[0]
    one_by_one = sum(
        1.0 - poisson_at_least(place, 40 * (20.0 - 15.0 * (16 - place + 1) / 16) / 60.0) for place in range(1, 17)
    )
    assert together == pytest.approx(one_by_one, rel=0.1)


def poisson_at_least(number, mean):
    return 1.0 - sum(math.exp(-mean) * mean**k / math.factorial(k) for k in range(number))
