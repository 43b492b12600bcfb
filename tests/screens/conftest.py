"""The product as it runs, a web process and a relay, on the test database; and browsers in front of it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from gigcx.accounts.models import User
from tests.screens.seed import Floor, seed

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90
PATIENCE_MS = 30_000
"""How long what must come may take on a machine with much else to do; what must come soon says so where it is asked."""


@dataclass
class Site:
    """The running product."""

    port: int
    environment: dict[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start_web(self) -> None:
        """Start the web process and wait until it answers."""
        self._start("web", "-m", "uvicorn", "gigcx.asgi:application", f"--port={self.port}",
                    "--timeout-graceful-shutdown=1", "--log-level=warning")  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                urlopen(f"{self.url}/accounts/login/", timeout=5).close()
            except (URLError, TimeoutError):
                if time.monotonic() > deadline:
                    raise
                self.processes["web"].poll()
            else:
                return

    def start_relay(self) -> None:
        """Start the relay."""
        self._start("relay", "-m", "django", "relay")

    def stop(self, name: str) -> None:
        """End one of the two."""
        process = self.processes.pop(name)
        process.terminate()
        process.wait(timeout=30)

    def _start(self, name: str, *words: str) -> None:
        self.processes[name] = subprocess.Popen([sys.executable, *words], cwd=ROOT, env=self.environment)


@pytest.fixture(scope="session")
def site(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Site]:
    """One web process and one relay for all tests here."""
    data = tmp_path_factory.mktemp("data")
    (data / "static").mkdir()
    with django_db_blocker.unblock():
        database = connection.settings_dict
        # the host may be the folder of a socket
        address = f"{quote(database['HOST'] or '', safe='')}:{database['PORT'] or 5432}"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = Site(
        port=port,
        environment=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": f"postgresql://{database['USER']}:{database['PASSWORD']}@{address}/{database['NAME']}",
            "CELERY_BROKER_URL": "memory://",
            "GIGCX_SECRET_KEY": settings.SECRET_KEY,
            "GIGCX_DATA": str(data),
        },
    )
    running.start_web()
    running.start_relay()
    yield running
    for name in list(running.processes):
        running.stop(name)


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    """What is expected of a page may take its time."""
    expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
def floor(site: Site, transactional_db, monkeypatch) -> Iterator[Floor]:
    """Six queues and forty people, as of now."""
    # playwright keeps an event loop in this thread, which Django would forbid
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    yield seed(now=timezone.now(), queues=6, agents=40)
    quiet()


def quiet() -> None:
    """Wait until nobody reads or writes any more: the tables are about to be emptied, which must meet no lock."""
    busy = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND state <> 'idle'"
    )
    deadline = time.monotonic() + START_SECONDS
    with connection.cursor() as cursor:
        while cursor.execute(busy).fetchone()[0]:
            assert time.monotonic() < deadline, "somebody holds on to the database"


Open = Callable[..., Page]
FROZEN = """
const animate = Element.prototype.animate;
Element.prototype.animate = function (...how) {
    const animation = animate.apply(this, how);
    animation.pause();
    return animation;
};
"""


@pytest.fixture
def open_page(site: Site, chromium: Browser, floor: Floor) -> Iterator[Open]:
    """Open a page as a person, in a tab of its own session; what the browser complains of fails the test."""
    contexts, complaints = [], []

    def opened(
        user: User | None,
        path: str,
        *,
        width: int = 1440,
        scheme: str = "light",
        frozen: bool = False,
        script: bool = True,
    ) -> Page:
        """Nothing moves, as for people who asked their system for that; `frozen`: it does, and stops as it begins."""
        height = 900 if width > 1000 else 844
        context = chromium.new_context(
            base_url=site.url,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            has_touch=width < 1000,
            java_script_enabled=script,
            reduced_motion="no-preference" if frozen else "reduce",
        )
        if frozen:
            context.add_init_script(FROZEN)
        contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user)
            name = settings.SESSION_COOKIE_NAME
            context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site.url}])
        page = context.new_page()
        page.on("pageerror", lambda problem: complaints.append(str(problem)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(path)
        return page

    opened.complaints = complaints
    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
