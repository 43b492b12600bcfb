"""A week is painted by mouse, by keyboard, by finger and without script; what was painted is there."""

from datetime import time

import pytest
from playwright.sync_api import expect

from marketplace.claiming.weekly import Weekly
from marketplace.queries.availability import weekly_of
from tests.screens.eyes import faults, sideways, small_targets

pytestmark = pytest.mark.browser
PAGE = "/me/availability/?week=2030-01-07"


def cell(page, weekday: str, hour: int):
    return page.locator(f"#at-{weekday}-{hour}")


def offered(floor) -> list[Weekly]:
    return weekly_of(agent_id=floor.agent.agent.pk)


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_the_page_is_clean(open_page, floor, width, scheme):
    page = open_page(floor.agent, PAGE, width=width, scheme=scheme)
    for summary in page.locator("summary").all():
        summary.click()
    assert faults(page) == []
    assert sideways(page) == 0
    if width == 390:
        assert small_targets(page) == []


def test_dragging_with_the_mouse_offers_a_block_of_hours(open_page, floor):
    page = open_page(floor.agent, PAGE)
    start, end = cell(page, "Mon", 9), cell(page, "Tue", 11)
    start.scroll_into_view_if_needed()
    start.hover()
    page.mouse.down()
    end.hover()
    page.mouse.up()
    expect(cell(page, "Tue", 10)).to_have_class("weekly")
    assert offered(floor) == [Weekly(day, time(9), time(12)) for day in (0, 1)]


def test_the_arrow_keys_do_the_same(open_page, floor):
    page = open_page(floor.agent, PAGE)
    cell(page, "Wed", 8).focus()
    for key in ("Shift+ArrowDown", "Shift+ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(cell(page, "Wed", 10)).to_have_class("weekly")
    expect(cell(page, "Wed", 10)).to_be_focused()
    page.keyboard.press("Enter")
    expect(cell(page, "Wed", 10)).to_have_class("none")
    assert offered(floor) == [Weekly(2, time(8), time(10))]


def test_a_finger_taps_an_hour_and_holds_for_more(open_page, floor):
    page = open_page(floor.agent, PAGE, width=390)
    cell(page, "Thu", 9).tap()
    expect(cell(page, "Thu", 9)).to_have_class("weekly")
    one, other = cell(page, "Fri", 9), cell(page, "Fri", 11)
    one.scroll_into_view_if_needed()
    hand = page.context.new_cdp_session(page)

    def touch(kind: str, at) -> None:
        box = at.bounding_box()
        points = [{"x": box["x"] + 9, "y": box["y"] + 9}] if kind != "touchEnd" else []
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", one)
    expect(one).to_have_class("none aim")
    touch("touchMove", other)
    expect(other).to_have_class("none aim")
    touch("touchEnd", other)
    expect(other).to_have_class("weekly")
    assert offered(floor) == [Weekly(3, time(9), time(10)), Weekly(4, time(9), time(12))]


def test_the_brush_stays_in_the_hand_and_the_lists_below_say_what_was_painted(open_page, floor):
    page = open_page(floor.agent, PAGE, width=390)
    page.get_by_label("Not available this week").check()
    for hour in (9, 14):
        cell(page, "Wed", hour).tap()
        expect(cell(page, "Wed", hour)).to_have_class("blackout")
    expect(page.get_by_label("Not available this week")).to_be_checked()
    expect(page.locator("#once-rows li")).to_have_count(2)
    page.get_by_label("Available every week").check()
    cell(page, "Fri", 9).tap()
    expect(page.locator("#weekly-rows")).to_contain_text("Friday 09:00–10:00")
    assert offered(floor) == [Weekly(4, time(9), time(10))]


def test_without_script_a_button_still_is_a_button(open_page, floor, chromium, site):
    page = open_page(floor.agent, PAGE)
    plain = chromium.new_context(base_url=site.url, java_script_enabled=False)
    plain.add_cookies(page.context.cookies())
    still = plain.new_page()
    still.goto(PAGE)
    cell(still, "Sun", 7).click()
    expect(cell(still, "Sun", 7)).to_have_class("weekly")
    assert offered(floor) == [Weekly(6, time(7), time(8))]
    plain.close()
