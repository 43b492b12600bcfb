"""Seats of a site: how many people sit there at once at most, and when first."""

from collections.abc import Iterable
from datetime import datetime

Sitting = tuple[datetime, datetime, int]
"""Start, end, people."""


def busiest(sittings: Iterable[Sitting], *, start: datetime, end: datetime) -> tuple[int, datetime]:
    """The most people at once in `[start, end)` and the first instant of it; who leaves then sits there no more."""
    changes: dict[datetime, int] = {}
    for since, until, people in sittings:
        if since < end and start < until:
            first = max(since, start)
            changes[first] = changes.get(first, 0) + people
            changes[until] = changes.get(until, 0) - people
    most, at, present = 0, start, 0
    for instant in sorted(changes):
        present += changes[instant]
        if present > most:
            most, at = present, instant
    return most, at
