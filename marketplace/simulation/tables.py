"""The tables that people hand over: calls, counts, agents (duty), queues, people, as docs/files.md describes them.

Each reader returns the good rows and leaves complaints in `reading`, about doubles and overlaps of rows too.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from marketplace.simulation.files import Column, Reading, instant, number, read_rows, skills, time_of_day, whole, words

MOST_SHRINKAGE = 0.95
"""Of a file: more absent than this is a slip of the pen, not a contact centre."""
MOST_AGENTS = 100_000
Skills = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class CallRow:
    line: int
    queue: str
    arrived_at: datetime
    handle_seconds: float | None
    """None: the caller had hung up."""
    patience_seconds: float | None


@dataclass(frozen=True, slots=True)
class CountRow:
    line: int
    queue: str
    interval_start: datetime
    offered: int
    handle_seconds: float | None
    """Sum over the interval."""


@dataclass(frozen=True, slots=True)
class DutyRow:
    line: int
    agent: str
    starts_at: datetime
    ends_at: datetime
    skills: Skills
    queue: str
    """Empty: left to the policy."""
    site: str


@dataclass(frozen=True, slots=True)
class QueueRow:
    line: int
    queue: str
    name: str
    department: str
    channel: str
    target_share: float
    target_seconds: float
    patience_seconds: float
    priority: int
    opens: int | None
    """Seconds after local midnight; None with `closes`: always open."""
    closes: int | None
    occupancy_cap: float = 0.9
    """At most this share of the time on contacts."""
    shrinkage: float = 0.0
    """Share of planned people who are absent."""
    least_agents: int = 0


@dataclass(frozen=True, slots=True)
class PersonRow:
    line: int
    agent: str
    name: str
    email: str
    kind: str
    department: str
    timezone: str
    skills: Skills


def read_calls(path: Path, *, reading: Reading, zone: tzinfo = UTC) -> list[CallRow]:
    seconds = number()
    return _read(
        path,
        CallRow,
        [
            Column("queue", words),
            Column("arrived_at", instant(zone)),
            Column("handle_seconds", seconds, empty=True),
            Column("patience_seconds", seconds, required=False),
        ],
        reading=reading,
    )


def read_counts(path: Path, *, reading: Reading, zone: tzinfo = UTC) -> list[CountRow]:
    columns = [
        Column("queue", words),
        Column("interval_start", instant(zone)),
        Column("offered", whole()),
        Column("handle_seconds", number(), required=False),
    ]
    rows = _read(path, CountRow, columns, reading=reading)
    _refuse_doubles(rows, "interval_start", lambda row: (row.queue, row.interval_start), path=path, reading=reading)
    return rows


def read_duties(path: Path, *, reading: Reading, zone: tzinfo = UTC) -> list[DutyRow]:
    columns = [
        Column("agent", words),
        Column("starts_at", instant(zone)),
        Column("ends_at", instant(zone)),
        Column("skills", skills),
        Column("queue", words, required=False, default=""),
        Column("site", words, required=False, default=""),
    ]
    rows = _read(path, DutyRow, columns, reading=reading)
    for row in rows:
        if row.ends_at <= row.starts_at:
            reading.complain(path.name, row.line, "ends_at", "is not after starts_at, correct one of them")
    _refuse_overlaps(rows, path=path, reading=reading)
    return rows


def read_queues(path: Path, *, reading: Reading) -> list[QueueRow]:
    columns = [
        Column("queue", words),
        Column("name", words, required=False, default=""),
        Column("department", words, required=False, default=""),
        Column("channel", words, required=False, default="voice"),
        Column("target_share", number(above=True, most=1.0), required=False, default=0.80),
        Column("target_seconds", number(), required=False, default=20.0),
        Column("patience_seconds", number(above=True), required=False, default=180.0),
        Column("priority", whole(least=1, most=9), required=False, default=1),
        Column("opens", time_of_day, required=False),
        Column("closes", time_of_day, required=False),
        Column("occupancy_cap", number(above=True, most=1.0), required=False, default=0.9),
        Column("shrinkage", number(most=MOST_SHRINKAGE), required=False, default=0.0),
        Column("least_agents", whole(most=MOST_AGENTS), required=False, default=0),
    ]
    rows = _read(path, QueueRow, columns, reading=reading)
    for row in rows:
        if (row.opens is None) != (row.closes is None):
            missing = "opens" if row.opens is None else "closes"
            reading.complain(path.name, row.line, missing, "is empty, give both opens and closes or neither")
        elif row.opens is not None and row.opens == row.closes:
            reading.complain(path.name, row.line, "closes", "is the same as opens, leave both empty for always open")
    _refuse_doubles(rows, "queue", lambda row: row.queue, path=path, reading=reading)
    return rows


def read_people(path: Path, *, reading: Reading) -> list[PersonRow]:
    columns = [
        Column("agent", words),
        Column("name", words),
        Column("email", _email),
        Column("kind", _kind),
        Column("department", words, empty=True, default=""),
        Column("timezone", _timezone, empty=True, default="UTC"),
        Column("skills", skills, empty=True, default=()),
    ]
    rows = _read(path, PersonRow, columns, reading=reading)
    _refuse_doubles(rows, "agent", lambda row: row.agent, path=path, reading=reading)
    _refuse_doubles(rows, "email", lambda row: row.email.lower(), path=path, reading=reading)
    return rows


RowType = TypeVar("RowType", CallRow, CountRow, DutyRow, QueueRow, PersonRow)


def _read(path: Path, made: type[RowType], columns: Sequence[Column], *, reading: Reading) -> list[RowType]:
    make: Any = made
    return [make(line=row.line, **row.values) for row in read_rows(path, columns, reading=reading)]


def _refuse_doubles(
    rows: Iterable[RowType], column: str, key: Callable[[RowType], Hashable], *, path: Path, reading: Reading
) -> None:
    seen: dict[Hashable, int] = {}
    for row in rows:
        first = seen.setdefault(key(row), row.line)
        if first != row.line:
            reading.complain(path.name, row.line, column, f"is the same as on line {first}, keep one of them")


def _refuse_overlaps(rows: Sequence[DutyRow], *, path: Path, reading: Reading) -> None:
    """Two duties of one agent that overlap; the later row is named."""
    latest: dict[str, DutyRow] = {}
    for row in sorted(rows, key=lambda row: (row.starts_at, row.line)):
        before = latest.get(row.agent)
        if before is not None and row.starts_at < before.ends_at:
            later, earlier = sorted((row, before), key=lambda duty: duty.line, reverse=True)
            what = f"overlaps the duty of {row.agent} on line {earlier.line}, shorten one of them"
            reading.complain(path.name, later.line, "starts_at", what)
        if before is None or row.ends_at > before.ends_at:
            latest[row.agent] = row


def _email(cell: str) -> str:
    name, _, host = cell.rpartition("@")
    if not name or not host or " " in cell:
        raise ValueError(f"“{cell}” is not an e-mail address, write name@host")
    return cell


def _kind(cell: str) -> str:
    if cell.lower() not in {"internal", "external"}:
        raise ValueError(f"“{cell}” is not a kind, write internal or external")
    return cell.lower()


def _timezone(cell: str) -> str:
    try:
        ZoneInfo(cell)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"“{cell}” is not a time zone, write an IANA name like Europe/Rome") from None
    return cell
