"""Every page in both widths, light and dark: no fault that axe finds, nothing too wide or too small for a thumb."""

import pytest
from django.utils import timezone

from tests.factories import make_department
from tests.screens.ahead import seed_ahead, seed_horizon, seed_supplies
from tests.screens.eyes import faults, sideways, small_targets

pytestmark = pytest.mark.browser
LOOKS = ((390, "dark"), (1440, "light"))
"""A phone in the evening, a big screen by day: colours depend on the scheme, layout on the width."""
SCHEMES = ("light", "dark")


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
@pytest.mark.parametrize("path", ["/board/", "/board/timeline/"])
def test_board_is_clean(open_page, floor, path, width, scheme):
    page = open_page(floor.dispatcher, path, width=width, scheme=scheme)
    page.locator("h1").first.wait_for()
    assert faults(page) == []
    assert sideways(page) == 0
    if width == 390:
        assert small_targets(page) == []


@pytest.mark.parametrize("width", [1280, 1440])
def test_the_boards_head_holds_what_an_admin_has_more(open_page, floor, width):
    for number in range(2):
        make_department(f"Another one with a long name {number}")
    page = open_page(floor.admin, "/board/", width=width)
    page.get_by_role("button", name="Matcher").wait_for()
    page.get_by_role("link", name="History").wait_for()
    assert sideways(page) == 0


def test_the_last_column_of_the_board_shows_all_of_what_it_says(open_page, floor):
    page = open_page(floor.admin, "/board/")
    widest = page.locator(".missing .state").first
    widest.locator(".ahead").evaluate("element => { element.lastChild.textContent = ' → 100 %'; }")
    assert widest.evaluate("cell => cell.scrollWidth - cell.clientWidth") == 0
    assert sideways(page) == 0


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
@pytest.mark.parametrize("button", ["People", "Move someone", "Why?", "Cards — lost & stolen"])
def test_sheets_are_clean(open_page, floor, button, width, scheme):
    page = open_page(floor.dispatcher, "/board/", width=width, scheme=scheme)
    page.get_by_role("button", name=button).first.click()
    page.locator("#sheet-title").wait_for()
    assert faults(page) == []
    assert sideways(page) == 0


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
@pytest.mark.parametrize("path", ["/today/", "/me/"])
def test_agent_pages_are_clean(open_page, floor, path, width, scheme):
    page = open_page(floor.agent, path, width=width, scheme=scheme)
    assert faults(page) == []
    assert sideways(page) == 0
    assert small_targets(page) == []


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_demand_is_clean(open_page, floor, width, scheme):
    seed_ahead(rows=floor.queues, now=timezone.now())
    queue = floor.queues["Cards — lost & stolen"]
    seed_horizon(queue=queue, now=timezone.now(), weeks=6)
    seed_supplies(department=queue.department)
    page = open_page(floor.dispatcher, "/demand/", width=width, scheme=scheme)
    for path in ("/demand/", f"/demand/{queue.pk}/", f"/demand/mix/?department={queue.department_id}"):
        page.goto(path)
        page.locator("[data-chart]").first.wait_for()
        assert faults(page) == []
        assert sideways(page) == 0
        if width == 390:
            assert small_targets(page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/reset/", "/accounts/signup/"])
def test_entrance_is_clean(open_page, path, scheme):
    page = open_page(None, path, width=390, scheme=scheme)
    assert faults(page) == []
    assert sideways(page) == 0
    assert small_targets(page) == []


@pytest.mark.parametrize("path", ["/board/", "/demand/", "/demand/mix/", "/today/", "/me/", "/accounts/login/"])
def test_pages_fit_the_smallest_phone(open_page, floor, path):
    user = floor.dispatcher if path.startswith(("/board/", "/demand/")) else None if "login" in path else floor.agent
    page = open_page(user, path, width=360)
    assert sideways(page) == 0


def test_a_page_that_is_not_there_says_so(open_page, floor):
    page = open_page(floor.dispatcher, "/nowhere/", width=390)
    assert page.get_by_role("heading").inner_text() == "There is nothing here"
    assert faults(page) == []
    open_page.complaints.clear()  # the browser notes the 404


def test_the_theme_is_kept(open_page, floor):
    page = open_page(floor.agent, "/me/", width=390)
    page.get_by_role("button", name="Dark").click()
    page.locator("html[data-theme=dark]").wait_for()
    page.goto("/today/")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert faults(page) == []


@pytest.mark.parametrize(("path", "who"), [("/board/", "dispatcher"), ("/today/", "agent")])
def test_script_and_style_stay_light_and_nothing_shifts(open_page, floor, path, who):
    page = open_page(getattr(floor, who), path)
    page.wait_for_load_state("load")
    weight = page.locator("body").evaluate(
        """() => performance.getEntriesByType("resource")
            .filter(entry => /[.](js|css)$/.test(entry.name))
            .reduce((total, entry) => total + entry.decodedBodySize, 0)"""
    )
    assert 10_000 < weight < 150_000
    shift = page.locator("body").evaluate(
        """() => new Promise(done => {
            let total = 0;
            new PerformanceObserver(list => {
                for (const entry of list.getEntries()) total += entry.value;
            }).observe({type: "layout-shift", buffered: true});
            setTimeout(() => done(total), 300);
        })"""
    )
    assert shift < 0.01
