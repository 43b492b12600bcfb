"""`manage.py surge COUNTS`: the surges in a recorded file, each as it would have been told, and what it would take."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from django.core.management.base import BaseCommand

from marketplace.forecasting.counted import step_of
from marketplace.simulation.files import BadFileError, Reading
from marketplace.simulation.tables import CountRow, read_counts
from marketplace.staffing.need import agents_needed
from marketplace.staffing.series import FALSE_ALARMS, Alarm, watch_series
from marketplace.staffing.usual import Usual, learn_usual, usual_counts

LEARN_DAYS = 20
"""The spread of a queue's ordinary days is learnt from so many before the first that is watched."""
DEFAULT_HANDLE_SECONDS = 180.0


class Command(BaseCommand):
    """Read, watch queue by queue, print."""

    help = "Watch each queue of a file of counts for surges: how much, since when, how sure, and the agents they take."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("counts", type=Path, help="CSV: queue, interval_start, offered, optional handle_seconds")
        parser.add_argument(
            "--false-alarms", type=float, default=FALSE_ALARMS, help="a queue-month, at most (default: %(default)s)"
        )
        parser.add_argument("--handle-seconds", type=float, help="mean (default: the file's own, else 180)")
        parser.add_argument("--patience-seconds", type=float, default=180.0, help="mean (default: %(default)s)")
        parser.add_argument("--target-share", type=float, default=0.8, help="default: %(default)s")
        parser.add_argument("--target-seconds", type=float, default=20.0, help="default: %(default)s")
        parser.add_argument("--timezone", default="UTC", help="the queues', and of times without an offset")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output, nothing else")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            found = surges(options, note=self.stderr.write)
        except BadFileError as error:
            self.stderr.write(str(error))
            sys.exit(2)
        if options["json"]:
            self.stdout.write(json.dumps({"queues": found}))
            return
        for queue, one in found.items():
            number = len(one["alarms"])
            self.stdout.write(
                f"{queue}: {number} {'alarm' if number == 1 else 'alarms'} in {one['days']} days watched;"
                f" days vary by {one['day_spread']:.0%}, intervals by {one['jitter']:.0%}"
            )
            for alarm in one["alarms"]:
                self.stdout.write(
                    f"  {alarm['told_at']}  × {alarm['factor']:.2f} ({alarm['low']:.2f} to {alarm['high']:.2f})"
                    f"  since {alarm['since']}  sure {alarm['sure']:.0%}"
                    f"  takes {alarm['agents']} agents, {alarm['more']} more than usual"
                )


def surges(options: dict[str, Any], *, note: Any) -> dict[str, Any]:
    """Each queue's alarms, by name. `BadFileError` for anything in file or options that can't be used."""
    zone = _checked(options)
    reading = Reading()
    rows = read_counts(options["counts"], reading=reading, zone=zone)
    reading.raise_problems()
    for text in reading.notes:
        note(text)
    by_queue: dict[str, list[CountRow]] = {}
    for row in sorted(rows, key=lambda row: row.interval_start):
        by_queue.setdefault(row.queue, []).append(row)
    return {queue: _watched(ones, zone, options) for queue, ones in sorted(by_queue.items())}


def _checked(options: dict[str, Any]) -> ZoneInfo:
    bounds = {
        "false_alarms": (options["false_alarms"] > 0, "above 0"),
        "handle_seconds": (options["handle_seconds"] is None or options["handle_seconds"] > 0, "above 0"),
        "patience_seconds": (options["patience_seconds"] > 0, "above 0"),
        "target_share": (0 < options["target_share"] < 1, "above 0 and below 1"),
        "target_seconds": (options["target_seconds"] >= 0, "at least 0"),
    }
    problems = [
        f"--{name.replace('_', '-')}: must be {words}, correct it" for name, (good, words) in bounds.items() if not good
    ]
    try:
        zone = ZoneInfo(options["timezone"])
    except (ZoneInfoNotFoundError, ValueError):
        problems.append(f"--timezone: {options['timezone']} is unknown, give an IANA name like Europe/Rome")
    if problems:
        raise BadFileError(problems)
    return zone


def _watched(rows: Sequence[CountRow], zone: ZoneInfo, options: dict[str, Any]) -> dict[str, Any]:
    """One queue: what is expected comes from its own earlier days, which are not watched themselves."""
    local = [row.interval_start.astimezone(zone) for row in rows]
    counts = np.array([row.offered for row in rows], dtype=np.float64)
    days = np.array([at.toordinal() for at in local])
    starts = np.array([round(row.interval_start.timestamp()) for row in rows])
    step = step_of(starts) or 900
    expected, doubt = usual_counts(
        counts=counts,
        days=days,
        times=np.array([at.hour * 3600 + at.minute * 60 + at.second for at in local]),
        weekdays=np.array([at.weekday() for at in local]),
    )
    known = np.unique(days[np.isfinite(expected)])
    learnt = np.isin(days, known[:LEARN_DAYS])
    usual = learn_usual(counts=counts[learnt], expected=expected[learnt], days=days[learnt])
    alarms = watch_series(
        counts=counts,
        expected=expected,
        days=days,
        usual=usual,
        doubt=doubt,
        false_alarms=options["false_alarms"],
    )
    takes = _what_it_takes(alarms, rows, step=step, options=options)
    return {
        "days": len(known),
        **_figures(usual),
        "alarms": [_told(alarm, starts, step, *agents) for alarm, agents in zip(alarms, takes, strict=True)],
    }


def _figures(usual: Usual) -> dict[str, float]:
    return {"day_spread": round(usual.day_spread, 4), "jitter": round(usual.jitter, 4)}


def _what_it_takes(
    alarms: Sequence[Alarm], rows: Sequence[CountRow], *, step: int, options: dict[str, Any]
) -> Iterator[tuple[int, int]]:
    """Agents at the surged rate, and how many more than at the usual one."""
    given = [row for row in rows if row.handle_seconds and row.offered]
    own = sum(row.handle_seconds or 0.0 for row in given) / max(sum(row.offered for row in given), 1)
    usually = np.array([alarm.expected for alarm in alarms]) / step
    factor = np.array([alarm.factor for alarm in alarms])
    queue = {
        "handle_seconds": options["handle_seconds"] or own or DEFAULT_HANDLE_SECONDS,
        "patience_seconds": options["patience_seconds"],
        "target_share": options["target_share"],
        "target_seconds": options["target_seconds"],
    }
    surged, usual = agents_needed(rate=usually * factor, **queue), agents_needed(rate=usually, **queue)
    return zip(surged.tolist(), (surged - usual).tolist(), strict=True)


def _told(alarm: Alarm, starts: Any, step: int, agents: int, more: int) -> dict[str, Any]:
    """One alarm as it is printed; it is told when its interval ends."""
    return {
        "since": _instant(starts[alarm.since]),
        "told_at": _instant(starts[alarm.told] + step),
        "ended_at": None if alarm.ended is None else _instant(starts[alarm.ended]),
        "factor": round(alarm.factor, 3),
        "low": round(alarm.low, 3),
        "high": round(alarm.high, 3),
        "sure": round(alarm.sure, 4),
        "expected": round(alarm.expected, 2),
        "agents": agents,
        "more": more,
    }


def _instant(seconds: int) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).isoformat()
