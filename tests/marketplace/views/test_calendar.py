"""The calendar page in its three views, for the agent's own eyes and by the agent's own clock."""

from datetime import UTC, datetime

import pytest

from gigcx.accounts.models import Agent
from marketplace.models import Booking
from tests.factories import make_agent
from tests.marketplace.bookings import make_shift

pytestmark = pytest.mark.django_db


@pytest.fixture
def shift(scene):
    """Ada's, late on Sunday in Rome, which is Sunday in UTC too until midnight there."""
    Agent.objects.filter(pk=scene.ada.pk).update(timezone="Europe/Rome")
    return hold(scene, scene.ada)


def hold(scene, agent):
    shift = make_shift(scene.cards, start=datetime(2026, 3, 15, 22, tzinfo=UTC), hours=4, notes="Bring your badge.")
    Booking.objects.create(
        shift=shift, agent=agent, period=(shift.starts_at, shift.ends_at), status="held", pay=1,
        held_at=datetime(2026, 3, 1, tzinfo=UTC),
    )  # fmt: skip
    return shift


@pytest.mark.parametrize("view", ["day", "week", "month", ""])
def test_each_view_shows_the_shift(scene, shift, view):
    html = scene.client(scene.agent).get(f"/calendar/?view={view}&day=2026-03-15").content.decode()
    assert "23:00" in html
    assert "cards" in html
    assert ("Bring your badge." in html) == (view == "day")


def test_a_day_shows_only_its_part(scene, shift):
    html = scene.client(scene.agent).get("/calendar/?view=day&day=2026-03-16").content.decode()
    assert "00:00–03:00" in html
    assert "since Sun 23:00" in html


def test_a_shift_that_is_over_says_how_long_was_worked(scene, shift):
    Booking.objects.update(status="worked", worked_seconds=13800)
    html = scene.client(scene.agent).get("/calendar/?view=day&day=2026-03-15").content.decode()
    assert "worked 3 h 50 min" in html


def test_nobody_sees_the_shifts_of_others(scene):
    hold(scene, make_agent())
    html = scene.client(scene.agent).get("/calendar/?view=week&day=2026-03-15").content.decode()
    assert "23:00" not in html


@pytest.mark.parametrize("query", ["view=year", "day=yesterday", "view=month&day=0001-01-01", "day=9999-12-31"])
def test_whatever_is_asked_there_is_a_page(scene, query):
    assert scene.client(scene.agent).get(f"/calendar/?{query}").status_code == 200
