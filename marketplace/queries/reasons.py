"""A reason against a claim in words: the sentence, and the way out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache

from django.utils import timezone
from django.utils.formats import date_format

from marketplace.claiming.reasons import Reason
from marketplace.vocabulary import CLAIM_WORDS, WAYS_OUT


@dataclass(frozen=True, slots=True)
class Said:
    """What a person is told: the stable code, one plain sentence, and what can be done about it ('' if nothing)."""

    code: str
    sentence: str
    way_out: str


class Speaker:
    """Says the reasons of one page: what they have in common is put in words once. Of one time zone and language."""

    def __init__(self) -> None:
        self._sentence = cache(lambda code: (str(CLAIM_WORDS[code]), str(WAYS_OUT.get(code, ""))))
        self._worded = lru_cache(maxsize=None, typed=True)(_worded)

    def say(self, reason: Reason) -> Said:
        """The reason in words; instants by the clock of the current time zone."""
        sentence, way_out = self._sentence(reason.code)
        figures = {name: self._worded(value) for name, value in reason.figures.items()}
        return Said(code=str(reason.code), sentence=sentence % figures, way_out=way_out)


def say(reason: Reason) -> Said:
    """One reason in words."""
    return Speaker().say(reason)


def worded(figures: Mapping[str, object]) -> dict[str, object]:
    """Figures as a sentence names them."""
    return {name: _worded(value) for name, value in figures.items()}


def _worded(value: object) -> object:
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "D j M H:i")
    if isinstance(value, date):
        return date_format(value, "D j M")
    if isinstance(value, float):
        return f"{value:g}"
    return value
