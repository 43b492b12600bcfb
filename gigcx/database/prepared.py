"""Statements that nearly every request makes: planned once a connection, and not put together anew each time.

They go to the server by libpq's own call. A cursor of psycopg is made for each of them, and looks out for signals while
it waits, which together took longer than all else that we do for such a statement.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from time import perf_counter
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from psycopg.adapt import AdaptersMap, PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import DiagnosticField, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.types.numeric import Int8Dumper

Row = TypeVar("Row", bound=models.Model)
Parameters = Sequence[Any] | Mapping[str, Any]
Values = tuple[Any, ...]
PLACEHOLDER = re.compile(r"%(?:\((\w+)\)s|(s)|%)")


def prepared(statement: str, parameters: Parameters) -> list[Values]:
    """Run a statement that is prepared at its first use on a connection and stays so as long as that; its rows.

    For those that come at every turn only. Whole numbers are bigint to the server, whatever their size. Raises Django's
    `DatabaseError`.
    """
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    began = perf_counter()
    try:
        with database.wrap_database_errors:
            return _run(database.connection, statement, parameters)
    finally:
        # where statements are recorded, in debugging and in tests that count them, this is one like any other
        if database.queries_logged:
            database.queries_log.append({"sql": statement, "time": f"{perf_counter() - began:.3f}"})


def prepared_one(statement: str, parameters: Parameters) -> Values | None:
    """As `prepared`, the first row alone; None where there is none."""
    rows = prepared(statement, parameters)
    return rows[0] if rows else None


class Prepared:
    """What one connection has prepared. They outlive a ROLLBACK, at which psycopg forgets its own."""

    def __init__(self, line: psycopg.Connection[Any]) -> None:
        adapters = AdaptersMap(line.adapters)
        # by size, as psycopg does it, one statement is planned anew for each mixture of small and large ids
        adapters.register_dumper(int, Int8Dumper)
        self._transformer = Transformer(adapters)
        self._names: dict[tuple[str, tuple[int, ...]], bytes] = {}

    def run(self, server: PGconn, statement: str, parameters: Parameters) -> list[Values]:
        """The rows. Raises psycopg's errors."""
        transformer = self._transformer
        numbered, wanted = _numbered(statement)
        values = [parameters[one] for one in wanted]
        sent = transformer.dump_sequence(values, [PyFormat.AUTO] * len(values))
        key = statement, transformer.types or ()
        name = self._names.get(key)
        if name is None:
            name = b"prepared_%d" % len(self._names)
            _checked(server.prepare(name, numbered, key[1]))
            self._names[key] = name
        result = _checked(server.exec_prepared(name, sent, transformer.formats))  # type: ignore[arg-type]  # None is NULL
        transformer.set_pgresult(result)
        return transformer.load_rows(0, result.ntuples, tuple)


_lines: WeakKeyDictionary[psycopg.Connection[Any], Prepared] = WeakKeyDictionary()


def _run(line: psycopg.Connection[Any], statement: str, parameters: Parameters) -> list[Values]:
    if not line.autocommit and line.pgconn.transaction_status == TransactionStatus.IDLE:
        psycopg.Cursor(line).execute("SELECT 1")  # psycopg begins a transaction with the first statement of its own
    with line.lock:
        kept = _lines.get(line)
        if kept is None:
            kept = _lines[line] = Prepared(line)
        return kept.run(line.pgconn, statement, parameters)


@lru_cache(maxsize=256)
def _numbered(statement: str) -> tuple[bytes, tuple[Any, ...]]:
    """The statement as the server wants it, and which parameters its $1, $2 … are: by name or by place."""
    wanted: list[Any] = []

    def number(found: re.Match[str]) -> str:
        name, place = found.groups()
        if name is None and place is None:
            return "%"
        if name is None:
            wanted.append(len(wanted))
        elif name not in wanted:
            wanted.append(name)
        return f"${len(wanted) if name is None else wanted.index(name) + 1}"

    return PLACEHOLDER.sub(number, statement).encode(), tuple(wanted)


def _checked(result: PGresult) -> PGresult:
    if result.status in {ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK}:
        return result
    if result.error_field(DiagnosticField.SQLSTATE) is None:  # the line is lost: nobody was there to say what is wrong
        raise psycopg.OperationalError(result.get_error_message())
    raise error_from_result(result)


@dataclass(frozen=True)
class Columns(Generic[Row]):
    """Columns of one table in a statement, and the model's instances made of them."""

    model: type[Row]
    alias: str
    only: Sequence[str] = ()
    """Attributes, the id among them; all where none is named."""

    def __str__(self) -> str:
        return ", ".join(f'{self.alias}."{field.column}"' for field in self._fields)

    def made(self, row: Iterator[Any]) -> Row | None:
        """The instance of the next columns of a row; None where an outer join found nothing."""
        values = [next(row) for _ in self._fields]
        if values[self._key] is None:
            return None
        for place, convert in self._converters:
            values[place] = convert(values[place], None, connection)
        return self.model.from_db(DEFAULT_DB_ALIAS, self._names, values)

    @cached_property
    def _fields(self) -> list[Any]:
        return [field for field in self.model._meta.concrete_fields if not self.only or field.attname in self.only]

    @cached_property
    def _names(self) -> list[str]:
        return [field.attname for field in self._fields]

    @cached_property
    def _key(self) -> int:
        return self._fields.index(self.model._meta.pk)

    @cached_property
    def _converters(self) -> list[tuple[int, Any]]:
        return [(place, one) for place, field in enumerate(self._fields) for one in field.get_db_converters(connection)]
