"""The streams: what is sent, and when nothing is. In this process, on real transactions."""

import asyncio
import re
import statistics
import time

from asgiref.sync import sync_to_async
from django.test import AsyncClient
from django.urls import reverse

from marketplace.actions.dispatch import dispatch
from marketplace.actions.mode import set_stopped
from marketplace.models import QueueNow
from marketplace.views import broadcast
from tests.marketplace.views.streams import PATIENCE, act, after, run, stream, until


def position_of(frame):
    return re.search(r"^id: (\d+)$", frame, re.MULTILINE)[1]


def test_a_new_page_gets_the_whole_state_and_then_only_what_changed(people):
    async def story():
        async with stream(people["dov"], "board_live") as frames:
            whole = await after(frames)
            assert f'hx-target="#queue-{people["savings"].pk}"' in whole
            assert f'<tr id="queue-{people["savings"].pk}"' in whole
            await act(set_stopped, stopped=True, actor="user:1")
            change = await until(frames, "id: ")
            assert "All moves stopped" in change
            assert f'hx-target="#queue-{people["savings"].pk}"' not in change
            assert int(position_of(change)) > int(position_of(whole))

    run(story)


def test_a_page_that_is_up_to_date_gets_nothing_until_something_happens(people):
    async def story():
        async with stream(people["dov"], "board_live") as frames:
            position = position_of(await after(frames))
        async with stream(people["dov"], "board_live", **{"Last-Event-ID": position}) as frames:
            first = asyncio.create_task(until(frames, "id: "))
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
                await until(frames, f'id="place">{name}')
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


def test_a_part_that_is_gone_is_news_even_if_nothing_else_changed():
    audience = broadcast.Audience(key="parts", topics=frozenset(), render=lambda: broadcast.Rendered(1, {}))
    for parts in ({"a": "<p id=a></p>", "b": "<p id=b></p>"}, {"a": "<p id=a></p>"}):
        audience._publish(broadcast.Rendered(position=7, parts=parts))
    assert [b"id=b" in part for part in audience._since(0)] == [False]


def test_what_people_write_ends_no_line_of_a_stream():
    """A carriage return ends a line as a line feed does: what follows would be read as fields of the stream."""
    said = "Why?\revent: ping\rid: 99\r\rdata: more\nand\r\nmore"
    data = broadcast.frame({"a": f"<p id=a>{said}</p>"}, position=7).decode()
    fields = [line.partition(":")[0] for line in data.splitlines()]
    assert fields == ["id", "data", ""]
    assert "Why? event: ping id: 99 data: more and more" in data
