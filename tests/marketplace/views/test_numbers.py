"""Numbers and days that nobody gave out: in addresses and forms they are not understood, and never a fault of ours."""

import pytest
from django.urls import reverse

NUMBERS = {"too large": "9" * 19, "infinite": "9" * 400, "endless": "9" * 5000, "foreign": "٣"}
FIGURES = ("queue", "before", "shift", "shown", "listed", "week", "sure", "day", "kind", "show")
WHOSE = ("department", "agent")
BOARD = (
    "board", "people", "timeline", "move", "demand", "mix", "planner", "new_shift", "shift_templates", "shift_plan",
    "swaps",
)  # fmt: skip
OWN = ("open_shifts", "offers", "availability", "calendar", "today")
DAYS = ["0001-01-01", "0003-01-01", "1969-12-31", "2500-01-01", "9997-12-31", "9999-12-31"]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("number", NUMBERS.values(), ids=NUMBERS)
def test_no_page_stumbles_over_a_number(scene, number):
    for page in (*BOARD, *OWN):
        browser = scene.client(scene.agent if page in OWN else scene.dov)
        for names in (FIGURES, WHOSE):
            answer = browser.get(reverse(page), dict.fromkeys(names, number))
            assert answer.status_code in {200, 404}, (page, names)


@pytest.mark.parametrize("number", NUMBERS.values(), ids=NUMBERS)
@pytest.mark.parametrize(
    ("page", "name"),
    [("shift_bulk", "shifts"), ("change_shifts", "shifts"), ("propose_shifts", "queues"), ("move", "agent")],
)
def test_no_form_stumbles_over_a_number(scene, page, name, number):
    said = {"department": scene.cards.department_id, "do": "cancel", "day": "2026-03-11", "since": "2026-03-11"}
    answer = scene.client(scene.dov).post(reverse(page), said | {"days": 1, name: number})
    assert answer.status_code in {302, 404, 409, 422}


@pytest.mark.parametrize("tap", ["claim", "join_waiting", "leave_waiting", "ask_for_place", "undo_claim", "check_in"])
def test_what_has_too_large_a_number_is_not_there(scene, tap):
    address = reverse(tap, args=[10**18]).replace(str(10**18), "9" * 30)
    assert scene.client(scene.agent).post(address).status_code == 404


@pytest.mark.parametrize("day", DAYS)
def test_no_page_stumbles_over_a_day_far_away(scene, day):
    for page in ("planner", "new_shift", "shift_templates", "open_shifts", "availability", "calendar"):
        browser = scene.client(scene.agent if page in OWN else scene.dov)
        assert browser.get(reverse(page), {"day": day, "week": day}).status_code == 200, page
