"""`GET /healthz`: whether everything that must run does. It answers within seconds even if nothing else does."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from typing import Any, TypeVar

from celery import current_app
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gigcx.ledger.relay import relay_works

STARTED = time.time()
MATCHER_ALLOWED_SECONDS = 60.0
CHECK_SECONDS = 2.5
"""A check that takes longer has failed: a broker or database that is frozen never answers."""
WORKER_SECONDS = 1.5
Found = TypeVar("Found")

_checkers = ThreadPoolExecutor(8, thread_name_prefix="health")
"""Checks that hang keep their threads until what they wait for ends; they can't take more than these."""


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """Status of database, broker, worker, relay and matcher; 503 when any fails."""
    asked = {name: _checkers.submit(check) for name, check in CHECKS.items()}
    last_tick = _checkers.submit(_last_tick)
    deadline = time.monotonic() + CHECK_SECONDS
    checks: dict[str, Any] = {name: "ok" if _found(check, deadline) else "failing" for name, check in asked.items()}
    checks["matcher"] = _matcher(_found(last_tick, deadline), now=time.time())
    well = all((check["status"] if isinstance(check, dict) else check) == "ok" for check in checks.values())
    return JsonResponse({"status": "ok" if well else "failing", "checks": checks}, status=200 if well else 503)


def _found(check: "Future[Found]", deadline: float) -> Found | None:
    """What the check found, None if it failed or was not done in time."""
    try:
        return check.result(timeout=max(0.0, deadline - time.monotonic()))
    except TookTooLong:
        check.cancel()
    except Exception:  # noqa: BLE001 - a health check reports every kind of failure and hides none
        return None
    return None


def _database() -> bool:
    return _asked("SELECT true") is True


def _broker() -> bool:
    with current_app.connection_for_read(connect_timeout=1) as broker:
        broker.ensure_connection(max_retries=0, timeout=1)
        return True


def _worker() -> bool:
    return bool(current_app.control.ping(timeout=WORKER_SECONDS, limit=1))


def _relay() -> bool:
    try:
        return relay_works()
    finally:
        connection.close()


CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "broker": _broker,
    "worker": _worker,
    "relay": _relay,
}


def _last_tick() -> tuple[float | None]:
    """When the last tick began, in epoch seconds, if there ever was one."""
    last = _asked("SELECT extract(epoch FROM max(started_at)) FROM marketplace_matcherrun")
    return (None if last is None else float(last),)


def _asked(question: str) -> Any:
    """The one value that the database answers, on a connection that is given back."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone()[0]
    finally:
        connection.close()


def _matcher(found: tuple[float | None] | None, *, now: float) -> dict[str, Any]:
    """The matcher may be silent for a minute; a tick of an earlier run does not count against this one at its start."""
    if found is None:
        return {"status": "failing", "last_tick_age_seconds": None}
    (last,) = found
    age = None if last is None else max(0.0, now - last)
    silent = min(now - STARTED, now - STARTED if age is None else age)
    status = "ok" if silent <= MATCHER_ALLOWED_SECONDS else "failing"
    return {"status": status, "last_tick_age_seconds": None if age is None else round(age, 1)}
