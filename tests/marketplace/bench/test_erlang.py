"""The bench of the Erlang tables: its keys, and that the peer computes the same thing."""

import pytest

from marketplace.bench import erlang
from marketplace.staffing.erlang import erlang_c


def test_bench_reports_what_it_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erlang, "QUEUES", 20)
    monkeypatch.setattr(erlang, "PEER_CELLS", 50)
    found = erlang.run()
    assert list(found) == ["bench", "cells", "seconds", "peer", "peer_seconds_per_cell", "ratio"]
    assert (found["bench"], found["cells"]) == ("erlang", 20 * 500)
    assert found["peer"] in {"scalar", "pyworkforce"}
    assert found["ratio"] == pytest.approx(found["seconds"] / found["cells"] / found["peer_seconds_per_cell"])


@pytest.mark.parametrize(("load", "agents"), [(10.0, 14), (10.0, 10), (0.5, 3), (300.0, 320)])
def test_the_peer_is_right_where_it_is_defined(load: float, agents: int) -> None:
    ours = erlang_c(rate=load / 180, handle_seconds=180.0, agents=agents, target_seconds=20.0).service_level
    assert erlang.scalar_erlang_c(load, 180.0, agents, 20.0) == pytest.approx(ours, rel=1e-10)
