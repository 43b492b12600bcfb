"""`python -m marketplace.matching PROBLEM.json`: what it prints, and what it says of malformed problems."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from marketplace.matching.__main__ import main

ROOT = Path(__file__).resolve().parents[3]

EXAMPLE = {
    "queues": [{"id": "q1", "cost": [9.0, 4.0, 2.5, 2.0]}, {"id": "q2", "cost": [6.0, 1.0, 0.5]}],
    "agents": [
        {"id": "a1", "queue": "q1", "eligible": {"q1": 0.0, "q2": 0.3}, "movable": True},
        {"id": "a2", "queue": "q1", "eligible": {"q1": 0.1}, "movable": False},
        {"id": "a3", "queue": None, "eligible": {"q1": 0.2}, "movable": True},
        {"id": "a4", "queue": None, "eligible": {"q1": 0.0}, "movable": False},
    ],
    "switch_cost": 0.05,
}


@pytest.fixture
def run(tmp_path, capsys):
    def run_with(document):
        path = tmp_path / "problem.json"
        path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
        code = main([str(path)])
        out, err = capsys.readouterr()
        return code, out, err.replace(f"{path}: ", "")

    return run_with


def test_command_prints_the_best_plan(run):
    code, out, err = run(EXAMPLE)
    answer = json.loads(out)
    assert (code, err) == (0, "")
    # a1 goes to q2, a3 takes that place, a2 and a4 stay: costs 2.5 + 1, proficiency 0.3 + 0.2 + 0.1, two moves
    assert answer["objective"] == pytest.approx(4.2, abs=1e-9)
    assert answer["staffing"] == {"q1": 2, "q2": 1}
    assert answer["moves"] == [
        {"agent": "a3", "from": None, "to": "q1", "gain": 1.5, "loss": 0.0, "cost": 0.25},
        {"agent": "a1", "from": "q1", "to": "q2", "gain": 5.0, "loss": 0.5, "cost": pytest.approx(0.35)},
    ]


def test_command_lets_an_agent_stay_where_no_longer_eligible_at_no_cost(run):
    document = {
        "queues": [{"id": "q", "cost": [1.0, 0.0]}],
        "agents": [{"id": "a", "queue": "q", "eligible": {}, "movable": True}],
        "switch_cost": 0.5,
    }
    answer = json.loads(run(document)[1])
    assert (answer["objective"], answer["moves"], answer["staffing"]) == (0.0, [], {"q": 1})


def test_command_takes_cost_as_constant_past_its_end(run):
    agents = [{"id": f"a{n}", "queue": None, "eligible": {"q": 0.0}, "movable": True} for n in range(4)]
    answer = json.loads(run({"queues": [{"id": "q", "cost": [3.0, 1.0]}], "agents": agents, "switch_cost": 0.1})[1])
    assert answer["objective"] == pytest.approx(1.1)
    assert answer["staffing"] == {"q": 1}


def test_command_handles_empty_lists(run):
    assert json.loads(run({"queues": [], "agents": [], "switch_cost": 0})[1]) == {
        "objective": 0.0,
        "moves": [],
        "staffing": {},
    }


def test_command_forgives_rounding_of_convexity(run):
    document = {**EXAMPLE, "queues": [{"id": "q1", "cost": [0.3, 0.2 + 4e-10, 0.1, 0.0]}, EXAMPLE["queues"][1]]}
    assert run(document)[0] == 0


def queues(*costs):
    return {"queues": [{"id": f"q{n + 1}", "cost": cost} for n, cost in enumerate(costs)]}


def agent(**given):
    return {"agents": [{**EXAMPLE["agents"][0], **given}]}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (queues([9.0, 8.0, 2.0], [1.0]), "queues[0].cost[2]: not convex: agent 2 saves more than agent 1"),
        (queues([9.0, 8.0, 7.0 - 2e-9], [1.0]), "queues[0].cost[2]: not convex"),
        (queues([1.0, 2.0], [1.0]), "queues[0].cost[1]: more agents cost more"),
        (queues([], [1.0]), "queues[0].cost: not a list of numbers"),
        (queues([-1.0], [1.0]), "queues[0].cost[0]: -1 is negative"),
        (queues(["1"], [1.0]), "queues[0].cost[0]: not a number"),
        (queues([True], [1.0]), "queues[0].cost[0]: not a number"),
        (queues([float("nan")], [1.0]), "queues[0].cost[0]: nan is not finite"),
        (queues([float("inf"), 1.0], [1.0]), "queues[0].cost[0]: inf is not finite"),
        (queues([10**400], [1.0]), "queues[0].cost[0]: inf is not finite"),
        ({"queues": EXAMPLE["queues"] * 2}, "queues[2].id: 'q1' occurs twice"),
        ({"agents": EXAMPLE["agents"][:1] * 2}, "agents[1].id: 'a1' occurs twice"),
        ({"queues": [{"cost": [1.0]}], "agents": []}, "queues[0].id: not a text"),
        (agent(queue="q9"), "agents[0].queue: 'q9' is no queue"),
        (agent(queue=3), "agents[0].queue: 3 is no queue"),
        (agent(eligible={"q9": 0.0}), "agents[0].eligible: 'q9' is no queue"),
        (agent(eligible={"q1": -0.1}), "agents[0].eligible['q1']: -0.1 is negative"),
        (agent(eligible={"q1": None}), "agents[0].eligible['q1']: not a number"),
        (agent(eligible=["q1"]), "agents[0].eligible: not an object"),
        (agent(movable="yes"), "agents[0].movable: neither true nor false"),
        ({"agents": [1]}, "agents[0]: not an object"),
        ({"agents": {}}, "agents: not a list"),
        ({"switch_cost": -1}, "switch_cost: -1 is negative"),
        ({"switch_cost": None}, "switch_cost: not a number"),
    ],
)
def test_command_names_each_fault_and_prints_no_plan(run, change, fault):
    code, out, err = run({**EXAMPLE, **change})
    assert code == 2
    assert out == ""
    assert fault in err
    assert all(", " in line for line in err.splitlines()), "each fault says what to do"


def test_command_names_all_faults_at_once(run):
    code, _, err = run({**EXAMPLE, **queues([1.0, 2.0], [-1.0]), "switch_cost": "dear"})
    assert code == 2
    assert len(err.splitlines()) == 3


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"queues": [], "queues": [], "agents": [], "switch_cost": 0}', "[" * 99999]
)
def test_command_refuses_what_is_no_document(run, text):
    code, out, err = run(text)
    assert (code, out) == (2, "")
    assert err.startswith("document: ")


def test_command_refuses_a_file_that_cannot_be_read(tmp_path, capsys):
    assert main([str(tmp_path / "nowhere.json")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_command_runs_as_a_module_from_anywhere_without_django(tmp_path):
    (tmp_path / "problem.json").write_text(json.dumps(EXAMPLE), encoding="utf-8")
    program = (
        "import runpy, sys\n"
        "try:\n    runpy.run_module('marketplace.matching', run_name='__main__', alter_sys=True)\n"
        "except SystemExit as end:\n    assert end.code == 0, end.code\n"
        "assert not {'django', 'celery', 'psycopg'} & set(sys.modules), 'not pure'\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "problem.json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["staffing"] == {"q1": 2, "q2": 1}


def test_the_state_is_cheap_to_import():
    """Whoever only names a refusal does not wait for the solver."""
    program = "import sys, marketplace.matching.state\nassert 'ortools' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
