"""A stream ends soon after the person may not see it any more. In this process, on real transactions."""

import pytest

from gigcx.accounts.models import Role
from marketplace.views import keeper
from tests.marketplace.views.streams import after, run, stream


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
