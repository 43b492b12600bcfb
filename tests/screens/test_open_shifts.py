"""The agent's page of shifts in a browser: on a phone and a big screen, on a bad connection, and while others claim."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from marketplace.actions.claim import claim
from marketplace.actions.open_shifts import open_shifts
from marketplace.models import Booking
from marketplace.vocabulary import BookingState, ShiftState
from tests.factories import make_agent, make_queue, make_user
from tests.marketplace.bookings import hold, make_shift
from tests.screens.eyes import faults, sideways, small_targets

pytestmark = pytest.mark.browser
LOOKS = [(390, "dark"), (1440, "light")]


@pytest.fixture
def eve(floor):
    """Who serves cards, and is not at work."""
    department = floor.queues["Savings"].department
    queue = make_queue("Lost cards", department=department)
    return make_agent(queue, code="eve", user=make_user("eve@example.com"), department=department)


def shifts(eve, number=6, **fields):
    """Open shifts, one a day, of four hours."""
    queue = eve.proficiencies.get().skill.queueskill_set.get().queue
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=4)
    return [make_shift(queue, start=start + timedelta(days=day), places=2, **fields) for day in range(number)]


def button(page, shift):
    return page.locator(f"#shift-{shift.pk}").get_by_role("button")


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_every_state_is_clean(open_page, floor, eve, width, scheme):
    def clean():
        assert faults(page) == []
        assert sideways(page) == 0
        if width == 390:
            assert small_targets(page) == []

    page = open_page(eve.user, "/shifts/", width=width, scheme=scheme)
    expect(page.locator(".empty")).to_contain_text("No shift that you can claim now.")
    clean()
    first, second, *_ = shifts(eve, bonus_per_hour=250, notes="Bring your badge")
    make_shift(floor.queues["Savings"], start=first.starts_at)
    page.goto("/shifts/?all=1")
    expect(page.locator(".reasons").first).to_contain_text("You need Savings, level 2.")
    clean()
    page.locator("summary", has_text="Choose").click()
    clean()
    button(page, second).click()
    expect(page.locator("#mine")).to_contain_text("Undo · 5 min")
    clean()
    eve.proficiencies.update(level=1, verified_at=None)
    button(page, first).click()
    expect(page.get_by_role("dialog")).to_contain_text("You need Lost cards, level 1.")
    clean()
    open_page.complaints.clear()  # the browser notes the refusal


def test_the_page_fits_the_smallest_phone(open_page, floor, eve):
    for shift in shifts(eve, bonus_per_hour=250)[:2]:
        hold(shift, eve, now=timezone.now())
    page = open_page(eve.user, "/shifts/?all=1", width=360)
    assert sideways(page) == 0
    assert small_targets(page) == []


def test_claim_undo_and_filter_by_keyboard(open_page, floor, eve):
    first, *_ = shifts(eve, 2)
    page = open_page(eve.user, "/shifts/")
    button(page, first).focus()
    page.keyboard.press("Enter")
    undo = page.get_by_role("button", name="Undo")
    undo.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#mine")).to_contain_text("You hold no shift yet.")
    page.get_by_label("Also those I can’t claim").focus()
    page.keyboard.press("Space")
    page.wait_for_url("**/shifts/?all=1**")


def test_a_claim_without_connection_waits_and_is_sent_once(open_page, floor, eve):
    first, *_ = shifts(eve, 2)
    page = open_page(eve.user, "/shifts/", width=390)
    page.context.set_offline(True)
    button(page, first).tap()
    expect(button(page, first)).to_have_text("Waiting for connection")
    assert not Booking.objects.exists()
    page.context.set_offline(False)
    expect(page.locator(f"#shift-{first.pk}")).to_contain_text("Yours")
    assert Booking.objects.get().status == BookingState.HELD
    open_page.complaints.clear()  # the browser notes what it could not load


def test_a_claim_whose_answer_was_lost_is_not_made_again_after_the_undo(open_page, floor, eve):
    first, *_ = shifts(eve, 2)
    page = open_page(eve.user, "/shifts/", width=390)
    lost = []

    def lose_the_first(route):
        if lost:
            return route.continue_()
        lost.append(route.fetch())  # it arrives, its answer does not
        return route.abort()

    page.route("**/claim/", lose_the_first)
    button(page, first).tap()
    expect(page.locator(f"#shift-{first.pk}")).to_contain_text("Yours")
    assert lost
    assert Booking.objects.count() == 1
    page.get_by_role("button", name="Undo").tap()
    expect(button(page, first)).to_have_text("Claim")
    assert Booking.objects.get().status == BookingState.RELEASED
    open_page.complaints.clear()


def test_a_claim_on_its_way_outlives_the_page(open_page, floor, eve):
    first, *_ = shifts(eve, 2)
    page = open_page(eve.user, "/shifts/", width=390)
    page.route("**/claim/", lambda route: route.abort())
    button(page, first).tap()
    expect(button(page, first)).to_have_text("Waiting for connection")
    page.unroute("**/claim/")
    page.reload()
    expect(page.locator(f"#shift-{first.pk}")).to_contain_text("Yours")
    assert Booking.objects.count() == 1
    open_page.complaints.clear()


def test_a_claim_that_waited_too_long_is_given_up_and_says_so(open_page, floor, eve):
    first, *_ = shifts(eve, 2)
    page = open_page(eve.user, "/shifts/", width=390)
    page.route("**/claim/", lambda route: route.abort())
    button(page, first).tap()
    expect(button(page, first)).to_have_text("Waiting for connection")
    page.clock.set_fixed_time(timezone.now() + timedelta(minutes=16))
    expect(page.locator("#said")).to_contain_text("not sent any more")
    expect(button(page, first)).to_have_text("Claim")
    page.unroute("**/claim/")
    page.reload()
    expect(button(page, first)).to_have_text("Claim")
    assert not Booking.objects.exists()
    open_page.complaints.clear()


def test_what_others_do_changes_rows_in_place_and_nothing_jumps(open_page, floor, eve):
    rows = shifts(eve, 12)
    page = open_page(eve.user, "/shifts/", width=390)
    page.locator("#live").wait_for(state="attached")
    target = page.locator(f"#shift-{rows[8].pk}")
    target.scroll_into_view_if_needed()
    before = target.bounding_box()["y"]
    others = [make_agent(rows[0].queue, department=eve.department) for _ in range(2)]
    now = timezone.now()
    for other in others:
        claim(shift_id=rows[1].pk, agent_id=other.pk, actor="user:9", now=now)
    claim(shift_id=rows[2].pk, agent_id=eve.pk, actor="user:9", now=now)
    expect(page.locator(f"#shift-{rows[1].pk}")).to_contain_text("All places are taken.")
    expect(page.locator("#mine")).to_contain_text("Your shift")
    assert abs(target.bounding_box()["y"] - before) < 2
    fresh = make_shift(rows[0].queue, start=rows[0].starts_at + timedelta(days=40), status=ShiftState.DRAFT)
    open_shifts(shift_ids=[fresh.pk], actor="user:1", now=now)
    page.get_by_role("link", name="1 new shift: show it").click()
    expect(page.locator(f"#shift-{fresh.pk}")).to_be_visible()


def test_the_pages_install_as_an_app_that_says_when_there_is_no_network(open_page, floor, eve):
    page = open_page(eve.user, "/today/", width=390)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    devtools = page.context.new_cdp_session(page)
    problems = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # a tab of its own session is a private one
    assert [problem["errorId"] for problem in problems] == ["in-incognito"]
    page.wait_for_function("navigator.serviceWorker.controller")
    page.context.set_offline(True)
    page.goto("/shifts/")
    expect(page.get_by_role("heading")).to_have_text("No connection")
    kept = page.evaluate("""async () => {
        const cache = await caches.open((await caches.keys())[0]);
        return (await cache.keys()).map((request) => new URL(request.url).pathname);
    }""")
    assert [path for path in kept if not path.startswith("/static/")] == ["/offline/"]
    page.context.set_offline(False)
    page.get_by_role("link", name="Try again").click()
    page.wait_for_url("**/today/")
    open_page.complaints.clear()
