"""`manage.py staffing`: the keys that people script, the table that people read, and what it refuses."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

KEYS = [
    "model", "agents", "headcount", "service_level", "mean_wait_seconds", "occupancy", "abandonment",
    "wait_probability",
]  # fmt: skip
BANK = ["--calls-per-hour", "200", "--handle-seconds", "180"]


def answer(*options: str) -> dict[str, Any]:
    out = StringIO()
    call_command("staffing", *options, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_staffing_without_patience_is_erlang_c() -> None:
    found = answer(*BANK)
    assert list(found) == KEYS
    assert (found["model"], found["agents"], found["headcount"], found["abandonment"]) == ("C", 14, 14, 0.0)
    assert found["service_level"] == pytest.approx(0.88835, abs=1e-6)
    assert found["mean_wait_seconds"] == pytest.approx(7.835937, abs=1e-6)
    assert found["occupancy"] == pytest.approx(10 / 14)
    assert found["wait_probability"] == pytest.approx(0.1741319, abs=1e-6)


def test_staffing_with_patience_is_erlang_a() -> None:
    found = answer(*BANK, "--patience-seconds", "300", "--agents", "14", "--shrinkage", "0.3")
    assert list(found) == KEYS
    assert (found["model"], found["agents"], found["headcount"]) == ("A", 14, 20)
    assert found["service_level"] == pytest.approx(0.916792, abs=5e-7)
    assert found["abandonment"] == pytest.approx(0.013984, abs=5e-7)


def test_staffing_honours_target_and_cap() -> None:
    assert answer(*BANK, "--target-share", "0.6")["agents"] == 12
    assert answer(*BANK, "--target-seconds", "0", "--target-share", "0.9")["agents"] == 16
    assert answer(*BANK, "--occupancy-cap", "0.5")["agents"] == 20


def test_staffing_of_an_unstable_queue_has_no_mean_wait() -> None:
    assert answer(*BANK, "--agents", "10") == {
        "model": "C", "agents": 10, "headcount": 10, "service_level": 0.0, "mean_wait_seconds": None,
        "occupancy": 1.0, "abandonment": 0.0, "wait_probability": 1.0,
    }  # fmt: skip


def test_staffing_of_nothing_offered_is_null_not_zero() -> None:
    found = answer("--calls-per-hour", "0", "--handle-seconds", "180")
    assert (found["agents"], found["headcount"]) == (0, 0)
    assert {found[key] for key in KEYS[3:]} == {None}


def test_staffing_prints_a_table_for_people() -> None:
    out = StringIO()
    call_command("staffing", *BANK, stdout=out)
    assert "Erlang C" in out.getvalue()
    assert "88.8%" in out.getvalue()


def test_staffing_refuses_what_has_no_meaning_all_at_once() -> None:
    out, errors = StringIO(), StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command(
            "staffing",
            "--calls-per-hour=-1",
            "--handle-seconds=0",
            "--shrinkage=1",
            "--json",
            stdout=out,
            stderr=errors,
        )
    assert caught.value.code == 2
    assert out.getvalue() == ""
    assert errors.getvalue().splitlines() == [
        "--calls-per-hour: -1.0 given, must be a number, 0 or more",
        "--handle-seconds: 0.0 given, must be a number of seconds above 0",
        "--shrinkage: 1.0 given, must be a share from 0, below 1",
    ]


def test_staffing_says_so_where_more_are_needed_than_there_are() -> None:
    err = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("staffing", "--calls-per-hour", "1e9", "--handle-seconds", "1e4", stderr=err)
    assert ended.value.code == 2
    assert (
        err.getvalue().strip() == "--calls-per-hour, --handle-seconds: more agents needed than there are, correct them"
    )


def test_staffing_refuses_what_is_no_number() -> None:
    with pytest.raises(CommandError, match="invalid float value"):
        call_command("staffing", "--calls-per-hour", "many", "--handle-seconds", "180")
