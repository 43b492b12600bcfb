"""The two calls, and what becomes of them when the other side is not well."""

import threading
from datetime import UTC, datetime

import pytest

from marketplace.telephony.client import Client, Rejected, Unavailable
from tests.marketplace.telephony.conftest import FarEnd

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture
def client(far_end: FarEnd) -> Client:
    return Client(url=far_end.url, token="gcx_abc", patience_seconds=5)


def send(client: Client) -> dict[str, object]:
    return client.send_telemetry(sent_at=NOW, queues=[], agents=[{"agent": "a", "at": "…", "presence": "READY"}])


def test_client_shows_its_token_and_sends_a_batch(client: Client, far_end: FarEnd) -> None:
    far_end.answer = lambda *_: (202, {"queues": 0})
    assert send(client) == {"queues": 0}
    method, path, body = far_end.calls[0]
    assert (method, path) == ("POST", "/api/v1/telemetry/")
    assert (body["sent_at"], body["agents"][0]["agent"]) == (NOW.isoformat(), "a")
    assert far_end.headers["Authorization"] == "Bearer gcx_abc"


def test_client_gives_each_batch_its_own_id(client: Client, far_end: FarEnd) -> None:
    send(client)
    send(client)
    assert far_end.calls[0][2]["batch_id"] != far_end.calls[1][2]["batch_id"]


def test_client_keeps_its_connection(client: Client, far_end: FarEnd) -> None:
    for _ in range(3):
        send(client)
    assert far_end.connections == 1


@pytest.mark.parametrize(("after", "path"), [(None, ""), ("17", "?after=17"), ("a b&c", "?after=a%20b%26c")])
def test_client_follows_from_its_cursor(client: Client, far_end: FarEnd, after: str | None, path: str) -> None:
    client.follow_assignments(after=after)
    assert far_end.calls[0][:2] == ("GET", f"/api/v1/assignments/{path}")


def test_client_may_be_below_a_path(far_end: FarEnd) -> None:
    Client(url=far_end.url + "/gigcx/", token="t", patience_seconds=5).follow_assignments(after=None)
    assert far_end.calls[0][1] == "/gigcx/api/v1/assignments/"


@pytest.mark.parametrize("answer", [(500, {}), (503, b"no"), (429, {}), (409, {}), (200, b"<html>"), None])
def test_client_takes_trouble_for_something_that_passes(client: Client, far_end: FarEnd, answer: object) -> None:
    far_end.answer = lambda *_: answer
    with pytest.raises(Unavailable):
        send(client)
    far_end.answer = lambda *_: (202, {"queues": 0})
    assert send(client) == {"queues": 0}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422])
def test_client_says_why_it_was_rejected(client: Client, far_end: FarEnd, status: int) -> None:
    far_end.answer = lambda *_: (status, {"detail": "No queue has the code 'X'."})
    with pytest.raises(Rejected, match=f"{status}.*No queue has the code"):
        send(client)


def test_client_finds_nobody_there() -> None:
    with pytest.raises(Unavailable):
        send(Client(url="http://127.0.0.1:9", token="t", patience_seconds=1))


@pytest.mark.parametrize("url", ["", "gigcx.example.org", "ftp://x", "http://"])
def test_client_needs_an_address(url: str) -> None:
    with pytest.raises(ValueError, match="no address of gigcx"):
        Client(url=url, token="t", patience_seconds=1)


def test_client_that_is_closed_stops_waiting(client: Client, far_end: FarEnd) -> None:
    arrived, go = threading.Event(), threading.Event()

    def wait(*_: object) -> tuple[int, object]:
        arrived.set()
        go.wait(60)
        return 200, {}

    far_end.answer = wait
    ended = threading.Event()

    def follow() -> None:
        with pytest.raises(Unavailable):
            client.follow_assignments(after="1")
        ended.set()

    thread = threading.Thread(target=follow)
    thread.start()
    assert arrived.wait(60)
    client.close()
    assert ended.wait(20), "the call went on after close()"
    go.set()
    thread.join()
