"""The shift planner in a real browser: clean in both widths, a shift drawn by mouse and by finger, all by keyboard."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from gigcx.accounts.models import Agent
from marketplace.models import Booking, Queue, Shift
from tests.marketplace.shifts import expect as forecast
from tests.screens.eyes import faults, sideways, small_targets

pytestmark = pytest.mark.browser
LOOKS = [(390, "dark"), (1440, "light")]
HOUR = timedelta(hours=1)


def midnight() -> datetime:
    return timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


@pytest.fixture
def planned(floor) -> Queue:
    """Tomorrow's first queue: a need, a roster, bookings, free places and drafts."""
    queue = floor.queues["Cards — lost & stolen"]
    queue.forecast_set.all().delete()
    forecast(queue, start=midnight() + 8 * HOUR, hours=11, an_hour=90)
    agents = list(Agent.objects.order_by("pk")[5:15])
    for number, (start, hours, places, held, status) in enumerate(
        [(8, 6, 4, 3, "open"), (10, 8, 3, 3, "open"), (13, 5, 6, 1, "open"), (15, 4, 3, 0, "draft")]
    ):
        shift = Shift.objects.create(
            queue=queue, starts_at=midnight() + start * HOUR, ends_at=midnight() + (start + hours) * HOUR,
            places=places, taken=held, status=status, work_place="home", pay_per_hour=1800, pay=1800 * hours,
            currency="EUR", created_at=timezone.now(), created_by="user:1", bonus_per_hour=200 * (number == 2),
        )  # fmt: skip
        for agent in agents[number * 2 : number * 2 + held]:
            Booking.objects.get_or_create(
                agent=agent, shift=shift, status="releasing" if number == 2 else "worked",
                period=(shift.starts_at, shift.ends_at), pay=shift.pay, held_at=timezone.now(),
            )  # fmt: skip
    return queue


def planner(queue: Queue) -> str:
    return f"/planner/?department={queue.department_id}&day={midnight():%Y-%m-%d}"


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_page_and_sheets_are_clean(open_page, floor, planned, width, scheme):
    page = open_page(floor.dispatcher, planner(planned), width=width, scheme=scheme)

    def clean() -> None:
        assert faults(page) == []
        assert sideways(page) == 0
        if width == 390:
            assert small_targets(page) == []

    page.locator("[data-chart]").wait_for()
    clean()
    page.get_by_role("link", name="New shift", exact=False).first.click()
    page.locator("#sheet-title").wait_for()
    page.get_by_text("Who may claim it, and notes").click()
    clean()
    page.get_by_role("button", name="Close").click()
    page.locator("#shifts .what").first.click()
    page.get_by_role("heading", name="People", exact=True).wait_for()
    clean()


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_templates_and_the_preview_are_clean(open_page, floor, planned, width, scheme):
    address = f"/planner/templates/?department={planned.department_id}&day={midnight():%Y-%m-%d}"
    page = open_page(floor.dispatcher, address, width=width, scheme=scheme)
    for _ in range(2):
        page.get_by_role("button", name="Show what it makes").wait_for()
        assert faults(page) == []
        assert sideways(page) == 0
        if width == 390:
            assert small_targets(page) == []
        page.get_by_role("button", name="Show what it makes").click()
        page.get_by_role("heading", name="This makes").wait_for()


def test_a_shift_is_drawn_with_the_mouse(open_page, floor, planned):
    page = open_page(floor.dispatcher, planner(planned))
    box = page.locator(f"[data-lane='{planned.pk}']").bounding_box()
    hour, middle = box["width"] / 24, box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 9 * hour, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 11 * hour, middle, steps=3)
    page.mouse.move(box["x"] + 12.5 * hour, middle, steps=3)
    page.mouse.up()
    expect(page.get_by_label("From", exact=True)).to_have_value("09:00")
    expect(page.get_by_label("Until", exact=True)).to_have_value("12:30")
    expect(page.get_by_label("Queue", exact=True).last).to_have_value(str(planned.pk))
    page.get_by_role("button", name="Open to agents").click()
    page.get_by_role("link", name="09:00–12:30").wait_for()
    made = Shift.objects.latest("pk")
    assert (made.status, made.starts_at, made.queue) == ("open", midnight() + 9 * HOUR, planned)


def test_a_shift_is_made_refused_and_opened_by_keyboard(open_page, floor, planned):
    page = open_page(floor.dispatcher, planner(planned))
    page.locator("h1").wait_for()
    page.keyboard.press("n")
    starts = page.get_by_label("From", exact=True)
    starts.wait_for()
    page.get_by_label("Day", exact=True).last.fill("2020-01-01")
    page.get_by_role("button", name="Keep as a draft").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("start that is ahead")
    open_page.complaints.clear()  # of the refusal
    page.get_by_label("Day", exact=True).last.fill(f"{midnight():%Y-%m-%d}")
    starts.fill("06:00")
    page.get_by_label("Until", exact=True).fill("07:30")
    page.get_by_role("button", name="Keep as a draft").press("Enter")
    page.get_by_role("link", name="06:00–07:30").wait_for()
    made = Shift.objects.latest("pk")
    assert made.status == "draft"
    page.locator(f"input[name=shifts][value='{made.pk}']").press("Space")
    page.locator("#shifts").get_by_role("button", name="Open").press("Enter")
    page.get_by_role("link", name="06:00–07:30").wait_for()
    expect(page.locator("#shifts li.open", has_text="06:00–07:30")).to_be_visible()
