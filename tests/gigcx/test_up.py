"""`manage.py up`, as a user runs it, and the small decisions it makes."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from gigcx import embedded, up

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.processes


@dataclass
class Running:
    """One run of `up`."""

    process: subprocess.Popen[str]
    line: str
    url: str

    def family(self) -> list[int]:
        """The ids of all processes below it."""
        found, look = [], [self.process.pid]
        while look:
            parent = look.pop()
            children = Path(f"/proc/{parent}/task/{parent}/children")
            if children.exists():
                look += (below := [int(child) for child in children.read_text().split()])
                found += below
        return found

    def count(self, word: str) -> int:
        """How many of them have this word on their command line."""
        return sum(word in Path(f"/proc/{child}/cmdline").read_text() for child in self.family())


def environment(data: Path, **more: str) -> dict[str, str]:
    kept = {n: v for n, v in os.environ.items() if n not in {"DATABASE_URL", "CELERY_BROKER_URL", "GIGCX_URL", "HOST"}}
    return kept | {"GIGCX_DATA": str(data), "PORT": "0"} | more


def launch(data: Path, *options: str, **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "up", *options],
        cwd="/",
        env=environment(data, **more),
        stdout=subprocess.PIPE,
        stderr=(data.parent / f"{data.name}.err").open("a"),
        text=True,
    )


def start(data: Path, *options: str) -> Running:
    process = launch(data, *options)
    line = process.stdout.readline() if process.stdout else ""
    assert line.startswith("gigcx is ready at "), (data.parent / f"{data.name}.err").read_text()
    return Running(process, line, line.split()[4])


def wait_for(condition: Callable[[], object], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.02)


def gone(process_id: int) -> bool:
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    parent = Path(tempfile.mkdtemp(prefix="gigcx-test-"))
    parent.chmod(0o711)
    yield parent / "data"
    shutil.rmtree(parent, ignore_errors=True)


@pytest.fixture
def running(data: Path) -> Iterator[Running]:
    run = start(data, "--no-demo")
    yield run
    if run.process.poll() is None:
        run.process.send_signal(signal.SIGTERM)
        run.process.wait(timeout=20)


def test_up_serves_refuses_a_second_run_and_ends_all_it_started(running: Running, data: Path) -> None:
    link = re.search(r"make the first admin, once, at (\S+)", running.line)
    assert link is not None
    assert urllib.request.urlopen(link.group(1), timeout=60).status == 200
    assert urllib.request.urlopen(f"{running.url}/healthz", timeout=60).status == 200

    same_data = launch(data, "--no-demo")
    assert same_data.wait(timeout=90) == 1
    same_port = launch(data.with_name("other"), PORT=running.url.rpartition(":")[2])
    assert same_port.wait(timeout=90) == 1
    said = (data.parent / "data.err").read_text() + (data.parent / "other.err").read_text()
    assert f"already running on {data} (process {running.process.pid})" in said
    assert "Address already in use. Choose another with PORT=" in said

    stranger = subprocess.Popen(["sleep", "60"])
    family = running.family()
    assert len(family) >= 6
    assert running.count("gigcx.asgi") == up.web_processes(os.environ)
    begun = time.monotonic()
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(timeout=20) == 0
    assert time.monotonic() - begun < 5
    wait_for(lambda: all(gone(child) for child in family), 10, "all have ended")
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()
    assert list((data / "run").iterdir()) == []


def test_next_run_goes_on_with_the_data_even_if_the_last_was_killed(running: Running, data: Path) -> None:
    with psycopg.connect(embedded.database_url(data)) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 1 AS n")
    family = running.family()
    running.process.kill()
    running.process.wait()
    again = start(data, "--no-demo")  # at once, while the last one's children may still be ending
    try:
        wait_for(lambda: all(gone(child) for child in family), 30, "the children of the killed run have ended")
        with psycopg.connect(embedded.database_url(data)) as connection:
            assert connection.execute("SELECT n FROM kept").fetchall() == [(1,)]
        assert urllib.request.urlopen(f"{again.url}/healthz", timeout=60).status == 200
    finally:
        again.process.send_signal(signal.SIGINT)
        assert again.process.wait(timeout=20) == 0


def test_interrupt_during_the_start_ends_it_cleanly(data: Path) -> None:
    log = data / "log" / "prepare.log"
    before = log.stat().st_mtime_ns
    process = launch(data, "--no-demo")
    wait_for(lambda: log.stat().st_mtime_ns != before or (data / "run" / ".s.PGSQL.5432").exists(), 90, "it starts")
    family = Running(process, "", "").family()
    process.send_signal(signal.SIGINT)
    output = process.communicate(timeout=30)[0]
    assert process.returncode == 0
    assert output == ""
    wait_for(lambda: all(gone(child) for child in family), 10, "all have ended")


def test_demo_prints_its_logins_and_its_switch_reports(data: Path) -> None:
    place = data.with_name("demo")
    run = start(place)
    try:
        assert re.findall(r"\w+@example\.org", run.line) == ["ada@example.org", "dov@example.org", "mina@example.org"]
        with psycopg.connect(embedded.database_url(place), autocommit=True) as connection:
            reports = "SELECT count(*) FROM ledger_entry WHERE kind = 'telemetry.taken' AND position IS NOT NULL"
            wait_for(lambda: connection.execute(reports).fetchall() > [(0,)], 120, "a report is taken and published")
    finally:
        run.process.send_signal(signal.SIGTERM)
        assert run.process.wait(timeout=20) == 0


def test_files_with_secrets_are_for_their_owner_alone(data: Path) -> None:
    assert (data / "secret_key").stat().st_mode & 0o777 == 0o600
    assert (data / "run").stat().st_mode & 0o777 == 0o700
    assert (data / "log").stat().st_mode & 0o777 == 0o700
    logs = "".join(file.read_text(errors="replace") for file in (data / "log").glob("*.log"))
    assert "/first-admin/" not in logs
