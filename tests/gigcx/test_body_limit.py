"""A body that is too large is refused before it is taken in."""

import asyncio
import json
from collections.abc import Iterator

import pytest

from gigcx import asgi
from gigcx.body_limit import BodyLimit, Message, Receive, Scope, Send

LARGEST = 1000


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Takes in the whole body, as Django does, and answers with its length."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message["body"]
        more = message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(len(body)).encode()})


def ask(parts: list[bytes], *, announced: int | None = None, query: bytes = b"") -> tuple[int, bytes, int]:
    """Status and body of the answer, and how many parts were asked for."""
    sent: list[Message] = []
    left: Iterator[bytes] = iter(parts)
    asked = 0

    async def receive() -> Message:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": next(left), "more_body": asked < len(parts)}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [] if announced is None else [(b"content-length", str(announced).encode())]
    application = BodyLimit(echo, largest=LARGEST)
    asyncio.run(application({"type": "http", "headers": headers, "query_string": query}, receive, send))
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    return sent[0]["status"], sent[1]["body"], asked


@pytest.mark.parametrize("announced", [None, LARGEST])
def test_body_up_to_the_limit_passes(announced: int | None) -> None:
    assert ask([b"x" * 600, b"x" * 400], announced=announced) == (200, b"1000", 2)


def test_body_that_announces_too_much_is_refused_unread() -> None:
    status, body, asked = ask([b"x"], announced=LARGEST + 1)
    assert (status, asked) == (413, 0)
    assert json.loads(body)["code"] == "too_large"


def test_body_that_announces_nothing_is_refused_as_soon_as_it_is_too_much() -> None:
    status, body, asked = ask([b"x" * 600] * 50)
    assert (status, asked) == (413, 2)
    assert json.loads(body)["status"] == 413


def test_an_address_with_a_nul_character_is_refused_unread() -> None:
    status, body, asked = ask([b"x"], query=b"name=a%00b")
    assert (status, asked, json.loads(body)["code"]) == (400, 0, "bad_request")


def test_product_is_served_behind_the_limit(settings) -> None:
    assert isinstance(asgi.application, BodyLimit)
    assert asgi.application.largest == settings.LARGEST_BODY == 10 * 1024**2
