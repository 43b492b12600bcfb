"""A `counts` file from bytes to rows that can be stored, with everything noteworthy in it.

What a person chose to refuse is repaired here all the same, so that what lies behind it is seen too; whether anything
is refused, the caller asks (`Inspection.refused`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import numpy as np

from marketplace.forecasting.intake.codes import Choice, Choices, Code, Finding
from marketplace.forecasting.intake.grid import LONGEST_STEP_SECONDS, lay_on_grid
from marketplace.forecasting.intake.holes import find_cut_short, find_gaps
from marketplace.forecasting.intake.pattern import find_shifted
from marketplace.forecasting.intake.read import Raw, RowReader
from marketplace.forecasting.intake.series import DAY, Series, series_of
from marketplace.forecasting.intake.values import find_absurd, find_future, find_silent
from marketplace.simulation.tables import CountRow

GREENWICH = ZoneInfo("UTC")
HOUR, HOURLY_DAYS = 3600, 2
PREVIEW_POINTS = 120


@dataclass(slots=True)
class Inspection:
    """What a file holds."""

    choices: Choices
    read: int = 0
    """Rows that could be read."""
    rows: list[CountRow] = field(default_factory=list)
    """What is to be stored, by queue and time."""
    steps: dict[str, int] = field(default_factory=dict)
    """Seconds of each queue's intervals."""
    findings: list[Finding] = field(default_factory=list)
    """In the order of the file."""
    notes: list[str] = field(default_factory=list)

    @property
    def refused(self) -> list[Finding]:
        """Those that the choices refuse: one is enough for nothing to be stored."""
        return [finding for finding in self.findings if self.choices[finding.code] is Choice.REFUSE]

    def preview(self) -> dict[str, list[int]]:
        """For each queue its totals by day, or by as many days as make 120 points, from the first row to the last; by
        the hour where there are at most two days, of which nothing could be seen."""
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for row in self.rows:
            found[row.queue].append((round(row.interval_start.timestamp()), row.offered))
        points = {}
        for queue, own in found.items():
            instant, offered = np.array(own, dtype=np.int64).T
            day = instant // DAY
            unit = instant // HOUR if day[-1] - day[0] < HOURLY_DAYS else day
            width = (unit[-1] - unit[0]) // PREVIEW_POINTS + 1
            points[queue] = np.bincount((unit - unit[0]) // width, weights=offered).astype(int).tolist()
        return points


def inspect_counts(
    *,
    content: bytes,
    name: str,
    zone: tzinfo = UTC,
    zones: Mapping[str, ZoneInfo] | None = None,
    choices: Choices | None = None,
    now: datetime | None = None,
    progress: Callable[[float], None] | None = None,
) -> Inspection:
    """Read and look at a whole file; times without an offset are read in `zone`.

    `zones` are the zones of the queues that exist: others are a finding; None: any queue will do. Rows of intervals
    that are not over at `now` are one too. `progress` hears the share that is done, from 0 to 1.
    """
    choices = choices or Choices()
    reader = RowReader(zone=zone, choices=choices)
    raws = reader.read(content, name=name)
    found = Inspection(choices=choices, read=len(raws), findings=reader.findings, notes=reader.notes)
    by_queue: dict[str, list[Raw]] = defaultdict(list)
    for raw in raws:
        by_queue[raw.queue].append(raw)
    for number, (queue, rows) in enumerate(sorted(by_queue.items())):
        if progress:
            progress(number / len(by_queue))
        if zones is not None and queue not in zones:
            found.findings += [Finding(Code.UNKNOWN_QUEUE, row.line, "queue", queue) for row in rows]
            continue
        own_zone = zones[queue] if zones is not None else (zone if isinstance(zone, ZoneInfo) else GREENWICH)
        _look_at_queue(rows, found, zone=own_zone, now=now)
    found.findings.sort(key=lambda finding: (finding.line, list(Code).index(finding.code)))
    return found


def _look_at_queue(raws: list[Raw], found: Inspection, *, zone: ZoneInfo, now: datetime | None) -> None:
    """Bring one queue's rows in order, and take those over that are to be stored."""
    instant = None if now is None else round(now.timestamp())
    choices, findings = found.choices, found.findings
    rows, step = lay_on_grid(raws, findings=findings)

    def series() -> Series:
        return series_of(rows, step=step, zone=zone)

    def without(code: Code, marked: np.ndarray) -> list[Raw]:
        if not choices.changes(code):
            return rows
        return [row for row, out in zip(rows, marked, strict=True) if not out]

    if instant is not None:
        rows = without(Code.FUTURE, find_future(series(), now=instant, findings=findings))
    if rows:
        absurd, unusual = find_absurd(series(), findings=findings)
        rows = without(Code.ABSURD, absurd | (unusual & choices.changes(Code.UNUSUAL)))
    if rows:
        rows = without(Code.SILENT, find_silent(series(), findings=findings))
    if rows:
        rows = _put_right(rows, series(), choices=choices, findings=findings)
        rows = without(Code.CUT_SHORT, find_cut_short(series(), now=instant, findings=findings))
    if rows:
        find_gaps(series(), findings=findings)
        if step > LONGEST_STEP_SECONDS or DAY % step:
            data = {"seconds": step}
            line = min(row.line for row in rows)
            findings.append(Finding(Code.NO_FORECAST, line, "interval_start", rows[0].queue, rows=len(rows), data=data))
        found.steps[raws[0].queue] = step
        found.rows += [
            CountRow(row.line, row.queue, datetime.fromtimestamp(row.start, UTC), row.offered, row.handle)
            for row in rows
        ]


def _put_right(rows: list[Raw], series: Series, *, choices: Choices, findings: list[Finding]) -> list[Raw]:
    """Rows under their right days, of shifted weeks and of days that changed places, as far as that was chosen."""
    before = len(findings)
    move = find_shifted(series, findings=findings)
    told = {finding.code for finding in findings[before:]}
    if move is None or not any(choices.changes(code) for code in told):
        return rows
    swapped = _swapped_rows(series, findings[before:])
    for code, mine in ((Code.SWAPPED, swapped), (Code.SHIFTED, ~swapped)):
        if not choices.changes(code):
            move = np.where(mine, 0, move)
    return _moved(rows, series, move.tolist())


def _moved(rows: list[Raw], series: Series, move: list[int]) -> list[Raw]:
    """Each row so many days earlier, at the same time by the clock.

    A row whose place is taken by one that stays goes to the same weekday of a week nearby where that is free: so a week
    that was turned round in itself comes right too.
    """
    placed = {row.start: row for row, days in zip(rows, move, strict=True) if not days}
    late: list[tuple[Raw, int]] = []
    for row, wall, days in zip(rows, series.wall.tolist(), move, strict=True):
        if days:
            start = _instant_of(wall - days * DAY, series.zone)
            if start is not None and start not in placed:
                placed[start] = row._replace(start=start)
            elif start is not None:
                late.append((row, wall - days * DAY))
    for row, wall in late:
        for weeks in (1, -1, 2, -2):
            start = _instant_of(wall + weeks * 7 * DAY, series.zone)
            if start is not None and series.start[0] <= start <= series.start[-1] and start not in placed:
                placed[start] = row._replace(start=start)
                break
    return sorted(placed.values(), key=lambda row: row.start)


def _swapped_rows(series: Series, findings: list[Finding]) -> np.ndarray:
    """The rows that belong to days which changed places."""
    rows = np.zeros(len(series.start), dtype=np.bool_)
    for finding in findings:
        if finding.code is Code.SWAPPED:
            inside = (series.start >= finding.data["start"]) & (series.start < finding.data["end"])
            weekday = series.day % 7
            rows |= inside & ((weekday == finding.data["one"]) | (weekday == finding.data["other"]))
    return rows


def _instant_of(wall: int, zone: ZoneInfo) -> int | None:
    """The instant at which the wall clock (seconds since Monday, 1969-12-29) shows this; None where it is skipped."""
    local = datetime.fromtimestamp(wall - 3 * DAY, UTC).replace(tzinfo=zone)
    start = round(local.timestamp())
    back = datetime.fromtimestamp(start, zone).replace(tzinfo=UTC)
    return start if round(back.timestamp()) == wall - 3 * DAY else None
