"""Phone pages, many open at once: which queue each shows, and since when."""

import asyncio
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from html import unescape
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from gigcx.accounts.models import User

PLACE = re.compile(r'id="place"[^>]*>([^<]*)<')
LONGEST_LINE = 1 << 20
AGAIN_SECONDS = 0.5
Seen = list[tuple[float, str]]
"""What one page showed: since when (epoch seconds), the queue's name."""


def sign_in(user: User) -> str:
    """A session of this person, as signing in makes it; what the browser's cookie holds."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


@contextmanager
def open_pages(url: str, sessions: Mapping[int, str]) -> Iterator[dict[int, Seen]]:
    """Follow the live page of each agent (id → session) in a thread of its own; what each showed grows meanwhile."""
    seen: dict[int, Seen] = {agent: [] for agent in sessions}
    stopped = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_follow_all(url, sessions, seen, stopped)), name="pages")
    thread.start()
    try:
        yield seen
    finally:
        stopped.set()
        thread.join()


async def _follow_all(
    url: str, sessions: Mapping[int, str], seen: Mapping[int, Seen], stopped: threading.Event
) -> None:
    pages = [asyncio.create_task(_follow(url, session, seen[agent])) for agent, session in sessions.items()]
    await asyncio.to_thread(stopped.wait)
    for page in pages:
        page.cancel()
    await asyncio.gather(*pages, return_exceptions=True)


async def _follow(url: str, session: str, seen: Seen) -> None:
    """One page, opened again whenever its line is lost."""
    while True:
        with suppress(OSError, EOFError, ValueError):
            await _look(url, session, seen)
        await asyncio.sleep(AGAIN_SECONDS)


async def _look(url: str, session: str, seen: Seen) -> None:
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=LONGEST_LINE)
    try:
        head = (
            f"GET /today/live/ HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: {settings.SESSION_COOKIE_NAME}={session}"
        )
        writer.write(f"{head}\r\n\r\n".encode())
        while line := await reader.readline():
            if found := PLACE.search(line.decode(errors="replace")):
                seen.append((time.time(), unescape(found.group(1)).strip()))
    finally:
        writer.close()
