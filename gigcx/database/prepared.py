"""Statements that nearly every request makes: planned once a connection, and not put together anew each time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import Any, Generic, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections, models

Row = TypeVar("Row", bound=models.Model)


def prepared(statement: str, parameters: Sequence[Any] | Mapping[str, Any]) -> psycopg.Cursor[Any]:
    """Run a statement that is prepared at its first use on a connection; a cursor with its rows.

    For those that come at every turn only: a connection keeps the latest hundred. Raises Django's `DatabaseError`.
    """
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    began = perf_counter()
    try:
        with database.wrap_database_errors:
            return psycopg.Cursor(database.connection).execute(statement, parameters, prepare=True)
    finally:
        # where statements are recorded, in debugging and in tests that count them, this is one like any other
        if database.queries_logged:
            database.queries_log.append({"sql": statement, "time": f"{perf_counter() - began:.3f}"})


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
