"""How the tables are emptied after a test with real transactions: only those that have rows, by deleting them.

Django truncates all seventy, and then looks for permissions to make: ten times the work.
"""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase

from marketplace.models import MarketPolicy, Policy

KEPT = frozenset({"django_content_type", "auth_permission"})
"""What every migration writes about the models; no test changes it."""


@pytest.fixture(scope="session", autouse=True)
def quick_emptying() -> Iterator[None]:
    """Have tests with real transactions end with `empty`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: empty())
        yield


def empty() -> None:
    """Delete all rows, and write again what the migrations had put in."""
    tables = sorted(set(connection.introspection.django_table_names()) - KEPT)
    filled = " UNION ALL ".join(f"(SELECT '{table}' FROM \"{table}\" LIMIT 1)" for table in tables)
    with transaction.atomic(), connection.cursor() as cursor:
        # whoever still reads or writes comes to an end first
        cursor.execute("LOCK TABLE " + ", ".join(f'"{table}"' for table in tables))
        found = [row[0] for row in cursor.execute(filled).fetchall()]
        cursor.execute("SELECT has_parameter_privilege('session_replication_role', 'SET')")
        if cursor.fetchone()[0]:  # a replica calls no trigger, which saves looking after each row's foreign keys
            cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("; ".join(f'DELETE FROM "{table}"' for table in found) or "SELECT")
    write_rows_of_the_migrations()


def write_rows_of_the_migrations() -> None:
    """The two policies, and the version of everyone's competence, which must not be one that was there before."""
    Policy.objects.get_or_create(pk=1)
    MarketPolicy.objects.get_or_create(pk=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO skills_competenceversion (id, number)"
            " VALUES (1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint) ON CONFLICT DO NOTHING"
        )
