"""In which order the tests run, and which of them stay together where several processes share the work."""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

TOGETHER = {
    "tests/faults/": "the floor whose parts are killed",
    "tests/stranger/": "installations on the broker of the tests",
    "tests/marketplace/test_installation.py": "installations on the broker of the tests",
    "tests/gigcx/test_health.py": "installations on the broker of the tests",
}
"""Files that share what there is only one of: they go to one process, one after the other."""


class Spread(LoadScopeScheduling):
    """Each process takes the next file, in the order of `pytest_collection_modifyitems`."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((why for start, why in TOGETHER.items() if file.startswith(start)), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Spread:
    """The processes get whole files: what a file has set up once serves all of its tests."""
    config.option.loadscopereorder = False
    return Spread(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that start servers first: they wait most, which others make use of. Those with a browser last.

    Playwright keeps an event loop in its thread, beside which much else can't run.
    """
    starts_servers = {item.path for item in items if item.get_closest_marker("processes")}
    has_browser = {item.path for item in items if item.get_closest_marker("browser")}

    def turn(item: pytest.Item) -> tuple[bool, bool, bool]:
        browser = item.get_closest_marker("browser") is not None
        return item.path in has_browser, item.path not in starts_servers, browser

    items.sort(key=turn)
