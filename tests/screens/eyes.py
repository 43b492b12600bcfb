"""What a careful eye would see on any page."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # of what passed, one element a rule: all of them are a megabyte, and as long in the making as the looking
    "resultTypes": ["violations"],
}


def settle(page: Page) -> None:
    """Wait until everything that moves, and comes to an end, has done so: axe takes the colours as they are then."""
    page.wait_for_function(
        """() => document.getAnimations().every(one =>
            one.playState !== "running" || one.effect.getComputedTiming().endTime > 3000)"""
    )


def faults(page: Page) -> list[str]:
    """What axe finds wrong, one line a rule and element; empty on a good page."""
    settle(page)
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    return page.locator("html").evaluate("element => element.scrollWidth - element.clientWidth")


def small_targets(page: Page, least: int = 44) -> list[str]:
    """Buttons, links and fields that a thumb would miss. Links within a sentence may be as high as the sentence."""
    return page.locator("body").evaluate(
        """(body, least) => [...body.querySelectorAll("button, a.button, select, input, summary, nav a")]
            .filter(element => element.checkVisibility({visibilityProperty: true}) && !element.matches(".skip"))
            .map(element => [element, (element.closest("label.check") ?? element).getBoundingClientRect()])
            .filter(([, box]) => box.height > 0 && (box.height < least - 0.5 || box.width < 24))
            .map(([element, box]) => `${element.outerHTML.slice(0, 80)}: ${box.width} × ${box.height}`)""",
        least,
    )
