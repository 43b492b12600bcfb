"""From gap to shifts in a real browser: every state clean in both widths, light and dark; the whole way by keyboard."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from marketplace.actions.work_proposals import work_proposals
from marketplace.models import Queue, Shift, ShiftProposal
from tests.marketplace.shifts import expect as forecast
from tests.screens.eyes import faults, sideways, small_targets

pytestmark = pytest.mark.browser
LOOKS = [(390, "dark"), (1440, "light")]


def seed_gap(floor) -> Queue:
    """The dispatcher's first queue wants people on two days; nobody is planned then."""
    queue = floor.queues["Cards — lost & stolen"]
    queue.forecast_set.all().delete()
    for day in (1, 2):
        forecast(queue, start=midnight() + timedelta(days=day, hours=8), hours=9, an_hour=70)
    return queue


def midnight() -> datetime:
    return timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)


def plan(queue: Queue) -> str:
    """The page of its department."""
    return f"/shifts/plan/?department={queue.department_id}"


def proposal_of(queue: Queue, **figures: object) -> ShiftProposal:
    now = timezone.now()
    return ShiftProposal.objects.create(
        department=queue.department, queue_ids=[queue.pk], since=midnight() + timedelta(days=1),
        until=midnight() + timedelta(days=3), asked_by="user:1", asked_at=now, **figures,
    )  # fmt: skip


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_every_state_is_clean(open_page, floor, width, scheme):
    queue = seed_gap(floor)
    page = open_page(floor.dispatcher, plan(queue), width=width, scheme=scheme)

    def clean() -> None:
        assert faults(page) == []
        assert sideways(page) == 0
        if width == 390:
            assert small_targets(page) == []

    expect(page.get_by_text("Nothing proposed yet")).to_be_visible()
    clean()
    failed = proposal_of(queue, status="failed", trouble="died")
    page.goto(plan(queue))
    expect(page.get_by_role("alert")).to_contain_text("ask again")
    clean()
    ShiftProposal.objects.filter(pk=failed.pk).update(status="waiting", trouble="")
    page.goto(plan(queue))
    expect(page.get_by_role("status").get_by_role("progressbar")).to_be_visible()
    clean()
    work_proposals(clock=timezone.now, seconds=1)
    # the page sees by itself that it is done
    page.locator("[data-chart]").wait_for()
    clean()
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("Kept as drafts, below.")).to_be_visible()
    clean()


def test_from_the_gap_to_open_shifts_by_keyboard(open_page, floor):
    queue = seed_gap(floor)
    page = open_page(floor.dispatcher, plan(queue))
    page.get_by_label("Days").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("2")
    page.get_by_role("button", name="Propose shifts").focus()
    page.keyboard.press("Enter")
    page.get_by_role("status").wait_for()
    work_proposals(clock=timezone.now, seconds=1)
    keep = page.get_by_role("button", name="Keep")
    keep.wait_for()
    expect(page.get_by_text("cheapest possible")).to_be_visible()
    keep.focus()
    page.keyboard.press("Enter")
    page.get_by_text("Kept as drafts, below.").wait_for()
    assert set(Shift.objects.values_list("status", flat=True)) == {"draft"}
    page.locator("#shifts input[type=checkbox]").first.focus()
    page.keyboard.press("Space")  # this one stays a draft
    page.locator("#shifts").get_by_role("button", name="Open").focus()
    page.keyboard.press("Enter")
    page.locator("#shifts li.open").first.wait_for()
    assert [Shift.objects.filter(status=status).exists() for status in ("draft", "open")] == [True, True]


def test_the_page_fits_the_smallest_phone(open_page, floor):
    queue = seed_gap(floor)
    proposal_of(queue)
    work_proposals(clock=timezone.now, seconds=1)
    page = open_page(floor.dispatcher, plan(queue), width=360)
    page.locator("[data-chart]").wait_for()
    assert sideways(page) == 0
    assert small_targets(page) == []
    assert faults(page) == []
