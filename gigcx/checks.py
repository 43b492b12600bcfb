"""`manage.py test`: lint, then the whole suite, on a database and a broker that are thrown away."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import NoReturn

from gigcx import embedded, processes
from gigcx.embedded import services
from gigcx.supervisor import Failed, Program

SPREAD = ["-n", "auto", "--maxprocesses", "4"]
"""A process for each core; more than these would be more than the database has connections for."""
STOP_SECONDS = 25.0
"""pytest gives its processes five of them before it interrupts the test; then they end what they have started."""


def main(arguments: list[str]) -> int:
    """Run the checks, then pytest with `arguments`; return the exit code: pytest's own, or 1 if a check failed."""
    signal.signal(signal.SIGTERM, _leave)
    try:
        with services.throwaway() as found:
            environment = {**os.environ, **found, "DJANGO_SETTINGS_MODULE": "gigcx.settings"}
            if not lint(environment, logs=Path(found["GIGCX_DATA"]) / "log"):
                print("The tests were not run: the checks above come first.", flush=True)
                return 1
            return run_pytest(arguments, environment)
    except Failed as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def commands() -> dict[str, list[str | Path]]:
    """The checks, by name."""
    templates = sorted(folder for folder in embedded.ROOT.glob("*/templates") if folder.is_dir())
    return {
        "ruff check": ["-m", "ruff", "check", "."],
        "ruff format": ["-m", "ruff", "format", "--check", "."],
        "imports": [Path(sys.executable).with_name("lint-imports"), "--no-logo"],
        "templates": ["-m", "djlint", "--lint", "--quiet", *templates],
        "types": ["-m", "mypy"],
        "migrations": ["manage.py", "makemigrations", "--check", "--dry-run"],
    }


def lint(environment: Mapping[str, str], *, logs: Path) -> bool:
    """Run all checks at once, and print the output of those that fail."""
    programs = [
        Program(
            name=name.replace(" ", "-"),
            command=[sys.executable, *command],
            environment=environment,
            directory=embedded.ROOT,
        )
        for name, command in commands().items()
    ]
    started = [(program.name, program.start(logs)) for program in programs]
    passed = True
    try:
        for name, process in started:
            code = process.wait()
            print(f"{name}: {'passed' if code == 0 else 'FAILED'}", flush=True)
            if code != 0:
                print((logs / f"{name}.log").read_text(errors="replace"), flush=True)
            passed = passed and code == 0
    finally:
        processes.end([(process, signal.SIGTERM) for _name, process in started], seconds=1.0)
    return passed


def spread(arguments: list[str]) -> list[str]:
    """What has pytest use all cores; nothing where a file is named, which is done before other processes are up."""
    named = any((embedded.ROOT / argument.partition("::")[0]).is_file() for argument in arguments)
    return [] if named else SPREAD


def run_pytest(arguments: list[str], environment: Mapping[str, str]) -> int:
    """Run pytest in our own terminal and return its exit code. A Ctrl-C is for pytest: it ends with its summary."""
    signal.signal(signal.SIGINT, lambda *_: None)
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", *spread(arguments), *arguments],
        env={**environment, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        cwd=embedded.ROOT,
        preexec_fn=processes.dies_with_us(signal.SIGTERM),  # noqa: PLW1509 - we have one thread
    )
    try:
        return process.wait()
    finally:
        processes.end([(process, signal.SIGINT)], seconds=STOP_SECONDS)


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)
