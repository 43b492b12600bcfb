"""`/healthz` tells the truth about each part, and tells it soon."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery import current_app
from celery.contrib.testing.worker import start_worker
from django.db import connection, connections
from django.test import Client

from gigcx import health
from gigcx.ledger.relay import relay_works, take_relay_lock
from marketplace.models import MatcherRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker() -> Iterator[None]:
    """A real worker, in a thread, on the broker of the tests."""
    with start_worker(current_app, perform_ping_check=False, shutdown_timeout=20):
        yield


@pytest.fixture(autouse=True)
def just_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "STARTED", time.time())


def look() -> tuple[int, dict[str, Any]]:
    answer = Client().get("/healthz")
    found = answer.json()
    assert (answer.status_code == 200) == (found["status"] == "ok")
    return answer.status_code, found["checks"]


def tick(ago: float) -> None:
    MatcherRun.objects.create(started_at=datetime.now(UTC) - timedelta(seconds=ago), trigger="test")


@pytest.fixture
def relay() -> Iterator[None]:
    """Our own connection is the relay's, until it lets go: closed, it would go back to its pool with the lock."""
    assert take_relay_lock()
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")
    assert not relay_works()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("worker", "relay")
def test_health_is_well_when_all_runs() -> None:
    tick(ago=3)
    deadline = time.monotonic() + 40
    while (found := look())[0] != 200:  # a worker that has much to do may miss a call
        assert time.monotonic() < deadline, found
    status, checks = found
    assert status == 200
    assert {checks[name] for name in ("database", "broker", "worker", "relay")} == {"ok"}
    assert checks["matcher"]["status"] == "ok"
    assert 3 <= checks["matcher"]["last_tick_age_seconds"] < 50


def test_health_misses_the_worker() -> None:
    status, checks = look()
    assert (status, checks["broker"], checks["worker"], checks["database"]) == (503, "ok", "failing", "ok")


def test_health_misses_the_relay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(health.CHECKS, "worker", lambda: True)
    status, checks = look()
    assert (status, checks["relay"], checks["worker"], checks["database"]) == (503, "failing", "ok", "ok")


@pytest.mark.parametrize("url", ["redis://127.0.0.1:9/0", "redis+socket:///nowhere.sock"])
def test_health_misses_the_broker(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setitem(health.CHECKS, "worker", lambda: True)
    monkeypatch.setitem(health.CHECKS, "broker", lambda: _connects(url))
    status, checks = look()
    assert (status, checks["broker"], checks["database"]) == (503, "failing", "ok")


def _connects(url: str) -> bool:
    with current_app.connection_for_read(url, connect_timeout=1) as broker:
        broker.ensure_connection(max_retries=0, timeout=1)
        return True


def test_health_misses_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = connections["default"].settings_dict | {"NAME": "there_is_no_such_database", "OPTIONS": {}}
    monkeypatch.setitem(health.CHECKS, "worker", lambda: True)
    monkeypatch.setattr(health, "connection", type(connections["default"])(broken, alias="default"))
    monkeypatch.setattr(health.connection, "inc_thread_sharing", None, raising=False)
    status, checks = look()
    assert (status, checks["database"]) == (503, "failing")
    assert checks["matcher"] == {"status": "failing", "last_tick_age_seconds": None}


def test_health_does_not_wait_for_what_is_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    thaw = threading.Event()
    monkeypatch.setattr(health, "CHECK_SECONDS", 1.0)
    monkeypatch.setitem(health.CHECKS, "broker", lambda: thaw.wait(60))
    monkeypatch.setitem(health.CHECKS, "worker", lambda: thaw.wait(60))
    began = time.monotonic()
    status, checks = look()
    took = time.monotonic() - began
    thaw.set()
    assert (status, checks["broker"], checks["worker"], checks["database"]) == (503, "failing", "failing", "ok")
    assert took < 20


@pytest.mark.parametrize(
    ("started_ago", "ticked_ago", "status", "age"),
    [
        (10, None, "ok", None),
        (61, None, "failing", None),
        (600, 59, "ok", 59),
        (600, 61, "failing", 61),
        (10, 86_400, "ok", 86_400),
        (61, 86_400, "failing", 86_400),
    ],
)
def test_health_allows_the_matcher_a_minute(
    monkeypatch: pytest.MonkeyPatch, started_ago: float, ticked_ago: float | None, status: str, age: float | None
) -> None:
    now = time.time()
    monkeypatch.setattr(health, "STARTED", now - started_ago)
    last = None if ticked_ago is None else now - ticked_ago
    assert health._matcher((last,), now=now) == {
        "status": status,
        "last_tick_age_seconds": None if age is None else pytest.approx(age, abs=0.1),
    }


def test_health_is_only_read_and_never_kept() -> None:
    assert Client().post("/healthz").status_code == 405
    assert "no-cache" in Client().get("/healthz")["Cache-Control"]
