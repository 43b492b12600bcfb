"""A bridge keeps a switch and gigcx in agreement, whatever happens to the line."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from marketplace.telephony import bridge as module
from marketplace.telephony.bridge import Bridge
from marketplace.telephony.client import Rejected, Unavailable
from marketplace.telephony.switch import AgentRow, QueueRow, Wish
from tests.marketplace.telephony.conftest import FarEnd


class Notebook:
    """A switch that only writes down what it is asked."""

    def __init__(self) -> None:
        self.since: list[float] = []
        self.whole: list[bool] = []
        self.obeyed: list[tuple[list[Wish], bool]] = []

    def queue_rows(self, *, since: float) -> list[QueueRow]:
        self.since.append(since)
        return []

    def agent_rows(self, *, all_of_them: bool) -> list[AgentRow]:
        self.whole.append(all_of_them)
        return []

    def obey(self, wishes: Iterable[Wish], *, all_of_them: bool) -> None:
        self.obeyed.append((list(wishes), all_of_them))


@pytest.fixture
def switch() -> Notebook:
    return Notebook()


@pytest.fixture
def bridge(switch: Notebook, far_end: FarEnd) -> Bridge:
    return Bridge(switch=switch, url=far_end.url, token="t", period_seconds=0.01)


def result(**changes: Any) -> dict[str, Any]:
    return {"agent": "a1", "queue": "NE", "ready": True, "reason": "", "move": None, "cursor": "5"} | changes


def test_bridge_reports_everyone_first_and_then_what_changed(bridge: Bridge, switch: Notebook) -> None:
    for _ in range(3):
        bridge.report_once()
    assert switch.whole == [True, False, False]


def test_bridge_reports_everyone_again_after_a_while(
    bridge: Bridge, switch: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridge.report_once()
    monkeypatch.setattr(module, "WHOLE_FLOOR_SECONDS", 0.0)
    bridge.report_once()
    assert switch.whole == [True, True]


def test_bridge_reports_everyone_after_a_batch_was_lost(bridge: Bridge, switch: Notebook, far_end: FarEnd) -> None:
    bridge.report_once()
    far_end.answer = lambda *_: (503, {})
    with pytest.raises(Unavailable):
        bridge.report_once()
    far_end.answer = lambda *_: (202, {})
    bridge.report_once()
    bridge.report_once()
    assert switch.whole == [True, False, True, False]


def test_bridge_asks_for_all_intervals_since_the_last_batch_that_arrived(
    bridge: Bridge, switch: Notebook, far_end: FarEnd
) -> None:
    bridge.report_once()
    far_end.answer = lambda *_: None
    with pytest.raises(Unavailable):
        bridge.report_once()
    far_end.answer = lambda *_: (202, {})
    bridge.report_once()
    bridge.report_once()
    assert switch.since[0] < switch.since[1] == switch.since[2] < switch.since[3]


def test_bridge_begins_with_everything_and_goes_on_with_changes(
    bridge: Bridge, switch: Notebook, far_end: FarEnd
) -> None:
    far_end.answer = lambda *_: (200, {"results": [result(queue=None, ready=False, reason="lunch")], "next": "5"})
    bridge.follow_once()
    bridge.follow_once()
    assert [path for _, path, _ in far_end.calls] == ["/api/v1/assignments/", "/api/v1/assignments/?after=5"]
    wish = Wish(agent="a1", queue=None, ready=False, reason="lunch")
    assert switch.obeyed == [([wish], True), ([wish], False)]


def test_bridge_goes_on_from_its_cursor_after_trouble(bridge: Bridge, far_end: FarEnd) -> None:
    far_end.answer = lambda *_: (200, {"results": [], "next": "7"})
    bridge.follow_once()
    far_end.answer = lambda *_: (500, {})
    with pytest.raises(Unavailable):
        bridge.follow_once()
    far_end.answer = lambda *_: (200, {"results": [], "next": "7"})
    bridge.follow_once()
    assert far_end.calls[-1][1] == "/api/v1/assignments/?after=7"


def test_bridge_begins_anew_when_its_cursor_is_refused(bridge: Bridge, switch: Notebook, far_end: FarEnd) -> None:
    far_end.answer = lambda *_: (200, {"results": [], "next": "7"})
    bridge.follow_once()
    far_end.answer = lambda *_: (410, {"code": "unknown_cursor"})
    with pytest.raises(Rejected):
        bridge.follow_once()
    far_end.answer = lambda *_: (200, {"results": [result()], "next": "2"})
    bridge.follow_once()
    assert far_end.calls[-1][1] == "/api/v1/assignments/"
    assert switch.obeyed[-1] == ([Wish(agent="a1", queue="NE")], True)


@contextmanager
def running(bridge: Bridge) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=bridge.run)
    thread.start()
    try:
        yield thread
    finally:
        bridge.stop()
        thread.join(5)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


def test_bridge_reports_while_it_waits_for_wishes(bridge: Bridge, switch: Notebook, far_end: FarEnd) -> None:
    go = threading.Event()

    def answer(method: str, *_: object) -> tuple[int, object]:
        if method == "GET":
            go.wait(60)
            return 200, {"results": [result()], "next": "5"}
        return 202, {}

    far_end.answer = answer
    with running(bridge):
        until(lambda: len(switch.whole) >= 5)
        assert not switch.obeyed
        go.set()
        until(lambda: switch.obeyed)


def test_bridge_survives_trouble_on_both_lines(
    bridge: Bridge, switch: Notebook, far_end: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_RETRY_SECONDS", 0.001)
    troubles = [(500, {}), None, (401, {}), (200, b"garbage")]
    left = {"GET": list(troubles), "POST": list(troubles)}

    def answer(method: str, *_: object) -> tuple[int, object] | None:
        return left[method].pop() if left[method] else (200, {"results": [], "next": "1"})

    far_end.answer = answer
    with running(bridge):
        until(lambda: switch.obeyed and switch.whole.count(False) > 1)


def test_bridge_waits_longer_after_each_failure() -> None:
    pauses = [module._pause(failures) for failures in range(1, 12)]
    assert all(0.5 * 0.25 * 2**n <= pause for n, pause in enumerate(pauses[:5]))
    assert max(module._pause(n) for n in range(1, 3000)) <= module.LONGEST_RETRY_SECONDS
    assert min(module._pause(60) for _ in range(50)) >= module.LONGEST_RETRY_SECONDS / 2


@pytest.mark.parametrize("stuck", ["GET", "POST"])
def test_bridge_stops_at_once_whatever_it_waits_for(bridge: Bridge, far_end: FarEnd, stuck: str) -> None:
    arrived, go = threading.Event(), threading.Event()

    def answer(method: str, *_: object) -> tuple[int, object]:
        if method == stuck:
            arrived.set()
            go.wait(60)
        return 200, {"results": [], "next": "1"}

    far_end.answer = answer
    with running(bridge) as thread:
        assert arrived.wait(60)
        bridge.stop()
        thread.join(20)
        waits = thread.is_alive()
        go.set()
    assert not waits
