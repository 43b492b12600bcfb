"""What can be wrong with counts, and what a person may choose to be done about it. Scripts use the codes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any


class Code(StrEnum):
    """One kind of finding."""

    UNUSABLE = "unusable"
    SEPARATOR = "separator"
    UNREADABLE = "unreadable"
    UNKNOWN_QUEUE = "unknown-queue"
    NEGATIVE = "negative"
    NOT_WHOLE = "not-whole"
    CLOCK_SKIPPED = "clock-skipped"
    CLOCK_TWICE = "clock-twice"
    DUPLICATE = "duplicate"
    OFF_GRID = "off-grid"
    MIXED = "mixed-intervals"
    ABSURD = "absurd"
    UNUSUAL = "unusual"
    SILENT = "silent"
    FUTURE = "future"
    ORDER = "order"
    GAP = "gap"
    SHIFTED = "days-shifted"
    SWAPPED = "days-swapped"
    CUT_SHORT = "cut-short"
    NO_FORECAST = "no-forecast"


class Choice(StrEnum):
    """What is done about a kind of finding."""

    REFUSE = "refuse"
    REPAIR = "repair"
    KEEP = "keep"


_R, _F, _K = Choice.REPAIR, Choice.REFUSE, Choice.KEEP
POSSIBLE: Mapping[Code, tuple[Choice, ...]] = MappingProxyType(
    {
        Code.UNUSABLE: (_F,),
        Code.SEPARATOR: (_F, _R),
        Code.UNREADABLE: (_F, _R),
        Code.UNKNOWN_QUEUE: (_F, _R),
        Code.NEGATIVE: (_F, _R),
        Code.NOT_WHOLE: (_F, _R),
        Code.CLOCK_SKIPPED: (_F, _R),
        Code.CLOCK_TWICE: (_F, _R),
        Code.DUPLICATE: (_F, _R),
        Code.OFF_GRID: (_F, _R),
        Code.MIXED: (_F, _R),
        Code.ABSURD: (_F, _R),
        Code.UNUSUAL: (_K, _R, _F),
        Code.SILENT: (_K, _R, _F),
        Code.FUTURE: (_K, _R, _F),
        Code.ORDER: (_R, _F),
        Code.GAP: (_K, _F),
        Code.SHIFTED: (_K, _R, _F),
        Code.SWAPPED: (_K, _R, _F),
        Code.CUT_SHORT: (_K, _R, _F),
        Code.NO_FORECAST: (_K, _F),
    }
)
"""The choices for each code; the first is taken unless a person says otherwise. What can't be true is refused at first,
what may well be true is kept and said."""


@dataclass(slots=True)
class Finding:
    """Something noteworthy in a file. `data` are the figures of its sentence (`words.py`)."""

    code: Code
    line: int
    """The first row concerned."""
    column: str
    queue: str = ""
    rows: int = 1
    """How many rows are concerned."""
    data: dict[str, Any] = field(default_factory=dict)


class Choices:
    """What a person chose for each code, the default where nothing was said."""

    def __init__(
        self, *, repair: Collection[str] = (), refuse: Collection[str] = (), keep: Collection[str] = ()
    ) -> None:
        """Codes, or `all` for each that allows it. Raises `ValueError` for a code or a choice that does not exist."""
        self._chosen = {code: possible[0] for code, possible in POSSIBLE.items()}
        for choice, names in ((_K, keep), (_R, repair), (_F, refuse)):
            self._set(choice, names)

    def _set(self, choice: Choice, names: Iterable[str]) -> None:
        for name in names:
            if name == "all":
                self._chosen |= {code: choice for code, possible in POSSIBLE.items() if choice in possible}
                continue
            if name not in set(Code):
                raise ValueError(f"{name} is unknown, give codes of {', '.join(Code)} or all")
            if choice not in POSSIBLE[Code(name)]:
                can = " or ".join(POSSIBLE[Code(name)])
                raise ValueError(f"{name} can't be chosen to {choice}, only to {can}")
            self._chosen[Code(name)] = choice

    def __getitem__(self, code: Code) -> Choice:
        return self._chosen[code]

    def changes(self, code: Code) -> bool:
        """Whether rows with this finding are repaired; before a refusal too, so that what lies behind is seen."""
        return self._chosen[code] is not Choice.KEEP
