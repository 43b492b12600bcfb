"""Rows of a `counts` file, whatever state they are in: those that say something, a finding for each other."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Any, NamedTuple

from marketplace.forecasting.intake.codes import Choices, Code, Finding
from marketplace.simulation.files import Column, Reading, Row, parse_rows, separator_of, words

COLUMNS = (
    Column("queue", words, empty=True, default=""),
    Column("interval_start", words, empty=True, default=""),
    Column("offered", words, empty=True, default=""),
    Column("handle_seconds", words, required=False, default=""),
)
LONGEST_CODE = 64
EXAMPLE = "2026-03-02T09:30:00+01:00"
YEARS = range(1970, 2200)


class Raw(NamedTuple):
    """A row that can be counted."""

    line: int
    queue: str
    start: int
    """Seconds since the epoch."""
    offered: int
    handle: float | None
    """Sum of handle seconds; None: not stated."""


class _Structure(Reading):
    """Takes the complaints of the CSV reader as findings."""

    def __init__(self) -> None:
        super().__init__()
        self.findings: list[Finding] = []

    def complain(self, file: str, line: int, column: str, what: str) -> None:
        lost = column != "row" or "is not CSV" in what
        self.findings.append(Finding(Code.UNUSABLE if lost else Code.UNREADABLE, line, column, data={"detail": what}))


class RowReader:
    """Reads one file; `findings` and `notes` fill as it goes."""

    def __init__(self, *, zone: tzinfo, choices: Choices) -> None:
        self.zone, self.choices = zone, choices
        self.findings: list[Finding] = []
        self.notes: list[str] = []
        self._decimal = "."
        """Where a comma is not what separates cells it may be what separates decimals."""
        self._twice: dict[tuple[str, datetime], list[tuple[int, int, float | None]]] = defaultdict(list)

    def read(self, content: bytes, *, name: str) -> list[Raw]:
        """The rows that say when and how many, in the order of the file; times in `zone` where they carry no offset."""
        structure = _Structure()
        mark = separator_of(content, COLUMNS)
        if mark != ",":
            self._decimal = ","
            self._find(Code.SEPARATOR, 1, "file", "", mark=mark)
        found = (self._row(row) for row in parse_rows(content, COLUMNS, reading=structure, name=name, separator=mark))
        rows = [raw for raw in found if raw is not None]
        self.findings += structure.findings
        self.notes += structure.notes
        return rows + self._sort_out_twice()

    def _row(self, row: Row) -> Raw | None:
        queue, text = row.values["queue"], row.values["interval_start"]
        offered = self._offered(row.line, queue, row.values["offered"])
        handle = self._handle(row.line, queue, row.values["handle_seconds"])
        if not queue or len(queue) > LONGEST_CODE:
            what = f"has {len(queue)} characters, a code has 1 to {LONGEST_CODE}" if queue else "is empty, fill it in"
            return self._find(Code.UNREADABLE, row.line, "queue", queue[:LONGEST_CODE], detail=what)
        start, twice, wrong = _instant(text, self.zone)
        if wrong:
            return self._find(Code.UNREADABLE, row.line, "interval_start", queue, detail=wrong)
        if twice and offered is not None:
            self._twice[queue, twice].append((row.line, offered, handle))
            return None
        if start is None:
            if not twice:
                self._find(Code.CLOCK_SKIPPED, row.line, "interval_start", queue, at=text, zone=str(self.zone))
            return None
        return None if offered is None else Raw(row.line, queue, start, offered, handle)

    def _offered(self, line: int, queue: str, text: str) -> int | None:
        try:
            number = float(text.replace(self._decimal, "."))
        except ValueError:
            what = (
                f"“{text}” is not a number, write a whole one" if text else "is empty, fill it in or leave the row out"
            )
            return self._find(Code.UNREADABLE, line, "offered", queue, detail=what)
        if not math.isfinite(number):
            return self._find(
                Code.UNREADABLE, line, "offered", queue, detail=f"“{text}” is not finite, write a whole number"
            )
        if number < 0:
            return self._find(Code.NEGATIVE, line, "offered", queue, value=number)
        if not number.is_integer():
            self._find(Code.NOT_WHOLE, line, "offered", queue, value=number)
        return round(number)

    def _handle(self, line: int, queue: str, text: str) -> float | None:
        if not text:
            return None
        try:
            number = float(text.replace(self._decimal, "."))
        except ValueError:
            number = math.nan
        if math.isfinite(number) and number >= 0:
            return number
        what = f"“{text}” is not a sum of seconds, write a number of at least 0 or leave it empty"
        return self._find(Code.UNREADABLE, line, "handle_seconds", queue, detail=what)

    def _sort_out_twice(self) -> list[Raw]:
        """The hour that the clock shows twice: of two rows for a time the first comes first; one alone says neither."""
        rows = []
        for (queue, wall), found in self._twice.items():
            for place, (line, offered, handle) in enumerate(found):
                pair = len(found) == 2
                data = {"at": wall.isoformat(), "zone": str(self.zone), "pair": pair}
                self._find(Code.CLOCK_TWICE, line, "interval_start", queue, **data)
                if pair:
                    at = wall.replace(tzinfo=self.zone, fold=place)
                    rows.append(Raw(line, queue, round(at.timestamp()), offered, handle))
        return rows

    def _find(self, code: Code, line: int, column: str, queue: str, **data: object) -> Any:
        """Note it; None, for a value that there is not."""
        self.findings.append(Finding(code, line, column, queue=queue, data=data))
        return None


@lru_cache(maxsize=200_000)
def _instant(text: str, zone: tzinfo) -> tuple[int | None, datetime | None, str]:  # noqa: PLR0911 - one a case
    """Epoch seconds; or the wall time that is there twice; or what is wrong. All empty: the clock skips it."""
    if not text:
        return None, None, "is empty, fill it in"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None, None, f"“{text}” is not a time, write it like {EXAMPLE}"
    if len(text) <= len("2026-03-02"):
        return None, None, f"“{text}” has no time of day, write it like {EXAMPLE}"
    if moment.year not in YEARS:
        return None, None, f"“{text}” is in the year {moment.year}, correct it"
    if moment.tzinfo is not None:
        return round(moment.timestamp()), None, ""
    early, late = moment.replace(tzinfo=zone, fold=0), moment.replace(tzinfo=zone, fold=1)
    if early.utcoffset() == late.utcoffset():
        return round(early.timestamp()), None, ""
    if early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment:
        return None, None, ""
    return None, moment, ""
