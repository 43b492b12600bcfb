"""The draw as published: the same for everyone who runs it, by weight, and bound to its seed."""

import json
import subprocess
import sys
from decimal import Decimal

import pytest

from marketplace.claiming.draw import drawn_order, redraw, seed_hash, weight, winners

SEED = "00" * 31 + "2a"


def record(**more: object) -> dict[str, object]:
    tickets = [
        {"ticket": 7, "booked_hours": 0.0, "wanted_hours": 40.0, "lost": 0, "against": []},
        {"ticket": 9, "booked_hours": 40.0, "wanted_hours": 40.0, "lost": 2, "against": []},
        {"ticket": 12, "booked_hours": 8.0, "wanted_hours": 20.0, "lost": 9, "against": ["week_hours"]},
    ]
    return {"seed": SEED, "seed_hash": seed_hash(SEED), "places": 1, "tickets": tickets} | more


@pytest.mark.parametrize(
    ("booked", "wanted", "lost", "expected"),
    [(0, 40, 0, "1"), (40, 40, 0, "0.25"), (0, 40, 5, "6"), (0, 40, 50, "6"), (20, 40, 1, "0.888889")],
)
def test_weights_are_those_of_the_formula(booked, wanted, lost, expected):
    assert weight(booked_hours=booked, wanted_hours=wanted, lost=lost) == Decimal(expected)


def test_no_hours_wanted_have_no_weight():
    with pytest.raises(ValueError, match="above 0"):
        weight(booked_hours=1, wanted_hours=0, lost=0)


def test_the_order_is_the_same_for_everyone():
    # by `openssl dgst -sha256 -mac HMAC -macopt hexkey:SEED`: with equal weights the largest digest comes first
    weights = {ticket: Decimal(1) for ticket in range(1, 7)}
    assert drawn_order(seed=SEED, weights=weights) == [2, 5, 6, 3, 4, 1]
    assert seed_hash(SEED) == "0a28e9ffef0073f9a6a674cf57ee77307f38f0f1bebb087888d9011ed0eeefdf"


def test_who_counts_three_times_as_much_comes_first_three_times_in_four():
    weights = {1: Decimal(3), 2: Decimal(1)}
    first = sum(drawn_order(seed=f"{number:064x}", weights=weights)[0] == 1 for number in range(4000))
    # 3000 expected, standard deviation 27
    assert 2870 < first < 3130


def test_asking_early_gains_nothing():
    weights = {ticket: Decimal(1) for ticket in range(20)}
    first = [drawn_order(seed=f"{number:064x}", weights=weights)[0] for number in range(2000)]
    # 100 each expected, standard deviation 10
    assert all(50 < first.count(ticket) < 150 for ticket in weights)


def test_those_against_whom_something_stands_are_passed_over():
    assert winners(order=[3, 1, 2], places=2, against={3: ["blackout"]}) == [1, 2]
    assert winners(order=[3, 1, 2], places=0, against={}) == []


def test_a_record_is_drawn_again():
    again = redraw(record())
    assert sorted(again["order"]) == [7, 9, 12]
    assert again["winners"] == [ticket for ticket in again["order"] if ticket != 12][:1]


def test_another_seed_than_the_published_one_is_found_out():
    with pytest.raises(ValueError, match="hash"):
        redraw(record(seed="11" * 32))


@pytest.mark.parametrize(
    ("change", "code"), [({}, 0), ({"winners": [12]}, 1), ({"seed": "11" * 32}, 2), ({"tickets": 3}, 2)]
)
def test_anyone_can_run_it(tmp_path, change, code):
    file = tmp_path / "record.json"
    file.write_text(json.dumps(record() | redraw(record()) | change))
    command = [sys.executable, "-m", "marketplace.claiming.draw", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code
    if code < 2:
        assert json.loads(done.stdout) == redraw(record())
    else:
        assert "record" in done.stderr
