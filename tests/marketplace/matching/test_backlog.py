"""Who waits now has a deadline and a patience: how many of them will be answered late, and how many lost."""

from __future__ import annotations

import math

import numpy as np
import pytest

from marketplace.matching.backlog import LATE_AGAIN, backlog_loss, late_backlog, lost_backlog
from marketplace.matching.cost import Load, time_steps

STEPS = time_steps(seconds=70.0)


def line(*, agents, waiting, longest=0.0, handle=180.0, target=20.0, patience=120.0, absent=None):
    """One queue with all its agents busy."""
    return Load(
        agents=np.array([float(agents)]),
        contacts=np.array([float(agents + waiting)]),
        rate=np.array([0.05]),
        handle_seconds=np.array([handle]),
        patience_seconds=np.array([patience]),
        target_seconds=np.array([target]),
        absent=np.zeros((1, len(STEPS))) if absent is None else np.array([absent], dtype=np.float64),
        waiting=np.array([float(waiting)]),
        longest_wait_seconds=np.array([longest]),
    )


def late(*, agents, staffing=None, changeover=5.0, **facing):
    """For one queue, how many of those waiting will be late at each staffing."""
    columns = np.array([[agents] if staffing is None else staffing], dtype=np.float64)
    queue = line(agents=agents, **facing)
    return late_backlog(queue, staffing=columns, steps=STEPS, changeover_seconds=changeover)[0]


def lost(*, agents, staffing=None, changeover=0.0, **facing):
    """For one queue, how many of those waiting will give up at each staffing."""
    columns = np.array([[agents] if staffing is None else staffing], dtype=np.float64)
    return lost_backlog(line(agents=agents, **facing), staffing=columns, changeover_seconds=changeover)[0]


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


def test_late_backlog_gives_who_is_late_the_next_deadline_at_less_weight():
    fresh = late(agents=9, waiting=1)[0]
    assert late(agents=9, waiting=1, longest=20.0)[0] == pytest.approx(LATE_AGAIN * fresh)
    assert late(agents=9, waiting=1, longest=310.0)[0] == pytest.approx(LATE_AGAIN * math.exp(-0.5))


def test_lost_backlog_is_everybody_where_nobody_serves():
    assert lost(agents=0, waiting=3, patience=5_000.0)[0] == pytest.approx(3.0)


def test_lost_backlog_is_the_race_between_patience_and_the_turns_ahead():
    # One agent: an end every 180 s, patience of 120 s; the second in line waits for two ends.
    assert lost(agents=1, waiting=1)[0] == pytest.approx(180 / (180 + 120))
    assert lost(agents=1, waiting=2)[0] == pytest.approx(180 / (180 + 120) + 360 / (360 + 120))


def test_lost_backlog_spares_who_is_taken_at_once_and_moves_the_others_up():
    stays, one, both = lost(agents=1, waiting=2, staffing=[1, 2, 3])
    assert one == pytest.approx(90 / (90 + 120))
    assert both == 0.0
    assert stays > one


def test_lost_backlog_counts_who_gives_up_during_the_changeover():
    stays, comes = lost(agents=0, waiting=1, staffing=[0, 1], changeover=120.0)
    assert stays == 1.0
    assert comes == pytest.approx(1.0 - math.exp(-1.0))


def test_backlog_loss_is_half_of_the_late_and_all_of_the_lost():
    columns = np.array([[4.0, 5.0, 7.0]])
    queue = line(agents=4, waiting=3, longest=12.0)
    found = backlog_loss(queue, staffing=columns, steps=STEPS, changeover_seconds=5.0)
    late_ones = late_backlog(queue, staffing=columns, steps=STEPS, changeover_seconds=5.0)
    lost_ones = lost_backlog(queue, staffing=columns, changeover_seconds=5.0)
    np.testing.assert_allclose(found, 0.5 * late_ones + lost_ones)
    nobody = backlog_loss(line(agents=4, waiting=0), staffing=columns, steps=STEPS, changeover_seconds=5.0)
    assert nobody.tolist() == [[0.0, 0.0, 0.0]]


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
