"""The plan is the best there is, by solvers that share nothing with ours, and it explains itself."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.bench.floor import generate
from marketplace.matching import build, solve
from marketplace.matching.document import parse
from marketplace.matching.problem import Problem
from marketplace.matching.state import NOWHERE
from tests.marketplace.matching.exact import by_enumeration, by_linear_program, objective_of
from tests.marketplace.matching.floors import messy

EXACT = 1e-6


def answer_to(document: dict[str, Any]) -> dict[str, Any]:
    parsed = parse(json.dumps(document))
    return parsed.answer(solve(parsed.problem))


def random_document(seed: int) -> dict[str, Any]:
    """A small problem; a third of them with round costs (many ties), a third where moving is free."""
    random = np.random.default_rng(seed)
    queues = [f"q{at}" for at in range(random.integers(1, 5))]
    digits = [0, 1, 6][seed % 3]

    def cost() -> list[float]:
        steps = np.sort(np.round(random.exponential(3.0, random.integers(0, 7)), digits))[::-1]
        return [
            float(value) for value in np.round(random.random(), digits) + np.cumsum(np.append(steps, 0)[::-1])[::-1]
        ]

    return {
        "queues": [{"id": name, "cost": cost()} for name in queues],
        "agents": [
            {
                "id": f"a{at}",
                "queue": str(place) if (place := random.choice([*queues, ""])) else None,
                "eligible": {
                    name: float(np.round(random.exponential(0.5), digits)) for name in queues if random.random() < 0.6
                },
                "movable": bool(random.random() < 0.85),
            }
            for at in range(random.integers(0, 7))
        ],
        "switch_cost": float(random.choice([0.0, np.round(random.random(), digits), 0.05])),
    }


@pytest.mark.parametrize("block", range(15))
def test_solve_equals_enumeration_on_thousands_of_random_problems(block):
    for seed in range(200 * block, 200 * (block + 1)):
        document = random_document(seed)
        answer = answer_to(document)
        assert answer["objective"] == pytest.approx(by_enumeration(document), abs=EXACT), f"seed {seed}"
        assert objective_of(document, answer) == pytest.approx(answer["objective"], abs=1e-9), f"seed {seed}"


def convex_costs() -> st.SearchStrategy[list[float]]:
    falls = st.lists(st.floats(0, 1e4, allow_subnormal=False), max_size=6)
    return falls.map(lambda found: [sum(sorted(found)[: len(found) - n]) for n in range(len(found) + 1)])


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(st.text(min_size=1, max_size=3), min_size=1, max_size=4, unique=True))
    price = st.floats(0, 100, allow_subnormal=False)
    agents = st.builds(
        dict,
        queue=st.sampled_from([None, *names]),
        eligible=st.dictionaries(st.sampled_from(names), price),
        movable=st.booleans(),
    )
    return {
        "queues": [{"id": name, "cost": draw(convex_costs())} for name in names],
        "agents": [{"id": f"a{at}", **agent} for at, agent in enumerate(draw(st.lists(agents, max_size=6)))],
        "switch_cost": draw(price),
    }


@settings(max_examples=300, deadline=None)
@given(documents())
def test_solve_equals_enumeration_at_extreme_values(document):
    answer = answer_to(document)
    assert answer["objective"] == pytest.approx(by_enumeration(document), abs=EXACT)
    assert objective_of(document, answer) == pytest.approx(answer["objective"], abs=EXACT)


@pytest.mark.parametrize("seed", range(40))
def test_solve_equals_a_linear_program_on_live_problems(seed):
    problem = build(messy(seed))
    assert solve(problem).objective == pytest.approx(by_linear_program(problem), abs=EXACT)


@pytest.mark.parametrize("seed", range(4))
def test_solve_equals_a_linear_program_on_ordinary_floors(seed):
    problem = build(generate(agents=400, queues=20, seed=seed))
    plan = solve(problem)
    assert len(plan.moves) > 3
    assert plan.objective == pytest.approx(by_linear_program(problem), abs=EXACT)


@pytest.mark.parametrize("seed", range(20))
def test_solve_finds_the_same_optimum_with_and_without_pruning(seed):
    problem = build(messy(seed) if seed % 2 else generate(agents=300, queues=15, seed=seed))
    assert solve(problem).objective == pytest.approx(solve(problem, prune=False).objective, abs=EXACT)


@pytest.mark.parametrize("seed", [1, 2])
def test_solve_gives_the_same_plan_for_the_same_problem(seed):
    state = generate(agents=1000, queues=30, seed=seed)
    first, second = solve(build(state)), solve(build(state))
    assert first.moves == second.moves
    assert first.objective == second.objective
    np.testing.assert_array_equal(first.staffing, second.staffing)


@pytest.mark.parametrize("seed", range(12))
def test_solve_leaves_no_move_that_were_better_undone(seed):
    plan = solve(build(generate(agents=300, queues=12, seed=seed)))
    for move in plan.moves:
        assert move.gain - move.loss - move.cost >= -EXACT


def test_solve_takes_the_terms_of_a_move_at_the_margin_of_the_final_plan():
    # Two of the three go: q1 falls 9 → 4 → 2.5, q0 rises 0 → 0.5 → 1.5; all terms are those of the second.
    problem = chain(cost=[[9, 3, 1.5, 0.5, 0.0], [9, 4, 2.5, 2.0, 2.0]], at=[0, 0, 0, 0], switch_cost=0.25)
    plan = solve(problem)
    assert plan.staffing.tolist() == [2, 2]
    assert plan.objective == pytest.approx(1.5 + 2.5 + 2 * 0.25)
    assert [(move.gain, move.loss, move.cost) for move in plan.moves] == [(1.5, 1.0, 0.25)] * 2


def test_solve_sends_agents_through_a_queue_and_lets_it_receive_first():
    """Nobody at q0 can serve q2, but somebody there can stand in for one of q1 who can."""
    problem = chain(
        cost=[[1.0, 0.0], [5.0, 0.0], [9.0, 0.0]], at=[0, 0, 1], arcs=[[1], [1], [2]], switch_cost=0.5, columns=4
    )
    plan = solve(problem)
    assert [(move.source, move.target) for move in plan.moves] == [(0, 1), (1, 2)]
    assert plan.staffing.tolist() == [1, 1, 1]


def test_solve_lets_an_agent_nowhere_stay_nowhere():
    problem = chain(cost=[[1.0, 0.9]], at=[NOWHERE], arcs=[[0]], switch_cost=0.5)
    plan = solve(problem)
    assert plan.moves == ()
    assert plan.objective == pytest.approx(1.0)


def test_solve_counts_no_loss_for_an_agent_from_nowhere():
    move = solve(chain(cost=[[3.0, 0.5]], at=[NOWHERE], arcs=[[0]], switch_cost=0.5)).moves[0]
    assert (move.source, move.gain, move.loss, move.cost) == (NOWHERE, 2.5, 0.0, 0.5)
    assert move.from_nowhere


def test_solve_handles_a_problem_without_agents():
    plan = solve(chain(cost=[[3.0, 0.5], [1.0, 1.0]], at=[], switch_cost=0.5))
    assert plan.objective == pytest.approx(4.0)
    assert plan.staffing.tolist() == [0, 0]


def test_solve_handles_a_problem_without_queues():
    plan = solve(chain(cost=np.zeros((0, 1)), at=[NOWHERE], arcs=[[]], switch_cost=0.5))
    assert (plan.objective, plan.moves, len(plan.staffing)) == (0.0, (), 0)


def chain(*, cost: Any, at: list[int], switch_cost: float, arcs: Any = None, columns: int | None = None) -> Problem:
    """A problem in which everyone is movable; by default everybody may go everywhere."""
    table = np.array(cost, dtype=np.float64)
    if columns:
        table = np.pad(table, ((0, 0), (0, columns - table.shape[1])), mode="edge")
    targets = [list(range(len(table))) for _ in at] if arcs is None else arcs
    return Problem(
        cost=table,
        base=np.zeros(len(table), dtype=np.int64),
        fixed=np.zeros(len(table), dtype=np.int64),
        row=np.arange(len(at)),
        queue=np.array(at, dtype=np.int64),
        arc_start=np.cumsum([0, *map(len, targets)]).astype(np.int64),
        arc_queue=np.array([queue for row in targets for queue in row], dtype=np.int64),
        arc_cost=np.zeros(sum(map(len, targets))),
        stay_cost=np.zeros(len(at)),
        switch_cost=np.full(len(at), switch_cost),
    )
