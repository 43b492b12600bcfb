"""A whole installation of real processes, and those who hang on its lines: switches, pages, the demo switch."""

import http.client
import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from marketplace.simulation.demo import AGENTS
from tests.processes import ROOT, Installation, bare_environment, installation, scratch_database, until
from tests.stranger.browser import Browser

WAITING = 60
"""Lines open at once: five times as many as the web process has database connections."""
POOL = 12
pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The demo bank with everybody on duty and no switch yet."""
    with scratch_database(os.environ["DATABASE_URL"]) as url:
        chosen = {"DATABASE_URL": url, "CELERY_BROKER_URL": os.environ["CELERY_BROKER_URL"]}
        with installation(data=tmp_path_factory.mktemp("bank") / "data", chosen=chosen) as running:
            running.manage("demo_data")
            until(
                lambda: value(running, "SELECT count(*) FROM marketplace_assignment") == AGENTS,
                seconds=90,
                what=f"everybody placed\n{running.logs()}",
            )
            yield running


def value(running: Installation, query: str) -> Any:
    with psycopg.connect(running.environment["DATABASE_URL"]) as database:
        return database.execute(query).fetchone()[0]


def token_of(running: Installation) -> str:
    return (running.data / "demo_switch.token").read_text().strip()


def ask(running: Installation, path: str) -> dict[str, Any]:
    line = http.client.HTTPConnection(urlsplit(running.url).netloc, timeout=60)
    line.request("GET", path, headers={"Authorization": f"Bearer {token_of(running)}"})
    answer = line.getresponse()
    text = answer.read()
    assert answer.status == 200, text
    line.close()
    return json.loads(text)


@contextmanager
def demo_switch(running: Installation) -> Iterator[subprocess.Popen[str]]:
    """The switch as on another machine: a URL and a token, no database and no broker."""
    environment = bare_environment(GIGCX_URL=running.url, GIGCX_SWITCH_TOKEN=token_of(running))
    command = [sys.executable, "manage.py", "demo_switch"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def open_lines(running: Installation, request: str) -> Iterator[list[socket.socket]]:
    """Many connections that have sent the same request, and have not been hung up."""
    host = urlsplit(running.url)
    with ExitStack() as stack:
        lines = []
        for _ in range(WAITING):
            line = stack.enter_context(socket.create_connection((host.hostname, host.port), timeout=30))
            line.sendall(f"{request}\r\nHost: {host.netloc}\r\n\r\n".encode())
            lines.append(line)
        yield lines


def answered(lines: list[socket.socket]) -> list[socket.socket]:
    return select.select(lines, [], [], 0.1)[0]


def assert_others_are_served(running: Installation) -> None:
    took = []
    for _ in range(3):
        began = time.monotonic()
        assert ask(running, "/api/v1/queues/")["results"]
        took.append(time.monotonic() - began)
    assert min(took) < 5
    connections = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    assert value(running, connections) <= 3 * POOL


def test_waiting_switches_hold_up_nobody(bank: Installation) -> None:
    unpublished = "SELECT count(*) FROM ledger_entry WHERE position IS NULL"
    until(lambda: value(bank, unpublished) == 0, seconds=90, what="everything published")
    last = until(lambda: ask(bank, "/api/v1/assignments/")["next"], seconds=30, what="a cursor")
    request = f"GET /api/v1/assignments/?after={last} HTTP/1.1\r\nAuthorization: Bearer {token_of(bank)}"
    with open_lines(bank, request) as lines:
        assert_others_are_served(bank)
        assert not answered(lines), "they were to wait"
    assert_others_are_served(bank)


def test_open_pages_hold_up_nobody(bank: Installation) -> None:
    dispatcher = Browser(bank.url)
    dispatcher.fill_in("/accounts/login/", login="dov@example.org", password="gigcx-demo")
    with open_lines(bank, f"GET /board/live/ HTTP/1.1\r\nCookie: {dispatcher.cookies()}") as lines:
        until(lambda: len(answered(lines)) == WAITING, seconds=60, what="every page is live")
        assert_others_are_served(bank)
    assert_others_are_served(bank)


def test_demo_switch_signs_people_on_and_survives_a_restart_of_the_web(bank: Installation) -> None:
    with demo_switch(bank) as switch:

        def ready() -> bool:
            assert switch.poll() is None, switch.stderr and switch.stderr.read()
            return value(bank, "SELECT count(*) FROM marketplace_agentnow WHERE presence > 0") == AGENTS

        until(ready, seconds=60, what="everybody signed on")
        last = "SELECT extract(epoch FROM now() - max(received_at)) FROM marketplace_telemetrybatch"
        before = bank.kill("web")
        until(lambda: bank.pid("web") not in {None, before}, seconds=60, what="the web process is back")
        until(lambda: value(bank, last) < 1, seconds=60, what="telemetry arrives again")
        # one who gets a contact meanwhile pauses after it, which may take minutes
        idle = "(SELECT agent_id FROM marketplace_agentnow WHERE presence = 1 LIMIT 5) AS idle"
        asked = value(bank, f"SELECT array_agg(agent_id) FROM {idle}")
        bank.manage("shell", "-v0", "-c", PAUSE.format(agents=asked))
        paused = f"SELECT count(*) FROM marketplace_agentnow WHERE presence = 4 AND agent_id = ANY(ARRAY{asked})"
        until(lambda: value(bank, paused), seconds=60, what="one of them paused, as was wanted")
        switch.terminate()
        switch.wait(5)
        assert switch.returncode == 0


PAUSE = """
from django.utils import timezone
from marketplace.actions.presence import pause
for agent in {agents}:
    pause(agent_id=agent, reason="lunch", actor="test", now=timezone.now())
"""


def test_demo_switch_without_a_token_says_where_to_put_it(tmp_path: str) -> None:
    environment = bare_environment(GIGCX_DATA=str(tmp_path))
    done = subprocess.run(  # noqa: PLW1510 - its code is what we look at
        [sys.executable, "manage.py", "demo_switch"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert "GIGCX_SWITCH_TOKEN" in done.stderr
    assert "demo_switch.token" in done.stderr
