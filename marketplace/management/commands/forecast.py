"""`manage.py forecast`: from a file of counts to the coming days, with how good such forecasts have been."""

from __future__ import annotations

import csv
import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from django.core.management.base import BaseCommand

from marketplace.forecasting.clock import DAY_SECONDS
from marketplace.forecasting.counted import gathered, step_of
from marketplace.forecasting.history import History
from marketplace.forecasting.make import Made, make_forecast
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


def forecasts(options: dict[str, Any], *, note: Any) -> list[tuple[str, Made]]:
    """Each queue of the file, by name. `BadFileError` for anything in file or options that can't be used."""
    problems: list[str] = []
    zone = _zone(options["timezone"], problems)
    as_of = _as_of(options["as_of"], zone, problems)
    minutes, country, horizon = options["interval_minutes"], options["holidays"], options["horizon_days"]
    if minutes is not None and (minutes <= 0 or DAY_SECONDS % (minutes * 60)):
        problems.append(f"--interval-minutes: {minutes} does not divide a day, give one such as 15, 30 or 60")
    if not 1 <= horizon <= LONGEST_HORIZON_DAYS:
        problems.append(f"--horizon-days: {horizon} is out of range, give 1 to {LONGEST_HORIZON_DAYS}")
    if country and not known_country(country):
        problems.append(f"--holidays: {country} is unknown, give a country's two letters such as IT or DE-BY")
    if problems:
        raise BadFileError(problems)
    reading = Reading()
    counted = read_counts(options["counts"], reading=reading, zone=zone)
    reading.raise_problems()
    for text in reading.notes:
        note(text)
    step, into = _steps(counted, minutes, file=options["counts"].name)
    if step > into:
        note(f"{options['counts'].name}: counted every {step // 60} minutes, each spread evenly over {into // 60}")
    ends = [round(row.interval_start.timestamp()) + step for row in counted]
    now = round(as_of.timestamp()) if as_of is not None else max(ends, default=0)
    until = round((datetime.fromtimestamp(now, zone) + timedelta(days=horizon)).timestamp())
    by_queue: dict[str, list[CountRow]] = {}
    for row, end in zip(counted, ends, strict=True):
        rows = by_queue.setdefault(row.queue, [])
        if end <= now:
            rows.append(row)
    return [
        (queue, _made(rows, step=step, into=into, zone=zone, country=country, now=now, until=until))
        for queue, rows in sorted(by_queue.items())
    ]


def _made(rows: list[CountRow], *, step: int, into: int, zone: ZoneInfo, country: str, now: int, until: int) -> Made:
    starts = [round(row.interval_start.timestamp()) for row in rows]
    offered = [float(row.offered) for row in rows]
    if step > into:
        parts = step // into
        starts = [start + part * into for start in starts for part in range(parts)]
        offered = [value / parts for value in offered for _ in range(parts)]
        step = into
    begins, values = gathered(starts, offered, step=step, into=into, zone=zone)
    history = History(begins, values, into, zone, country)
    made = make_forecast(history=history, since=now, until=until)
    return Made([row for row in made.rows if row.start >= now], made.weeks, made.backtest, made.day_spread)


def _steps(counted: list[CountRow], minutes: int | None, *, file: str) -> tuple[int, int]:
    """Seconds of the file's intervals, and of the forecast's."""
    starts: dict[str, list[int]] = {}
    for row in counted:
        starts.setdefault(row.queue, []).append(round(row.interval_start.timestamp()))
    found = [step_of(np.array(ones)) for ones in starts.values()]
    step = min((one for one in found if one is not None), default=(minutes or DEFAULT_MINUTES) * 60)
    into = minutes * 60 if minutes is not None else max(step, DEFAULT_MINUTES * 60)
    if into % step and step % into:
        raise BadFileError(
            [f"{file}:1: interval_start: intervals of {step} s don't add up to {into} s, choose --interval-minutes"]
        )
    return step, into


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
        return instant(zone)(text)
    except ValueError as error:
        problems.append(f"--as-of: {error}")
        return None
