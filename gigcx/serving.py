"""How a request is answered: from its first middleware to the last byte of its answer in one thread.

Under ASGI Django takes each middleware and view that can't wait to a thread of its own and back: more than twenty
hand-overs a request, of which each costs about as much as a statement, and a thread that is made and joined for the
request. Here a request is handed over once, to one of a few threads that stay, and runs through the same middleware as
under WSGI. Only views that wait (the live streams, the feed of assignments) go Django's way; what of them needs a
thread is done in those that they share, so that a page which stays open keeps none.
"""

import asyncio
import contextvars
import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from typing import IO, Any

import django
from asgiref.sync import ThreadSensitiveContext, iscoroutinefunction
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.http import FileResponse, HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver, set_script_prefix

from gigcx.body_limit import Receive, Scope, Send

THREADS = 8
"""Requests that a process works on at once; a page that waits for the database holds one up."""
SHARED = 4
"""Threads in which live pages are opened; milliseconds each."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, ready to be sent."""

    status: int
    headers: list[tuple[bytes, bytes]]
    content: bytes


class Threaded(BaseHandler):
    """The middleware and the views, called one after the other in the calling thread."""

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware(is_async=False)


class Handler(ASGIHandler):
    """Django's ASGI application, which answers all but the waiting views in threads that stay."""

    def __init__(self, *, threads: int = THREADS) -> None:
        super().__init__()
        self.threaded = Threaded()
        self.waiting = frozenset(waiting_paths())
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self.shared = cycle([ThreadPoolExecutor(1, thread_name_prefix="shared") for _ in range(SHARED)])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whether it waits or not."""
        if scope["type"] != "http" or not self.waits(scope):
            return await super().__call__(scope, receive, send)
        async with ThreadSensitiveContext(executor=next(self.shared)):
            return await super().__call__(scope, receive, send)

    def waits(self, scope: Scope) -> bool:
        """Whether the request is for a view that waits."""
        return scope["path"].removeprefix(scope.get("root_path") or "") in self.waiting

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self.waits(scope):
            await super().handle(scope, receive, send)
            return
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        # what a request leaves in its context, such as the language, ends with it
        made_here = partial(contextvars.copy_context().run, self.answer, scope, body)
        answer: Answer = await asyncio.get_running_loop().run_in_executor(self.threads, made_here)
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        for chunk, last in self.chunk_bytes(answer.content):
            await send({"type": "http.response.body", "body": chunk, "more_body": not last})

    def answer(self, scope: Scope, body: IO[bytes]) -> Answer:
        """The answer to one request, made in this thread; the database connection has been given back."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, problem = self.create_request(scope, body)
        response: Any = problem if request is None else self.threaded.get_response(request)
        # by this Django tells, as the response is closed, who is finished with it
        response._handler_class = self.__class__
        try:
            return Answer(response.status_code, list(headers_of(response)), content_of(response))
        finally:
            response.close()
            body.close()


def headers_of(response: HttpResponseBase) -> Iterator[tuple[bytes, bytes]]:
    """The headers and cookies as they are sent."""
    for name, value in response.items():
        yield name.encode("ascii"), value.encode("latin-1")
    for cookie in response.cookies.values():
        yield b"Set-Cookie", cookie.output(header="").strip().encode("ascii")


def content_of(response: HttpResponseBase) -> bytes:
    """The whole content; a file is read into memory, as by Django itself under ASGI."""
    if isinstance(response, FileResponse):
        response.block_size = ASGIHandler.chunk_size
    return b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined]  # one of them is there


def waiting_paths(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """The addresses of all views that are coroutines.

    Raises `ValueError` for one whose address has a part that varies: those are not told apart by a look into a set.
    """
    for pattern in (resolver or get_resolver()).url_patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from waiting_paths(pattern, path)
        elif isinstance(pattern, URLPattern) and iscoroutinefunction(pattern.callback):
            if "<" in path:
                raise ValueError(f"{path} waits and varies.")
            yield "/" + path


@contextmanager
def collector_rests() -> Iterator[None]:
    """Load without the collector, which would go through everything again and again: a tenth of the work."""
    gc.disable()
    try:
        yield
    finally:
        keep_for_good()
        gc.enable()


def keep_for_good() -> None:
    """Let the collector pass over all that was made so far: it stays as long as the process does."""
    gc.collect()
    gc.freeze()


def application(**options: Any) -> Handler:
    """The handler with everything loaded that it will need, so that nobody waits for it in the first request."""
    with collector_rests():
        django.setup(set_prefix=False)
        return Handler(**options)
