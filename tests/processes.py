"""A whole installation of real processes for tests: `manage.py up` on a free port and on data of its own.

`DATABASE_URL` and `CELERY_BROKER_URL` in `chosen` choose the services; where they are missing, the embedded ones run
too and may be killed by a test. What dies is restarted by `up` itself, as it is for users.
"""

import http.client
import os
import secrets
import select
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
INSTALLED_POSTGRESQL = "postgresql://postgres@127.0.0.1:5432/postgres"
"""Where a server that was installed listens, if it trusts those on the machine."""
START_SECONDS = 150.0
STOP_SECONDS = 20.0
SIGNS = {
    "web": "uvicorn",
    "worker": "gigcx.celery worker",
    "beat": "gigcx.clock beat",
    "relay": "manage.py relay",
    "switch": "manage.py demo_switch",
    "postgres": "bin/postgres",
    "broker": "valkey-server",
}
"""By what the command line of each process is known."""
Found = TypeVar("Found")


def until(condition: Callable[[], Found], *, seconds: float, what: str) -> Found:
    """Poll until the condition holds; what it returned then. Fails the test when the time is up."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.05)
    return found


@contextmanager
def scratch_database(server_url: str) -> Iterator[str]:
    """An empty database on the server of `server_url`; yields its URL, and drops it at the end."""
    name = f"test_processes_{secrets.token_hex(4)}"
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(server_url, autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def installed_services(folder: Path) -> Iterator[dict[str, str]]:
    """PostgreSQL and Redis as people install them, where this machine has them, else those that the tests run on.

    The database is an empty one on the server at the usual port; Redis is started here, so that nobody else's tasks
    are touched.
    """
    with ExitStack() as stack:
        broker = os.environ["CELERY_BROKER_URL"]
        if program := shutil.which("redis-server"):
            broker = stack.enter_context(_redis(program, folder))
        yield {
            "DATABASE_URL": stack.enter_context(
                scratch_database(_installed_postgresql() or os.environ["DATABASE_URL"])
            ),
            "CELERY_BROKER_URL": broker,
        }


def _installed_postgresql() -> str | None:
    try:
        with psycopg.connect(INSTALLED_POSTGRESQL, connect_timeout=2) as server:
            return INSTALLED_POSTGRESQL if server.info.server_version >= 150000 else None
    except psycopg.OperationalError:
        return None


@contextmanager
def _redis(program: str, folder: Path) -> Iterator[str]:
    """A server at a free port that keeps nothing on disk; its URL."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    folder.mkdir(parents=True, exist_ok=True)
    command = [program, "--bind", "127.0.0.1", "--port", port, "--save", "", "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            yield f"redis://127.0.0.1:{port}/0"  # nobody asks before it listens: the database is migrated first
        finally:
            process.terminate()


def bare_environment(**more: str) -> dict[str, str]:
    """What any program needs of our environment: nothing in it leads to a database or a broker."""
    needed = ("PATH", "HOME", "PYTHONPYCACHEPREFIX")
    return {name: os.environ[name] for name in needed if name in os.environ} | more


@dataclass(frozen=True)
class Installation:
    """A running one."""

    url: str
    ready_line: str
    """What `up` printed: the URL, and with an empty database the link that makes the first admin."""
    data: Path
    environment: Mapping[str, str]
    process: subprocess.Popen[str]

    def manage(self, *arguments: str | Path) -> str:
        """Run a command of this installation; its standard output. Fails the test if the command fails."""
        done = subprocess.run(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=ROOT,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
        )
        assert done.returncode == 0, f"{arguments}: {done.stderr}"
        return done.stdout

    def pid(self, name: str) -> int | None:
        """The process id of one part, None while it does not run."""
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if parent == self.process.pid and SIGNS[name] in command:
                return int(folder.name)
        return None

    def kill(self, name: str, number: int = 9) -> int:
        """Send a signal to one part; the process id that it had."""
        pid = until(lambda: self.pid(name), seconds=60, what=f"{name} runs")
        os.kill(pid, number)
        return pid

    def healthy(self) -> bool:
        """Whether `/healthz` says that all is well."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def logs(self) -> str:
        """The end of every log, for the message of a failed test."""
        return "\n".join(
            f"--- {file.name}\n" + "\n".join(file.read_text(errors="replace").splitlines()[-15:])
            for file in sorted((self.data / "log").glob("*.log"))
        )


@contextmanager
def installation(*, data: Path, chosen: Mapping[str, str], demo: bool = False) -> Iterator[Installation]:
    """Start everything and wait until it is ready; end it all afterwards."""
    environment = {"HOME": str(data)} | bare_environment(PORT="0", GIGCX_DATA=str(data), **chosen)
    command = [sys.executable, "manage.py", "up", *([] if demo else ["--no-demo"])]
    data.mkdir(parents=True, exist_ok=True)
    with (data / "up.err").open("w") as complaints:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=complaints, text=True
        )
    try:
        readable, _, _ = select.select([process.stdout], [], [], START_SECONDS)
        line = process.stdout.readline() if readable and process.stdout else ""
        assert line, f"`up` did not get ready: {(data / 'up.err').read_text()[-2000:]}"
        url = line.removeprefix("gigcx is ready at ").split()[0]
        environment |= {"DATABASE_URL": environment.get("DATABASE_URL", ""), "GIGCX_URL": url}
        yield Installation(url, line, data, {name: value for name, value in environment.items() if value}, process)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
