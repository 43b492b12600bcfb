"""What addresses and forms say, as numbers and days; None for what is none, however it is written."""

from collections.abc import Iterable
from datetime import date, timedelta

LONGEST_NUMBER = 18
"""Digits of an id that the database could know."""
MARGIN = timedelta(days=400)
"""Nearer to the ends of the calendar a day has no year around it to show."""


def number_of(text: str) -> int | None:
    """A whole number, such as the id of a row."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER else None


def numbers_of(texts: Iterable[str]) -> set[int]:
    """Those of the texts that are whole numbers."""
    return {number for number in map(number_of, texts) if number is not None}


def day_of(text: str) -> date | None:
    """An ISO day; None also for one so far off that its week can't be shown."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if date.min + MARGIN < found < date.max - MARGIN else None
