"""Why each move, in numbers; and a record that brings back the identical plan."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import numpy as np
import pytest

from marketplace.bench.floor import generate
from marketplace.matching import accept, build, explain, solve
from marketplace.matching.record import UnreadableRecordError, dump, load
from marketplace.matching.state import NOWHERE, Limits, Presence
from tests.marketplace.matching.floors import NOW, floor, messy, quiet, surging


def test_explain_says_why_this_person_from_where_and_what_it_brings():
    agents = [{"moves": 1, "moved_at": NOW - 700, "since": NOW - 9000, "skills": {0: 5, 1: 3}}, {}, {}, {"queue": 1}]
    state = floor([quiet(), surging(waiting=5, longest_wait_seconds=12.0)], agents)
    plan = solve(build(state))
    terms = {move.agent: why for move, why in zip(plan.moves, explain(plan.moves, state), strict=True)}
    why = terms[1]
    assert why["gain"] - why["loss"] - why["cost"] == pytest.approx(why["net"])
    assert (why["moves"], why["moved_seconds_ago"], why["level"], why["idle_at_source"]) == (0, None, 5, 3)
    target = why["target"]
    assert (target["waiting"], target["longest_wait_seconds"]) == (5, 12.0)
    assert target["rate_per_hour"] == pytest.approx(360.0)
    assert target["agents_before"] == 1
    assert target["agents_after"] == 1 + len(plan.moves)
    assert target["level_after"] > target["level_before"]
    assert why["source"]["agents_after"] == 3 - len(plan.moves)
    assert why["source"]["level_after"] <= why["source"]["level_before"]


def test_explain_has_no_source_for_an_agent_from_nowhere():
    state = floor([surging()], [{"queue": NOWHERE}])
    plan = solve(build(state))
    why = explain(plan.moves, state)[0]
    assert why["source"] is None
    assert why["idle_at_source"] is None
    assert why["loss"] == 0.0


@pytest.mark.parametrize("seed", range(5))
def test_explain_says_the_same_with_the_outlook_at_hand(seed):
    state = generate(agents=300, queues=12, seed=seed)
    plan = solve(build(state))
    for worked_out, at_hand in zip(explain(plan.moves, state), explain(plan.moves, state, view=plan.view), strict=True):
        for side in ("target", "source"):
            assert at_hand.pop(side) == pytest.approx(worked_out.pop(side), abs=0.02)
        assert at_hand == worked_out


@pytest.mark.parametrize("seed", range(40))
def test_explain_gives_numbers_that_json_can_carry(seed):
    state = messy(seed)
    plan = solve(build(state))
    terms = explain(plan.moves, state)
    assert len(terms) == len(plan.moves)
    assert json.loads(json.dumps(terms, allow_nan=False)) == terms
    for move, why in zip(plan.moves, terms, strict=True):
        assert why["net"] >= -1e-6
        assert why["net"] == pytest.approx(move.gain - move.loss - move.cost)


def test_explain_of_no_moves_is_empty():
    assert explain((), floor([quiet()], [{}])) == []


@pytest.mark.parametrize("seed", [1, 5, 9])
def test_a_recorded_state_comes_back_whole_and_gives_the_identical_plan(seed):
    state = generate(agents=500, queues=15, seed=seed, limits=Limits(changeover_seconds=7.5, moves_per_duty=9))
    back = load(dump(state))
    assert (back.now, back.limits) == (state.now, state.limits)
    for name in ("queues", "agents", "eligible"):
        for column in fields(getattr(state, name)):
            before, after = (getattr(getattr(one, name), column.name) for one in (state, back))
            assert before.dtype == after.dtype
            np.testing.assert_array_equal(before, after)
    first, second = solve(build(state)), solve(build(back))
    assert first.moves == second.moves
    assert first.objective == second.objective
    assert accept(first.moves, state) == accept(second.moves, back)


def test_a_recorded_state_without_later_columns_takes_their_defaults():
    state = floor([quiet()], [{"presence": Presence.PAUSED}])
    older = replace(state, agents=replace(state.agents, since=np.zeros(0, dtype=np.int64)))
    assert len(load(dump(older)).agents.since) == 0


@pytest.mark.parametrize("record", [b"", b"nothing of the kind", dump(floor([quiet()], [{}]))[:200]])
def test_what_is_no_record_is_refused(record):
    with pytest.raises(UnreadableRecordError):
        load(record)
