"""Switches follow what is wanted of agents, and miss nothing."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import AsyncClient
from rest_framework.test import APIClient

from gigcx.accounts.models import Agent, Token
from gigcx.accounts.tokens import issue_token, revoke_token
from gigcx.ledger import hub as hub_module
from gigcx.ledger.hub import Hub
from marketplace.actions import presence
from marketplace.actions.dispatch import dispatch
from marketplace.api import assignments as module
from marketplace.models import Queue
from tests.marketplace.api.conftest import NOW

URL = "/api/v1/assignments/"
Publish = Callable[[], None]


def get(client: APIClient, **query: object) -> dict[str, Any]:
    answer = client.get(URL, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def move(agent: str, queue: str, *, at: float = 1) -> None:
    dispatch(
        agent_id=Agent.objects.get(code=agent).pk,
        queue_id=Queue.objects.get(code=queue).pk,
        actor="user:1",
        now=NOW + timedelta(seconds=at),
    )


@pytest.mark.usefixtures("floor")
def test_assignments_without_a_cursor_are_all_that_are_open(switch: APIClient) -> None:
    found = get(switch)
    assert [(one["agent"], one["queue"], one["ready"], one["move"]) for one in found["results"]] == [
        ("a1", "NE", True, None),
        ("a2", "NE", True, None),
    ]
    assert found["results"][0]["since"] == (NOW - timedelta(minutes=1)).isoformat()
    assert found["results"][0]["until"] == (NOW + timedelta(hours=4)).isoformat()
    assert {one["cursor"] for one in found["results"]} == {found["next"]}


@pytest.mark.usefixtures("floor")
def test_assignments_come_as_changes_in_order(switch: APIClient, publish: Publish) -> None:
    publish()
    start = get(switch)["next"]
    move("a1", "PS", at=1)
    move("a2", "PS", at=2)
    move("a1", "NE", at=3)
    publish()
    found = get(switch, after=start)
    assert [(one["agent"], one["queue"]) for one in found["results"]] == [("a1", "PS"), ("a2", "PS"), ("a1", "NE")]
    assert all(one["move"] for one in found["results"])
    assert found["next"] == found["results"][-1]["cursor"]
    middle = found["results"][0]["cursor"]
    assert get(switch, after=middle)["results"] == found["results"][1:]


@pytest.mark.usefixtures("floor")
def test_assignments_after_the_last_are_none_and_keep_the_cursor(switch: APIClient, publish: Publish) -> None:
    publish()
    start = get(switch)["next"]
    assert get(switch, after=start, wait=0) == {"results": [], "next": start}


@pytest.mark.usefixtures("floor")
def test_assignments_that_the_relay_has_not_published_are_not_missed(switch: APIClient, publish: Publish) -> None:
    move("a1", "PS")
    before = get(switch)
    assert before["results"][0]["queue"] == "PS"
    publish()
    again = get(switch, after=before["next"])
    assert (again["results"][-1]["agent"], again["results"][-1]["queue"]) == ("a1", "PS")


@pytest.mark.usefixtures("floor")
def test_assignments_carry_wishes_to_pause_and_to_leave(switch: APIClient, publish: Publish) -> None:
    publish()
    start = get(switch)["next"]
    agent = Agent.objects.get(code="a1")
    presence.pause(agent_id=agent.pk, reason="lunch", actor="user:1", now=NOW)
    publish()
    paused = get(switch, after=start)
    assert [(one["queue"], one["ready"], one["reason"]) for one in paused["results"]] == [("NE", False, "lunch")]
    presence.sign_off(agent_id=agent.pk, actor="user:1", now=NOW + timedelta(seconds=1))
    publish()
    left = get(switch, after=paused["next"])["results"][-1]
    assert (left["agent"], left["queue"], left["ready"]) == ("a1", None, False)
    assert [one["agent"] for one in get(switch)["results"]] == ["a2"]


@pytest.mark.usefixtures("floor")
def test_assignments_of_an_empty_floor_answer_at_once(switch: APIClient) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM marketplace_assignment")
    assert get(switch)["results"] == []


@pytest.mark.parametrize(
    "query", [{"after": "x"}, {"after": "-1"}, {"after": "٣"}, {"after": "9" * 40}, {"wait": "1.5"}]
)
def test_assignments_refuse_a_cursor_that_is_not_ours(switch: APIClient, query: dict[str, str]) -> None:
    answer = switch.get(URL, query)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["code"] == f"bad_{next(iter(query))}"


@pytest.mark.usefixtures("floor")
def test_assignments_say_so_when_a_cursor_is_from_another_world(switch: APIClient, publish: Publish) -> None:
    publish()
    answer = switch.get(URL, {"after": int(get(switch)["next"]) + 1})
    assert (answer.status_code, answer.json()["code"]) == (410, "unknown_cursor")


def test_assignments_need_their_scope(caller: Callable[..., APIClient]) -> None:
    assert caller("telemetry").get(URL).status_code == 403
    assert APIClient().get(URL).status_code == 401
    assert APIClient().get(URL)["WWW-Authenticate"] == "Bearer"


def test_assignments_can_only_be_read(switch: APIClient) -> None:
    answer = switch.post(URL, {}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


@pytest.fixture
def own_hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub for the event loop of one test; the product's lives as long as its process."""
    hub = Hub()
    monkeypatch.setattr(module, "hub", hub)
    monkeypatch.setattr(hub_module, "hub", hub)
    yield hub
    connection.close()


def waiting_client() -> Callable[..., Coroutine[Any, Any, Any]]:
    """Asks for assignments, and waits for them where they are held."""
    _, secret = issue_token(name="waiting", scopes=["assignments"], by=None, actor="test", now=NOW)
    client = AsyncClient()
    return lambda **query: client.get(URL, query, headers={"Authorization": f"Bearer {secret}"})


def played(scene: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """What the scene returns, played in a thread: a browser of an earlier test may keep a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, scene()).result()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("floor")
def test_assignments_are_held_open_until_there_is_one(own_hub: Hub, publish: Publish) -> None:
    publish()
    client = waiting_client()

    async def scene() -> Any:
        start = (await client()).json()["next"]
        held = asyncio.create_task(client(after=start))
        await until(lambda: own_hub._listeners)
        assert not held.done()
        await sync_to_async(move)("a1", "PS")
        await sync_to_async(publish)()
        async with asyncio.timeout(60):
            return (await held).json()

    found = played(scene)
    assert [(one["agent"], one["queue"]) for one in found["results"]] == [("a1", "PS")]
    assert not own_hub._listeners, "the place at the hub was not given back"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("floor")
def test_assignments_stop_waiting_when_the_token_is_revoked(own_hub: Hub, publish: Publish) -> None:
    publish()
    client = waiting_client()

    async def scene() -> int:
        start = (await client()).json()["next"]
        held = asyncio.create_task(client(after=start))
        await until(lambda: own_hub._listeners)
        await sync_to_async(revoke_token)(token_id=(await Token.objects.aget()).pk, actor="test", now=NOW)
        await sync_to_async(move)("a1", "PS")
        await sync_to_async(publish)()
        async with asyncio.timeout(60):
            return (await held).status_code

    assert played(scene) == 401


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("floor")
def test_assignments_answer_empty_when_the_time_is_up(
    own_hub: Hub, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish()
    monkeypatch.setattr(module, "HELD_SECONDS", 0.2)
    client = waiting_client()

    async def scene() -> Any:
        start = (await client()).json()["next"]
        async with asyncio.timeout(60):
            return start, (await client(after=start)).json()

    start, found = played(scene)
    assert found == {"results": [], "next": start}
