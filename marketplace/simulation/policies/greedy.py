"""The baseline that is hard to beat at a changeover of seconds: whoever waits gets an idle agent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from marketplace.simulation.desk import Desk
from marketplace.simulation.floor import Floor
from marketplace.simulation.policies.base import Policy


class Greedy(Policy):
    """Every tick, for each queue where contacts wait (most waiting first), one idle agent comes for each of them.

    The agent comes from the eligible queue with the most idle agents and no one waiting; among these the one idle
    longest.
    """

    name = "greedy"

    @property
    def every_seconds(self) -> float | None:
        return self.observer.limits.tick_seconds

    def decide(self, floor: Floor) -> Sequence[tuple[int, int]]:
        waiting = floor.lines.waiting
        if not floor.lines.total:
            return ()
        idle: dict[int, list[Desk]] = defaultdict(list)
        for desk in floor.desks:
            if desk.queue >= 0 and desk.idle(floor.now) and not waiting[desk.queue]:
                idle[desk.queue].append(desk)
        for desks in idle.values():
            desks.sort(key=lambda desk: (desk.idle_since, desk.number))
        moves = []
        for queue in sorted((q for q, n in enumerate(waiting) if n), key=lambda q: (-waiting[q], q)):
            for _ in range(waiting[queue]):
                helper = _helper(idle, queue)
                if helper is None:
                    break
                idle[helper.queue].remove(helper)
                moves.append((helper.number, queue))
        return moves


def _helper(idle: dict[int, list[Desk]], queue: int) -> Desk | None:
    """The longest idle agent who is eligible, from the queue with the most idle agents that has one."""
    for donor in sorted(idle, key=lambda q: (-len(idle[q]), q)):
        for desk in idle[donor]:
            if queue in desk.eligible:
                return desk
    return None
