"""A quick model of a pool for planning: who is free takes the contact that has waited longest among those he may take.

The rules are those of the floor's `routing` (first come first served over all queues that the agent has the skills for;
the longest idle of the able agents takes a new contact), with exponential handle times and patience and nothing else:
no duties, no moves. A contact costs a few microseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
from numpy.random import Generator

from marketplace.matching.state import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """Customers drawn once, so that every staffing meets the same."""

    rows: list[tuple[float, float, int, float]]
    """When, until when the customer waits, which queue, handle seconds; by arrival."""
    queues: int
    warm_until: float
    """Who comes before is served and not counted: the pool begins empty."""


def draw_stream(*, rate: FloatArray, handle: FloatArray, patience: FloatArray, contacts: int, rng: Generator) -> Stream:
    """About `contacts` customers after a warm-up of four handle times. `rate` is contacts per second and queue."""
    total = float(rate.sum())
    warm = 4 * float((rate * handle).sum()) / total
    count = int(contacts + total * warm)
    at = np.cumsum(rng.exponential(1 / total, count))
    queue = rng.choice(len(rate), count, p=rate / total)
    leaves = at + rng.exponential(1.0, count) * np.minimum(patience, 1e9)[queue]
    served = rng.exponential(1.0, count) * handle[queue]
    rows = list(zip(at.tolist(), leaves.tolist(), queue.tolist(), served.tolist(), strict=True))
    return Stream(rows=rows, queues=len(rate), warm_until=warm)


def route(*, stream: Stream, skills: Sequence[int], target_seconds: Sequence[float]) -> tuple[IntArray, IntArray]:
    """Contacts offered and answered in target, by queue. `skills` has a bit for each queue, one number an agent."""
    offered, hits = [0] * stream.queues, [0] * stream.queues
    idle = list(skills)
    busy: list[tuple[float, int]] = []
    waiting: list[tuple[float, float, int, float]] = []
    for row in stream.rows:
        at, _, queue, served = row
        while busy and busy[0][0] <= at:
            end, able = heappop(busy)
            taken = _next(waiting, able, end)
            if taken is None:
                idle.append(able)
                continue
            heappush(busy, (end + taken[3], able))
            if taken[0] >= stream.warm_until and end - taken[0] <= target_seconds[taken[2]]:
                hits[taken[2]] += 1
        counted = at >= stream.warm_until
        offered[queue] += counted
        bit = 1 << queue
        for place, able in enumerate(idle):
            if able & bit:
                del idle[place]
                heappush(busy, (at + served, able))
                hits[queue] += counted
                break
        else:
            waiting.append(row)
    return np.array(offered), np.array(hits)


def _next(
    waiting: list[tuple[float, float, int, float]], able: int, now: float
) -> tuple[float, float, int, float] | None:
    """The longest waiting contact that the agent may take, out of the line; who has left goes on the way."""
    place = 0
    while place < len(waiting):
        row = waiting[place]
        if row[1] < now:
            del waiting[place]
        elif able >> row[2] & 1:
            del waiting[place]
            return row
        else:
            place += 1
    return None
