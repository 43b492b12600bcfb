"""Child processes that cannot outlive us, and whose output is kept within bounds."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

LOG_BYTES = 5_000_000
"""A log file grows to about this; the one before it is kept beside it."""
_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def spawn(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    directory: Path,
    log: Path,
    death_signal: signal.Signals = signal.SIGKILL,
    user: str | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, its output appended to `log`.

    The kernel sends the child `death_signal` when we die, however that happens (on Linux). It watches the thread that
    called, not the process: call from one that lives as long as the child should.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            env=dict(environment),
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=pass_fds,
            user=user,
            group=None if user is None else pwd.getpwnam(user).pw_gid,
            extra_groups=None if user is None else [],
            preexec_fn=dies_with_us(death_signal),  # noqa: PLW1509 - no other thread of ours holds a lock now
        )


def dies_with_us(death_signal: signal.Signals) -> Callable[[], None]:
    """What a child does before it becomes its program, so that the kernel ends it when we die."""
    parent = os.getpid()

    def bind() -> None:
        if _libc is not None:
            _libc.prctl(_SET_DEATH_SIGNAL, death_signal)
            if os.getppid() != parent:  # we died before the line above could help
                os._exit(1)

    return bind


def end(asked: Sequence[tuple[subprocess.Popen[bytes], signal.Signals]], *, seconds: float) -> None:
    """Ask each process to end by its signal, wait for all together, and kill what is left after `seconds`."""
    for process, number in asked:
        if process.poll() is None:
            process.send_signal(number)
    deadline = time.monotonic() + seconds
    for process, _number in asked:
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=max(0.0, deadline - time.monotonic()))
        sweep(process)


def sweep(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the process and of those that it started in its own group, and collect it."""
    process.kill()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def how_it_ended(code: int) -> str:
    """A return code of `subprocess`, in words."""
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"


def rotate(log: Path, *, limit: int = LOG_BYTES) -> None:
    """Set aside a log that has outgrown `limit`. Its writers append, so they go on at the start of the emptied file."""
    with suppress(FileNotFoundError):
        if log.suffixes != [".old", ".log"] and log.stat().st_size > limit:
            shutil.copyfile(log, log.with_suffix(".old.log"))
            os.truncate(log, 0)


def tail(log: Path, *, lines: int = 12, since: int = 0) -> str:
    """The last lines that were written after byte `since`."""
    with suppress(FileNotFoundError), log.open("rb") as text:
        size = text.seek(0, os.SEEK_END)
        start = since if since <= size else 0  # emptied since
        text.seek(max(start, size - 16_384))
        return "\n".join(text.read().decode(errors="replace").rstrip().splitlines()[-lines:])
    return ""


def working_in(folder: Path, *, program: str) -> list[int]:
    """Ids of the live processes of `program` whose working folder is `folder` (on Linux; elsewhere none)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # gone meanwhile, a zombie, or another user's
            if (entry / "cwd").readlink() == folder and (entry / "exe").readlink().name == program:
                found.append(int(entry.name))
    return found


def end_those_in(folder: Path, *, program: str, seconds: float = 10.0) -> None:
    """End what a killed run left working in `folder`: by SIGQUIT, after half of the time by SIGKILL.

    Raises `TimeoutError` if something is still there after `seconds`.
    """
    start = time.monotonic()
    while left := working_in(folder, program=program):
        passed = time.monotonic() - start
        if passed > seconds:
            raise TimeoutError(f"Process {left[0]} works in {folder} and cannot be ended.")
        for process_id in left:
            with suppress(ProcessLookupError):
                os.kill(process_id, signal.SIGQUIT if passed < seconds / 2 else signal.SIGKILL)
        time.sleep(0.05)
