"""Places at the hub, with and without an ear on the relay."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from django.db import connection

from gigcx.ledger import hub as module
from gigcx.ledger.hub import Hub, Listener

pytestmark = pytest.mark.django_db
PATIENCE_SECONDS = 60


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """How the hub reaches the database; change `port` and it does not."""
    params = connection.get_connection_params()
    monkeypatch.setattr(module, "connection", type("Connection", (), {"get_connection_params": lambda _: params})())
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.01)
    return params


def played(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    async def whole() -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await scene()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(whole())


def test_page_that_joins_while_the_database_is_away_is_woken_when_it_is_back(
    database: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "JOIN_SECONDS", 0.05)
    right, database["host"] = database["host"], "/nowhere"

    async def scene() -> None:
        hub = Hub()
        listener = await hub.join(["board"])
        assert not await listener.wait(0.05)
        database["host"] = right
        assert await listener.wait(PATIENCE_SECONDS)

    played(scene)


def test_page_that_is_closed_while_it_joins_leaves_nothing(database: dict[str, Any]) -> None:
    database["host"] = "/nowhere"

    async def scene() -> None:
        hub = Hub()
        joining = asyncio.create_task(hub.join(["board", "agent:1"]))
        while not hub._listeners:
            await asyncio.sleep(0)
        joining.cancel()
        with pytest.raises(asyncio.CancelledError):
            await joining
        assert not hub._listeners

    played(scene)


def test_page_that_joins_hears_what_comes_after(database: dict[str, Any]) -> None:
    async def scene() -> None:
        hub = Hub()
        listener = await hub.join(["board"])
        hub._tell({"topics": ["board", "other"], "position": 7})
        assert await listener.wait(PATIENCE_SECONDS)
        assert listener.position == 7
        hub.leave(listener)
        assert not hub._listeners

    played(scene)


@pytest.mark.parametrize("turns", range(4))
def test_page_that_is_closed_as_it_is_woken_ends(turns: int) -> None:
    async def scene() -> None:
        listener = Listener(["queue:1"])

        async def follow() -> None:
            while True:
                await listener.wait(60)

        following = asyncio.create_task(follow())
        await asyncio.sleep(0)
        listener.wake(1)
        for _ in range(turns):
            await asyncio.sleep(0)
        following.cancel()
        await asyncio.wait([following], timeout=5)
        assert following.cancelled()

    asyncio.run(scene())
