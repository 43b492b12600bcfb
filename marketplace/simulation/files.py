"""CSV files with a header: every bad row is found and named before anything is done.

A table is a tuple of `Column`s; `read_rows` yields one dictionary a row with parsed values and collects a complaint for
every cell that cannot be read, as `file:line: column: what, what to do`. `raise_problems` ends the reading.
"""

from __future__ import annotations

import csv
import gzip
import io
import math
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
"""What may stand between cells; only the first is what the formats say."""

Parse = Callable[[str], Any]
"""Text of a cell to value; raises ValueError with what is wrong and what to do."""


class BadFileError(Exception):
    """One line for everything wrong, in the order of the files."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    parse: Parse
    required: bool = True
    """Whether the file must have it."""
    empty: bool = False
    """Whether a cell may be empty; an optional column may always be."""
    default: Any = None
    """The value of an empty cell or missing column."""


@dataclass(slots=True)
class Reading:
    """What was found wrong or noteworthy while reading, over all files of one command."""

    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def complain(self, file: str, line: int, column: str, what: str) -> None:
        self.problems.append(f"{file}:{line}: {column}: {what}")

    def raise_problems(self) -> None:
        if self.problems:
            raise BadFileError(self.problems)


@dataclass(frozen=True, slots=True)
class Row:
    """The values of one row, by column name."""

    line: int
    values: dict[str, Any]


def read_content(path: Path, *, reading: Reading, name: str | None = None) -> bytes:
    """The bytes of a file, gzip if its name ends in .gz; a complaint and nothing if it can't be read."""
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if path.suffix == ".gz" else content
    except (OSError, EOFError, zlib.error) as error:
        reading.complain(name or path.name, 1, "file", f"can't be read ({error}), give the path of a CSV file")
        return b""


def read_rows(path: Path, columns: Sequence[Column], *, reading: Reading, name: str | None = None) -> Iterator[Row]:
    """Each good row of a file, gzip if its name ends in .gz; bad ones go to `reading`. `name` is the file's name there.

    A row with one bad cell is not yielded, and each of its bad cells is named.
    """
    name = name or path.name
    before = len(reading.problems)
    content = read_content(path, reading=reading, name=name)
    if len(reading.problems) == before:
        yield from parse_rows(content, columns, reading=reading, name=name)


def separator_of(content: bytes, columns: Sequence[Column]) -> str:
    """What stands between the cells of the header: a comma, or another mark where only that makes the columns."""
    header = content.decode("utf-8-sig", errors="replace").partition("\n")[0].strip()
    required = {column.name for column in columns if column.required}
    for mark in SEPARATORS:
        if required <= {cell.strip().strip('"') for cell in header.split(mark)}:
            return mark
    return ","


def parse_rows(
    content: bytes, columns: Sequence[Column], *, reading: Reading, name: str, separator: str = ","
) -> Iterator[Row]:
    """As `read_rows`, from the bytes of a file."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        reading.complain(name, line, "file", "is not UTF-8, save it as UTF-8")
        return
    found = separator_of(content, columns)
    if found != separator:
        reading.complain(name, 1, "file", f"has {SEPARATORS[found]} between its cells, save it with commas")
        return
    table = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header = [cell.strip() for cell in next(table, [])]
        if not _header_fits(header, columns, reading=reading, name=name):
            return
        places = [(column, header.index(column.name) if column.name in header else None) for column in columns]
        for cells in table:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                what = f"has {len(cells)} cells where the header has {len(header)}, add or remove commas"
                reading.complain(name, table.line_num, "row", what)
                continue
            row = _parse_row(cells, places, reading=reading, name=name, line=table.line_num)
            if row is not None:
                yield row
    except csv.Error as error:
        reading.complain(name, table.line_num, "row", f"is not CSV ({error}), check its quotes")


def _header_fits(header: list[str], columns: Sequence[Column], *, reading: Reading, name: str) -> bool:
    known = {column.name for column in columns}
    required = [column.name for column in columns if column.required]
    missing = [column for column in required if column not in header]
    twice = sorted({cell for cell in header if cell in known and header.count(cell) > 1})
    alike = {cell.lower(): cell for cell in reversed(header)}
    for column in missing:
        if column in alike:
            what = f"is written “{alike[column]}” in the header, write it in small letters"
        elif not known & set(header):
            what = f"is missing: the first row must name the columns, such as {','.join(required)}"
        else:
            what = "is missing from the header, add the column"
        reading.complain(name, 1, column, what)
    for column in twice:
        reading.complain(name, 1, column, "is twice in the header, remove one")
    unknown = list(dict.fromkeys(cell for cell in header if cell and cell not in known))
    if unknown and not missing:
        reading.notes.append(f"{name}: ignored columns: {', '.join(unknown)}")
    return not missing and not twice


def _parse_row(
    cells: list[str], places: Iterable[tuple[Column, int | None]], *, reading: Reading, name: str, line: int
) -> Row | None:
    values, good = {}, True
    for column, place in places:
        text = "" if place is None else cells[place].strip()
        if text:
            try:
                values[column.name] = column.parse(text)
            except ValueError as error:
                reading.complain(name, line, column.name, str(error))
                good = False
        elif column.required and not column.empty:
            reading.complain(name, line, column.name, "is empty, fill it in")
            good = False
        else:
            values[column.name] = column.default
    return Row(line=line, values=values) if good else None


# -- parsers of cells


def words(cell: str) -> str:
    return cell


def number(*, least: float = 0.0, above: bool = False, most: float = math.inf) -> Parse:
    """A finite number from `least` (or above it) to `most`."""
    bound = f"{'above' if above else 'of at least'} {least:g}" + (f" and at most {most:g}" if most < math.inf else "")

    def parse(cell: str) -> float:
        try:
            value = float(cell)
        except ValueError:
            raise ValueError(f"“{cell}” is not a number, write one {bound}") from None
        if not math.isfinite(value) or value < least or (above and value == least) or value > most:
            raise ValueError(f"{cell} is out of range, write a number {bound}")
        return value

    return parse


def whole(*, least: int = 0, most: int | None = None) -> Parse:
    """A whole number from `least` to `most`; “12.0” counts as whole."""
    bound = f"from {least} to {most}" if most is not None else f"of at least {least}"

    def parse(cell: str) -> int:
        try:
            value = float(cell)
        except ValueError:
            raise ValueError(f"“{cell}” is not a number, write a whole one {bound}") from None
        if not value.is_integer() or value < least or (most is not None and value > most):
            raise ValueError(f"{cell} is out of range, write a whole number {bound}")
        return int(value)

    return parse


def instant(zone: tzinfo) -> Parse:
    """ISO 8601 date and time to an instant in UTC; one without an offset is read in `zone`.

    A local time that the clock skips, or shows twice, is refused: nobody can know which instant was meant.
    """

    def parse(cell: str) -> datetime:
        try:
            moment = datetime.fromisoformat(cell)
        except ValueError:
            raise ValueError(f"“{cell}” is not a time, write it like 2026-03-02T09:30:00+01:00") from None
        if len(cell) <= len("2026-03-02"):
            raise ValueError(f"“{cell}” has no time of day, write it like 2026-03-02T09:30:00+01:00")
        if moment.tzinfo is None:
            moment = localise(moment, zone)
        return moment.astimezone(UTC)

    return parse


def localise(moment: datetime, zone: tzinfo) -> datetime:
    """A wall-clock time as an instant of `zone`; ValueError if there is none, or two."""
    early, late = moment.replace(tzinfo=zone, fold=0), moment.replace(tzinfo=zone, fold=1)
    if early.utcoffset() == late.utcoffset():
        return early
    if early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment:
        raise ValueError(
            f"{moment.isoformat()} does not exist in {zone} (the clock skips it), write it with its offset"
        )
    raise ValueError(f"{moment.isoformat()} is twice in {zone} (the clock goes back), write it with its offset")


def time_of_day(cell: str) -> int:
    """HH:MM or HH:MM:SS to seconds after midnight; 24:00 is the end of the day."""
    parts = cell.split(":")
    if len(parts) in {2, 3} and all(part.isdigit() and len(part) == 2 for part in parts):
        hour, minute, second = (*map(int, parts), 0)[:3]
        seconds = hour * 3600 + minute * 60 + second
        if minute < 60 and second < 60 and seconds <= 86_400:
            return seconds
    raise ValueError(f"“{cell}” is not a time of day, write it like 08:30")


def skills(cell: str) -> tuple[tuple[str, int], ...]:
    """`QUEUE:LEVEL` joined by `|`; the level is 1 if it is left out."""
    found: dict[str, int] = {}
    for part in cell.split("|"):
        queue, colon, level = part.strip().rpartition(":")
        if not colon:
            queue, level = level, "1"
        if not queue.strip():
            raise ValueError(f"“{part}” names no queue, write QUEUE:LEVEL joined by |")
        if level.strip() not in {"1", "2", "3", "4", "5"}:
            raise ValueError(f"“{level}” is not a level, write 1 to 5")
        if queue.strip() in found:
            raise ValueError(f"{queue.strip()} is there twice, keep one")
        found[queue.strip()] = int(level)
    return tuple(found.items())
