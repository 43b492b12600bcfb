"""Keeps a set of services running: starts them, restarts what dies with back-off, ends all of them in order.

One thread, woken by signals and by the ends of children. Nothing here knows what the services are.
"""

import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Self

from gigcx import processes

FIRST_DELAY_SECONDS = 0.1
LONGEST_DELAY_SECONDS = 5.0
SETTLED_SECONDS = 10.0
"""A service that ran this long is restarted as if it had never died before."""
DEATHS_AT_START = 8
"""So many deaths in a row, some eleven seconds of trying, end the start of the whole."""
STOP_SECONDS = 2.6
STOP_FOUNDATION_SECONDS = 3.8
"""When what is left is killed, both counted from the beginning of the stop: all has ended within 5 s, even on a busy
machine."""
ROTATE_SECONDS = 5.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):  # noqa: N818 - no error: somebody asked us to end
    """A signal asked us to end while we waited for something."""


class Failed(Exception):  # noqa: N818 - reads as what happened
    """A step that all the rest needs did not succeed; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to run, where, and with which environment."""

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    directory: Path
    user: str | None = None
    pass_fds: Sequence[int] = ()
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    """What the kernel sends it when we die without a word."""
    foundation: bool = False
    """Others stand on it: it ends after them."""
    before_start: Callable[[], None] = lambda: None
    after_end: Callable[[], None] = lambda: None
    """Once it has ended for good: takes away what it left if it had to be killed."""

    def start(self, logs: Path) -> subprocess.Popen[bytes]:
        """Start it once, its output going to `logs/name.log`."""
        self.before_start()
        return processes.spawn(
            self.command,
            environment=self.environment,
            directory=self.directory,
            log=logs / f"{self.name}.log",
            death_signal=self.death_signal,
            user=self.user,
            pass_fds=self.pass_fds,
        )


@dataclass
class _Kept:
    """A program that is kept running, and how that goes."""

    program: Program
    process: subprocess.Popen[bytes]
    started: float
    log_start: int
    deaths: int = 0
    restart_at: float | None = None


class Supervisor:
    """Keeps programs running until a stop signal comes. A context manager for the main thread."""

    def __init__(self, *, logs: Path, say: Callable[[str], None]) -> None:
        self._logs = logs
        self._say = say
        self._kept: dict[str, _Kept] = {}
        self._stop_asked = False
        self._rotate_at = 0.0

    def __enter__(self) -> Self:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._wakeup_before = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        heard = {*STOP_SIGNALS, signal.SIGCHLD}
        if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
            heard.remove(signal.SIGHUP)  # nohup: the terminal may go
        self._handlers_before = {number: signal.signal(number, self._on_signal) for number in heard}
        return self

    def __exit__(self, *_exception: object) -> None:
        try:
            self._end_all()
        finally:
            signal.set_wakeup_fd(self._wakeup_before)
            for number, handler in self._handlers_before.items():
                signal.signal(number, handler)
            self._reader.close()
            self._writer.close()

    def keep(self, program: Program) -> None:
        """Start `program` and restart it whenever it ends."""
        self._kept[program.name] = self._start(program, deaths=0)

    def run(self, program: Program) -> None:
        """Run `program` to its end while tending the others.

        Raises `Failed` with the end of its output if it does not succeed, `Stopped` if a signal came first.
        """
        log_start = self._log_size(program.name)
        process = program.start(self._logs)
        try:
            while process.poll() is None:
                self._tend()
                self._sleep(1.0)
        finally:
            processes.sweep(process)
        if process.returncode != 0:
            raise Failed(
                f"{program.name} {processes.how_it_ended(process.returncode)}:\n{self._tail(program.name, log_start)}"
            )

    def until(self, condition: Callable[[], bool], *, seconds: float, problem: str, every: float = 0.03) -> None:
        """Tend the programs until `condition` holds; `Failed(problem)` after `seconds` or if one keeps dying."""
        deadline = time.monotonic() + seconds
        while True:
            self._tend()
            if condition():
                return
            for kept in self._kept.values():
                if kept.deaths >= DEATHS_AT_START:
                    tail = self._tail(kept.program.name, kept.log_start)
                    raise Failed(f"{problem}: {kept.program.name} does not stay up.\n{tail}")
            if time.monotonic() > deadline:
                raise Failed(f"{problem} within {seconds:.0f} s. The logs are in {self._logs}.")
            self._sleep(every)

    def forever(self) -> None:
        """Tend the programs until a stop signal comes."""
        with suppress(Stopped):
            while True:
                self._tend()
                self._sleep(ROTATE_SECONDS)

    def _start(self, program: Program, *, deaths: int) -> _Kept:
        log_start = self._log_size(program.name)
        return _Kept(program, program.start(self._logs), time.monotonic(), log_start, deaths)

    def _tend(self) -> None:
        """Notice ends, restart what is due, keep the logs within bounds."""
        if self._stop_asked:
            raise Stopped
        now = time.monotonic()
        for name, kept in self._kept.items():
            if kept.restart_at is None and kept.process.poll() is not None:
                self._mourn(kept, now)
            if kept.restart_at is not None and now >= kept.restart_at:
                self._kept[name] = self._start(kept.program, deaths=kept.deaths)
        if now >= self._rotate_at:
            self._rotate_at = now + ROTATE_SECONDS
            for log in self._logs.glob("*.log"):
                processes.rotate(log)

    def _mourn(self, kept: _Kept, now: float) -> None:
        """Say that a program ended, and set when it starts again."""
        processes.sweep(kept.process)
        kept.deaths = 1 if now - kept.started > SETTLED_SECONDS else kept.deaths + 1
        delay = min(FIRST_DELAY_SECONDS * 2 ** (kept.deaths - 1), LONGEST_DELAY_SECONDS)
        kept.restart_at = now + delay
        name, code = kept.program.name, kept.process.returncode
        self._say(f"{name} {processes.how_it_ended(code)}; it starts again in {delay:.1f} s.")
        if code not in {-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT}:
            self._say(f"The end of {self._log(name)}:\n{self._tail(name, kept.log_start)}")

    def _sleep(self, seconds: float) -> None:
        """Sleep until a signal, the end of a child, the next restart, or `seconds`."""
        due = [kept.restart_at for kept in self._kept.values() if kept.restart_at is not None]
        seconds = max(0.0, min([seconds, *(at - time.monotonic() for at in due)]))
        if select.select([self._reader], [], [], seconds)[0]:
            self._reader.recv(4096)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._stop_asked = self._stop_asked or number in STOP_SIGNALS

    def _end_all(self) -> None:
        """End what stands on the foundation, then the foundation."""
        begun = time.monotonic()
        for foundation, limit in ((False, STOP_SECONDS), (True, STOP_FOUNDATION_SECONDS)):
            layer = [kept for kept in self._kept.values() if kept.program.foundation == foundation]
            left = begun + limit - time.monotonic()
            asked = [(kept.process, kept.program.stop_signal) for kept in layer if kept.restart_at is None]
            processes.end(asked, seconds=left)
            for kept in layer:
                kept.program.after_end()

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def _log_size(self, name: str) -> int:
        with suppress(FileNotFoundError):
            return self._log(name).stat().st_size
        return 0

    def _tail(self, name: str, since: int) -> str:
        return processes.tail(self._log(name), since=since)
