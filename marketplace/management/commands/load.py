"""`manage.py load KIND FILE`: people, queues, duty and counts from CSV; all of a file or nothing."""

from __future__ import annotations

import csv
import gzip
import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.management.base import BaseCommand
from django.utils import timezone

from marketplace.actions.load_counts import load_counts, look_at_counts
from marketplace.actions.load_duty import load_duty
from marketplace.actions.load_people import load_people
from marketplace.actions.load_queues import load_queues
from marketplace.actions.loading import Loaded
from marketplace.forecasting.intake.codes import Choices, Code
from marketplace.forecasting.intake.inspect import Inspection
from marketplace.forecasting.intake.words import choice_words, line_of
from marketplace.simulation.files import BadFileError, Reading, read_content
from marketplace.simulation.tables import read_duties, read_people, read_queues

ACTOR = "command:load"
BAD_INPUT = 2
CHOICES = {
    "repair": "mend findings of these kinds",
    "refuse": "load nothing if there are findings of these kinds",
    "keep": "load rows as they are in spite of findings of these kinds",
}
MOST_NOTES = 20
"""Of one kind; errors are always named one by one."""


class Command(BaseCommand):
    """Read, load, say what was done."""

    help = "Load people, queues, agents (duty) or counts from a CSV file: all of it or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=["people", "queues", "agents", "counts"])
        parser.add_argument("file", type=Path, help="CSV with a header; gzip if its name ends in .gz")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
        parser.add_argument("--timezone", default="UTC", help="of times without an offset, and of opening hours")
        for choice, does in CHOICES.items():
            parser.add_argument(f"--{choice}", default="", metavar="CODES", help=f"counts: {does} (codes or all)")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output, nothing else")

    def handle(self, *_: Any, **options: Any) -> None:
        reading = Reading()
        try:
            loaded = load(options, reading)
        except BadFileError as error:
            self._say_notes(reading)
            self.stderr.write("\n".join(in_order(error.problems, file=options["file"].name)))
            sys.exit(BAD_INPUT)
        self._say_notes(reading)
        account = {**loaded.as_data(), "kind": options["kind"], "file": options["file"].name}
        if options["json"]:
            self.stdout.write(json.dumps({**account, "dry_run": options["dry_run"]}))
        else:
            self.stdout.write(sentence(loaded, kind=options["kind"], dry_run=options["dry_run"]))

    def _say_notes(self, reading: Reading) -> None:
        for note in reading.notes:
            self.stderr.write(note)


def load(options: dict[str, Any], reading: Reading) -> Loaded:
    """Options to what was done. `BadFileError` for anything in file or options that can't be used."""
    path: Path = options["file"]
    zone = _zone(options["timezone"])
    common: dict[str, Any] = {
        "file": path.name,
        "reading": reading,
        "actor": ACTOR,
        "now": timezone.now(),
        "dry_run": options["dry_run"],
    }
    match options["kind"]:
        case "queues":
            rows = read_queues(path, reading=reading)
            return load_queues(rows=rows, columns=header_of(path), zone=zone.key, **common)
        case "people":
            return load_people(rows=read_people(path, reading=reading), **common)
        case "agents":
            return load_duty(rows=read_duties(path, reading=reading, zone=zone), zone=zone.key, **common)
        case _:
            return counts(options, path=path, zone=zone, reading=reading)


def counts(options: dict[str, Any], *, path: Path, zone: ZoneInfo, reading: Reading) -> Loaded:
    """Look at the file, say what is noteworthy, and load it unless something is refused."""
    try:
        choices = Choices(**{choice: [code for code in options[choice].split(",") if code] for choice in CHOICES})
    except ValueError as problem:
        raise BadFileError([f"--repair, --refuse, --keep: {problem}"]) from None
    content = read_content(path, reading=reading)
    reading.raise_problems()
    now = timezone.now()
    inspection = look_at_counts(content=content, file=path.name, zone=zone, choices=choices, now=now)
    reading.notes += inspection.notes
    reading.notes += kept_and_repaired(inspection, file=path.name)
    return load_counts(inspection=inspection, file=path.name, actor=ACTOR, now=now, dry_run=options["dry_run"])


def kept_and_repaired(inspection: Inspection, *, file: str) -> list[str]:
    """What was found and does not stop the load, with what is done about it."""
    notes = []
    for code in Code:
        choice = inspection.choices[code]
        found = [finding for finding in inspection.findings if finding.code is code]
        if choice == "refuse" or not found:
            continue
        notes += [f"{line_of(finding, file=file)} [{code}]" for finding in found[:MOST_NOTES]]
        more = f" and {len(found) - MOST_NOTES:,} more like it" if len(found) > MOST_NOTES else ""
        notes.append(f"{file}: {code}: {choice_words(code, choice)}{more}.")
    return notes


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        problem = f"--timezone: {name} is unknown, give an IANA name like Europe/Rome"
        raise BadFileError([problem]) from None


def header_of(path: Path) -> list[str]:
    """The columns that a file has; none if it can't be read (its reader has said so)."""
    try:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8-sig", newline="") as lines:
            return [cell.strip() for cell in next(csv.reader(lines), [])]
    except (OSError, EOFError, UnicodeDecodeError, csv.Error):
        return []


def in_order(problems: tuple[str, ...], *, file: str) -> list[str]:
    """Problems by line, whichever check found them."""

    def line(problem: str) -> int:
        number = problem.removeprefix(f"{file}:").partition(":")[0]
        return int(number) if number.isdigit() else 0

    return sorted(problems, key=line)


def sentence(loaded: Loaded, *, kind: str, dry_run: bool) -> str:
    """What was done, or would be, for a person."""
    counts = f"{loaded.created:,} created, {loaded.changed:,} changed, {loaded.unchanged:,} unchanged"
    also = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in loaded.also.items() if count)
    lead = f"{kind} (dry run, nothing was changed)" if dry_run else kind
    return f"{lead}: {counts}." + (f" With them: {also}." if also else "")
