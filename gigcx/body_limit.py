"""What nobody can serve is refused at the door: what is too large, before it is kept (Django itself would take in the
whole body first, on disk), and addresses with a NUL character, which no database takes."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from gigcx.problems import CONTENT_TYPE, members

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def too_large(largest: int) -> str:
    """The sentence for whoever sent more than `largest` bytes."""
    return f"At most {largest // 1024**2} MiB at once. Send it in several batches."


class BodyLimit:
    """An ASGI application that answers 413 to requests of more than `largest` bytes, announced or not, 400 to NUL."""

    def __init__(self, application: Application, *, largest: int) -> None:
        self.application = application
        self.largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request: refused at once if it announces too much, else as soon as too much has come."""
        if scope["type"] != "http":
            return await self.application(scope, receive, send)
        if _announced(scope) > self.largest:
            return await self._refuse(send)
        if b"%00" in scope.get("query_string", b""):
            return await _answer(send, 400, "bad_request", "The address has a NUL character.")
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            return {"type": "http.disconnect"} if taken > self.largest else message

        await self.application(scope, counted, send)
        if taken > self.largest:  # the application, which never had the whole request, has answered nothing
            await self._refuse(send)
        return None

    async def _refuse(self, send: Send) -> None:
        """Answer 413 and hang up: the rest is not read."""
        await _answer(send, 413, "too_large", too_large(self.largest))


async def _answer(send: Send, status: int, code: str, detail: str) -> None:
    """A problem, and the end of the connection."""
    problem = json.dumps(members(status, code, detail)).encode()
    headers = {"content-type": CONTENT_TYPE, "content-length": str(len(problem)), "connection": "close"}
    start = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": problem})


def _announced(scope: Scope) -> int:
    """The length that the request says it has; 0 where it says none."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
