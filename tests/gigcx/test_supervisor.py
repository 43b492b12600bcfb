"""The supervisor, with real children."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gigcx import processes
from gigcx.supervisor import Failed, Program, Stopped, Supervisor

ROOT = Path(__file__).resolve().parents[2]
FOR_EVER = "while :; do sleep 0.05; done"

pytestmark = pytest.mark.processes


def shell(name: str, script: str, **options: object) -> Program:
    return Program(
        name=name, command=["/bin/sh", "-c", script], environment={"PATH": os.defpath}, directory=Path("/"), **options
    )


def alive(process_id: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_for(condition: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def lines(file: Path) -> list[str]:
    return file.read_text().split() if file.exists() else []


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]) -> Supervisor:
    return Supervisor(logs=tmp_path / "log", say=said.append)


def test_killed_program_starts_again_by_itself(supervisor: Supervisor, tmp_path: Path, said: list[str]) -> None:
    pids = tmp_path / "pids"
    with supervisor:
        supervisor.keep(shell("web", f"echo $$ >> {pids}; {FOR_EVER}"))
        for starts in (1, 2, 3):
            supervisor.until(lambda starts=starts: len(lines(pids)) == starts, seconds=60, problem="no start")
            os.kill(int(lines(pids)[-1]), signal.SIGKILL)
        supervisor.until(lambda: len(lines(pids)) == 4, seconds=60, problem="no start")
    assert said[0] == "web was ended by SIGKILL; it starts again in 0.1 s."
    assert said[1] == "web was ended by SIGKILL; it starts again in 0.2 s."


def test_program_that_does_not_stay_up_fails_the_start_with_its_last_words(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gigcx.supervisor.FIRST_DELAY_SECONDS", 0.001)
    with supervisor:
        supervisor.keep(shell("web", "echo no such table; exit 3"))
        with pytest.raises(Failed, match=r"no answer: web does not stay up\.\nno such table"):
            supervisor.until(lambda: False, seconds=30, problem="no answer")


def test_crash_shows_the_end_of_its_own_log_only(supervisor: Supervisor, tmp_path: Path, said: list[str]) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "web.log").write_text("from the last run\n")
    with supervisor:
        supervisor.keep(shell("web", "echo out of tea; exit 4"))
        supervisor.until(lambda: len(said) >= 2, seconds=60, problem="nothing said")
    assert said[0] == "web ended with exit code 4; it starts again in 0.1 s."
    assert said[1].endswith("web.log:\nout of tea")


def test_one_step_that_fails_says_why(supervisor: Supervisor) -> None:
    with pytest.raises(Failed, match=r"^migrate ended with exit code 2:\nno space left$"), supervisor:
        supervisor.run(shell("migrate", "echo no space left; exit 2"))


def test_condition_that_never_holds_fails_in_its_time(supervisor: Supervisor) -> None:
    start = time.monotonic()
    with pytest.raises(Failed, match="no answer within 0 s"), supervisor:
        supervisor.until(lambda: False, seconds=0.2, problem="no answer")
    assert time.monotonic() - start < 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stop_signal_ends_everything_and_nothing_else(supervisor: Supervisor, tmp_path: Path, number: int) -> None:
    pids = tmp_path / "pids"
    stranger = subprocess.Popen(["sleep", "60"])
    before = signal.signal(number, signal.SIG_DFL)  # nohup has those it starts ignore one
    try:
        with supervisor:
            supervisor.keep(shell("web", f"echo $$ >> {pids}; sleep 60 & echo $! >> {pids}; wait"))
            supervisor.until(lambda: len(lines(pids)) == 2, seconds=60, problem="no start")
            os.kill(os.getpid(), number)
            with pytest.raises(Stopped):
                supervisor.until(lambda: False, seconds=60, problem="no stop")
        wait_for(lambda: not any(alive(int(pid)) for pid in lines(pids)))
        assert alive(stranger.pid)
    finally:
        signal.signal(number, before)
        stranger.kill()
        stranger.wait()


def test_stop_signal_interrupts_a_single_step(supervisor: Supervisor, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    trigger = shell("trigger", f"while ! [ -s {pids} ]; do sleep 0.01; done; kill -TERM {os.getpid()}; {FOR_EVER}")
    with supervisor:
        supervisor.keep(trigger)
        with pytest.raises(Stopped):
            supervisor.run(shell("migrate", f"echo $$ >> {pids}; {FOR_EVER}"))
    assert not alive(int(lines(pids)[0]))


def test_program_deaf_to_its_stop_signal_is_killed_within_five_seconds(supervisor: Supervisor, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    with supervisor:
        for name, foundation in (("web", False), ("postgres", True)):
            script = f"trap '' TERM; echo $$ >> {pids}; {FOR_EVER}"
            supervisor.keep(shell(name, script, foundation=foundation))
        supervisor.until(lambda: len(lines(pids)) == 2, seconds=60, problem="no start")
        start = time.monotonic()
    assert time.monotonic() - start < 5
    assert not any(alive(int(pid)) for pid in lines(pids))


def test_foundation_ends_after_what_stands_on_it(supervisor: Supervisor, tmp_path: Path) -> None:
    ends, ready = tmp_path / "ends", tmp_path / "ready"
    with supervisor:
        for name in ("postgres", "web", "worker"):
            script = f"trap 'echo {name} >> {ends}; exit 0' TERM; echo {name} >> {ready}; {FOR_EVER}"
            supervisor.keep(shell(name, script, foundation=name == "postgres"))
        supervisor.until(lambda: len(lines(ready)) == 3, seconds=60, problem="no start")
    assert sorted(lines(ends)[:2]) == ["web", "worker"]
    assert lines(ends)[2:] == ["postgres"]


def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    program = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from gigcx.supervisor import Program, Supervisor
with Supervisor(logs=Path({str(tmp_path)!r}), say=print) as supervisor:
    for name in ("web", "worker"):
        command = ["/bin/sh", "-c", "trap '' TERM INT; echo $$ >> {pids}; while :; do sleep 0.05; done"]
        supervisor.keep(Program(name=name, command=command, environment={{}}, directory=Path("/")))
    supervisor.forever()
"""
    runner = subprocess.Popen([sys.executable, "-c", program])
    wait_for(lambda: len(lines(pids)) == 2)
    runner.kill()
    runner.wait()
    wait_for(lambda: not any(alive(int(pid)) for pid in lines(pids)))


def test_log_that_outgrows_its_limit_is_set_aside_while_its_writer_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"x" * 1000)
        processes.rotate(log, limit=2000)
        assert log.stat().st_size == 1000
        writer.write(b"y" * 1500)
        processes.rotate(log, limit=2000)
        writer.write(b"after")
    assert log.read_bytes() == b"after"
    assert (tmp_path / "web.old.log").stat().st_size == 2500


def test_logs_stay_bounded_however_much_is_written(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    for _ in range(10):
        with log.open("ab") as writer:
            writer.write(b"x" * 3000)
        for file in tmp_path.glob("*.log"):
            processes.rotate(file, limit=2000)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["web.log", "web.old.log"]
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 5000
