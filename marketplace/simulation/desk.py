"""Agents at work and customers in line, as the floor keeps them."""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from random import Random

from marketplace.matching.state import NOWHERE, Presence
from marketplace.simulation.calls import Contact
from marketplace.simulation.tally import AgentTally

NOBODY = Contact(queue=NOWHERE, arrived_at=0.0, handle_seconds=0.0)


class Desk:
    """One agent: what he or she does now, and what comes next."""

    __slots__ = (
        "arrives_at",
        "assigned_at",
        "contact",
        "duty",
        "eligible",
        "idle_since",
        "leaving",
        "moved_at",
        "moves",
        "next_queue",
        "number",
        "pausing",
        "presence",
        "queue",
        "serves",
        "signed_on_at",
        "since",
        "stamp",
        "tally",
        "until",
    )

    def __init__(self, number: int) -> None:
        self.number = number
        self.presence = Presence.OFFLINE
        self.since = 0.0
        """Since when `presence` holds."""
        self.queue = NOWHERE
        self.next_queue = NOWHERE
        """Where to go once the current contact is finished, or `NOWHERE`."""
        self.eligible: tuple[int, ...] = ()
        self.serves: tuple[int, ...] = ()
        """The queues that contacts are taken from."""
        self.contact = NOBODY
        """The customer served now, or served last."""
        self.duty = -1
        self.signed_on_at = 0.0
        self.until = 0.0
        self.assigned_at = 0.0
        self.arrives_at = 0.0
        """When the changeover of the last move is over."""
        self.moved_at = 0.0
        self.moves = 0
        """In this duty."""
        self.idle_since = 0.0
        self.leaving = False
        self.pausing = False
        self.stamp = 0
        """Changes whenever an entry about this agent, in an idle list or among the events, is out of date."""
        self.tally = AgentTally()

    @property
    def heading(self) -> int:
        """The queue of the assignment: where the agent is, or goes after this contact."""
        return self.queue if self.next_queue == NOWHERE else self.next_queue

    def on_duty(self) -> bool:
        return self.presence != Presence.OFFLINE and not self.leaving

    def idle(self, now: float) -> bool:
        """Ready at the queue, with nothing to do."""
        return self.presence == Presence.READY and self.arrives_at <= now


class Waiting:
    """One customer in line."""

    __slots__ = ("arrived_at", "contact", "gone")

    def __init__(self, contact: Contact, arrived_at: float) -> None:
        self.contact = contact
        self.arrived_at = arrived_at
        self.gone = False
        """Answered or abandoned; the line drops the entry when it comes to the front."""


class Lines:
    """First come, first served: one line a queue."""

    def __init__(self, queues: int) -> None:
        self._lines: list[deque[Waiting]] = [deque() for _ in range(queues)]
        self.waiting = [0] * queues
        self.total = 0

    def join(self, waiting: Waiting) -> None:
        queue = waiting.contact.queue
        self._lines[queue].append(waiting)
        self.waiting[queue] += 1
        self.total += 1

    def leave(self, waiting: Waiting) -> None:
        waiting.gone = True
        self.waiting[waiting.contact.queue] -= 1
        self.total -= 1

    def first(self, queue: int) -> Waiting | None:
        """Who has waited longest there."""
        if not self.waiting[queue]:
            self._lines[queue].clear()
            return None
        line = self._lines[queue]
        while line[0].gone:
            line.popleft()
        return line[0]

    def first_of(self, queues: tuple[int, ...]) -> Waiting | None:
        """Who has waited longest in any of these queues."""
        best: Waiting | None = None
        for queue in queues:
            head = self.first(queue) if self.waiting[queue] else None
            if head is not None and (best is None or head.arrived_at < best.arrived_at):
                best = head
        return best

    def everyone(self, queue: int) -> list[Waiting]:
        return [waiting for waiting in self._lines[queue] if not waiting.gone]


class IdleLists:
    """Who is idle for each queue, longest idle first. Entries go out of date by stamp and are dropped when met."""

    def __init__(self, queues: int, *, any_idle: Random | None) -> None:
        self._heaps: list[list[tuple[float, int, int, Desk]]] = [[] for _ in range(queues)]
        self._any_idle = any_idle

    def add(self, desk: Desk) -> None:
        entry = (desk.idle_since, desk.number, desk.stamp, desk)
        for queue in desk.serves:
            heappush(self._heaps[queue], entry)

    def take(self, queue: int) -> Desk | None:
        """The agent whose turn it is, no longer on the list; None if nobody is idle."""
        heap = self._heaps[queue]
        if self._any_idle is not None:
            heap[:] = [entry for entry in heap if entry[2] == entry[3].stamp]
            return self._any_idle.choice(heap)[3] if heap else None
        while heap:
            _, _, stamp, desk = heappop(heap)
            if stamp == desk.stamp:
                return desk
        return None
