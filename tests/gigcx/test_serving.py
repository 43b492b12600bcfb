"""A request is answered in one thread, as Django would answer it; what waits is left to the event loop."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.handlers.exception import convert_exception_to_response
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import path, reverse
from django.utils import timezone, translation

from gigcx.accounts.models import User
from gigcx.body_limit import Message, Scope
from gigcx.serving import SHARED, Handler, waiting_paths
from marketplace.views import live
from tests.factories import make_agent, make_queue, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def handler() -> Iterator[Handler]:
    """One with a single thread, so that each request comes after another in it."""
    handler = Handler(threads=1)
    yield handler
    handler.threads.shutdown()


class Answered:
    """What came back for one request."""

    def __init__(self, sent: list[Message]) -> None:
        start, *parts = sent
        self.status = start["status"]
        self.headers = {name.decode().lower(): value.decode() for name, value in start["headers"]}
        self.cookies = [value.decode() for name, value in start["headers"] if name == b"Set-Cookie"]
        self.body = b"".join(part["body"] for part in parts)
        assert [part["more_body"] for part in parts] == [True] * (len(parts) - 1) + [False]


def ask(handler: Handler, address: str, *, method: str = "GET", body: bytes = b"", **headers: str) -> Answered:
    """Send one request; the whole answer."""
    return asyncio.run(asking(handler, address, method=method, body=body, **headers))


def scope_of(address: str, *, method: str = "GET", **headers: str) -> Scope:
    """A request as the server hands it over."""
    where, _, query = address.partition("?")
    named = {"host": "localhost"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return {
        "type": "http", "method": method, "path": where, "query_string": query.encode("latin-1"),
        "headers": [(name.encode(), value.encode()) for name, value in named.items()], "client": ("127.0.0.1", 1),
    }  # fmt: skip


async def asking(handler: Handler, address: str, *, method: str = "GET", body: bytes = b"", **headers: str) -> Answered:
    """As `ask`, for who is asynchronous."""
    scope = scope_of(address, method=method, **headers)
    sent: list[Message] = []
    whole = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Message:
        if message := next(whole, None):
            return message
        return await asyncio.Event().wait()  # the caller stays

    async def send(message: Message) -> None:
        sent.append(message)

    await handler(scope, receive, send)
    return Answered(sent)


def signed_in(user: User) -> str:
    """The cookie of somebody's browser."""
    client = Client()
    client.force_login(user)
    return "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())


def test_views_that_wait_are_told_from_all_others() -> None:
    pages = {reverse(name) for name in vars(live) if name.endswith("_live")}
    assert set(waiting_paths()) == pages | {"/api/v1/assignments/"}
    assert "/today/live/" in pages


def test_view_that_waits_at_an_address_that_varies_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async def waits(request: HttpRequest, number: int) -> HttpResponse:
        return HttpResponse()

    resolver = type("Resolver", (), {"url_patterns": [path("wait/<int:number>/", waits)]})()
    with pytest.raises(ValueError, match="wait/<int:number>/ waits and varies"):
        list(waiting_paths(resolver))


def test_page_is_the_one_that_django_makes(handler: Handler) -> None:
    cookie = signed_in(make_user("mina@example.org", role="admin"))
    answered = ask(handler, "/board/", cookie=cookie)
    assert answered.status == 200
    assert b"</html>" in answered.body
    assert answered.headers["content-length"] == str(len(answered.body))
    for header in ("content-security-policy", "x-frame-options", "referrer-policy", "cross-origin-opener-policy"):
        assert answered.headers[header] == Client().get("/accounts/login/")[header]


def test_nobody_passes_without_session_permission_or_csrf_token(handler: Handler) -> None:
    agent = signed_in(make_user("ada@example.org"))
    assert ask(handler, "/board/").status == 302
    assert ask(handler, "/board/", cookie=agent).status == 403
    assert ask(handler, "/api/v1/shifts/1/claim/", method="POST").status == 401
    unasked = ask(handler, "/api/v1/shifts/1/claim/", method="POST", cookie=agent)
    assert (unasked.status, b"CSRF" in unasked.body) == (403, True)
    assert ask(handler, "/accounts/logout/", method="POST", cookie=agent).status == 403
    assert ask(handler, "/", cookie=agent).status in {200, 302}


def test_form_sets_cookies_and_signs_in(handler: Handler) -> None:
    user = make_user("dov@example.org")
    user.set_password("correct horse battery")
    user.save()
    first = ask(handler, "/accounts/login/")
    token = SimpleCookie(first.cookies[0])["gigcx_csrf"].value
    said = f"login=dov@example.org&password=correct+horse+battery&csrfmiddlewaretoken={token}"
    answered = ask(
        handler, "/accounts/login/", method="POST", body=said.encode(), cookie=f"gigcx_csrf={token}",
        content_type="application/x-www-form-urlencoded", content_length=str(len(said)),
    )  # fmt: skip
    assert answered.status == 302, answered.body
    session = {name: morsel.value for cookie in answered.cookies for name, morsel in SimpleCookie(cookie).items()}
    client = Client()
    client.cookies.load({"gigcx_session": session["gigcx_session"]})
    assert client.session[SESSION_KEY] == str(user.pk)


def test_file_is_sent_whole(handler: Handler) -> None:
    answered = ask(handler, "/static/gigcx/app.css")
    assert answered.status == 200
    assert len(answered.body) == int(answered.headers["content-length"]) > 2**12
    assert ask(handler, "/static/gigcx/app.css", method="HEAD").body == b""


def test_what_is_wrong_has_its_own_page(handler: Handler, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(request: HttpRequest) -> HttpResponse:
        raise ZeroDivisionError

    assert ask(handler, "/nothing/here/").status == 404
    assert ask(handler, "/api/v1/nothing/").headers["content-type"] == "application/problem+json"
    assert ask(handler, "/offline/", host="elsewhere.example.org").status == 400
    assert ask(handler, "/offline/?name=\xff").status == 400
    monkeypatch.setattr(handler.threaded, "_middleware_chain", converted(fails))
    assert ask(handler, "/offline/").status == 500


def converted(view: Any) -> Any:
    """A chain of nothing but this view."""
    return convert_exception_to_response(view)


def test_request_leaves_neither_language_nor_zone_nor_connection(
    handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, str, str, bool]] = []

    def looks(request: HttpRequest) -> HttpResponse:
        named = threading.current_thread().name, translation.get_language(), timezone.get_current_timezone_name()
        seen.append((*named, connection.connection is None))
        translation.activate("it")
        timezone.activate("Europe/Rome")
        User.objects.count()
        return StreamingHttpResponse(str(User.objects.count()) for _ in range(2))

    monkeypatch.setattr(handler.threaded, "_middleware_chain", looks)
    assert [ask(handler, "/offline/").body for _ in range(2)] == [b"00", b"00"]
    assert seen == [("request_0", "en", "UTC", True)] * 2
    assert handler.threads.submit(lambda: connection.connection is None).result()


def test_as_many_requests_at_once_as_there_are_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    handler = Handler(threads=3)
    together = threading.Barrier(3, timeout=60)

    def meets(request: HttpRequest) -> HttpResponse:
        return HttpResponse(str(together.wait()))

    monkeypatch.setattr(handler.threaded, "_middleware_chain", meets)

    async def three() -> list[Answered]:
        return await asyncio.gather(*(asking(handler, "/offline/") for _ in range(3)))

    assert sorted(answered.body for answered in asyncio.run(three())) == [b"0", b"1", b"2"]
    handler.threads.shutdown()


def test_whoever_hangs_up_before_the_end_of_the_request_is_answered_nothing(handler: Handler) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(handler(scope_of("/offline/", method="POST"), receive, send))
    assert sent == []


def test_pages_that_stay_open_keep_no_thread(handler: Handler) -> None:
    ada = make_agent(make_queue("cards"), code="ada", user=make_user("ada@example.org"))
    scope = scope_of("/today/live/", cookie=signed_in(ada.user))
    of_others = set(threading.enumerate())
    statuses, threads = asyncio.run(stay_open(handler, scope, pages=3 * SHARED))
    assert statuses == [200] * 3 * SHARED
    assert 1 <= len([thread for thread in threads if thread.name.startswith("shared")]) <= SHARED
    names = [thread.name for thread in threads - of_others]
    assert not [name for name in names if name.startswith(("request", "ThreadPoolExecutor"))]


async def stay_open(handler: Handler, scope: Scope, *, pages: int) -> tuple[list[int], set[threading.Thread]]:
    """Open so many pages, and hang up once all are open: how each was answered, and the threads that there were."""
    opened: asyncio.Queue[int] = asyncio.Queue()
    over = asyncio.Event()

    async def stay() -> None:
        whole = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive() -> Message:
            if message := next(whole, None):
                return message
            await over.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                opened.put_nowait(message["status"])

        await handler(scope, receive, send)

    tasks = [asyncio.create_task(stay()) for _ in range(pages)]
    async with asyncio.timeout(60):
        statuses = [await opened.get() for _ in tasks]
        threads = set(threading.enumerate())
        over.set()
        await asyncio.gather(*tasks)
    return statuses, threads


def test_live_page_is_left_to_the_event_loop(handler: Handler) -> None:
    handler.threads = ThreadPoolExecutor(1)
    handler.threads.shutdown()  # whatever came here would fail
    assert ask(handler, "/today/live/").status == 401
    assert ask(handler, "/api/v1/assignments/").status == 401
