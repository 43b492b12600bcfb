"""The shift planner in a real browser: clean in both widths, a shift drawn by mouse and by finger, all by keyboard."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from gigcx.accounts.models import Agent
from marketplace.actions.claim import claim
from marketplace.actions.open_shifts import open_shifts
from marketplace.actions.time_off import ask_time_off
from marketplace.claiming.hours import Period
from marketplace.models import Booking, Queue, Shift
from skills.models import Proficiency, Skill
from tests.marketplace.bookings import make_shift
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


def grown(agent: Agent, queue: Queue) -> None:
    """Able to do what the queue asks."""
    for asked in queue.asks_skills.all():
        Proficiency.objects.update_or_create(
            agent=agent, skill=asked.skill, defaults={"level": 5, "verified_at": timezone.now()}
        )


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


def test_a_shift_is_drawn_with_a_finger(open_page, floor, planned):
    page = open_page(floor.dispatcher, planner(planned), width=390)
    lane = page.locator(f"[data-lane='{planned.pk}']")
    lane.scroll_into_view_if_needed()
    box = lane.bounding_box()
    hour, middle = box["width"] / 24, box["y"] + box["height"] / 2
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, at: float | None = None) -> None:
        points = [] if at is None else [{"x": box["x"] + at * hour, "y": middle}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 9)
    for at in (9.5, 10, 11, 12, 12.5):
        touch("touchMove", at)
    expect(lane.locator(".drawn-hours")).to_have_text("09:00–12:30")
    touch("touchEnd")
    expect(page.get_by_label("From", exact=True)).to_have_value("09:00")
    expect(page.get_by_label("Until", exact=True)).to_have_value("12:30")
    assert faults(page) == []
    assert sideways(page) == 0
    page.get_by_role("button", name="Open to agents").tap()
    page.get_by_role("link", name="09:00–12:30").wait_for()
    made = Shift.objects.latest("pk")
    assert (made.status, made.starts_at, made.queue) == ("open", midnight() + 9 * HOUR, planned)


def test_a_finger_that_goes_up_and_down_scrolls_and_draws_nothing(open_page, floor, planned):
    page = open_page(floor.dispatcher, planner(planned), width=390)
    lane = page.locator(f"[data-lane='{planned.pk}']")
    lane.scroll_into_view_if_needed()
    box = lane.bounding_box()
    finger = page.context.new_cdp_session(page)
    before = page.evaluate("scrollY")
    for number in range(12):
        point = {"x": box["x"] + 100, "y": box["y"] + box["height"] / 2 - 15 * number}
        finger.send(
            "Input.dispatchTouchEvent", {"type": "touchMove" if number else "touchStart", "touchPoints": [point]}
        )
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function("before => scrollY > before + 100", arg=before)
    expect(lane.locator(".drawn")).to_have_attribute("width", "0")
    assert page.locator("#sheet[open]").count() == 0


def test_what_others_do_appears_and_what_one_is_at_stays(open_page, floor, planned):
    page = open_page(floor.dispatcher, planner(planned))
    shift = Shift.objects.get(queue=planned, status="open", starts_at=midnight() + 13 * HOUR)
    row = page.locator(f"#row-{shift.pk}")
    expect(row).to_contain_text("1 of 6 taken")
    row.get_by_role("checkbox").check()
    box = page.locator(f"[data-lane='{planned.pk}']").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=3)
    agent = Agent.objects.order_by("pk")[20]
    grown(agent, planned)
    claim(shift_id=shift.pk, agent_id=agent.pk, actor="user:2", now=timezone.now())
    expect(row).to_contain_text("2 of 6 taken")
    expect(row.get_by_role("checkbox")).to_be_checked()
    drawn = page.locator(f"[data-lane='{planned.pk}'] .drawn")
    expect(drawn).to_have_attribute("width", "250")
    page.mouse.up()
    expect(page.get_by_label("From", exact=True)).to_have_value("06:00")
    page.get_by_role("button", name="Close").click()
    made = make_shift(planned, start=midnight() + 18 * HOUR, status="draft")
    open_shifts(shift_ids=[made.pk], actor="user:2", now=timezone.now())
    page.get_by_role("link", name="1 new shift: show it").click()
    expect(page.locator(f"#row-{made.pk}")).to_be_visible()


def test_at_phone_width_what_is_to_be_decided_comes_before_the_list(open_page, floor, planned):
    page = open_page(floor.dispatcher, planner(planned), width=390)
    tops = [page.locator(part).bounding_box()["y"] for part in ("#decide", "#risks", "#shifts")]
    assert tops == sorted(tops)
    page.get_by_role("link", name="Swaps").first.tap()
    page.get_by_role("heading", name="Swaps to approve").wait_for()


def test_requests_that_wait_are_counted_in_the_menu_and_live_on_the_planner(open_page, floor, planned):
    page = open_page(floor.admin, planner(planned), width=390)
    expect(page.locator("#decide")).to_contain_text("none waits")
    agent = Agent.objects.order_by("pk")[3]
    when = Period(midnight() + 9 * 24 * HOUR, midnight() + 10 * 24 * HOUR)
    ask_time_off(agent_id=agent.pk, period=when, reason="wedding", actor="user:2", now=timezone.now())
    expect(page.locator("#decide a", has_text="Time off")).to_contain_text("1 waits for you")
    wide = open_page(floor.admin, "/board/")
    wide.get_by_role("button", name="1 request waits").wait_for()
    assert sideways(wide) == 0
    page.goto("/board/")
    page.get_by_role("button", name="1 request waits").tap()
    assert faults(page) == []
    assert sideways(page) == 0
    page.get_by_role("link", name="Time off").tap()
    page.get_by_role("heading", name="Time off to answer").wait_for()


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
@pytest.mark.parametrize("script", [True, False])
def test_any_number_of_breaks_and_skills(open_page, floor, planned, width, scheme, script):
    names = [skill.name for skill in Skill.objects.order_by("name")[:5]]
    page = open_page(floor.dispatcher, planner(planned), width=width, scheme=scheme, script=script)
    page.get_by_role("link", name="New shift", exact=False).first.click()
    for number in (2, 3):
        page.get_by_role("button", name="Add a break").click()
        expect(page.get_by_label("Break from")).to_have_count(number)
    for number, start in enumerate(("10:00", "12:00", "14:00")):
        page.get_by_label("Break from").nth(number).fill(start)
        page.get_by_label("Minutes").nth(number).fill("15")
    page.get_by_label("Until", exact=True).fill("17:00")
    page.get_by_role("button", name="Remove break 2").click()
    expect(page.get_by_label("Break from")).to_have_count(2)
    expect(page.get_by_label("Break from").nth(1)).to_have_value("14:00")
    if not page.get_by_role("button", name="Add a skill").is_visible():
        page.get_by_text("Who may claim it, and notes").click()
    for number, name in enumerate(names):
        if number:
            page.get_by_role("button", name="Add a skill").click()
            expect(page.get_by_label("Skill", exact=True)).to_have_count(number + 1)
        page.get_by_label("Skill", exact=True).nth(number).select_option(label=name)
        page.get_by_label("Level").nth(number).fill("2")
    if script:
        assert faults(page) == []
    assert sideways(page) == 0
    assert width > 390 or small_targets(page) == []
    page.get_by_role("button", name="Keep as a draft").click()
    page.get_by_role("link", name="09:00–17:00").wait_for()
    made = Shift.objects.latest("pk")
    assert ([ask.skill.name for ask in made.asks_skills.order_by("skill__name")], len(made.breaks)) == (names, 2)


def test_a_row_that_was_added_has_the_focus_and_enter_still_keeps_the_shift(open_page, floor, planned):
    page = open_page(floor.dispatcher, planner(planned))
    page.locator("h1").wait_for()
    page.keyboard.press("n")
    page.get_by_role("button", name="Add a break").press("Enter")
    expect(page.get_by_label("Break from").nth(1)).to_be_focused()
    page.get_by_role("button", name="Remove break 2").press("Enter")
    expect(page.get_by_role("button", name="Add a break")).to_be_focused()
    page.get_by_label("Places").press("Enter")
    page.get_by_role("link", name="09:00–13:00").wait_for()
    assert Shift.objects.latest("pk").status == "draft"


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
