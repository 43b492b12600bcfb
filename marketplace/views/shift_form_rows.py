"""Any number of skills and of breaks in a form: rows that are added and dropped by buttons, without script too."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict

from marketplace.views.said import number_of

KINDS: Mapping[str, tuple[str, ...]] = {
    "skill": ("skill", "level"),
    "break": ("break_starts", "break_minutes", "break_paid"),
}
"""The fields of a row of each kind. Their names end with its number, from 0: `skill_0`, `level_0`."""
MANY = ("kinds", "certifications")
"""Fields with several values."""
MOST = 20
"""Rows of one kind."""
FOCUS = "focus"
"""The entry, among what a form begins with, that names where to go on: a row that was added, or `add_skill`."""


def rows_in(names: Iterable[str], *, kind: str) -> int:
    """How many rows of this kind the fields of these names make; at least one, which may be empty."""
    first = KINDS[kind][0]
    found = (re.fullmatch(rf"{first}_(\d{{1,2}})", name) for name in names)
    return min(MOST, max((int(one[1]) + 1 for one in found if one), default=1))


def rows_changed(said: QueryDict) -> dict[str, Any] | None:
    """What the form begins with once a row was added (`add`) or dropped (`drop`); None if neither was pressed."""
    adds, (dropped, _, at) = said.get("add", ""), said.get("drop", "").partition("_")
    if adds not in KINDS and not (dropped in KINDS and number_of(at) is not None):
        return None
    kept: dict[str, Any] = {name: said.getlist(name) if name in MANY else said[name] for name in said}
    if adds in KINDS:
        number = min(rows_in(kept, kind=adds), MOST - 1)
        row = f"{KINDS[adds][0]}_{number}"
        return {row: "", **kept, FOCUS: row}
    return _without(kept, kind=dropped, number=int(at)) | {FOCUS: f"add_{dropped}"}


def _without(said: dict[str, Any], *, kind: str, number: int) -> dict[str, Any]:
    """The same without this row; those after it move up."""
    rows = [{name: said.pop(f"{name}_{row}", "") for name in KINDS[kind]} for row in range(rows_in(said, kind=kind))]
    kept = (row for at, row in enumerate(rows) if at != number)
    return said | {f"{name}_{at}": value for at, row in enumerate(kept) for name, value in row.items()}
