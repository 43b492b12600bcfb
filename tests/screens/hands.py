"""Two ways to use a page: a thumb on a phone, and the keyboard alone. Both do the same things by the same names."""

import re

from playwright.sync_api import Locator, Page, expect

STOPS = 150
"""So many presses of Tab reach anything on a page, or it is out of reach."""
FOCUS = """target => {
    const element = document.activeElement, style = getComputedStyle(element);
    const seen = element === document.body || (element.checkVisibility() && style.outlineStyle !== "none"
        && parseFloat(style.outlineWidth) >= 2);
    return [seen, element === target];
}"""
"""Whether the focus can be seen where it is, and whether that is the target."""


class Thumb:
    """Taps on a phone."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator) -> None:
        """Tap it where it stands; the page may have to be scrolled."""
        target.tap()

    def write(self, target: Locator, text: str) -> None:
        """Tap into the field and write."""
        target.tap()
        target.press_sequentially(text)

    def go(self, tab: str) -> None:
        """To another page by the bar below."""
        go(self, tab)


class Keys:
    """Tab, Enter and Space, on a page whose focus can be seen at every stop."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator) -> None:
        """Tab to it and press the key that its kind answers to."""
        self._reach(target)
        kind = target.get_attribute("type") or ""
        self.page.keyboard.press("Space" if kind in {"checkbox", "radio"} else "Enter")

    def write(self, target: Locator, text: str) -> None:
        """Tab into the field and write."""
        self._reach(target)
        self.page.keyboard.type(text)

    def go(self, tab: str) -> None:
        """To another page by the bar below."""
        go(self, tab)

    def _reach(self, target: Locator) -> None:
        expect(target).to_be_visible()
        for _ in range(STOPS):
            self.page.keyboard.press("Tab")
            seen, reached = target.evaluate(FOCUS)
            assert seen, f"the focus cannot be seen on {self._focused()}"
            if reached:
                return
        raise AssertionError(f"{target} is out of reach of the Tab key")

    def _focused(self) -> str:
        return str(self.page.evaluate("document.activeElement.outerHTML.slice(0, 120)"))


Hand = Thumb | Keys


def go(hand: "Hand", tab: str) -> None:
    """Press a tab of the bar below, and see that its page is there."""
    hand.press(hand.page.locator("nav.tabs").get_by_role("link", name=tab, exact=True))
    expect(hand.page).to_have_title(re.compile(tab))
