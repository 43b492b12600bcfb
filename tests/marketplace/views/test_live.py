"""The streams: what is sent, when nothing is, and when they end. In this process, on real transactions."""

import asyncio
import re
import statistics
import threading
import time
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient
from django.urls import reverse
from django.utils import timezone

from gigcx.accounts.models import Role
from gigcx.ledger.hub import Hub
from gigcx.ledger.relay import publish_round
from marketplace.actions.dispatch import dispatch
from marketplace.actions.mode import set_stopped
from marketplace.actions.muster import muster
from marketplace.matching.state import Presence
from marketplace.models import AgentNow, QueueNow
from marketplace.views import broadcast, keeper
from tests.factories import make_agent, make_department, make_duty, make_queue, make_user

PATIENCE = 60.0


@pytest.fixture(autouse=True)
def own_hub(monkeypatch):
    """Each test has an event loop of its own, and the hub lives in one."""
    monkeypatch.setattr(broadcast, "hub", Hub())


@pytest.fixture
def people(migrated):
    now = timezone.now()
    retail = make_department()
    cards, savings = make_queue("cards", department=retail), make_queue("savings", department=retail)
    agent = make_agent(cards, savings, user=make_user("ada@example.com"))
    make_duty(agent, queue=cards, start=now - timedelta(hours=1))
    muster(now=now)
    AgentNow.objects.update(presence=Presence.READY)
    dov = make_user("dov@example.com", role="dispatcher", departments=(retail,))
    publish()
    return {"cards": cards, "savings": savings, "agent": agent, "dov": dov}


def publish():
    while publish_round(send_task=lambda name, kind: None):
        pass


@asynccontextmanager
async def stream(user, name, query=None, **headers):
    """The frames of one open page, without the pings."""
    client = AsyncClient()
    await client.aforce_login(user)
    response = await client.get(reverse(name), query_params=query, headers=headers)
    assert response["Content-Type"] == "text/event-stream"
    frames = response.streaming_content

    async def following():
        async for part in frames:
            if not part.startswith(b"event: ping"):
                yield part.decode()

    wanted = following()
    try:
        yield wanted
    finally:
        await wanted.aclose()
        await frames.aclose()


async def after(frames):
    return await asyncio.wait_for(anext(frames), PATIENCE)


async def act(action, **kwargs):
    """Do it and publish it, as the relay would."""

    def both():
        action(now=timezone.now(), **kwargs)
        publish()

    await sync_to_async(both)()


def run(story):
    async def told():
        try:
            await story()
        finally:
            broadcast.audiences.clear()
            broadcast.known.clear()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            # a page that is still being made holds locks, and the tables are about to be emptied
            together = threading.Barrier(broadcast.threads._max_workers)
            await asyncio.gather(*[broadcast.in_thread(together.wait) for _ in range(together.parties)])

    asyncio.run(told())


def position_of(frame):
    return re.search(r"^id: (\d+)$", frame, re.MULTILINE)[1]


def test_a_new_page_gets_the_whole_state_and_then_only_what_changed(people):
    async def story():
        async with stream(people["dov"], "board_live") as frames:
            whole = await after(frames)
            assert f'hx-target="#queue-{people["savings"].pk}"' in whole
            assert f'<tr id="queue-{people["savings"].pk}"' in whole
            await act(set_stopped, stopped=True, actor="user:1")
            change = await after(frames)
            assert "All moves stopped" in change
            assert f'hx-target="#queue-{people["savings"].pk}"' not in change
            assert int(position_of(change)) > int(position_of(whole))

    run(story)


def test_a_page_that_is_up_to_date_gets_nothing_until_something_happens(people):
    async def story():
        async with stream(people["dov"], "board_live") as frames:
            position = position_of(await after(frames))
        async with stream(people["dov"], "board_live", **{"Last-Event-ID": position}) as frames:
            first = asyncio.create_task(anext(frames))
            while not any(audience.state for audience in broadcast.audiences.values()):
                await asyncio.sleep(0.01)
            await act(set_stopped, stopped=True, actor="user:1")
            first = await asyncio.wait_for(first, PATIENCE)
            assert int(position_of(first)) > int(position)
            assert 'hx-target="#order"' not in first

    run(story)


def test_a_page_as_it_was_loaded_gets_nothing_until_something_happens(people):
    async def story():
        client = AsyncClient()
        await client.aforce_login(people["dov"])
        page = (await client.get(reverse("board"))).content.decode()
        shows = re.search(r"shows=(\w+)", page)[1]
        async with stream(people["dov"], "board_live", query={"shows": shows}) as frames:
            first = asyncio.create_task(anext(frames))
            while not any(audience.state for audience in broadcast.audiences.values()):
                await asyncio.sleep(0.01)
            await act(set_stopped, stopped=True, actor="user:1")
            assert 'hx-target="#order"' not in await asyncio.wait_for(first, PATIENCE)

    run(story)


def test_a_page_loaded_before_an_unpublished_change_gets_it(people):
    async def story():
        client = AsyncClient()
        await client.aforce_login(people["dov"])
        page = (await client.get(reverse("board"))).content.decode()
        shows = re.search(r"shows=(\w+)", page)[1]
        await sync_to_async(QueueNow.objects.create)(queue=people["cards"], waiting=66)
        async with stream(people["dov"], "board_live", query={"shows": shows}) as frames:
            assert "<b data-glow>66</b>" in await after(frames)

    run(story)


def test_one_position_never_stands_for_two_states(people):
    async def story():
        async with stream(people["dov"], "board_live") as frames:
            position = position_of(await after(frames))
        await sync_to_async(QueueNow.objects.create)(queue=people["cards"], waiting=66)
        async with stream(people["dov"], "board_live", **{"Last-Event-ID": position}) as frames:
            again = await after(frames)
            assert "<b data-glow>66</b>" in again
            assert "id:" not in again.partition("data:")[0]

    run(story)


def test_a_page_that_fell_behind_gets_the_whole_state(people):
    async def story():
        async with stream(people["dov"], "board_live", **{"Last-Event-ID": "1"}) as frames:
            assert 'hx-target="#order"' in await after(frames)

    run(story)


def test_a_move_reaches_the_agents_page_within_a_second(people):
    async def story():
        async with stream(people["agent"].user, "today_live") as frames:
            assert "cards" in await after(frames)
            took = []
            for name in ("savings", "cards") * 2 + ("savings",):
                began = time.monotonic()
                await act(dispatch, agent_id=people["agent"].pk, queue_id=people[name].pk, actor="user:1")
                assert f'id="place">{name}' in await after(frames)
                took.append(time.monotonic() - began)
            assert statistics.median(took) < 1.0

    run(story)


def test_pages_of_one_audience_are_rendered_once(people, monkeypatch):
    rendered = []
    original = broadcast.Audience._publish
    monkeypatch.setattr(
        broadcast.Audience, "_publish", lambda self, fresh: (rendered.append(fresh), original(self, fresh))
    )

    async def story():
        async with stream(people["dov"], "board_live") as one, stream(people["dov"], "board_live") as two:
            assert await after(one) == await after(two)
            rendered.clear()
            await act(set_stopped, stopped=True, actor="user:1")
            assert await after(one) == await after(two)
            assert len(rendered) == 1

    run(story)


def test_a_stream_ends_within_seconds_when_the_person_is_deactivated(people, monkeypatch):
    monkeypatch.setattr(keeper, "ROUND_SECONDS", 0.1)

    async def story():
        async with stream(people["dov"], "board_live") as frames:
            await after(frames)
            people["dov"].is_active = False
            await people["dov"].asave()
            with pytest.raises(StopAsyncIteration):
                await after(frames)

    run(story)


def test_a_stream_ends_when_the_person_signs_out_elsewhere(people, monkeypatch):
    monkeypatch.setattr(keeper, "ROUND_SECONDS", 0.1)

    async def story():
        async with stream(people["agent"].user, "today_live") as frames:
            await after(frames)
            people["agent"].user.session_epoch += 1
            await people["agent"].user.asave()
            with pytest.raises(StopAsyncIteration):
                await after(frames)

    run(story)


def test_a_stream_ends_when_the_person_gets_another_view(people, monkeypatch):
    monkeypatch.setattr(keeper, "ROUND_SECONDS", 0.1)

    async def story():
        async with stream(people["dov"], "board_live") as frames:
            await after(frames)
            await people["dov"].departments.aclear()
            with pytest.raises(StopAsyncIteration):
                await after(frames)

    run(story)


def test_a_stream_ends_when_the_rights_are_withdrawn(people, monkeypatch):
    monkeypatch.setattr(keeper, "ROUND_SECONDS", 0.1)

    async def story():
        async with stream(people["dov"], "board_live") as frames:
            await after(frames)
            people["dov"].role = Role.AGENT
            await people["dov"].asave()
            with pytest.raises(StopAsyncIteration):
                await after(frames)

    run(story)


def test_the_checks_allow_a_deactivated_person_no_more_than_five_seconds():
    assert keeper.ROUND_SECONDS < 5


def test_renders_are_coalesced(people, monkeypatch):
    rendered = []
    original = broadcast.Audience._publish
    monkeypatch.setattr(
        broadcast.Audience, "_publish", lambda self, fresh: (rendered.append(fresh), original(self, fresh))
    )

    async def story():
        async with stream(people["dov"], "board_live") as frames:
            await after(frames)
            began = time.monotonic()
            for waiting in range(1, 21):
                await sync_to_async(QueueNow.objects.update_or_create)(
                    queue=people["cards"], defaults={"waiting": waiting}
                )
                await act(set_stopped, stopped=bool(waiting % 2), actor="user:1")
            last = ""
            while "<b data-glow>20</b>" not in last:
                last = await after(frames)
            took = time.monotonic() - began
            assert len(rendered) <= 2 + took * broadcast.RENDERS_PER_SECOND

    run(story)


def test_squeezed_html_fits_one_line():
    assert broadcast.squeezed("\n<p>\n   a\n  b </p>\n") == "<p> a b </p>"
