"""Prepared statements give the rows that the ORM gives."""

import pytest
from django.contrib.sessions.backends.db import SessionStore as DjangosStore
from django.db import DatabaseError, connection
from django.test import override_settings
from django.utils import timezone

from gigcx.accounts.backend import PersonBackend
from gigcx.accounts.models import Agent, User
from gigcx.accounts.sessions import SessionStore
from gigcx.database.prepared import Columns, prepared
from tests.factories import make_agent, make_queue, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    """An agent who signs in."""
    return make_agent(make_queue("cards"), code="ada", user=make_user("ada@example.org")).user


def fields(row: object) -> dict[str, object]:
    """The values of an instance."""
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_statement_is_planned_once_a_connection(ada: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
        connection.connection._prepared.clear()
    for _ in range(3):
        assert prepared("SELECT name FROM accounts_agent WHERE code = %s", ["ada"]).fetchone() == (ada.agent.name,)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE '%code = $1'"
        )
        assert cursor.fetchall() == [(3,)]


def test_what_the_database_says_no_to_is_djangos_error() -> None:
    with pytest.raises(DatabaseError):
        prepared("SELECT 1 / %s::int", [0])


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
