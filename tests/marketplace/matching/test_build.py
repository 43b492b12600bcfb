"""State → problem: who is movable, where to, at what cost."""

from __future__ import annotations

import numpy as np
import pytest

from marketplace.bench.floor import generate
from marketplace.matching import build, solve
from marketplace.matching.cost import switching_cost
from marketplace.matching.limits import BINDING, free_to_move
from marketplace.matching.refusals import refusals
from marketplace.matching.state import NOWHERE, Limits, Mode, Presence, Refusal
from tests.marketplace.matching.floors import HOUR, NOW, floor, messy, quiet, surging

SIGMA = switching_cost(changeover_seconds=5.0, constant=Limits().switch_constant)


def arcs_of(problem):
    """(agent, queue) of each arc."""
    owner = np.repeat(problem.row, np.diff(problem.arc_start))
    return list(zip(owner.tolist(), problem.arc_queue.tolist(), strict=True))


@pytest.mark.parametrize("seed", range(60))
def test_build_has_an_arc_exactly_where_nothing_is_refused(seed):
    state = messy(seed)
    live = state.limits.changeover_seconds <= state.limits.plan_above_seconds
    for mode in (Mode.AUTO, Mode.APPROVE):
        arcs = set(arcs_of(build(state, mode=mode)))
        for agent in range(len(state.agents)):
            for queue in range(len(state.queues)):
                found = set(refusals(state=state, agent=agent, queue=queue, mode=mode))
                exactly = Refusal.MODE in refusals(state=state, agent=agent, queue=queue, mode=mode + 1)
                allowed = live and not found and (mode == Mode.AUTO or exactly)
                assert ((agent, queue) in arcs) == allowed, (agent, queue, found)


def test_build_moves_idle_agents_only():
    presences = [Presence.READY, Presence.ON_CONTACT, Presence.WRAP_UP, Presence.PAUSED, Presence.OFFLINE]
    problem = build(floor([quiet(), surging()], [{"presence": presence} for presence in presences]))
    assert problem.row.tolist() == [0]
    assert problem.fixed.tolist() == [2, 0]


def test_build_counts_nobody_who_is_away_or_off_duty():
    away = [{"presence": Presence.PAUSED}, {"presence": Presence.OFFLINE}, {"until": NOW}, {"queue": NOWHERE}]
    assert build(floor([quiet()], [*away, {}])).fixed.tolist() == [1]


def test_build_counts_an_agent_without_options_as_fixed():
    problem = build(floor([quiet(), surging()], [{"skills": {0: 5}}, {}]))
    assert problem.row.tolist() == [1]
    assert problem.fixed.tolist() == [1, 0]
    assert problem.base.tolist() == problem.fixed.tolist()


@pytest.mark.parametrize("mode", [Mode.OFF, Mode.SHADOW, Mode.APPROVE, Mode.AUTO])
def test_build_takes_pairs_of_exactly_the_mode_asked(mode):
    state = floor(
        [quiet(department=3), surging(department=1), surging(department=2), surging(department=3)],
        [{"department": 3}],
        modes=(Mode.OFF, Mode.SHADOW, Mode.APPROVE, Mode.AUTO),
    )
    targets = {Mode.OFF: [], Mode.SHADOW: [1], Mode.APPROVE: [2], Mode.AUTO: [3]}
    assert build(state, mode=mode).arc_queue.tolist() == targets[mode]


def test_build_lets_an_external_agent_without_a_home_department_move():
    state = floor([quiet(department=1), surging(department=1)], [{"department": -1}], modes=(Mode.OFF, Mode.AUTO))
    assert arcs_of(build(state)) == [(0, 1)]


def test_build_makes_no_moves_of_its_own_at_a_long_changeover():
    agents = [{}] * 5
    at_limit = floor([quiet(), surging()], agents, limits=Limits(changeover_seconds=180.0))
    above = floor([quiet(), surging()], agents, limits=Limits(changeover_seconds=180.1))
    assert len(build(at_limit).row) == 5
    assert len(build(above).row) == 0
    assert solve(build(above)).moves == ()


def test_build_draws_on_standby_before_a_healthy_queue():
    state = floor([quiet(recent_arrivals=8.0), surging()], [{}, {}, {"queue": NOWHERE}, {}])
    plan = solve(build(state))
    assert plan.moves[0].agent == 2
    assert plan.moves[0].loss == 0.0


def test_build_sends_nobody_from_standby_without_need():
    state = floor([quiet(), quiet()], [{"queue": NOWHERE}, {}, {}])
    assert solve(build(state)).moves == ()


def test_build_prefers_those_moved_least_and_longest_ago():
    history = [(2, NOW - HOUR), (1, NOW - HOUR), (1, NOW - 2 * HOUR), (3, NOW - 3 * HOUR)]
    agents = [{"moves": moves, "moved_at": at, "since": NOW - 10 * HOUR} for moves, at in history]
    problem = build(floor([quiet(), surging()], agents))
    assert np.argsort(problem.switch_cost).tolist() == [2, 1, 0, 3]
    assert problem.switch_cost.max() - problem.switch_cost.min() < 0.01 * SIGMA
    assert problem.switch_cost.min() == pytest.approx(SIGMA)


def test_build_prefers_the_one_who_knows_more():
    knows = [{"skills": {0: 5, 1: level}} for level in (2, 4, 3)]
    plan = solve(build(floor([quiet(), surging(waiting=2, recent_arrivals=3.0)], [*knows, {"queue": 1}])))
    assert [move.agent for move in plan.moves] == [1]


def test_build_scales_with_priority_as_a_whole():
    """Only differences of priority matter: the same plan whether all count 1 or all count 5."""
    for seed in range(3):
        state = generate(agents=300, queues=12, seed=seed)
        plan = solve(build(state))
        state.queues.priority[:] = 5
        dearer = solve(build(state))
        assert [(m.agent, m.target) for m in plan.moves] == [(m.agent, m.target) for m in dearer.moves]


def test_build_prefers_the_queue_of_higher_priority():
    state = floor([quiet(), surging(), surging(priority=3), surging()], [{}])
    assert [move.target for move in solve(build(state)).moves] == [2]


def test_build_gives_nobody_to_a_queue_that_is_well():
    state = floor([quiet(recent_arrivals=10.0), quiet(recent_arrivals=5.0)], [{}] * 10 + [{"queue": 1}] * 5)
    assert solve(build(state)).moves == ()


def test_build_never_drains_a_donor_below_what_its_target_needs():
    state = floor([quiet(recent_arrivals=90.0), surging(waiting=60, priority=9)], [{}] * 30)
    plan = solve(build(state))
    assert 0 < len(plan.moves) < 30
    harsher = floor([quiet(recent_arrivals=90.0, target_share=0.99), surging(waiting=60, priority=9)], [{}] * 30)
    assert len(solve(build(harsher)).moves) < len(plan.moves)


def test_build_handles_a_floor_without_agents_or_queues():
    assert solve(build(floor([quiet(), surging()], []))).moves == ()
    empty = floor([], [{"queue": NOWHERE, "skills": {}}])
    assert solve(build(empty)).moves == ()


def test_free_to_move_lists_agents_whom_no_limit_of_their_own_keeps():
    state = floor(
        [quiet()], [{}, {"pinned": True}, {"presence": Presence.PAUSED}, {"queue": NOWHERE, "assigned_at": NOW}]
    )
    assert free_to_move(state).tolist() == [0, 3]


def test_binding_refusals_are_those_a_dispatcher_cannot_overrule():
    assert Refusal.SKILL_MISSING in BINDING
    assert not BINDING & {Refusal.DWELL, Refusal.PINNED, Refusal.MOVES_EXHAUSTED, Refusal.DONOR_SHORT, Refusal.MODE}


@pytest.mark.parametrize("patience", [120.0, 800.0, 5_000.0])
@pytest.mark.parametrize("waited", [5.0, 60.0, 450.0])
def test_build_sends_someone_to_the_one_whom_nobody_serves(patience, waited):
    """However patient, and however late already: four sit idle elsewhere."""
    alone = quiet(waiting=1, longest_wait_seconds=waited, patience_seconds=patience)
    plan = solve(build(floor([quiet(), alone], [{}] * 4)))
    assert [move.target for move in plan.moves] == [1]


def test_build_lets_the_last_one_go_to_whoever_waits_while_few_are_expected_here():
    """A call every two minutes: by the next tick somebody else may be free to come back for it."""
    busy = {"queue": 1, "presence": Presence.ON_CONTACT}
    few = floor([quiet(recent_arrivals=2.5), quiet(waiting=1, longest_wait_seconds=4.0)], [{}, busy])
    assert [move.agent for move in solve(build(few)).moves] == [0]
