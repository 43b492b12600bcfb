"""Who waits now and will be answered late: the part of a queue's loss that the arrivals of the look-ahead can't show.

The transient model follows numbers, not people: a contact that waits now and is answered after half a minute leaves
no trace in it, although it is late for certain. So each waiting contact is followed here to its own deadline, the
target less what it has waited. First come, first served, the contact at place k of the line is in time if by then k
agents have come free: Poisson many by ending contacts, with mean μ × agent-seconds, and one for each agent who arrives.

    P(in time) = P(Poisson(μ ∫ agents) ≥ k − arrived) = P(k − arrived, μ ∫ agents)       regularised lower gamma

Who is late already is lost to the target whatever is done, and counts nowhere; abandonment ahead in the line is
neglected. Only the longest wait is measured: the others are taken to be evenly spread below it.
"""

from __future__ import annotations

import numpy as np

from marketplace.matching.cost import Load
from marketplace.matching.state import FloatArray

FOLLOWED = 8
"""Contacts followed one by one; in a longer line each of these stands for several."""
LEAST = 1e-9


def late_backlog(
    load: Load, *, staffing: FloatArray, steps: list[tuple[float, float]], changeover_seconds: float
) -> FloatArray:
    """How many of those who wait now will be answered late, for each queue (row) and staffing (column)."""
    late = np.zeros_like(staffing)
    row = np.flatnonzero(load.waiting > 0) if len(load.waiting) else np.zeros(0, dtype=np.int64)
    if not len(row):
        return late
    queue, wanted = load.rows(row), staffing[row][:, :, None]
    place, weight, left = _followed(queue)
    seconds, place = left[:, None, :], place[:, None, :]
    present = np.minimum(wanted, queue.agents[:, None, None]) - queue.absent[:, None, :1]
    more = np.maximum(wanted - queue.agents[:, None, None], 0.0)
    inbound = _arrived(queue.absent, left, steps=steps)[:, None, :]
    worked = (
        np.maximum(present, 0.0) * seconds
        + inbound * seconds / 2.0  # they come at some time in between
        + more * np.maximum(seconds - changeover_seconds, 0.0)
    )
    arrived = inbound + np.where(seconds >= changeover_seconds, more, 0.0)
    in_time = _at_least(place - arrived, worked / queue.handle_seconds[:, None, None])
    late[row] = ((1.0 - in_time) * weight[:, None, :]).sum(axis=2)
    return late


def _followed(queue: Load) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Place in line, how many it stands for (0: nobody, or late already), and seconds to the deadline."""
    waiting = queue.waiting[:, None]
    each = np.maximum(waiting / FOLLOWED, 1.0)
    number = np.arange(FOLLOWED)[None, :]
    place = number * each + (each + 1.0) / 2.0
    waited = queue.longest_wait_seconds[:, None] * np.maximum(waiting - place + 1.0, 0.0) / waiting
    left = queue.target_seconds[:, None] - waited
    weight = np.where((number * each < waiting) & (left > 0.0), each, 0.0)
    return place, weight, np.maximum(left, 0.0)


def _arrived(absent: FloatArray, seconds: FloatArray, *, steps: list[tuple[float, float]]) -> FloatArray:
    """How many of the agents who are on their way will be there after so long."""
    starts = np.array([start for start, _ in steps])
    step = np.maximum(np.searchsorted(starts, seconds, side="right") - 1, 0)
    return np.maximum(absent[:, :1] - np.take_along_axis(absent, step, axis=1), 0.0)


def _at_least(needed: FloatArray, mean: FloatArray) -> FloatArray:
    """P(Poisson(mean) ≥ needed); certain where nothing is needed."""
    from scipy.special import gammainc  # noqa: PLC0415 - slow to import, and a web process never looks ahead

    chance: FloatArray = gammainc(np.maximum(needed, LEAST), mean)
    return np.where(needed <= 0.0, 1.0, chance)
