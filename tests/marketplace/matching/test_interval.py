"""The interval plan: the floor staffed by the forecast alone; and what one move by hand would change."""

from __future__ import annotations

import numpy as np
import pytest

from marketplace.bench.floor import generate
from marketplace.matching import accept, build, solve
from marketplace.matching.foresee import foresee
from marketplace.matching.interval import build_interval
from marketplace.matching.problem import Move
from marketplace.matching.state import NOWHERE, Limits, Presence, Refusal
from marketplace.staffing.erlang import erlang_a
from tests.marketplace.matching.exact import by_linear_program
from tests.marketplace.matching.floors import NOW, floor, messy, quiet, surging


def test_interval_plan_follows_the_forecast_and_not_the_floor():
    state = floor([surging(), quiet()], [{} for _ in range(12)])
    plan = solve(build_interval(state, rate=np.array([0.005, 0.03])))
    assert plan.staffing[1] > 2 * plan.staffing[0]
    assert solve(build_interval(state, rate=np.array([0.03, 0.0]))).moves == ()


def test_interval_plan_moves_busy_agents_but_none_who_is_pinned_or_away():
    agents = [
        {"presence": Presence.ON_CONTACT},
        {"pinned": True},
        {"presence": Presence.PAUSED},
        {"presence": Presence.OFFLINE},
        {"queue": NOWHERE},
        {"presence": Presence.WRAP_UP},
    ]
    problem = build_interval(floor([quiet(), quiet()], agents), rate=np.array([0.0, 0.1]))
    assert problem.row.tolist() == [0, 5]


def test_interval_plan_leaves_queues_without_a_forecast_alone():
    state = floor([quiet(), quiet(), quiet()], [{"queue": at % 3} for at in range(9)])
    plan = solve(build_interval(state, rate=np.array([np.nan, 0.05, 0.0])))
    assert plan.moves
    assert all({move.source, move.target} <= {1, 2} for move in plan.moves)


def test_interval_plan_costs_what_erlang_a_says():
    state = floor([quiet(), quiet()], [{}, {"queue": 1}, {"queue": 1}])
    problem = build_interval(state, rate=np.array([0.02, 0.01]))
    share = erlang_a(rate=0.02, handle_seconds=180.0, patience_seconds=120.0, agents=3, target_seconds=20.0)
    late = 1.0 - float(share.service_level) - float(share.abandonment)
    expected = 0.02 * 900 * (float(share.abandonment) + 0.5 * late)
    assert problem.cost[0, 3 - problem.base[0]] == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(12))
def test_interval_plan_is_exact_and_convex_on_any_floor(seed):
    state = messy(seed)
    rate = np.random.default_rng(seed).uniform(0.0, 0.1, len(state.queues))
    problem = build_interval(state, rate=rate)
    falls = -np.diff(problem.cost, axis=1)
    assert (falls >= -1e-9).all()
    assert (np.diff(falls, axis=1) <= 1e-9).all()
    plan = solve(problem)
    assert plan.objective == pytest.approx(by_linear_program(problem), abs=1e-6)
    assert accept(plan.moves, state, of_interval=True) == [()] * len(plan.moves)


def test_accept_judges_the_interval_plan_by_its_own_limits():
    agents = [{"presence": Presence.ON_CONTACT, "assigned_at": NOW}, {"presence": Presence.PAUSED}, {"pinned": True}]
    state = floor([quiet(), quiet(open=True)], [*agents, {"skills": {0: 5}}])
    moves = [Move(agent=agent, source=0, target=1, gain=1.0, loss=0.0, cost=0.5) for agent in (0, 1, 2, 3, 0)]
    assert accept(moves, state, of_interval=True) == [
        (),
        (Refusal.NOT_READY,),
        (Refusal.PINNED,),
        (Refusal.SKILL_MISSING,),
        (Refusal.STALE, Refusal.DWELL),
    ]


def test_interval_plan_works_where_the_matcher_makes_no_moves_of_its_own():
    state = generate(agents=200, queues=10, seed=2, limits=Limits(changeover_seconds=300.0))
    rate = np.roll(state.queues.forecast_now, 1) * 1.5
    assert solve(build(state)).moves == ()
    assert solve(build_interval(state, rate=rate)).moves


def test_foresee_shows_both_queues_before_and_after():
    change = foresee(floor([quiet(), surging()], [{}, {}, {"queue": 1}]), agent=0, target=1)
    assert (change.source.agents_before, change.source.agents_after) == (2, 1)
    assert (change.target.agents_before, change.target.agents_after) == (1, 2)
    assert change.target.loss_after < change.target.loss_before
    assert change.source.loss_after >= change.source.loss_before


@pytest.mark.parametrize("agent", [{"queue": NOWHERE}, {"presence": Presence.PAUSED}])
def test_foresee_has_no_source_for_one_who_counts_nowhere(agent):
    change = foresee(floor([quiet(), surging()], [agent, {}]), agent=0, target=1)
    assert change.source is None
    assert change.target.agents_after == change.target.agents_before + 1


def test_foresee_changes_nothing_for_one_who_is_there():
    change = foresee(floor([quiet(), surging()], [{"queue": 1}]), agent=0, target=1)
    assert change.target.agents_after == change.target.agents_before == 1
    assert change.target.share_after == change.target.share_before
