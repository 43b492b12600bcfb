"""What is still to happen on the floor, in order: a heap of events beside the stream of customers to come."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from heapq import heappop, heappush
from itertools import count
from typing import Any

from marketplace.simulation.calls import Contact

FAR = float("inf")


class Kind(IntEnum):
    """Things at the same instant happen in this order.

    So who goes off duty takes no contact that arrives at that instant (periods are half-open), those who come on duty
    together are placed together, and a customer whose turn comes at the very end of patience is answered.
    """

    SIGN_OFF = 0
    END = 1
    WRAPPED = 2
    ARRIVED = 3
    SIGN_ON = 4
    PLACE = 5
    CONTACT = 6
    ABANDON = 7


Event = tuple[float, int, int, Any, int]
"""When, what, a running number that settles ties, about whom, and that subject's stamp."""


class Agenda:
    """Events are added as they become known; contacts are drawn one at a time from a stream that may be endless."""

    def __init__(self, contacts: Iterable[Contact]) -> None:
        self._events: list[Event] = []
        self._number = count()
        self._contacts = iter(contacts)
        self._upcoming = next(self._contacts, None)

    @property
    def next_at(self) -> float:
        """When the next thing happens; infinity if nothing will."""
        event = self._events[0][0] if self._events else FAR
        return event if self._upcoming is None else min(event, self._upcoming.arrived_at)

    @property
    def arrivals_over(self) -> bool:
        return self._upcoming is None

    def add(self, at: float, kind: Kind, subject: object, stamp: int = 0) -> None:
        heappush(self._events, (at, int(kind), next(self._number), subject, stamp))

    def take(self, to: float) -> Event | None:
        """The next event until `to`, inclusive; None if there is none."""
        upcoming = self._upcoming
        if upcoming is not None:
            at = upcoming.arrived_at
            if at <= to and (not self._events or (at, Kind.CONTACT) < self._events[0]):
                self._upcoming = next(self._contacts, None)
                return (at, Kind.CONTACT, 0, upcoming, 0)
        if self._events and self._events[0][0] <= to:
            return heappop(self._events)
        return None

    def left(self, kinds: frozenset[Kind]) -> list[Event]:
        """The events of these kinds that are still to come, in order."""
        return sorted(event for event in self._events if event[1] in kinds)
