"""A plan is a proposal: what may not be done is refused, what was rightly planned is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from marketplace.bench.floor import generate
from marketplace.matching import accept, build, solve
from marketplace.matching.problem import Move
from marketplace.matching.state import NOWHERE, Limits, Mode, Presence, Refusal
from tests.marketplace.matching.floors import HOUR, NOW, floor, messy, quiet, surging

TO_SURGE = Move(agent=0, source=0, target=1, gain=9.0, loss=0.0, cost=0.5)


def calm_and_surge(agent=None, *, queue=None, **given):
    """Four idle agents at a calm queue, one busy at a surging one; the first of the four has `agent`'s particulars."""
    return floor(
        [quiet(), surging(**(queue or {}))],
        [agent or {}, {}, {}, {}, {"queue": 1, "presence": Presence.ON_CONTACT}],
        **given,
    )


def test_accept_lets_a_good_move_pass():
    assert accept([TO_SURGE], calm_and_surge()) == [()]


@pytest.mark.parametrize(
    ("agent", "refusal"),
    [
        ({"until": NOW}, {Refusal.NOT_ON_DUTY, Refusal.DUTY_ENDING}),
        ({"presence": Presence.OFFLINE}, {Refusal.NOT_ON_DUTY, Refusal.NOT_READY}),
        ({"presence": Presence.ON_CONTACT}, {Refusal.NOT_READY}),
        ({"presence": Presence.WRAP_UP}, {Refusal.NOT_READY}),
        ({"presence": Presence.PAUSED}, {Refusal.NOT_READY}),
        ({"pinned": True}, {Refusal.PINNED}),
        ({"assigned_at": NOW - 9}, {Refusal.DWELL}),
        ({"arrives_at": NOW + 1}, {Refusal.DWELL}),
        ({"moves": 80, "since": NOW - 40 * HOUR}, {Refusal.MOVES_EXHAUSTED}),
        ({"moves": 1, "since": NOW - 179}, {Refusal.MOVES_EXHAUSTED}),
        ({"until": NOW + 34}, {Refusal.DUTY_ENDING}),
        ({"break_at": NOW + 34}, {Refusal.BREAK_NEAR}),
        ({"break_at": NOW - 60}, {Refusal.BREAK_NEAR}),
        ({"skills": {0: 5}}, {Refusal.SKILL_MISSING}),
        ({"skills": {0: 5, 1: (5, NOW - 10, NOW + 34)}}, {Refusal.SKILL_EXPIRED}),
        ({"skills": {0: 5, 1: (5, NOW + 1, NOW + HOUR)}}, {Refusal.SKILL_EXPIRED}),
        ({"queue": 1}, {Refusal.STALE, Refusal.SAME_QUEUE}),
        ({"queue": NOWHERE}, {Refusal.STALE}),
    ],
)
def test_accept_refuses_what_an_agent_limit_forbids(agent, refusal):
    assert set(accept([TO_SURGE], calm_and_surge(agent))[0]) == refusal


@pytest.mark.parametrize(
    "agent",
    [
        {"assigned_at": NOW - 10, "arrives_at": NOW},
        {"moves": 79, "since": NOW - 40 * HOUR},
        {"moves": 1, "since": NOW - 180},
        {"break_at": NOW + 35},
        {"until": NOW + 35, "skills": {0: 5, 1: (1, NOW, NOW + 35)}},
    ],
)
def test_accept_lets_pass_what_just_keeps_the_limit(agent):
    assert accept([TO_SURGE], calm_and_surge(agent)) == [()]


def test_accept_refuses_a_closed_queue():
    assert accept([TO_SURGE], calm_and_surge(queue={"open": False}))[0][0] == Refusal.QUEUE_CLOSED


def test_accept_refuses_work_from_home_where_the_queue_forbids_it():
    state = calm_and_surge({"at_home": True}, queue={"home_allowed": False})
    assert accept([TO_SURGE], state) == [(Refusal.WORK_PLACE,)]


@pytest.mark.parametrize("careful", ["agent", "source", "target"])
def test_accept_takes_the_most_careful_of_three_departments(careful):
    department = {name: int(name == careful) for name in ("agent", "source", "target")}
    state = floor(
        [quiet(department=department["source"]), surging(department=department["target"])],
        [{"department": department["agent"]}, {}, {}, {}],
        modes=(Mode.AUTO, Mode.APPROVE),
    )
    assert accept([TO_SURGE], state) == [(Refusal.MODE,)]
    assert accept([TO_SURGE], state, mode=Mode.APPROVE) == [()]
    assert accept([TO_SURGE], state, mode=Mode.SHADOW) == [()]


def test_accept_names_every_reason_at_once():
    state = calm_and_surge(
        {"pinned": True, "presence": Presence.PAUSED, "at_home": True}, queue={"home_allowed": False}
    )
    assert accept([TO_SURGE], state) == [(Refusal.NOT_READY, Refusal.PINNED, Refusal.WORK_PLACE)]


@pytest.mark.parametrize(
    "move", [replace(TO_SURGE, agent=99), replace(TO_SURGE, agent=-1), replace(TO_SURGE, target=2)]
)
def test_accept_calls_stale_what_the_state_does_not_know(move):
    assert accept([move], calm_and_surge()) == [(Refusal.STALE,)]


def test_accept_counts_a_move_before_the_next_is_judged():
    # Two idle agents keep this queue at its target; one of them alone does as well, none does not.
    state = floor([quiet(recent_arrivals=8.0, handle_seconds=10.0), surging()], [{}, {}, {"queue": 1}])
    first, second = TO_SURGE, replace(TO_SURGE, agent=1)
    assert accept([first], state) == [()]
    assert accept([second], state) == [()]
    for both in ([first, second], [second, first]):
        passed, refused = accept(both, state)
        assert passed == ()
        assert Refusal.DONOR_SHORT in refused


def test_accept_refuses_the_second_move_of_one_agent():
    state = floor([quiet(), surging(), surging()], [{}, {}, {}])
    again = Move(agent=0, source=0, target=2, gain=9.0, loss=0.0, cost=0.5)
    assert accept([TO_SURGE, again], state) == [(), (Refusal.STALE, Refusal.DWELL)]


def test_accept_refuses_to_drain_a_queue_that_keeps_its_target_with_nobody_to_spare():
    state = floor([quiet(recent_arrivals=30.0), surging()], [{}] * 14 + [{"queue": 1}])
    refusals = accept([replace(TO_SURGE, agent=agent) for agent in range(14)], state)
    given = sum(not reasons for reasons in refusals)
    assert 0 < given < 10
    assert all(Refusal.DONOR_SHORT in reasons for reasons in refusals[given:])


def test_accept_lets_a_short_queue_give_only_for_more_than_the_margin():
    short = {"recent_arrivals": 20.0, "waiting": 2}
    slightly_worse = floor([short, {**short, "waiting": 3}], [{}, {"queue": 1}])
    far_worse = floor([short, surging(waiting=30, priority=5)], [{}, {"queue": 1}])
    assert Refusal.DONOR_SHORT in accept([TO_SURGE], slightly_worse)[0]
    assert accept([TO_SURGE], far_worse) == [()]


def test_accept_refuses_a_move_that_gains_nothing():
    state = floor([quiet(recent_arrivals=3.0), quiet()], [{}, {}, {}, {}])
    assert Refusal.NO_GAIN in accept([TO_SURGE], state)[0]


def test_accept_never_refuses_what_was_planned_on_the_same_state():
    moves = 0
    for seed in range(400):
        state = messy(seed)
        for mode in (Mode.AUTO, Mode.APPROVE):
            plan = solve(build(state, mode=mode))
            for view in (None, plan.view):
                assert accept(plan.moves, state, mode=mode, view=view) == [()] * len(plan.moves), f"seed {seed}"
            moves += len(plan.moves)
    assert moves > 100


@pytest.mark.parametrize("seed", range(5))
def test_accept_never_refuses_what_was_planned_on_an_ordinary_floor(seed):
    state = generate(agents=600, queues=20, seed=seed)
    plan = solve(build(state))
    assert plan.moves
    assert accept(plan.moves, state) == accept(plan.moves, state, view=plan.view) == [()] * len(plan.moves)


@pytest.mark.parametrize("seed", range(5))
def test_accept_refuses_the_same_with_the_outlook_at_hand(seed):
    state = generate(agents=300, queues=12, seed=seed)
    plan = solve(build(state))
    back = [replace(move, cost=move.cost + move.gain) for move in plan.moves]
    doubled = [*plan.moves, *plan.moves, *back]
    assert accept(doubled, state, view=plan.view) == accept(doubled, state)


def test_accept_refuses_moves_that_others_have_overtaken():
    """Two matchers that plan the same on one state: the second finds nothing left to do."""
    state = calm_and_surge(queue={"waiting": 3, "recent_arrivals": 0.0})
    plan = solve(build(state))
    assert plan.moves
    helped = replace(
        state,
        agents=replace(state.agents, queue=np.array([0, 1, 1, 1, 1])),
        queues=replace(state.queues, waiting=np.array([0, 0])),
    )
    assert Refusal.NO_GAIN in accept([TO_SURGE], helped)[0]


def test_accept_judges_nothing_in_an_empty_plan():
    assert accept([], calm_and_surge(limits=Limits(changeover_seconds=0.0))) == []
