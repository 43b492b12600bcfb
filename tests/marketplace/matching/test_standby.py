"""Standby: placed nowhere at first, drawn on before anyone leaves a queue, for its own department only."""

import numpy as np

from marketplace.matching import accept, build, place, solve
from marketplace.matching.build import STANDBY_SHARE
from marketplace.matching.interval import build_interval
from marketplace.matching.outlook import switching_costs
from marketplace.matching.refusals import refusals
from marketplace.matching.state import NOWHERE, Mode, Refusal
from tests.marketplace.matching.floors import floor, quiet, surging

TWO = (Mode.AUTO, Mode.AUTO)
STANDS_BY = {"queue": NOWHERE, "standby": 0}


def test_who_stands_by_is_placed_nowhere_and_others_are():
    state = floor([quiet(), quiet()], [STANDS_BY, {"queue": NOWHERE}])
    placed = place(state)
    assert placed[0] == NOWHERE
    assert placed[1] != NOWHERE


def test_on_a_quiet_floor_nobody_on_standby_is_moved():
    state = floor([quiet(), quiet()], [STANDS_BY, *[{"queue": 1}] * 5])
    assert solve(build(state)).moves == ()


def test_in_a_surge_standby_goes_before_anyone_leaves_a_queue():
    busy = [{"queue": 0, "presence": 2}] * 6
    state = floor([surging(waiting=4), quiet()], [*busy, *[{"queue": 1}] * 8, STANDS_BY, STANDS_BY])
    problem = build(state)
    prices = dict(zip(problem.row.tolist(), problem.switch_cost.tolist(), strict=True))
    sigma = switching_costs(state)
    assert prices[6] == np.clip(prices[6], sigma, 1.01 * sigma)
    assert prices[14] == np.clip(prices[14], STANDBY_SHARE * sigma, 1.01 * STANDBY_SHARE * sigma)
    moves = solve(problem).moves
    assert {14, 15} <= {move.agent for move in moves}
    assert {move.target for move in moves} == {0}
    assert all(not refused for refused in accept(moves, state))


def test_standby_is_drawn_on_where_a_move_between_queues_would_gain_too_little():
    """What one more agent is worth here lies between the two prices of a move."""
    queues = [surging(waiting=0, recent_arrivals=6.0, longest_wait_seconds=0.0), quiet()]
    busy = [{"queue": 0, "presence": 2}] * 6
    lent = solve(build(floor(queues, [*busy, {"queue": 1}, {"queue": 1}]))).moves
    drawn = solve(build(floor(queues, [*busy, {"queue": 1}, STANDS_BY]))).moves
    assert (lent, [move.agent for move in drawn]) == ((), [7])


def test_standby_serves_the_department_that_pays_for_it():
    queues = [surging(department=1), quiet(department=0)]
    state = floor(queues, [*[{"queue": 0, "presence": 2}] * 6, STANDS_BY], modes=TWO)
    assert solve(build(state)).moves == ()
    assert refusals(state=state, agent=6, queue=0) == (Refusal.STANDS_BY,)
    assert refusals(state=state, agent=6, queue=1) == ()


def test_the_interval_plan_draws_on_it_too():
    state = floor([quiet(), quiet()], [*[{"queue": 0}] * 2, STANDS_BY])
    moves = solve(build_interval(state, rate=np.array([0.02, 0.02]))).moves
    assert 2 in {move.agent for move in moves}
