"""A reason against a claim in words: the sentence, and the way out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

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


def say(reason: Reason) -> Said:
    """The reason in words; instants by the clock of the current time zone."""
    return Said(
        code=str(reason.code),
        sentence=str(CLAIM_WORDS[reason.code]) % worded(reason.figures),
        way_out=str(WAYS_OUT.get(reason.code, "")),
    )


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
