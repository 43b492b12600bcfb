"""`manage.py replay` from the outside: files in, one object or a table out."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command

CALLS = """queue,arrived_at,handle_seconds,patience_seconds
NE,2026-03-02T09:00:00,60,120
NE,2026-03-02T09:00:10,60,120
PS,2026-03-02T09:01:00,,
"""
AGENTS = """agent,starts_at,ends_at,skills
a1,2026-03-02T09:00:00,2026-03-02T10:00:00,NE:5|PS
a2,2026-03-02T09:00:00,2026-03-02T10:00:00,PS:4
"""


@pytest.fixture
def files(tmp_path):
    (tmp_path / "calls.csv").write_text(CALLS, encoding="utf-8")
    (tmp_path / "agents.csv").write_text(AGENTS, encoding="utf-8")
    return tmp_path


def run(files, *options, **streams):
    out, err = io.StringIO(), io.StringIO()
    call_command(
        "replay", str(files / "calls.csv"), "--agents", str(files / "agents.csv"), *options, stdout=out, stderr=err
    )
    return out.getvalue(), err.getvalue()


def test_replay_prints_one_json_object_and_nothing_else(files):
    out, _ = run(files, "--json")
    answer = json.loads(out)
    assert answer["calls"] == 3
    assert list(answer["policies"]) == ["static", "plan", "greedy", "matcher", "routing", "pooled"]
    assert answer["policies"]["pooled"]["service_level"] == 1.0


def test_replay_plays_the_policies_asked_for_in_that_order(files):
    out, _ = run(files, "--json", "--policies", "routing,static")
    assert list(json.loads(out)["policies"]) == ["routing", "static"]


def test_replay_prints_a_table_for_people(files):
    out, _ = run(files)
    assert "3 calls" in out
    assert "pooled" in out
    assert "100.0%" in out


def test_replay_exits_with_2_and_names_every_bad_row(files):
    (files / "calls.csv").write_text(CALLS + "NE,noon,1,1\n,2026-03-02T09:02:00,1,1\n", encoding="utf-8")
    (files / "agents.csv").write_text(AGENTS + "a3,2026-03-02T09:00,2026-03-02T08:00,NE\n", encoding="utf-8")
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(
            "replay", str(files / "calls.csv"), "--agents", str(files / "agents.csv"), "--json", stdout=out, stderr=err
        )
    assert ended.value.code == 2
    assert out.getvalue() == ""
    assert err.getvalue().splitlines() == [
        "calls.csv:5: arrived_at: “noon” is not a time, write it like 2026-03-02T09:30:00+01:00",
        "calls.csv:6: queue: is empty, fill it in",
        "agents.csv:4: ends_at: is not after starts_at, correct one of them",
    ]


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (("--policies", "static,magic"), "--policies: magic is unknown"),
        (("--policies", " , "), "--policies: names none, choose from static"),
        (("--tick-seconds", "0"), "--tick-seconds: must be above 0"),
        (("--changeover-seconds", "-1"), "--changeover-seconds: must be at least 0"),
        (("--timezone", "Mars"), "--timezone: Mars is unknown"),
    ],
)
def test_replay_exits_with_2_on_options_that_mean_nothing(files, capsys, options, what):
    with pytest.raises(SystemExit) as ended:
        call_command("replay", str(files / "calls.csv"), "--agents", str(files / "agents.csv"), *options)
    assert ended.value.code == 2
    assert what in capsys.readouterr().err


def test_calls_that_cannot_be_read_make_no_duty_wrong(files, capsys):
    (files / "calls.csv").unlink()
    with pytest.raises(SystemExit) as ended:
        call_command("replay", str(files / "calls.csv"), "--agents", str(files / "agents.csv"))
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert "calls.csv:1: file: can't be read" in said
    assert "agents.csv" not in said


def test_calls_that_name_no_queue_leave_every_duty_without_one(files, capsys):
    (files / "calls.csv").write_text("queue,arrived_at,handle_seconds\n", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        call_command("replay", str(files / "calls.csv"), "--agents", str(files / "agents.csv"))
    assert ended.value.code == 2
    assert "agents.csv:3: skills: queue PS is in no other file" in capsys.readouterr().err


def test_replay_reads_times_without_offset_in_the_zone_given(files):
    (files / "calls.csv").write_text(CALLS.replace("09:01:00,,", "09:01:00+01:00,,"), encoding="utf-8")
    utc, rome = (json.loads(run(files, "--json", "--timezone", zone)[0]) for zone in ("UTC", "Europe/Rome"))
    assert utc["policies"]["pooled"]["abandonment"] > 0  # an hour before anybody is at work
    assert rome["policies"]["pooled"]["abandonment"] == 0
