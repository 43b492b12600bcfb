"""The bench of a tick meets a floor as it would be at work, and measures ticks that move people."""

from datetime import UTC, datetime

import numpy as np
import pytest

from marketplace.bench.rows import write_floor
from marketplace.bench.tick import run
from marketplace.matching.state import Presence
from marketplace.models import AgentNow, QueueNow
from marketplace.snapshot import take_snapshot

NOW = datetime(2026, 3, 10, 10, tzinfo=UTC)


@pytest.mark.django_db
def test_a_snapshot_of_the_written_floor_measures_the_generated_handle_times() -> None:
    written = write_floor(agents=300, queues=6, seed=2, now=NOW)
    read = take_snapshot(now=NOW)
    np.testing.assert_allclose(read.queues.handle_seconds, written.queues.handle_seconds, rtol=1e-9)
    assert read.agents.queue.tolist() == written.agents.queue.tolist()
    # not because nothing was measured: without the contacts that run, the times would be others
    AgentNow.objects.filter(presence=Presence.ON_CONTACT).update(presence_since=0)
    forgotten = take_snapshot(now=NOW).queues.handle_seconds
    assert (np.abs(forgotten / written.queues.handle_seconds - 1) > 0.01).all()
    assert QueueNow.objects.filter(handle_count__gt=0, handle_sum__gt=0).count() == 6


@pytest.mark.django_db(transaction=True)
def test_the_tick_bench_moves_people_and_takes_its_floor_beside_them() -> None:
    (result,) = run(sizes=[(200, 6)], seed=1)
    assert (result["agents"], result["queues"]) == (200, 6)
    assert result["changed"] > 0
    assert result["floor_seconds"] > 0
    assert result["ratio"] == pytest.approx(result["seconds"] / result["floor_seconds"], rel=0.5)
