"""`manage.py forecast`: from a file of counts to the coming days, with how good such forecasts have been."""

from __future__ import annotations

import csv
import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from django.core.management.base import BaseCommand, CommandError

from marketplace.forecasting.clock import DAY_SECONDS
from marketplace.forecasting.counted import gathered, off_grid, step_of
from marketplace.forecasting.grid import LONGEST_DAYS
from marketplace.forecasting.history import History
from marketplace.forecasting.intake.grid import stretches
from marketplace.forecasting.make import Made
from marketplace.forecasting.many import Job, forecast_many
from marketplace.forecasting.special import known_country
from marketplace.simulation.files import BadFileError, Reading, instant
from marketplace.simulation.tables import CountRow, read_counts

COLUMNS = ("queue", "interval_start", "mean", "p10", "p50", "p90")
DEFAULT_MINUTES = 30
LONGEST_HORIZON_DAYS = 400


class Command(BaseCommand):
    """Read, forecast queue by queue, print."""

    help = "Forecast each queue of a file of counts: mean and quantiles of every open interval, CSV or JSON."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("counts", type=Path, help="CSV: queue, interval_start, offered")
        parser.add_argument("--as-of", help="nothing after it is looked at (default: the end of the file's last row)")
        parser.add_argument("--horizon-days", type=int, default=14, help="calendar days (default: %(default)s)")
        parser.add_argument(
            "--interval-minutes", type=int, help="of the forecast (default: 30, or the file's where that is longer)"
        )
        parser.add_argument("--holidays", default="", metavar="COUNTRY", help="public holidays to keep, such as IT")
        parser.add_argument("--timezone", default="UTC", help="the queues', and of times without an offset")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output, nothing else")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            made = forecasts(options, note=self.stderr.write)
        except BadFileError as error:
            self.stderr.write(str(error))
            sys.exit(2)
        rows = [row for queue, one in made for row in cells(queue, one)]
        if options["json"]:
            backtest = {queue: asdict(one.backtest) for queue, one in made}
            named = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
            self.stdout.write(json.dumps({"rows": named, "backtest": backtest}))
        else:
            table = csv.writer(self.stdout, lineterminator="\n")
            table.writerow(COLUMNS)
            table.writerows(rows)


def cells(queue: str, made: Made) -> Iterable[tuple[Any, ...]]:
    """The rows of one queue as they are printed."""
    for row in made.rows:
        start = datetime.fromtimestamp(row.start, UTC).isoformat()
        yield queue, start, *(round(value, 4) for value in (row.mean, row.p10, row.p50, row.p90))


def forecasts(options: dict[str, Any], *, note: Callable[[str], object]) -> list[tuple[str, Made]]:
    """Each queue of the file, by name. `BadFileError` for anything in file or options that can't be used."""
    zone, as_of = _checked(options)
    counted = _counted(options["counts"], options["interval_minutes"], zone=zone, note=note)
    ends = (_instant(one.rows[-1]) + one.step for one in counted.values())
    now = round(as_of.timestamp()) if as_of is not None else max(ends, default=0)
    until = round((datetime.fromtimestamp(now, zone) + timedelta(days=options["horizon_days"])).timestamp())
    names = sorted(counted)
    _note_unknown(counted, now=now, file=options["counts"].name, note=note)
    jobs = [
        Job(place, _history(counted[queue], zone=zone, country=options["holidays"], now=now), now, until)
        for place, queue in enumerate(names)
    ]
    made = {}
    for place, answer in forecast_many(jobs):
        if isinstance(answer, str):
            raise CommandError(f"{names[place]}: {answer}", returncode=1)
        made[names[place]] = replace(answer, rows=[row for row in answer.rows if row.start >= now])
    return [(queue, made[queue]) for queue in names]


def _checked(options: dict[str, Any]) -> tuple[ZoneInfo, datetime | None]:
    """The zone, and the instant that the forecast is as of; `BadFileError` for all options that are no good."""
    problems: list[str] = []
    zone = _zone(options["timezone"], problems)
    as_of = _as_of(options["as_of"], zone, problems)
    minutes, country, horizon = options["interval_minutes"], options["holidays"], options["horizon_days"]
    if minutes is not None and (minutes <= 0 or DAY_SECONDS % (minutes * 60)):
        problems.append(f"--interval-minutes: {minutes} does not divide a day, give one such as 15, 30 or 60")
    if not 1 <= horizon <= LONGEST_HORIZON_DAYS:
        problems.append(f"--horizon-days: {horizon} is out of range, give 1 to {LONGEST_HORIZON_DAYS}")
    if country and not known_country(country):
        problems.append(f"--holidays: {country} is unknown, give a country's two letters such as IT, or DE-BY")
    if problems:
        raise BadFileError(problems)
    return zone, as_of


@dataclass(frozen=True, slots=True)
class Counted:
    """One queue of the file: its rows in order, and the seconds of their intervals and of the forecast's."""

    rows: list[CountRow]
    step: int
    into: int


def _counted(path: Path, minutes: int | None, *, zone: ZoneInfo, note: Callable[[str], object]) -> dict[str, Counted]:
    reading = Reading()
    by_queue: dict[str, list[CountRow]] = {}
    for row in read_counts(path, reading=reading, zone=zone):
        by_queue.setdefault(row.queue, []).append(row)
    counted = {
        queue: _one_length(rows, minutes, zone=zone, file=path.name, reading=reading)
        for queue, rows in by_queue.items()
    }
    reading.raise_problems()
    for text in reading.notes:
        note(text)
    for queue, one in counted.items():
        if one.step > one.into:
            what = f"is counted every {one.step // 60} min, each count is spread evenly over {one.into // 60} min"
            note(f"{path.name}: {queue} {what}")
    return counted


def _note_unknown(counted: dict[str, Counted], *, now: int, file: str, note: Callable[[str], object]) -> None:
    """Say which queues have no forecast, and why."""
    for queue, one in sorted(counted.items()):
        ends = [_instant(row) + one.step for row in one.rows]
        if min(ends) > now:
            note(f"{file}: {queue} has no count by then, so no forecast: choose a later --as-of")
        elif max(end for end in ends if end <= now) < now - LONGEST_DAYS * DAY_SECONDS:
            note(f"{file}: {queue} has no count of the last three years, so no forecast: choose an earlier --as-of")


def _minutes(seconds: int) -> str:
    return f"{seconds / 60:g} min"


def _instant(row: CountRow) -> int:
    return round(row.interval_start.timestamp())


def _one_length(rows: list[CountRow], minutes: int | None, *, zone: ZoneInfo, file: str, reading: Reading) -> Counted:
    """Complains of rows between two intervals, and of lengths that don't fit."""
    rows = sorted(rows, key=lambda row: row.interval_start)
    starts = np.array([_instant(row) for row in rows], dtype=np.int64)
    asked = (minutes or DEFAULT_MINUTES) * 60
    step = step_of(starts) or asked
    into = asked if minutes is not None else max(step, asked)
    lengths = stretches(starts.tolist())
    if len(set(lengths)) > 1:
        for place, (before, length) in enumerate(pairwise([0, *lengths])):
            if length not in {before, step}:
                what = (
                    f"from here on rows are {_minutes(length)} apart, others {_minutes(step)}, make all of one length"
                )
                reading.complain(file, rows[place].line, "interval_start", what)
        return Counted(rows, step, into)
    for place in off_grid(starts, step=step, zone=zone):
        what = f"is not at a whole interval of {step // 60} min like the queue's other rows, correct it or leave it out"
        reading.complain(file, rows[place].line, "interval_start", what)
    if DAY_SECONDS % step:
        what = f"are {step} s apart, which does not divide a day, give counts for intervals that do"
        reading.complain(file, rows[0].line, "interval_start", what)
    elif into % step and step % into:
        what = f"are {step // 60} min apart and don't add up to {into // 60}, choose another --interval-minutes"
        reading.complain(file, rows[0].line, "interval_start", what)
    return Counted(rows, step, into)


def _history(counted: Counted, *, zone: ZoneInfo, country: str, now: int) -> History:
    """What was counted by `now`, in the intervals of the forecast."""
    step, into = counted.step, counted.into
    known = [row for row in counted.rows if _instant(row) + step <= now]
    parts = max(step // into, 1)
    starts = [_instant(row) + part * into for row in known for part in range(parts)]
    offered = [row.offered / parts for row in known for _ in range(parts)]
    begins, values = gathered(starts, offered, step=min(step, into), into=into, zone=zone)
    return History(begins, values, into, zone, country)


def _zone(name: str, problems: list[str]) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        problems.append(f"--timezone: {name} is unknown, give an IANA name like Europe/Rome")
        return ZoneInfo("UTC")


def _as_of(text: str | None, zone: ZoneInfo, problems: list[str]) -> datetime | None:
    if text is None:
        return None
    try:
        return instant(zone)(f"{text}T00:00" if len(text) == len("2026-03-02") else text)
    except ValueError as error:
        problems.append(f"--as-of: {error}")
        return None
