"""Whatever a page can do, the API can: by the same actions."""

import ast
from collections.abc import Iterator
from pathlib import Path

import marketplace

HERE = Path(marketplace.__file__).parent
PAGES_ONLY = {
    "uploads": "counts/ takes rows and files at once, findings and all, in place of the steps of the page",
    "availability.paint": "offering and withdrawing say the same without a page's toggle",
    "availability.drop_weekly": "withdrawing the same hours",
    "dispatch.preview": "the move itself is refused with every reason",
    "shift_figures": "what a form shows of a shift, no change",
    "shift_patterns": "what a form begins with, no change",
    "work_proposals.policy_of": "the currency of a form, no change",
}
"""By action, or module of actions, why no endpoint does just this."""


def used(folder: str) -> set[str]:
    """Every action that the modules of a folder use, as `module.function`."""
    return {name for file in sorted((HERE / folder).glob("*.py")) for name in _actions(ast.parse(file.read_text()))}


def _actions(tree: ast.Module) -> Iterator[str]:
    modules: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "marketplace.actions":
            modules |= {one.asname or one.name: one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("marketplace.actions."):
            module = (node.module or "").removeprefix("marketplace.actions.")
            yield from (f"{module}.{one.name}" for one in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("skills.actions."):
            yield from (f"skills.{one.name}" for one in node.names)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            yield f"{modules[node.value.id]}.{node.attr}"


def is_action(name: str) -> bool:
    """A verb: not a class, a constant, or a helper that changes nothing."""
    return name.rpartition(".")[2].islower()


def test_every_action_of_a_page_has_its_endpoint():
    missing = {name for name in used("views") - used("api") if is_action(name)}
    unexplained = {name for name in missing if not {name, name.split(".", maxsplit=1)[0]} & PAGES_ONLY.keys()}
    assert unexplained == set()


def test_nothing_is_explained_that_is_not_so():
    missing = used("views") - used("api")
    stale = {why for why in PAGES_ONLY if not any(why in {name, name.split(".", maxsplit=1)[0]} for name in missing)}
    assert stale == set()
