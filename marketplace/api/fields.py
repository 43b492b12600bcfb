"""Readers of single values: each takes what JSON held and returns a clean value, or raises `ValueError` with a
sentence that says what is wrong. Written for tens of thousands of rows in a request: no classes, no recursion."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from marketplace.matching.state import Presence

# ruff: noqa: TRY004 - whoever calls a reader catches one kind of error: ValueError

Reader = Callable[[Any], Any]
LARGEST_COUNT = 1_000_000
LARGEST_SECONDS = 1e9
LONGEST_CODE = 64
REASON_KEPT = 40
PRESENCES = {presence.name: presence for presence in Presence}


def code(value: Any) -> str:
    """How files and switches name an agent or a queue."""
    if not isinstance(value, str):
        raise ValueError("must be text")
    if not value.isprintable() or not 0 < len(value) <= LONGEST_CODE:
        raise ValueError(f"must have 1 to {LONGEST_CODE} printable characters")
    return value


def code_or_none(value: Any) -> str | None:
    """A code; null or empty text for none."""
    return None if value is None or value == "" else code(value)


def reason(value: Any) -> str:
    """A short text; the first forty characters are kept, what cannot be printed becomes a space."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError("must be text")
    kept = value[:REASON_KEPT]
    return kept if kept.isprintable() else "".join(sign if sign.isprintable() else " " for sign in kept)


def count(value: Any) -> int:
    """A whole number from 0 to a million."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("must be a whole number")
    if not 0 <= value <= LARGEST_COUNT:
        raise ValueError(f"must be from 0 to {LARGEST_COUNT}")
    return value


def seconds(value: Any) -> float:
    """A duration: finite and not negative."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError("must be a number of seconds")
    if not 0 <= value <= LARGEST_SECONDS:
        raise ValueError("must be from 0 to a thousand million seconds")
    return float(value)


def interval_seconds(value: Any) -> int:
    """The length of an interval: a whole number from 1 second to a day."""
    length = count(value)
    if not 1 <= length <= 86_400:
        raise ValueError("must be from 1 to 86400 seconds")
    return length


def presence(value: Any) -> Presence:
    """The name of a presence."""
    found = PRESENCES.get(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"must be one of {', '.join(PRESENCES)}")
    return found


def instant_until(latest: datetime) -> Reader:
    """A reader of ISO 8601 instants with an offset, none of them after `latest`."""

    def instant(value: Any) -> datetime:
        if not isinstance(value, str):
            raise ValueError("must be an ISO 8601 time, such as 2026-11-22T09:30:00Z")
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError("must be an ISO 8601 time, such as 2026-11-22T09:30:00Z") from None
        if at.tzinfo is None:
            raise ValueError("must carry an offset from UTC, such as Z or +01:00")
        if not 1970 <= at.year <= 9998:  # beyond them conversion overflows
            raise ValueError("must be after 1970")
        if at > latest:
            raise ValueError("lies in the future: check the clock that made it")
        return at if at.tzinfo is UTC else at.astimezone(UTC)

    return instant
