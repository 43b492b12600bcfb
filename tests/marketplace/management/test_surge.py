"""`manage.py surge`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command


@pytest.fixture
def counts(tmp_path: Path) -> Path:
    """Forty days of two queues in half-hours; one is struck at noon of the 35th, the other is near-Poisson."""
    random = np.random.default_rng(2)
    start = datetime(2026, 3, 2, 8, tzinfo=UTC)
    lines = ["queue,interval_start,offered,handle_seconds"]
    for day in range(40):
        for slot in range(20):
            at = start + timedelta(days=day, minutes=30 * slot)
            surge = 2.5 if day == 35 and 8 <= slot < 12 else 1.0
            for queue, mean in (("NE", 90 * surge), ("PS", 3)):
                offered = random.poisson(mean * (0.6 + 0.8 * np.sin(np.pi * slot / 20)))
                lines.append(f"{queue},{at.isoformat()},{offered},{offered * 240}")
    path = tmp_path / "counts.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def run(*arguments: Any) -> str:
    out = StringIO()
    call_command("surge", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_surge_is_told_with_what_it_takes(counts: Path) -> None:
    found = json.loads(run(counts, "--json"))["queues"]
    (alarm,) = found["NE"]["alarms"]
    assert (alarm["since"], alarm["told_at"]) == ("2026-04-06T12:00:00+00:00", "2026-04-06T12:30:00+00:00")
    assert alarm["ended_at"] == "2026-04-06T14:00:00+00:00"
    assert alarm["low"] < 2.5 < alarm["high"]
    assert alarm["sure"] > 0.99
    # 240 s a contact: each of the 1.5 × 120 more in half an hour
    assert alarm["more"] == pytest.approx(0.067 * 1.5 * 240, rel=0.25)
    assert alarm["agents"] > alarm["more"] > 0
    assert found["PS"]["alarms"] == []


def test_for_people_it_is_a_line_an_alarm(counts: Path) -> None:
    first, alarm, quiet = run(counts).splitlines()
    assert first.startswith("NE: 1 alarm in 25 days watched")
    assert "more than usual" in alarm
    assert quiet.startswith("PS: 0 alarms")


def test_bad_input_is_all_named(counts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counts.write_text("queue,interval_start,offered\nNE,yesterday,1\nNE,2026-03-02T08:00Z,-1\n", encoding="utf-8")
    errors = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("surge", counts, stdout=StringIO(), stderr=errors)
    assert stopped.value.code == 2
    assert [line.split(":")[1] for line in errors.getvalue().splitlines()] == ["2", "3"]
    errors = StringIO()
    with pytest.raises(SystemExit):
        call_command("surge", counts, "--false-alarms=0", "--timezone=Mars", stdout=StringIO(), stderr=errors)
    assert errors.getvalue().splitlines() == [
        "--false-alarms: must be above 0, correct it",
        "--timezone: Mars is unknown, give an IANA name like Europe/Rome",
    ]
