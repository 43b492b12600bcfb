"""`manage.py up`: everything that gigcx is made of, running, on one command."""

import argparse
import http.client
import os
import secrets
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from gigcx import embedded
from gigcx.embedded import services
from gigcx.supervisor import Failed, Program, Stopped, Supervisor

READY_SECONDS = 120.0
ANSWER_SECONDS = 5.0
"""How long we wait for `/healthz`: it takes some two itself while there is no worker, more on a busy machine."""
GRACE_SECONDS = 2
"""What web requests have to finish when we stop; a live page would otherwise hold the web process for ever."""
BACKLOG = 2048
"""Web processes come and go; what connects meanwhile waits at the listener."""
WEB_AT_MOST = 2
"""Web processes on a machine with as many cores or more, where nobody says how many: the others have work too."""
LOGINS = "ada@example.org (agent), dov@example.org (dispatcher), mina@example.org (admin), password gigcx-demo"
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where the user asks for it with HOST
"""Addresses that stand for all of the machine's, and how we ourselves reach them."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one run of `up` works with."""

    data: Path
    listener: socket.socket
    environment: Mapping[str, str]
    embedded_database: bool
    embedded_broker: bool
    wants_demo: bool
    web_processes: int = 1

    @property
    def url(self) -> str:
        """Where people reach it."""
        return self.environment["GIGCX_URL"]

    @property
    def has_demo(self) -> bool:
        """Whether the demo plays: filling the database with it leaves a token for its switch."""
        return self.wants_demo and self.switch_token.exists()

    @property
    def switch_token(self) -> Path:
        """The file with the demo switch's token."""
        return self.data / "demo_switch.token"

    def python(self, name: str, *arguments: str | Path, **more: str) -> Program:
        """A program of ours in the environment of this run."""
        return Program(
            name=name,
            command=[sys.executable, *arguments],
            environment={**self.environment, "GIGCX_DEMO": "1" if self.has_demo else "0", **more},
            directory=embedded.ROOT,
        )


def main(arguments: list[str]) -> int:
    """Run until Ctrl-C or SIGTERM; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="manage.py up", description=__doc__, epilog="Environment: PORT, HOST, GIGCX_DATA."
    )
    parser.add_argument(
        "--no-demo", action="store_true", help="start empty and print a link that makes the first admin"
    )
    options = parser.parse_args(arguments)
    try:
        with services.locked(embedded.data_folder()), bind(os.environ) as listener:
            run_everything(plan(os.environ, listener, wants_demo=not options.no_demo))
    except Stopped:
        return 0
    except Failed as problem:
        say(str(problem))
        return 1
    return 0


def bind(environment: Mapping[str, str]) -> socket.socket:
    """Take HOST and PORT at once, so that nobody else can while we start. `Failed` if somebody has them."""
    host, port = environment.get("HOST") or "127.0.0.1", environment.get("PORT") or "8000"
    if not port.isdecimal() or int(port) > 65535:
        raise Failed(f"PORT={port} is no port. Choose one from 1 to 65535.")
    try:
        family, kind, _protocol, _name, address = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)[0]
        listener = _prepared(socket.socket(family, kind))
        listener.bind(address)
    except OSError as error:
        raise Failed(f"Cannot use {host}:{port}: {error.strerror}. Choose another with PORT=… or HOST=….") from error
    return listener


def _prepared(listener: socket.socket) -> socket.socket:
    """With what must be set before it listens; each connection that it takes inherits it."""
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # the last run's connections may linger
    # uvicorn takes what it is given by number for no TCP socket and leaves this out. Without it the kernel keeps the
    # body of each answer back until the browser has acknowledged the head, which takes 40 ms
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def plan(given: Mapping[str, str], listener: socket.socket, *, wants_demo: bool) -> Run:
    """Fill in what the environment leaves open; what it says stays."""
    data = embedded.data_folder(given)
    host, port = _reachable_at(listener)
    here = f"[{host}]" if ":" in host else host
    url = given.get("GIGCX_URL") or f"http://{here}:{port}"
    names = ["localhost", "127.0.0.1", "[::1]", here, urlsplit(url).hostname or here]
    if listener.getsockname()[0] in ANYWHERE:
        names += _own_names()
    defaults = {
        "GIGCX_URL": url,
        "GIGCX_SECRET_KEY": _secret_key(data),
        "GIGCX_ALLOWED_HOSTS": ",".join(dict.fromkeys(names)),
        "DATABASE_URL": embedded.database_url(data),
        "CELERY_BROKER_URL": embedded.broker_url(data),
        "DJANGO_SETTINGS_MODULE": "gigcx.settings",
        "PYTHONUNBUFFERED": "1",
    }
    return Run(
        data=data,
        listener=listener,
        environment=defaults | {name: value for name, value in given.items() if value} | {"GIGCX_DATA": str(data)},
        embedded_database=not given.get("DATABASE_URL"),
        embedded_broker=not given.get("CELERY_BROKER_URL"),
        wants_demo=wants_demo,
        web_processes=web_processes(given),
    )


def web_processes(given: Mapping[str, str]) -> int:
    """How many web processes are to serve: WEB_CONCURRENCY, else as many as there are cores, up to two."""
    wanted = given.get("WEB_CONCURRENCY") or str(min(WEB_AT_MOST, os.cpu_count() or 1))
    if not wanted.isdecimal() or int(wanted) < 1:
        raise Failed(f"WEB_CONCURRENCY={wanted} is no number of web processes. Choose 1 or more.")
    return int(wanted)


def run_everything(run: Run) -> None:
    """Start all in order, say where it is, and keep it running until a signal."""
    with ExitStack() as stack, Supervisor(logs=run.data / "log", say=say) as supervisor:
        services.keep(supervisor, run.data, database=run.embedded_database, messages=run.embedded_broker)
        link = _prepare(supervisor, run)
        for program in programs(run, stack.enter_context(listening(run))):
            supervisor.keep(program)
            if program.name == "worker":  # web and worker have the machine to themselves until people get an answer
                supervisor.until(
                    lambda: health(run) is not None, seconds=READY_SECONDS, problem="No answer on the port"
                )
        problem = f"{run.url}/healthz did not say that all is well"
        supervisor.until(lambda: health(run) == http.HTTPStatus.OK, seconds=READY_SECONDS, problem=problem, every=0.2)
        if run.has_demo:
            token = run.switch_token.read_text().strip()
            supervisor.keep(run.python("switch", "manage.py", "demo_switch", GIGCX_SWITCH_TOKEN=token))
        print(ready_line(run, link), flush=True)
        supervisor.forever()


@contextmanager
def listening(run: Run) -> Iterator[list[socket.socket]]:
    """A listener for each web process, all at the same address; `Failed` if somebody else listens there.

    The kernel deals connections out among them. At one listener for all, whoever is awake takes all that come at once.
    """
    listeners = [run.listener]
    with ExitStack() as stack:
        try:
            run.listener.listen(BACKLOG)
            if sys.platform != "linux":  # elsewhere the last to listen gets everything
                listeners *= run.web_processes
            while len(listeners) < run.web_processes:
                # only now: at an address that was taken in order to be shared, others could listen too
                run.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                listener = _prepared(stack.enter_context(socket.socket(run.listener.family, run.listener.type)))
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                listener.bind(run.listener.getsockname())
                listener.listen(BACKLOG)
                listeners.append(listener)
        except OSError as error:
            raise Failed(f"Cannot listen at {run.url}: {error.strerror}. Choose another port with PORT=….") from error
        yield listeners


def web(run: Run, number: int, listener: socket.socket) -> Program:
    """One of the web processes: `web`, `web-2` … Each is looked after by itself."""
    listens = ["--fd", str(listener.fileno()), "--timeout-graceful-shutdown", str(GRACE_SECONDS), "--no-access-log"]
    program = run.python(
        "web" if number == 1 else f"web-{number}", "-m", "uvicorn", "gigcx.asgi:application", *listens,
        WEB_CONCURRENCY="1",
    )  # fmt: skip
    return replace(program, pass_fds=[listener.fileno()])


def programs(run: Run, listeners: Sequence[socket.socket]) -> list[Program]:
    """What runs on top of the database and the broker."""
    celery = ["-m", "celery", "--app"]
    work = ["--pool", "threads", "--concurrency", "4", "--without-gossip", "--without-mingle", "--loglevel", "INFO"]
    clock = ["--schedule", str(run.data / "broker" / "beat"), "--pidfile", "", "--loglevel", "WARNING"]
    return [
        *(web(run, number, listener) for number, listener in enumerate(listeners, start=1)),
        run.python("worker", *celery, "gigcx.celery", "worker", *work),
        run.python("beat", *celery, "gigcx.clock", "beat", *clock),
        run.python("relay", "manage.py", "relay"),
    ]


def health(run: Run) -> int | None:
    """The status with which `/healthz` answers; None while nobody does."""
    connection = http.client.HTTPConnection(*_reachable_at(run.listener), timeout=ANSWER_SECONDS)
    try:
        public = urlsplit(run.url)
        connection.request("GET", "/healthz", headers={"Host": public.netloc, "X-Forwarded-Proto": public.scheme})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def ready_line(run: Run, link: str) -> str:
    """The one line on standard output: where it is and how to get in."""
    if run.has_demo:
        return f"gigcx is ready at {run.url} · {LOGINS}"
    return f"gigcx is ready at {run.url}" + (f" · make the first admin, once, at {link}" if link else "")


def say(text: str) -> None:
    """Progress and problems go to standard error; standard output is for the one line."""
    with suppress(OSError):  # the terminal may have gone, the product need not
        print(text, file=sys.stderr, flush=True)


def _reachable_at(listener: socket.socket) -> tuple[str, int]:
    """An address and port at which this machine reaches the listener."""
    host, port = listener.getsockname()[:2]
    return ANYWHERE.get(host, host), port


def _secret_key(data: Path) -> str:
    """The key that signs sessions and links: made once and kept in the data folder, for its owner's eyes alone."""
    file = data / "secret_key"
    if not file.exists():
        new = file.with_suffix(".new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as key:
            key.write(secrets.token_urlsafe(50))
        new.rename(file)
    return file.read_text().strip()


def _own_names() -> list[str]:
    """The names and addresses by which others may reach this machine."""
    names = {socket.gethostname(), socket.getfqdn()}
    for family, far in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((far, 9))  # sends nothing; the kernel chooses the address it would send from
            address = probe.getsockname()[0]
            names.add(f"[{address}]" if ":" in address else address)
    return sorted(names)


def _prepare(supervisor: Supervisor, run: Run) -> str:
    """Bring the database up to date; a one-time link that makes the first admin, empty if there is one.

    The link comes through a pipe: it is a secret, and what a program prints goes to its log.
    """
    reader, writer = os.pipe()
    with os.fdopen(reader) as answer:
        try:
            wanted = ["--demo"] if run.wants_demo else []
            program = run.python("prepare", "-m", "gigcx.prepare", "--link-to", str(writer), *wanted)
            supervisor.run(replace(program, pass_fds=[writer]))
        finally:
            os.close(writer)
        return answer.read().strip()
