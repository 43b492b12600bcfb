"""What is too large is refused before it is kept: Django itself would take in the whole body first, on disk."""

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
    """An ASGI application that answers 413 to requests of more than `largest` bytes, announced or not."""

    def __init__(self, application: Application, *, largest: int) -> None:
        self.application = application
        self.largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request: refused at once if it announces too much, else as soon as too much has come."""
        if scope["type"] != "http":
            return await self.application(scope, receive, send)
        if _announced(scope) > self.largest:
            return await self._refuse(send)
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
        problem = json.dumps(members(413, "too_large", too_large(self.largest))).encode()
        headers = {"content-type": CONTENT_TYPE, "content-length": str(len(problem)), "connection": "close"}
        start = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": 413, "headers": start})
        await send({"type": "http.response.body", "body": problem})


def _announced(scope: Scope) -> int:
    """The length that the request says it has; 0 where it says none."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
