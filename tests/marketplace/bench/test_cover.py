"""The bench of the cover: its keys, and a bound that is one."""

import pytest

from marketplace.bench import cover


def test_bench_reports_what_it_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cover, "QUEUES", 3)
    monkeypatch.setattr(cover, "DAYS", 1)
    quick, exact = cover.run()
    assert list(quick) == [
        "queues", "intervals", "within", "seconds", "cpu_seconds", "missing_hours", "left_hours", "shifts", "cost",
        "bound", "gap",
    ]  # fmt: skip
    assert (quick["queues"], quick["intervals"]) == (3, 96)
    for found in (quick, exact):
        assert 0 < found["bound"] <= found["cost"]
        assert found["gap"] == pytest.approx(found["cost"] / found["bound"] - 1, abs=1e-4)
    assert exact["gap"] <= quick["gap"] + 1e-9
