"""The demo bank's switch: its floor played in real time, or faster, behind the same interface as a real one."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from marketplace.matching.state import NOWHERE, Presence
from marketplace.simulation.demo import DemoBank, demo_floor
from marketplace.simulation.desk import Desk
from marketplace.simulation.tally import Tally
from marketplace.telephony.switch import AgentRow, QueueRow, Wish

INTERVAL_SECONDS = 60
KEPT_INTERVALS = 120
"""Intervals whose totals can still be asked for: two hours without gigcx lose nothing."""
FOR_EVER = float("inf")
Seen = tuple[Presence, str, str | None]
"""Presence, reason and queue, as last reported."""
Totals = tuple[int, int, int, int, float]
"""Offered, answered, answered in target, abandoned, handle seconds."""


class DemoSwitch:
    """Everything happens when somebody asks: the floor is moved on to now first.

    At `speed` n the floor runs n times as fast as the clock, and is reported as what it then is: a centre with n
    times the contacts, each an nth as long.
    """

    def __init__(
        self, bank: DemoBank, *, seed: int = 1, speed: float = 1.0, clock: Callable[[], float] = time.time
    ) -> None:
        self._lock = threading.Lock()
        self._clock = clock
        self._speed = speed
        self._start = self._now = float(int(clock()))
        self._floor = demo_floor(bank, start=self._start, seed=seed)
        self._floor.target_seconds = [queue.target_seconds * speed for queue in bank.queues]
        self._agents = bank.agents
        self._queues = [queue.code for queue in bank.queues]
        self._agent_number = {agent.code: number for number, agent in enumerate(bank.agents)}
        self._queue_number = {code: number for number, code in enumerate(self._queues)}
        self._reasons = [""] * len(bank.agents)
        self._seen: list[Seen | None] = [None] * len(bank.agents)
        self._seen_at = [0.0] * len(bank.agents)
        self._interval_start = self._start
        self._before = [_totals(tally) for tally in self._floor.tallies]
        self._ended: deque[tuple[float, list[QueueRow]]] = deque(maxlen=KEPT_INTERVALS)

    # -- what a switch does: see marketplace.telephony.switch.Switch

    def queue_rows(self, *, since: float) -> list[QueueRow]:
        """Every queue now, and the final totals of each interval that ended after `since`."""
        with self._lock:
            self._move_on()
            rows = [row for ended_at, rows in self._ended if ended_at > since for row in rows]
            return rows + self._running_rows(_interval_end(self._interval_start))

    def agent_rows(self, *, all_of_them: bool) -> list[AgentRow]:
        """Agents who do something else than when they were reported last, or everyone."""
        with self._lock:
            self._move_on()
            rows = []
            for desk in self._floor.desks:
                seen = self._see(desk)
                if all_of_them or seen != self._seen[desk.number]:
                    rows.append(self._agent_row(desk, seen))
            return rows

    def obey(self, wishes: Iterable[Wish], *, all_of_them: bool) -> None:
        """Take the wishes over; agents and queues of other switches are none of our business."""
        with self._lock:
            self._move_on()
            ours = {wish.agent: wish for wish in wishes if wish.agent in self._agent_number}
            if all_of_them:
                ours = {agent.code: Wish(agent=agent.code, queue=None) for agent in self._agents} | ours
            for wish in ours.values():
                self._obey(self._floor.desks[self._agent_number[wish.agent]], wish)

    # -- time

    def _move_on(self) -> None:
        """Let everything happen until now, closing intervals on the way. A clock set back stands still."""
        now = max(self._now, self._clock())
        while (end := _interval_end(self._interval_start)) <= now:
            self._now = end
            self._floor.advance(self._floor_time(end))
            self._ended.append((end, self._running_rows(end)))
            self._interval_start = end
            self._before = [_totals(tally) for tally in self._floor.tallies]
        self._now = now
        self._floor.advance(self._floor_time(now))

    def _floor_time(self, at: float) -> float:
        return self._start + (at - self._start) * self._speed

    def _clock_time(self, floor_time: float) -> float:
        return self._start + (floor_time - self._start) / self._speed

    # -- telling

    def _running_rows(self, interval_end: float) -> list[QueueRow]:
        return [self._queue_row(queue, interval_end) for queue in range(len(self._queues))]

    def _queue_row(self, queue: int, interval_end: float) -> QueueRow:
        offered, answered, in_target, abandoned, handle_seconds = (
            now - before for now, before in zip(_totals(self._floor.tallies[queue]), self._before[queue], strict=True)
        )
        first = self._floor.lines.first(queue)
        return QueueRow(
            queue=self._queues[queue],
            at=_iso(self._now),
            waiting=self._floor.lines.waiting[queue],
            longest_wait_seconds=(self._floor.now - first.arrived_at) / self._speed if first else 0.0,
            interval_start=_iso(self._interval_start),
            interval_seconds=round(interval_end - self._interval_start),
            offered=int(offered),
            answered=int(answered),
            answered_in_target=int(in_target),
            abandoned=int(abandoned),
            handle_seconds=handle_seconds / self._speed,
        )

    def _see(self, desk: Desk) -> Seen:
        """An agent who changes over is reported at the queue left until the new one is reached."""
        if desk.presence == Presence.OFFLINE:
            return Presence.OFFLINE, "", None
        before = self._seen[desk.number]
        reason = self._reasons[desk.number] if desk.presence == Presence.PAUSED else ""
        if before is not None and desk.arrives_at > self._floor.now:
            return desk.presence, reason, before[2]
        return desk.presence, reason, None if desk.queue == NOWHERE else self._queues[desk.queue]

    def _agent_row(self, desk: Desk, seen: Seen) -> AgentRow:
        """A change is dated when it happened, but after what was reported before."""
        number = desk.number
        happened = max(desk.since, desk.arrives_at if desk.arrives_at <= self._floor.now else 0.0)
        changed = seen != self._seen[number]
        at = max(self._clock_time(happened), self._seen_at[number] + 0.001) if changed else self._now
        at = min(at, self._now)
        self._seen[number], self._seen_at[number] = seen, at
        presence, reason, queue = seen
        return AgentRow(
            agent=self._agents[number].code, at=_iso(at), presence=presence.name, reason=reason, queue=queue
        )

    # -- obeying

    def _obey(self, desk: Desk, wish: Wish) -> None:
        queue = NOWHERE if wish.queue is None else self._queue_number.get(wish.queue, NOWHERE)
        number = desk.number
        if queue == NOWHERE:
            if desk.on_duty():
                self._floor.sign_off(agent=number)
            return
        if desk.on_duty():
            self._floor.assign(agent=number, queue=queue)
        else:
            skills = tuple(sorted(self._queue_number[code] for code, _ in self._agents[number].skills))
            self._floor.sign_on(agent=number, until=FOR_EVER, eligible=skills, queue=queue)
        self._reasons[number] = "" if wish.ready else wish.reason
        paused = desk.pausing or desk.presence == Presence.PAUSED
        if wish.ready and paused:
            self._floor.resume(agent=number)
        elif not wish.ready and not paused:
            self._floor.pause(agent=number)


def _interval_end(start: float) -> float:
    """The next full minute: an interval that begins between two is cut short rather than shared with a run before."""
    return (start // INTERVAL_SECONDS + 1) * INTERVAL_SECONDS


def _totals(tally: Tally) -> Totals:
    return tally.offered, tally.answered, tally.answered_in_target, tally.abandoned, tally.handle_seconds


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()
