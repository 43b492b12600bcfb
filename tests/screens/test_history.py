"""The page for history in a real browser: dropping, choosing by keyboard, and how it looks."""

import re

import pytest
from playwright.sync_api import expect

from gigcx.accounts.models import User
from marketplace.models import Interval, Queue
from tests.marketplace.forecasting.intake.history import HEADER, history, text_of
from tests.screens.eyes import faults, sideways, small_targets

pytestmark = pytest.mark.browser
DROP = """([element, name, text]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], name, {type: "text/csv"}));
    for (const kind of ["dragenter", "dragover", "drop"]) {
        element.dispatchEvent(new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true}));
    }
}"""


def dirty() -> str:
    rows = []
    for number, queue in enumerate(Queue.objects.order_by("code").values_list("code", flat=True)[:3]):
        own = text_of(history(weeks=5, seed=number, level=15 * (number + 1)), queue=queue)
        if number == 0:
            own[20] = own[20].rpartition(",")[0] + ",-4"
            own[230] = own[230].rpartition(",")[0] + ",6000"
            own.insert(11, own[10])
            del own[60:63]
        rows += own
    return "\n".join([HEADER, *rows, ""])


@pytest.fixture
def admin(floor) -> User:
    return User.objects.create_user("mina@example.org", "password", name="Mina", role="admin")


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_history_is_clean_from_drop_to_load(open_page, admin, width, scheme):
    page = open_page(admin, "/history/", width=width, scheme=scheme)

    def look() -> None:
        assert faults(page) == []
        assert sideways(page) == 0
        if width == 390:
            assert small_targets(page) == []

    look()
    page.locator("[data-drop]").evaluate(f"(zone, rest) => ({DROP})([zone, ...rest])", ["counts.csv", dirty()])
    expect(page.locator(".picked")).to_contain_text("counts.csv · ")
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_text("stops the file").first).to_be_visible()
    look()
    # by keyboard: the arrow moves within a choice, Enter in the form would load
    load, repair = page.get_by_role("button", name="Load"), page.get_by_role("button", name="Repair all that stops it")
    for code in ("negative", "duplicate", "absurd"):
        expect(load).to_have_accessible_description(re.compile("It can’t be loaded yet"))
        expect(repair).to_have_class("primary")
        load.focus()
        page.keyboard.press("Enter")
        # it leads to what stops the file instead
        chosen = page.locator(f"input[name=choice-{code}]").first
        expect(chosen).to_be_focused()
        assert not Interval.objects.filter(seconds=1800).exists()
        page.keyboard.press("ArrowDown")
    expect(repair).to_be_hidden()
    expect(page.get_by_text("stops the file").filter(visible=True)).to_have_count(0)
    expect(load).to_have_class("primary")
    expect(load).not_to_have_attribute("aria-disabled", "true")
    look()
    load.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("It is loaded")).to_be_visible()
    look()
    assert Interval.objects.filter(seconds=1800).exists()
