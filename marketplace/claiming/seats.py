"""Seats of a site: how many people sit there at once at most, and when first."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from heapq import heappop, heappush
from typing import NamedTuple

Sitting = tuple[datetime, datetime, int]
"""Start, end, people."""


class Crowded(NamedTuple):
    """A period `[start, end)` in which more people sit there than there are seats, and the most of them at once."""

    start: datetime
    end: datetime
    people: int


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


def crowded(sittings: Iterable[Sitting], *, seats: int) -> list[Crowded]:
    """Every period in which more than `seats` people sit there at once, in order; those that touch are one."""
    changes: dict[datetime, int] = {}
    for since, until, people in sittings:
        changes[since] = changes.get(since, 0) + people
        changes[until] = changes.get(until, 0) - people
    found: list[Crowded] = []
    present, start, most = 0, None, 0
    for instant in sorted(changes):
        present += changes[instant]
        if present > seats:
            start, most = start or instant, max(most, present)
        elif start is not None:
            found.append(Crowded(start, instant, most))
            start, most = None, 0
    return found


def without_a_seat(
    rows: Sequence[tuple[datetime, datetime]], *, others: Iterable[Sitting], seats: int
) -> dict[int, tuple[datetime, int]]:
    """The rows `[start, end)` for which there is no seat, by their number in `rows`: the first instant that is too
    full, and how many would sit there then. Among those who are too many at once, the last rows go."""
    changes: dict[datetime, int] = {}
    begins: dict[datetime, list[int]] = {}
    for since, until, people in others:
        changes[since] = changes.get(since, 0) + people
        changes[until] = changes.get(until, 0) - people
    for number, (since, until) in enumerate(rows):
        begins.setdefault(since, []).append(number)
        changes[since] = changes.get(since, 0) + 1
        changes[until] = changes.get(until, 0) - 1
    found: dict[int, tuple[datetime, int]] = {}
    present, last_first = 0, list[int]()
    for instant in sorted(changes):
        present += changes[instant]
        for number in begins.get(instant, ()):
            heappush(last_first, -number)
        too_many = present
        while present > seats and last_first:
            number = -heappop(last_first)
            if rows[number][1] > instant:
                found[number] = (instant, too_many)
                present -= 1
                changes[rows[number][1]] += 1  # who does not sit down does not get up
    return found
