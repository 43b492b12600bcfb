"""Both services together: kept running by a supervisor, or for the length of one command."""

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from gigcx import embedded, processes
from gigcx.embedded import broker, postgres
from gigcx.supervisor import Failed, Program, Supervisor

START_SECONDS = 60.0
NEED_NOTHING = frozenset(
    [
        "--help",
        "--version",
        "-h",
        "check",
        "collectstatic",
        "compilemessages",
        "demo_switch",
        "diffsettings",
        "forecast",
        "help",
        "makemessages",
        "replay",
        "staffing",
        "version",
    ]
)
"""Commands that neither read nor write the database."""


class Locked(Failed):
    """Another run uses the data folder."""


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Hold the data folder for ourselves; `Locked` if another run has it. Ends with the process, whatever happens."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Locked(
                f"gigcx is already running on {data} (process {lock.read().strip() or 'unknown'}). "
                "Stop that one first, or choose another folder with GIGCX_DATA."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        try:
            yield
        finally:
            embedded.leave(data)


def keep(supervisor: Supervisor, data: Path, *, database: bool = True, messages: bool = True) -> None:
    """Start what is wanted of both and wait until it answers; `supervisor` keeps it running from then on."""
    embedded.make_folders(data)
    if messages:
        supervisor.keep(broker.program(data))
    if database:
        server = postgres.server(data)
        if not server.cluster.exists():
            supervisor.run(server.initialise())
            server.accept()
        supervisor.keep(server.program())
        url = embedded.database_url(data)
        supervisor.until(lambda: postgres.answers(url), seconds=START_SECONDS, problem="PostgreSQL did not start")
    if messages:
        supervisor.until(lambda: broker.answers(data), seconds=START_SECONDS, problem="The broker did not start")


@contextmanager
def running(data: Path, *, careless: bool = False) -> Iterator[dict[str, str]]:
    """Run what the environment does not choose, for the length of a block; yields the variables that lead there."""
    embedded.make_folders(data)
    chosen = {name: os.environ[name] for name in ("DATABASE_URL", "CELERY_BROKER_URL") if os.environ.get(name)}
    found = {"DATABASE_URL": embedded.database_url(data), "CELERY_BROKER_URL": embedded.broker_url(data)} | chosen
    with ExitStack() as stack:
        stack.callback(embedded.leave, data)
        if "CELERY_BROKER_URL" not in chosen:
            process = stack.enter_context(_started(broker.program(data), data))
            _wait(lambda: broker.answers(data), process, data / "log" / "broker.log")
        if "DATABASE_URL" not in chosen:
            server = postgres.server(data, careless=careless)
            if not server.cluster.exists():
                _run(server.initialise(), data)
                server.accept()
            process = stack.enter_context(_started(server.program(), data))
            _wait(lambda: postgres.answers(found["DATABASE_URL"]), process, data / "log" / "postgres.log")
        yield found


@contextmanager
def throwaway() -> Iterator[dict[str, str]]:
    """Like `running`, on empty and careless data that is removed in every case."""
    data = Path(tempfile.mkdtemp(prefix="gigcx-test-"))
    try:
        data.chmod(0o711)  # the server may have to run as another user
        with running(data, careless=True) as environment:
            yield {**environment, "GIGCX_DATA": str(data)}
    finally:
        shutil.rmtree(data, ignore_errors=True)
        shutil.rmtree(embedded.socket_folder(data), ignore_errors=True)


@contextmanager
def for_command(command: str) -> Iterator[None]:
    """Where no real services are chosen, lead `command` to the embedded ones; start them for its time if none run."""
    if command in NEED_NOTHING or os.environ.get("DATABASE_URL"):
        yield
        return
    data = embedded.data_folder()
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(data))
        except Locked:  # `up` runs them
            found = {"DATABASE_URL": embedded.database_url(data), "CELERY_BROKER_URL": embedded.broker_url(data)}
        else:
            found = stack.enter_context(running(data))
        for name, value in found.items():
            os.environ.setdefault(name, value)
        yield


@contextmanager
def _started(program: Program, data: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = program.start(data / "log")
    try:
        yield process
    finally:
        processes.end([(process, program.stop_signal)], seconds=10.0)
        program.after_end()


def _run(program: Program, data: Path) -> None:
    with _started(program, data) as process:
        if process.wait() != 0:
            raise Failed(f"{program.name} failed:\n{processes.tail(data / 'log' / f'{program.name}.log')}")


def _wait(condition: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        if process.poll() is not None or time.monotonic() > deadline:
            raise Failed(f"{log.stem} did not start:\n{processes.tail(log)}")
        time.sleep(0.02)
