"""Live pages: one stream a page, rendered once for all who see the same, encoded once, sent to each.

An `Audience` is everybody in this process whose page looks the same. It has one ear at the hub. When something
happened it renders the page's parts in a small thread pool, compares them with what it sent last, and hands the
difference to its pages as one frame. A page that lags behind the kept frames gets the whole state instead, so nobody
is queued for without end.

`id:` is the ledger position that the state includes. One position can stand for several states: time passes, and a
change is seen once it is committed, which is before it is published. So an id is given only to the first state at a
position, and a page that comes back with it is sent nothing only if that state is still the present one.
"""

import asyncio
import hashlib
import logging
import math
import re
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from django.db import Error, connection
from django.template.loader import render_to_string

from gigcx.ledger.hub import hub

log = logging.getLogger(__name__)
T = TypeVar("T")
RENDERS_PER_SECOND = 4
KEPT_FRAMES = 32
RETRY_SECONDS = 1.0
LINE_ENDS = re.compile(r"\s*[\r\n]\s*")
HUB_SECONDS = 3600.0
"""How long an audience sleeps if nothing happens and time alone changes nothing."""

threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="render")
"""Rendering takes milliseconds of processor time; on the event loop it would hold up every other page."""


@dataclass(frozen=True)
class Rendered:
    """The parts of a page, each under the id of its outermost element, and the ledger position they include."""

    position: int
    parts: Mapping[str, str]
    lasts_seconds: float = math.inf
    """Time alone changes the page so long after it was rendered."""

    @cached_property
    def digest(self) -> str:
        """The same for the same parts."""
        return hashlib.blake2b(repr(sorted(self.parts.items())).encode(), digest_size=12).hexdigest()


def frame(parts: Mapping[str, str], *, position: int | None) -> bytes:
    """The parts as one unnamed server-sent event, which htmx swaps in."""
    html = render_to_string("marketplace/live/frame.html", {"parts": parts})
    return event(squeezed(html), position=position)


def event(data: str, *, name: str = "", position: int | None = None) -> bytes:
    """One server-sent event; the data may not hold line ends, a carriage return among them."""
    head = f"event: {name}\n" if name else ""
    head += f"id: {position}\n" if position is not None else ""
    return f"{head}data: {data}\n\n".encode()


def squeezed(html: str) -> str:
    """HTML in one line: indentation is for people who read templates, and what ends a line ends a field of a stream."""
    return LINE_ENDS.sub(" ", html.strip())


class Page:
    """One open stream."""

    def __init__(self) -> None:
        self.ended = False
        self._notes: list[bytes] = []
        self._woken = asyncio.Event()

    def tell(self, note: bytes = b"") -> None:
        """Wake the stream, with something to pass on at once or because its audience has news."""
        if note and len(self._notes) < KEPT_FRAMES:
            self._notes.append(note)
        self._woken.set()

    def end(self) -> None:
        """Close the stream."""
        self.ended = True
        self._woken.set()

    async def wait(self) -> list[bytes]:
        """Sleep until told something; the notes to pass on."""
        await self._woken.wait()
        self._woken.clear()
        notes, self._notes = self._notes, []
        return notes


@dataclass(eq=False)
class Audience:
    """Everybody in this process who sees the same page."""

    key: Hashable
    topics: frozenset[str]
    render: Callable[[], Rendered]
    refresh_seconds: float = HUB_SECONDS
    """Time alone changes the page: look again at least so often."""
    rest_seconds: float = 1 / RENDERS_PER_SECOND
    """Look again no sooner after the last look, whatever happens."""
    pages: set[Page] = field(default_factory=set)
    state: Rendered | None = None
    version: int = 0
    frames: deque[tuple[int, bytes]] = field(default_factory=lambda: deque(maxlen=KEPT_FRAMES))
    _task: asyncio.Task[None] | None = None
    _ready: asyncio.Event = field(default_factory=asyncio.Event)
    _whole: tuple[int, bytes] = (-1, b"")

    async def stream(self, page: Page, *, after: int | None = None, shows: str = "") -> AsyncIterator[bytes]:
        """The frames of one page, which shows the state after this position, or the one with this digest."""
        self.pages.add(page)
        try:
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._follow())
            await self._ready.wait()
            seen = self.version
            if self.state and (shows or known.get((self.key, after))) != self.state.digest:
                yield self._everything()
            while not page.ended:
                for note in await page.wait():
                    yield note
                parts, seen = self._since(seen), self.version
                for part in parts:
                    yield part
        finally:
            self.pages.discard(page)
            if not self.pages:
                self._stop()

    def _everything(self) -> bytes:
        """The whole state as one frame, encoded once a version."""
        if self._whole[0] != self.version and self.state:
            self._whole = (self.version, frame(self.state.parts, position=self._id()))
        return self._whole[1]

    def _id(self) -> int | None:
        """The position, if a page that knows it knows this very state."""
        state = self.state
        if state is None or known.setdefault((self.key, state.position), state.digest) != state.digest:
            return None
        if len(known) > KNOWN_AT_MOST:
            del known[next(iter(known))]
        return state.position

    def _since(self, seen: int) -> list[bytes]:
        """What a page that has seen version `seen` lacks: the frames since, or everything if they are gone."""
        if seen == self.version:
            return []
        if self.frames and self.frames[0][0] <= seen + 1:
            return [data for version, data in self.frames if version > seen]
        return [self._everything()]

    def _stop(self) -> None:
        if audiences.get(self.key) is self:
            del audiences[self.key]
        if self._task:
            self._task.cancel()
            self._task = None

    async def _follow(self) -> None:
        """Render whenever something happened, but no more often than the limit."""
        listener = await hub.join(self.topics)
        try:
            while True:
                began = time.monotonic()
                await self._look()
                await asyncio.sleep(max(0.0, self.rest_seconds - (time.monotonic() - began)))
                await listener.wait(
                    min(self.refresh_seconds, self.state.lasts_seconds) if self.state else RETRY_SECONDS
                )
        finally:
            hub.leave(listener)
            # whatever ended it, no page may wait for frames that never come
            self._ready.set()
            for page in self.pages:
                page.end()

    async def _look(self) -> None:
        try:
            fresh = await in_thread(self.render)
        except Error as problem:
            # the database is away: pages keep what they show, and look again when the hub hears it is back
            log.warning("live pages wait for the database: %s", type(problem).__name__)
            return
        self._publish(fresh)

    def _publish(self, fresh: Rendered) -> None:
        before = self.state
        self.state = fresh
        if before is None:
            self._ready.set()
            return
        changed = {name: html for name, html in fresh.parts.items() if before.parts.get(name) != html}
        gone = before.parts.keys() - fresh.parts.keys()
        new = fresh.parts.keys() - before.parts.keys()
        if not changed and not gone and before.position == fresh.position:
            return
        self.version += 1
        if gone or new:
            self.frames.clear()
        else:
            self.frames.append((self.version, frame(changed, position=self._id())))
        for page in self.pages:
            page.tell()


audiences: dict[Hashable, Audience] = {}
"""Those of this process that someone watches."""


known: dict[tuple[Hashable, int | None], str] = {}
"""For each audience and position the digest of the state that was sent with it, newest last."""
KNOWN_AT_MOST = 10_000


async def in_thread(work: Callable[[], T]) -> T:
    """Do database work in a pool thread, which gives its connection back."""

    def done() -> T:
        try:
            return work()
        finally:
            connection.close()

    return await asyncio.get_running_loop().run_in_executor(threads, done)
