"""Fixtures that tests everywhere share."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

pytest_plugins = ["tests.emptying", "tests.spread"]
HOW_TO_GET_ONE = "no browser: `apt-get install chromium`, or `.venv/bin/python -m playwright install chromium`"
LAUNCH_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]


def find_chromium(playwright: Playwright) -> str | None:
    """The browser that CHROMIUM names, else Debian's, Chrome, or Playwright's own."""
    if named := os.environ.get("CHROMIUM"):
        return named
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return found
    own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def pytest_configure() -> None:
    """Hear Ctrl-C, as what we start then does too: a shell has what it starts in the background ignore it."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real browser. Without one the test is skipped, or fails where GIGCX_REQUIRE_BROWSER is set."""
    connection.close()
    with sync_playwright() as playwright:
        # a thread with a running loop has other connections, and Django forbids its ORM there unless told otherwise
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        program = find_chromium(playwright)
        if program is None:
            (pytest.fail if os.environ.get("GIGCX_REQUIRE_BROWSER") else pytest.skip)(HOW_TO_GET_ONE)
        browser = playwright.chromium.launch(executable_path=program, args=LAUNCH_OPTIONS)
        yield browser
        browser.close()
        connection.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """An empty tab of its own session."""
    context = chromium.new_context()
    yield context.new_page()
    context.close()
