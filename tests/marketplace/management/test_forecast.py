"""`manage.py forecast`."""

import json
from io import StringIO

import pytest
from django.core.management import call_command


def run(*arguments):
    out, err = StringIO(), StringIO()
    call_command("forecast", *map(str, arguments), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def counts(path, *, days=21, queue="NE", minutes=30):
    lines = ["queue,interval_start,offered"]
    for day in range(1, days + 1):
        for slot in range(16, 20):
            hour, minute = divmod(slot * 30, 60)
            lines.append(f"{queue},2026-03-{day:02}T{hour:02}:{minute:02}:00Z,{10 + (day * slot) % 5}")
    path.write_text("\n".join(lines) + "\n")
    return path


def test_rows_from_as_of_through_the_horizon(tmp_path):
    out, _ = run(counts(tmp_path / "counts.csv"), "--as-of", "2026-03-20T00:00:00Z", "--horizon-days", 2)
    lines = out.splitlines()
    assert lines[0] == "queue,interval_start,mean,p10,p50,p90"
    assert len(lines) == 1 + 2 * 4
    assert lines[1].startswith("NE,2026-03-20T08:00:00+00:00,")
    assert lines[-1].startswith("NE,2026-03-21T09:30:00+00:00,")


def test_json_has_rows_and_a_backtest_by_queue_and_nothing_else(tmp_path):
    out, _ = run(counts(tmp_path / "counts.csv"), "--json")
    answer = json.loads(out)
    assert set(answer) == {"rows", "backtest"}
    assert set(answer["rows"][0]) == {"queue", "interval_start", "mean", "p10", "p50", "p90"}
    assert set(answer["backtest"]["NE"]) == {"wape", "naive_wape", "mase", "coverage80", "model"}


def test_every_bad_row_is_named_and_nothing_done(tmp_path, capsys):
    path = tmp_path / "counts.csv"
    path.write_text("queue,interval_start,offered\nNE,2026-03-01T08:00:00Z,-1\nNE,yesterday,3\n")
    err = StringIO()
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("forecast", str(path), stdout=out, stderr=err)
    assert ended.value.code == 2
    assert [line.split(":")[:3] for line in err.getvalue().strip().splitlines()] == [
        ["counts.csv", "2", " offered"],
        ["counts.csv", "3", " interval_start"],
    ]
    assert out.getvalue() == ""
