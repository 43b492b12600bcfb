"""A day is drawn on the screen: by mouse, by finger, by keyboard; what is drawn is what is forecast from."""

import pytest
from playwright.sync_api import Locator, Page, expect

from gigcx.accounts.models import User
from marketplace.models import Queue
from tests.screens.eyes import sideways

pytestmark = pytest.mark.browser


@pytest.fixture
def admin(floor) -> User:
    return User.objects.create_user("mina@example.org", "password", name="Mina", role="admin")


def values(page: Page) -> list[float]:
    text = page.locator("textarea[name=curve]").input_value()
    return [float(cell) for cell in text.split(",")] if text else []


def at(plot: Locator, hour: int, share: float) -> tuple[float, float]:
    """The middle of an hour's column, so high up."""
    box = plot.bounding_box()
    return box["x"] + box["width"] * (hour + 0.5) / 24, box["y"] + box["height"] * (1 - share)


def opened(page: Page) -> Locator:
    plot = page.get_by_role("group", name="Contacts in each hour of an ordinary day")
    plot.scroll_into_view_if_needed()
    assert values(page) == []
    expect(page.get_by_text("Nothing is drawn")).to_be_visible()
    return plot


def test_a_day_is_drawn_by_mouse_corrected_by_keyboard_and_kept(open_page, admin):
    queue = Queue.objects.order_by("pk").first()
    page = open_page(admin, f"/admin/marketplace/queue/{queue.pk}/change/", width=1440)
    plot = opened(page)
    page.mouse.move(*at(plot, 8, 0.2))
    page.mouse.down()
    page.mouse.move(*at(plot, 12, 0.8))
    page.mouse.move(*at(plot, 20, 0.4))
    page.mouse.up()
    page.mouse.move(*at(plot, 2, 0.9))  # nothing is drawn any more
    found = values(page)
    assert len(found) == 24
    assert found[:8] == [0] * 8
    assert found[21:] == [0] * 3
    assert found[8:13] == sorted(found[8:13])
    assert found[12:21] == sorted(found[12:21], reverse=True)
    assert found[12] == pytest.approx(48, abs=2)  # of sixty
    assert all(found[8:21])  # a quick hand leaves no holes
    hour = page.get_by_role("slider", name="08:00–09:00")
    hour.focus()
    for key in ("ArrowUp", "ArrowRight", "End", "ArrowRight", "Home"):
        page.keyboard.press(key)
    assert values(page)[8:11] == [found[8] + 1, 60, 0]
    expect(page.get_by_role("slider", name="10:00–11:00")).to_be_focused()
    page.locator("textarea[name=curve]").fill(", ".join(["5"] * 24))
    expect(page.get_by_text("120 contacts a day")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    assert values(page) == []
    page.mouse.click(*at(plot, 9, 0.5))
    page.locator("input[name=_save]").click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    queue.refresh_from_db()
    assert [hour for hour, value in enumerate(queue.curve) if value] == [9]


def test_a_day_is_drawn_by_a_finger(open_page, admin):
    queue = Queue.objects.order_by("pk").first()
    page = open_page(admin, f"/admin/marketplace/queue/{queue.pk}/change/", width=390, scheme="dark")
    plot = opened(page)
    touch = page.context.new_cdp_session(page)
    for kind, points in (
        ("touchStart", [at(plot, 6, 0.3)]),
        ("touchMove", [at(plot, 12, 0.6)]),
        ("touchMove", [at(plot, 18, 0.9)]),
        ("touchEnd", []),
    ):
        spots = [{"x": x, "y": y} for x, y in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})
    found = values(page)
    assert found[6:19] == sorted(found[6:19])
    assert found[18] > 2 * found[6] > 0
    assert sum(found[:6]) == sum(found[19:]) == 0
    assert sideways(page) == 0
