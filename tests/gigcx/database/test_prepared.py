"""Prepared statements give the rows that the ORM gives."""

import psycopg
import pytest
from django.contrib.sessions.backends.db import SessionStore as DjangosStore
from django.db import DataError, OperationalError, connection, transaction
from django.test import override_settings
from django.utils import timezone

from gigcx.accounts.backend import PersonBackend
from gigcx.accounts.models import Agent, User
from gigcx.accounts.sessions import SessionStore
from gigcx.database.prepared import Columns, prepared, prepared_one
from tests.factories import NOW, make_agent, make_queue, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    """An agent who signs in."""
    return make_agent(make_queue("cards"), code="ada", user=make_user("ada@example.org")).user


def fields(row: object) -> dict[str, object]:
    """The values of an instance."""
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_statement_is_planned_once_a_connection_whatever_the_size_of_numbers(ada: User) -> None:
    wanted = "SELECT name FROM accounts_agent WHERE code = %(code)s AND id < %(most)s AND 'a' LIKE '%%'"
    for most in (1_000, 1_000_000, 10_000_000_000):
        assert prepared(wanted, {"most": ada.agent.pk + most, "code": "ada"}) == [(ada.agent.name,)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE 'SELECT name FROM%'"
        )
        assert cursor.fetchall() == [(3, 0)]


def test_rows_are_typed_and_may_be_none() -> None:
    many = prepared("SELECT n, %s::text, NULL, %s::timestamptz FROM generate_series(1, %s) AS n", ["a", NOW, 2])
    assert many == [(1, "a", None, NOW), (2, "a", None, NOW)]
    assert prepared_one("SELECT 1 WHERE %s", [False]) is None
    assert prepared_one("SELECT %s::text, %s::bigint[]", [None, [1, 2]]) == (None, [1, 2])
    assert prepared("SELECT 1", []) == [(1,)]


def test_what_the_database_says_no_to_is_djangos_error() -> None:
    with pytest.raises(DataError), transaction.atomic():
        prepared("SELECT 1 / %s::int", [0])


@pytest.mark.django_db(transaction=True)
def test_it_opens_the_transaction_of_a_block_and_outlives_its_rollback() -> None:
    rename = "UPDATE accounts_agent SET name = %s RETURNING name"
    before = make_agent(make_queue("cards"))
    connection.close()  # the first statement on a new connection is ours
    for _ in range(2):
        with transaction.atomic():
            assert prepared(rename, ["Eve"]) == [("Eve",)]
            transaction.set_rollback(True)
        assert Agent.objects.get().name == before.name
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'UPDATE accounts_agent%'")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db(transaction=True)
def test_line_that_is_lost_is_an_operational_error_and_the_next_one_works() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        assert other.execute("SELECT pg_terminate_backend(%s, 60000)", [pid]).fetchone() == (True,)
    for _ in range(2):
        with pytest.raises(OperationalError):
            prepared("SELECT %s", [1])
    connection.close()
    assert prepared("SELECT %s", [1]) == [(1,)]


def test_person_is_the_orms_with_the_agent(ada: User, django_assert_num_queries) -> None:
    found = PersonBackend().get_user(ada.pk)
    assert found == ada
    with django_assert_num_queries(0):
        agent = found.agent
    assert fields(agent) == fields(Agent.objects.get(pk=ada.agent.pk))
    told = User.objects.get(pk=ada.pk)
    assert {name: getattr(found, name) for name in fields(told)} == fields(told)
    found.theme = "dark"
    found.save()
    assert User.objects.get(pk=ada.pk).theme == "dark"


def test_person_who_is_no_agent_has_none_and_nobody_asks_again(django_assert_num_queries) -> None:
    mina = make_user("mina@example.org", role="admin")
    found = PersonBackend().get_user(mina.pk)
    with django_assert_num_queries(0):
        assert not hasattr(found, "agent")


def test_nobody_is_found_by_an_unknown_id_or_without_leave_to_sign_in(ada: User) -> None:
    assert PersonBackend().get_user(ada.pk + 1) is None
    ada.is_active = False
    ada.save()
    assert PersonBackend().get_user(ada.pk) is None


def test_columns_convert_as_fields_do_and_an_outer_join_may_find_nothing(ada: User) -> None:
    columns = Columns(Agent, "a", ("id", "code"))
    rows = prepared(
        f"SELECT {columns} FROM (VALUES (1), (2)) AS n (n) LEFT JOIN accounts_agent a ON n = 1 ORDER BY n", []
    )
    one, none = (columns.made(iter(row)) for row in rows)
    assert (one.code, one.get_deferred_fields() >= {"name", "kind"}, none) == ("ada", True, None)


def test_session_is_read_as_django_wrote_it_and_the_other_way_round() -> None:
    for writes, reads in ((DjangosStore, SessionStore), (SessionStore, DjangosStore)):
        session = writes()
        session["seen"] = "a shift"
        session.save()
        assert reads(session.session_key)["seen"] == "a shift"


def test_session_that_is_unknown_or_too_old_is_empty_and_forgotten() -> None:
    session = SessionStore()
    session["seen"] = "a shift"
    session.save()
    old = SessionStore(session.session_key)
    session.model.objects.update(expire_date=timezone.now())
    for gone in (old, SessionStore("no-such-session")):
        assert gone.load() == {}
        assert gone.session_key is None


@override_settings(SECRET_KEY="another")
def test_session_of_another_key_is_worth_nothing() -> None:
    with override_settings(SECRET_KEY="of those who wrote it"):
        session = SessionStore()
        session["seen"] = "a shift"
        session.save()
    assert SessionStore(session.session_key).load() == {}


@pytest.mark.django_db(transaction=True)
def test_the_driver_prepares_nothing_of_its_own_whose_end_would_be_the_end_of_ours() -> None:
    """With a ROLLBACK psycopg deallocates what it prepared, and with that everything that was prepared."""
    assert prepared("SELECT 1 + %s::bigint", [1]) == [(2,)]
    with transaction.atomic():
        psycopg.Cursor(connection.connection).execute("SELECT 2", prepare=True)
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 3")
    assert prepared("SELECT 1 + %s::bigint", [2]) == [(3,)]
