"""The calendar in a real browser: every view clean in both widths, and turned by keyboard."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from marketplace.models import Availability, Booking
from tests.marketplace.bookings import make_shift
from tests.screens.eyes import faults, sideways, small_targets

pytestmark = pytest.mark.browser


def seed(floor) -> str:
    """Shifts of every state, time off, and a day of the week they lie in."""
    agent, now = floor.agent.agent, timezone.now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=7)
    queue = floor.queues["Cards — lost & stolen"]
    for day, status in enumerate(("held", "releasing", "requested", "worked")):
        shift = make_shift(queue, start=midnight + timedelta(days=day, hours=20), hours=8, notes="Bring your badge.")
        period = (shift.starts_at, shift.ends_at)
        Booking.objects.create(shift=shift, agent=agent, period=period, status=status, pay=1, held_at=now)
    for source, hour in (("own", 6), ("time_off", 10)):
        start = midnight + timedelta(hours=hour)
        Availability.objects.create(
            agent=agent, kind="blackout", source=source, note="dentist", period=(start, start + timedelta(hours=2))
        )
    Availability.objects.create(agent=agent, kind="available", period=(midnight, midnight + timedelta(days=5)))
    return midnight.date().isoformat()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_every_view_is_clean(open_page, floor, width, scheme):
    day = seed(floor)
    page = open_page(floor.agent, "/calendar/", width=width, scheme=scheme)
    for path in (*(f"/calendar/?view={view}&day={day}" for view in ("day", "week", "month")), "/calendar/feed/"):
        page.goto(path)
        page.locator("h1").wait_for(state="attached")
        assert faults(page) == []
        assert sideways(page) == 0
        if width == 390:
            assert small_targets(page) == []
    page.get_by_role("button", name="Make an address").click()
    expect(page.get_by_label("Copy it")).to_be_visible()
    assert faults(page) == []


def test_the_smallest_phone_shows_it_all(open_page, floor):
    day = seed(floor)
    page = open_page(floor.agent, "/calendar/", width=360)
    for view in ("day", "week", "month"):
        page.goto(f"/calendar/?view={view}&day={day}")
        assert sideways(page) == 0


def test_views_and_weeks_are_turned_by_keyboard(open_page, floor):
    seed(floor)
    page = open_page(floor.agent, "/calendar/?view=week&day=2030-01-09")
    expect(page.get_by_role("heading", level=2)).to_have_text("7 Jan to 13 Jan 2030")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=2)).to_have_text("14 Jan to 20 Jan 2030")
    page.keyboard.press("m")
    expect(page.get_by_role("heading", level=2)).to_have_text("January 2030")
    page.keyboard.press("t")
    expect(page.get_by_role("cell").and_(page.locator("[aria-current=date]"))).to_be_visible()
