"""The order of a plan's moves: a queue receives before it gives, so that each prefix of the plan is safe to apply."""

from __future__ import annotations

from collections import defaultdict, deque

from marketplace.matching.problem import Move
from marketplace.matching.state import NOWHERE


def receive_first(moves: tuple[Move, ...]) -> tuple[Move, ...]:
    """The same moves, those into a queue before those out of it; otherwise by agent.

    Where queues give to each other in a circle (which pays only where moves cost next to nothing) there is no such
    order among them: they come last, by agent.
    """
    gives_to: dict[int, set[int]] = defaultdict(set)
    for move in moves:
        gives_to[move.source].add(move.target)
    awaits: dict[int, int] = defaultdict(int)
    for targets in gives_to.values():
        for target in targets:
            awaits[target] += 1
    ready = deque(sorted(source for source in gives_to if source == NOWHERE or not awaits[source]))
    rank: dict[int, int] = {}
    while ready:
        source = ready.popleft()
        rank[source] = len(rank)
        for target in sorted(gives_to.get(source, ())):
            awaits[target] -= 1
            if not awaits[target]:
                ready.append(target)
    return tuple(sorted(moves, key=lambda move: (rank.get(move.source, len(rank)), move.agent)))
