"""`manage.py replay`: play recorded calls against recorded duty, and say what each policy would have achieved."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from marketplace.matching.state import Limits
from marketplace.simulation.files import BadFileError
from marketplace.simulation.gather import Given, gather
from marketplace.simulation.measures import Outcome
from marketplace.simulation.policies import POLICIES
from marketplace.simulation.replay import Replay, run_replay


class Command(BaseCommand):
    """Read, play, print; everything else is in `marketplace.simulation`."""

    help = "Play recorded calls against recorded duty, and say what each policy would have achieved."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("calls", type=Path, help="CSV: queue, arrived_at, handle_seconds, patience_seconds")
        parser.add_argument("--agents", type=Path, required=True, help="CSV: agent, starts_at, ends_at, skills, queue")
        parser.add_argument("--queues", type=Path, help="CSV: queue, with targets, patience and priority")
        parser.add_argument(
            "--history", type=Path, help="CSV: queue, interval_start, offered: what the forecast is from"
        )
        parser.add_argument("--policies", default=",".join(POLICIES), help="default: all (%(default)s)")
        parser.add_argument("--tick-seconds", type=float, default=5.0)
        parser.add_argument("--changeover-seconds", type=float, default=5.0)
        parser.add_argument("--seed", type=int, default=1, help="draws what the file leaves open")
        parser.add_argument("--timezone", default="UTC", help="of times without an offset")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output, nothing else")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            given, answer = replay(options)
        except BadFileError as error:
            self.stderr.write(str(error))
            sys.exit(2)
        for note in given.notes:
            self.stderr.write(note)
        if options["json"]:
            self.stdout.write(json.dumps(answer.as_json()))
        else:
            Console(file=cast("IO[str]", self.stdout)).print(table(answer))


def replay(options: dict[str, Any]) -> tuple[Given, Replay]:
    """Options to answer. `BadFileError` for anything in files or options that can't be used."""
    problems = []
    names = [name.strip() for name in options["policies"].split(",") if name.strip()]
    problems += [
        f"--policies: {name} is unknown, choose from {', '.join(POLICIES)}" for name in names if name not in POLICIES
    ]
    if not names:
        problems.append(f"--policies: names none, choose from {', '.join(POLICIES)}")
    problems += [
        f"--{name.replace('_', '-')}: must be {bound}, correct it"
        for name, wrong, bound in (
            ("tick_seconds", not options["tick_seconds"] > 0, "above 0"),
            ("changeover_seconds", not options["changeover_seconds"] >= 0, "at least 0"),
            ("seed", options["seed"] < 0, "at least 0"),
        )
        if wrong
    ]
    try:
        zone = ZoneInfo(options["timezone"])
    except (ZoneInfoNotFoundError, ValueError):
        problems.append(f"--timezone: {options['timezone']} is unknown, give an IANA name like Europe/Rome")
    if problems:
        raise BadFileError(problems)
    given = gather(
        calls=options["calls"],
        agents=options["agents"],
        queues=options["queues"],
        history=options["history"],
        zone=zone,
        seed=options["seed"],
    )
    limits = Limits(tick_seconds=options["tick_seconds"], changeover_seconds=options["changeover_seconds"])
    with Progress(console=Console(stderr=True), transient=True) as bar:
        tasks = {name: bar.add_task(name, total=1.0) for name in names}
        answer = run_replay(
            given.world,
            policies=names,
            expectation=given.expectation,
            limits=limits,
            zone=zone,
            seed=options["seed"],
            progress=lambda name, share: bar.update(tasks[name], completed=share),
        )
    return given, answer


def table(answer: Replay) -> Table:
    """The policies side by side."""
    made = Table(title=f"{answer.calls:,} calls")
    for heading in (
        "policy",
        "service level",
        "abandonment",
        "mean wait",
        "occupancy",
        "moves",
        "moves per agent-hour",
    ):
        made.add_column(heading, justify="left" if heading == "policy" else "right")
    for name, one in answer.policies.items():
        made.add_row(name, *cells(one))
    return made


def cells(one: Outcome) -> list[str]:
    return [
        share(one.service_level),
        share(one.abandonment),
        "–" if one.mean_wait_seconds is None else f"{one.mean_wait_seconds:.1f} s",
        share(one.occupancy),
        f"{one.moves:,}",
        "–" if one.moves_per_agent_hour is None else f"{one.moves_per_agent_hour:.2f}",
    ]


def share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"
