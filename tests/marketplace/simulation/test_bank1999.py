"""A day of a real bank, by all six policies: the files are what a stranger would write."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.bank1999 import convert

SOURCE = Path(__file__).resolve().parents[4] / "shared/data"
pytestmark = pytest.mark.skipif(not SOURCE.is_dir(), reason="the bank's records are not here (../shared/data)")


def test_a_real_day_is_replayed_by_every_policy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    convert(SOURCE, tmp_path, days=["1999-02-08"])
    call_command(
        "replay",
        str(tmp_path / "calls.csv"),
        agents=tmp_path / "agents.csv",
        queues=tmp_path / "queues.csv",
        json=True,
    )
    answer = json.loads(capsys.readouterr().out)
    policies = answer["policies"]
    assert set(policies) == {"static", "plan", "greedy", "matcher", "routing", "pooled"}
    assert answer["calls"] == sum(queue["offered"] for queue in policies["matcher"]["queues"].values()) > 1000
    level = {name: policy["service_level"] for name, policy in policies.items()}
    assert level["static"] < level["matcher"] < level["routing"]
    assert level["pooled"] == pytest.approx(level["routing"], abs=0.02)
    assert level["matcher"] > level["plan"]
    assert policies["matcher"]["moves"] < policies["greedy"]["moves"]
    assert policies["static"]["moves"] == policies["routing"]["moves"] == 0
