"""Claims over HTTP, through the real server: a thousand signed-in people claim by the API at once."""

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from gigcx.accounts.models import User
from marketplace.bench.claims import SCENARIOS, Attempt, Scenario, counted, make_attempts, write_rows
from marketplace.bench.installation import START_SECONDS, installation
from marketplace.bench.pages import sign_in
from marketplace.models import MatcherRun

CONNECTIONS = (16, 32)
TRIES = 1_000
"""In each scenario; who signs in is part of the set-up, not of what is timed."""
CSRF = "benchbenchbenchbenchbenchbenchbe"
PEOPLE = """
INSERT INTO accounts_user (email, name, role, password, timezone, theme, is_active, is_superuser, session_epoch,
    date_joined)
  SELECT code || '@bench.invalid', name, 'agent', %(password)s, timezone, '', true, false, 0, now()
  FROM accounts_agent;
UPDATE accounts_agent a SET user_id = u.id FROM accounts_user u WHERE u.email = a.code || '@bench.invalid';
"""


@dataclass
class Answers:
    """How each request was answered, and after how many seconds."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)


def run(
    *, scenarios: Sequence[Scenario] = SCENARIOS, at_once: Sequence[int] = CONNECTIONS, seed: int = 1
) -> Iterator[dict[str, Any]]:
    """One row for each scenario and number of connections; the server is started for each anew."""
    for scenario in scenarios:
        smaller = Scenario(scenario.name, TRIES, scenario.shifts, scenario.places * TRIES // scenario.attempts)
        for number in at_once:
            yield measure(smaller, at_once=number, seed=seed)


def measure(scenario: Scenario, *, at_once: int, seed: int) -> dict[str, Any]:
    """One race by so many connections that are kept open, each for one person after the other."""
    attempts = make_attempts(scenario, seed=seed)
    write_rows(scenario)
    sessions = sign_everybody_in()
    starts = datetime.now(UTC)
    with installation() as url:
        wait_for_tick(starts)
        began = time.perf_counter()
        answers = asyncio.run(race(url, attempts, sessions, at_once=at_once))
        seconds = time.perf_counter() - began
    ran = counted(seconds, Counter())
    return {
        "scenario": scenario.name,
        "connections": at_once,
        "attempts": scenario.attempts,
        "places": scenario.shifts * scenario.places,
        "wins": ran.wins,
        "oversold": ran.oversold,
        "double_booked": ran.double_booked,
        "statuses": {str(status): number for status, number in sorted(answers.statuses.items())},
        "per_second": round(scenario.attempts / seconds),
        "p50_ms": round(1000 * statistics.median(answers.seconds), 1),
        "p95_ms": round(1000 * statistics.quantiles(answers.seconds, n=20)[-1], 1),
    }


def wait_for_tick(since: datetime) -> None:
    """Until the matcher has ticked: what still starts would take processor time from what is timed."""
    deadline = time.monotonic() + START_SECONDS
    while not MatcherRun.objects.filter(started_at__gte=since).exists():
        if time.monotonic() > deadline:
            raise RuntimeError("the matcher does not tick")
        time.sleep(0.1)


def sign_everybody_in() -> dict[int, str]:
    """An account and a session for every agent; the sessions' keys by agent."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_user; DELETE FROM django_session")
        cursor.execute(PEOPLE, {"password": make_password(None)})
    return {user.agent.pk: sign_in(user) for user in User.objects.select_related("agent")}


async def race(url: str, attempts: Sequence[Attempt], sessions: dict[int, str], *, at_once: int) -> Answers:
    """Every try once, by connections that begin together."""
    answers, go = Answers(), asyncio.Event()
    lanes = [
        asyncio.create_task(_lane(url, attempts[number::at_once], sessions, answers, go)) for number in range(at_once)
    ]
    await asyncio.sleep(0)
    go.set()
    await asyncio.gather(*lanes)
    return answers


async def _lane(
    url: str, attempts: Sequence[Attempt], sessions: dict[int, str], answers: Answers, go: asyncio.Event
) -> None:
    address = urlsplit(url)
    await go.wait()
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        for agent, shift in attempts:
            began = time.perf_counter()
            writer.write(_request(address.netloc, shift, sessions[agent]))
            answers.statuses[await _status(reader)] += 1
            answers.seconds.append(time.perf_counter() - began)
    finally:
        writer.close()


def _request(host: str, shift: int, session: str) -> bytes:
    cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={CSRF}"
    lines = [
        f"POST /api/v1/shifts/{shift}/claim/ HTTP/1.1", f"Host: {host}", f"Cookie: {cookies}", f"X-CSRFToken: {CSRF}",
        "Content-Type: application/json", "Content-Length: 0",
    ]  # fmt: skip
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def _status(reader: asyncio.StreamReader) -> int:
    """Read one whole answer; its status."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
    await reader.readexactly(int(headers["content-length"]))
    return int(head[0].split()[1])
