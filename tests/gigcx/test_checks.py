"""What `manage.py test` runs, and what its exit code says."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gigcx import checks

ROOT = Path(__file__).resolve().parents[2]
RUN = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from gigcx import checks
checks.commands = lambda: {{"words": ["-c", sys.argv[1]]}}
sys.exit(checks.main(sys.argv[2:]))
"""

pytestmark = pytest.mark.processes


def start(lint: str, tests: Path, folder: Path) -> subprocess.Popen[str]:
    """`manage.py test` with a lint of our own, on a folder of tests outside the project."""
    environment = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "CELERY_BROKER_URL"}
    }
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            RUN,
            lint,
            "-p",
            "xdist.plugin",
            "-p",
            "no:cacheprovider",
            "--rootdir",
            str(tests),
            str(tests),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # no plugins but the one that shares out the work: loading them all takes each process longer than its tests
        env=environment | {"TMPDIR": str(folder), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )


def write(tmp_path: Path, body: str) -> Path:
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "test_it.py").write_text(body)
    return tests


def child_that_runs(process_id: int, words: bytes) -> int:
    children = Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()
    (found,) = (int(child) for child in children if words in Path(f"/proc/{child}/cmdline").read_bytes())
    return found


def left_behind(folder: Path) -> list[Path]:
    return list(folder.glob("gigcx-*"))


@pytest.mark.parametrize(("claim", "code"), [("True", 0), ("False", 1)])
def test_exit_code_and_last_line_are_those_of_pytest(tmp_path: Path, claim: str, code: int) -> None:
    run = start("pass", write(tmp_path, f"def test_it():\n    assert {claim}\n"), tmp_path)
    output = run.communicate(timeout=60)[0]
    assert run.returncode == code
    assert "words: passed" in output
    assert ("1 passed" if code == 0 else "1 failed") in output.splitlines()[-1]
    assert left_behind(tmp_path) == []


def test_tests_find_a_database_and_a_broker_that_are_gone_afterwards(tmp_path: Path) -> None:
    body = """
import os, psycopg, redis
def test_it():
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("off",)
    assert redis.Redis(unix_socket_path=os.environ["CELERY_BROKER_URL"].removeprefix("redis+socket://")).ping()
"""
    run = start("pass", write(tmp_path, body), tmp_path)
    output = run.communicate(timeout=60)[0]
    assert run.returncode == 0, output
    assert left_behind(tmp_path) == []


def test_lint_that_fails_is_shown_and_fails_the_run(tmp_path: Path) -> None:
    run = start("import sys; sys.exit('line 3 is too long')", write(tmp_path, "def test_it(): pass\n"), tmp_path)
    output = run.communicate(timeout=60)[0]
    assert run.returncode == 1
    assert "words: FAILED\nline 3 is too long" in output
    assert left_behind(tmp_path) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopped_run_leaves_nothing(tmp_path: Path, number: int) -> None:
    started = tmp_path / "started"
    body = f"""
import pathlib, pytest, time
@pytest.fixture
def server():
    pathlib.Path({str(started)!r}).touch()
    yield
    pathlib.Path({str(started)!r}).unlink()
def test_it(server):
    time.sleep(60)
"""
    run = start("pass", write(tmp_path, body), tmp_path)
    deadline = time.monotonic() + 60
    while not started.exists():
        assert time.monotonic() < deadline
        assert run.poll() is None
        time.sleep(0.02)
    run.send_signal(number)
    if number == signal.SIGINT:  # a terminal sends it to pytest too
        os.kill(child_that_runs(run.pid, b"\0-m\0pytest\0"), number)
    output = run.communicate(timeout=60)[0]
    assert run.returncode != 0
    assert "KeyboardInterrupt" in output or number == signal.SIGTERM
    assert not started.exists()
    assert left_behind(tmp_path) == []


def test_the_whole_suite_has_all_cores_and_named_tests_one_process() -> None:
    assert checks.spread(["-x", "-k", "claim"]) == checks.spread(["tests/races"]) == checks.SPREAD
    assert checks.spread(["-x", "tests/conftest.py"]) == checks.spread(["tests/conftest.py::chromium"]) == []


def test_checks_cover_style_imports_templates_types_and_migrations() -> None:
    words = " ".join(str(word) for command in checks.commands().values() for word in command)
    for word in (
        "ruff check",
        "ruff format --check",
        "lint-imports",
        "djlint --lint",
        "mypy",
        "makemigrations --check",
    ):
        assert word in words
