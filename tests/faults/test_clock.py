"""Two clocks at once, as when a deployment starts the new one before the old one has gone: still one tick."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.floor import ROOT, Floor, until
from tests.faults.whole import assert_whole

PERIOD_SECONDS = 1.0
TICKS = "SELECT count(*) FROM marketplace_matcherrun WHERE trigger = 'clock' AND finished_at IS NOT NULL"
LAST_RUN = "SELECT coalesce(max(id), 0) FROM marketplace_matcherrun"
DISTANCES = """
SELECT extract(epoch FROM started_at - lag(started_at) OVER (ORDER BY started_at))::float
FROM marketplace_matcherrun WHERE id > %s AND trigger = 'clock' ORDER BY started_at OFFSET 1
"""
AT_ONCE = """
SELECT a.id, b.id FROM marketplace_matcherrun a JOIN marketplace_matcherrun b ON a.id < b.id
WHERE a.id > %s AND tstzrange(a.started_at, a.finished_at) && tstzrange(b.started_at, b.finished_at)
    AND a.finished_at IS NOT NULL AND b.finished_at IS NOT NULL
"""

pytestmark = pytest.mark.processes


@pytest.fixture
def second_beat(floor: Floor, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    schedule = str(tmp_path / "schedule")
    command = ["-m", "celery", "--app", "gigcx.clock", "beat", "--schedule", schedule, "--pidfile", "", "-l", "INFO"]
    with (tmp_path / "beat.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=floor.environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        until(
            lambda: (tmp_path / "beat.log").read_text().count("Sending due task tick") >= 2,
            seconds=120,
            what="two beats",
        )
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


@pytest.mark.usefixtures("second_beat")
def test_two_beats_make_one_tick(floor: Floor) -> None:
    start, ticks = floor.count(LAST_RUN), floor.count(TICKS)
    until(lambda: floor.count(TICKS) >= ticks + 8, seconds=120, what="eight ticks")
    distances = [row[0] for row in floor.sql(DISTANCES, start)]
    assert min(distances) > PERIOD_SECONDS / 2
    assert floor.sql(AT_ONCE, start) == []
    floor.moves_people()
    assert_whole(floor)
