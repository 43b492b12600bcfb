"""Open pages of the tests: what they are sent, and the relay that wakes them."""

import asyncio
import threading
from contextlib import asynccontextmanager

from asgiref.sync import sync_to_async
from django.test import AsyncClient
from django.urls import reverse
from django.utils import timezone

from gigcx.ledger.relay import publish_round
from marketplace.views import broadcast

PATIENCE = 60.0


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


async def until(frames, wanted):
    """The frames up to the one that holds this: a page may look before a change is published, and again after."""
    found = ""
    while wanted not in found:
        found += await after(frames)
    return found


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
