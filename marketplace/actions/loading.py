"""What every `load_…` action shares: the account of what was done, the lock, and rows by COPY.

A load is all or nothing: its rows are copied to a temporary table, checked there, and merged by a few statements,
whatever their number. A dry run does the same and then rolls back, so what it announces is what would happen.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from gigcx.ledger.record import record
from marketplace.simulation.files import Reading

LOAD_LOCK = 0x67696763_0004
DEFAULT_DEPARTMENT = "General"


@dataclass(slots=True)
class Loaded:
    """What a load did, in rows of the file, and beside them what else came into being."""

    kind: str
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    also: dict[str, int] = field(default_factory=dict)
    """Things that the rows brought along: sign-ins, departments, skills, forecasts."""

    def as_data(self) -> dict[str, Any]:
        """As the ledger and `--json` carry it."""
        counts = {"created": self.created, "changed": self.changed, "unchanged": self.unchanged}
        return {"kind": self.kind, **counts, "also": {name: count for name, count in self.also.items() if count}}


@contextmanager
def one_load(*, dry_run: bool) -> Iterator[CursorWrapper]:
    """One transaction for a whole load, one load at a time; a dry run ends in a rollback."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOAD_LOCK])
            yield cursor
        if dry_run:
            transaction.set_rollback(True)


def note_load(loaded: Loaded, *, file: str, actor: str, now: datetime) -> Loaded:
    """Write the load's one Entry, `<kind>.loaded`, if anything changed; the account back."""
    if loaded.created or loaded.changed or any(loaded.also.values()):
        record(kind=f"{loaded.kind}.loaded", actor=actor, at=now, data={**loaded.as_data(), "file": file})
    return loaded


def stage(cursor: CursorWrapper, table: str, columns: dict[str, str], rows: Iterable[Sequence[Any]]) -> None:
    """Copy rows into a temporary table that ends with the transaction; `columns` maps names to SQL types."""
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
    defined = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    cursor.execute(f"CREATE TEMPORARY TABLE {table} ({defined}) ON COMMIT DROP")
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute(f"ANALYZE {table}")


def tally(kind: str, rows: Iterable[tuple[int, bool, bool]], *, total: int) -> Loaded:
    """The account of a merge that returns `(line, created, changed)` of rows that it touched."""
    made, other = set(), set()
    for line, created, changed in rows:
        if created:
            made.add(line)
        elif changed:
            other.add(line)
    other -= made
    return Loaded(kind, created=len(made), changed=len(other), unchanged=total - len(made) - len(other))


def ensure_departments(cursor: CursorWrapper, names: Iterable[str]) -> tuple[dict[str, int], int]:
    """Ids of these departments by name, those that are new made first (in the default mode); and how many were new."""
    wanted = sorted(set(names))
    cursor.execute(
        "INSERT INTO accounts_department (name, mode) SELECT name, 3 FROM unnest(%s::text[]) AS name"
        " ON CONFLICT (name) DO NOTHING RETURNING id",
        [wanted],
    )
    new = len(cursor.fetchall())
    cursor.execute("SELECT name, id FROM accounts_department WHERE name = ANY(%s)", [wanted])
    return dict(cursor.fetchall()), new


def refuse_long(reading: Reading, *, file: str, line: int, **cells: tuple[str, int]) -> None:
    """Complain about each cell that is longer than the database keeps: `column=(text, most)`."""
    for column, (text, most) in cells.items():
        if len(text) > most:
            reading.complain(file, line, column, f"has {len(text)} characters, shorten it to {most}")
