"""The hub: in each web process one ear on the relay, and a wake-up for every live page that is concerned.

A page that can't keep up is not queued for without end: wake-ups coalesce, since a page always renders what is so
now. The position in a wake-up becomes the page's `Last-Event-ID`.
"""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import psycopg
from django.db import connection

from gigcx.ledger.relay import CHANNEL

log = logging.getLogger(__name__)
RETRY_SECONDS = 1.0
JOIN_SECONDS = 2.0
"""How long a page that joins waits for the ear; it is woken when the ear hears, so it may well go on without."""
DJANGO_ONLY = {"context", "cursor_factory", "prepare_threshold", "pool"}
"""What Django adds for its own cursors."""


class Listener:
    """One live page's place at the hub."""

    def __init__(self, topics: Iterable[str]) -> None:
        self.topics = frozenset(topics)
        self.position = 0
        self._woken = asyncio.Event()

    def wake(self, position: int) -> None:
        """Note that something at or before `position` concerns this page."""
        self.position = max(self.position, position)
        self._woken.set()

    async def wait(self, seconds: float) -> bool:
        """Wait until woken, at most so long; whether it was."""
        try:
            # not `wait_for`: in Python 3.11 it forgets that it was cancelled if it is woken at the same time
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return False
        self._woken.clear()
        return True


class Hub:
    """Who waits for which topic in this process."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Listener]] = defaultdict(set)
        self._ear: asyncio.Task[None] | None = None
        self._hearing = asyncio.Event()

    async def join(self, topics: Iterable[str]) -> Listener:
        """A place for one page, once the ear is on the relay: nothing after it can be missed.

        While the database is away there is no ear: the place is given all the same, and woken when there is one again.
        """
        listener = Listener(topics)
        for topic in listener.topics:
            self._listeners[topic].add(listener)
        if self._ear is None or self._ear.done():
            self._ear = asyncio.create_task(self._listen())
        try:
            async with asyncio.timeout(JOIN_SECONDS):
                await self._hearing.wait()
        except TimeoutError:
            log.warning("a live page waits for the relay")
        except asyncio.CancelledError:
            self.leave(listener)
            raise
        return listener

    def leave(self, listener: Listener) -> None:
        """Give the place back."""
        for topic in listener.topics:
            self._listeners[topic].discard(listener)
            if not self._listeners[topic]:
                del self._listeners[topic]

    async def _listen(self) -> None:
        """Hear the relay for as long as the process lives, through every restart of the database."""
        while True:
            try:
                params = connection.get_connection_params()
                wanted = {key: value for key, value in params.items() if key not in DJANGO_ONLY}
                async with await psycopg.AsyncConnection.connect(**wanted, autocommit=True) as ear:
                    await ear.execute(f"LISTEN {CHANNEL}")
                    self._hearing.set()
                    self._wake_all()
                    async for message in ear.notifies():
                        self._tell(json.loads(message.payload))
            except psycopg.Error as problem:
                log.warning("live pages wait for the database: %s", type(problem).__name__)
            await asyncio.sleep(RETRY_SECONDS)

    def _tell(self, message: dict[str, Any]) -> None:
        for topic in message["topics"]:
            for listener in self._listeners.get(topic, ()):
                listener.wake(message["position"])

    def _wake_all(self) -> None:
        """After a gap in hearing every page looks again for itself."""
        for listeners in list(self._listeners.values()):
            for listener in listeners:
                listener.wake(0)


hub = Hub()
