"""A database for a few minutes, on the server that is configured: never anybody's data."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connection, connections
from psycopg import sql


@contextmanager
def scratch_database(*, prefix: str = "bench_") -> Iterator[str]:
    """Make a database and migrate it; this process uses it within the block. Yields its name, drops it at the end.

    Raises `psycopg.OperationalError` where the server can't be reached, `psycopg.errors.InsufficientPrivilege` where we
    may not make databases.
    """
    own, name = connection.settings_dict["NAME"], prefix + secrets.token_hex(4)
    with _maintenance() as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        _turn_to(name)
        call_command("migrate", verbosity=0, interactive=False)
        yield name
    finally:
        _turn_to(own)
        with _maintenance() as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _maintenance() -> psycopg.Connection[Any]:
    """A connection from which databases are made; to our own database, which is sure to exist."""
    params = connection.get_connection_params()
    wanted = {key: params[key] for key in ("dbname", "user", "password", "host", "port") if params.get(key)}
    return psycopg.connect(**wanted, autocommit=True)


def _turn_to(name: str) -> None:
    """Have every new connection of this process lead to that database."""
    for one in connections.all(initialized_only=True):
        one.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL has one
    connection.settings_dict["NAME"] = name
    connections.settings["default"]["NAME"] = name
