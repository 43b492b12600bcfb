"""The pool gives out connections that work, and asks the server only about those on which it has said something."""

import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, connections
from psycopg_pool import ConnectionPool

from gigcx.database.base import DatabaseWrapper, listen

pytestmark = pytest.mark.django_db(transaction=True)
LAST = "SELECT state_change FROM pg_stat_activity WHERE pid = %s"


@pytest.fixture
def line() -> Iterator[psycopg.Connection[Any]]:
    """A connection as the pool keeps it."""
    connection.ensure_connection()
    params = connection.get_connection_params() | {"autocommit": True}
    with psycopg.connect(**params) as line:
        yield line


def end(line: psycopg.Connection[Any]) -> None:
    """Have the server end it, and wait until that is done."""
    pid = line.info.backend_pid
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 60000)", [pid])
        assert cursor.fetchone() == (True,)


def test_silent_line_is_not_asked(line: psycopg.Connection[Any]) -> None:
    line.execute("SELECT 1")
    with connection.cursor() as cursor:
        cursor.execute(LAST, [line.info.backend_pid])
        before = cursor.fetchone()
        listen(line)
        cursor.execute(LAST, [line.info.backend_pid])
        assert cursor.fetchone() == before


def test_line_that_the_server_has_ended_is_worthless(line: psycopg.Connection[Any]) -> None:
    end(line)
    with pytest.raises(psycopg.OperationalError):
        listen(line)


def test_line_on_which_the_server_said_something_is_asked_and_good(line: psycopg.Connection[Any]) -> None:
    line.execute("LISTEN test_base")
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY test_base")
    deadline = time.monotonic() + 60
    with connection.cursor() as cursor:
        cursor.execute(LAST, [line.info.backend_pid])
        before = cursor.fetchone()
        while True:
            listen(line)
            cursor.execute(LAST, [line.info.backend_pid])
            if cursor.fetchone() != before:
                break
            assert time.monotonic() < deadline


def test_pool_replaces_connections_that_the_server_has_ended() -> None:
    wrapper = connections["default"]
    assert isinstance(wrapper, DatabaseWrapper)
    assert isinstance(wrapper.pool, ConnectionPool)
    wrapper.close()
    with wrapper.pool.connection() as pooled:
        ended = pooled.info.backend_pid
        with psycopg.connect(**wrapper.get_connection_params(), autocommit=True) as other:
            assert other.execute("SELECT pg_terminate_backend(%s, 60000)", [ended]).fetchone() == (True,)
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone()[0] != ended


def test_statements_are_planned_once_and_never_compiled() -> None:
    connection.close()  # another one is set up anew
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('plan_cache_mode'), current_setting('jit')")
        assert cursor.fetchone() == ("force_generic_plan", "off")
