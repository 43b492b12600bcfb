"""What becomes of those who wait now: the part of a queue's loss that the arrivals of the look-ahead can't show.

The transient model follows numbers, not people, and ends with the look-ahead. So each waiting contact is followed here
to its own end. First come, first served, the contact at place k of the line is answered by its deadline (the target
less what it has waited) if by then k agents have come free: Poisson many by ending contacts, with mean
μ × agent-seconds, and one for each agent who arrives.

    P(in time) = P(Poisson(μ ∫ agents) ≥ k − arrived) = P(k − arrived, μ ∫ agents)       regularised lower gamma

Who is late already has the next deadline after as long again, at half the weight: nobody is forgotten. And the
contact is lost if its patience ends before its turn, k completions from now, less those for whom somebody is free:

    P(lost) = θ k / (θ k + μ n),     1 where nobody serves

A look-ahead that ends before patient customers give up would never send them anyone: every tick would see the same
small loss, and wait for the next. Abandonment ahead in the line is neglected. Only the longest wait is measured: the
others are taken to be evenly spread below it.
"""

from __future__ import annotations

import numpy as np
import scipy

from marketplace.matching.cost import LATE_WEIGHT, Load
from marketplace.matching.state import FloatArray

FOLLOWED = 8
"""Contacts followed one by one; in a longer line each of these stands for several."""
LEAST = 1e-9
LATE_AGAIN = 0.5
"""What another target time of waiting weighs, beside being late at all."""


def backlog_loss(
    load: Load, *, staffing: FloatArray, steps: list[tuple[float, float]], changeover_seconds: float
) -> FloatArray:
    """Lost contacts among those who wait now, late ones a half, for each queue (row) and staffing (column)."""
    loss = np.zeros_like(staffing)
    row = np.flatnonzero(load.waiting > 0) if len(load.waiting) else np.zeros(0, dtype=np.int64)
    if len(row):
        queue, wanted = load.rows(row), staffing[row]
        late = late_backlog(queue, staffing=wanted, steps=steps, changeover_seconds=changeover_seconds)
        loss[row] = LATE_WEIGHT * late + lost_backlog(queue, staffing=wanted, changeover_seconds=changeover_seconds)
    return loss


def late_backlog(
    load: Load, *, staffing: FloatArray, steps: list[tuple[float, float]], changeover_seconds: float
) -> FloatArray:
    """How many of those who wait now will be answered late, or a target time later still."""
    wanted = staffing[:, :, None]
    place, many, left, weight = _followed(load)
    seconds, place = left[:, None, :], place[:, None, :]
    present = np.minimum(wanted, load.agents[:, None, None]) - load.absent[:, None, :1]
    more = np.maximum(wanted - load.agents[:, None, None], 0.0)
    inbound = _arrived(load.absent, left, steps=steps)[:, None, :]
    worked = (
        np.maximum(present, 0.0) * seconds
        + inbound * seconds / 2.0  # they come at some time in between
        + more * np.maximum(seconds - changeover_seconds, 0.0)
    )
    arrived = inbound + np.where(seconds >= changeover_seconds, more, 0.0)
    needed = np.where(many[:, None, :] > 0, place - arrived, 0.0)
    in_time = _at_least(needed, worked / load.handle_seconds[:, None, None])
    late: FloatArray = ((1.0 - in_time) * (many * weight)[:, None, :]).sum(axis=2)
    return late


def lost_backlog(load: Load, *, staffing: FloatArray, changeover_seconds: float) -> FloatArray:
    """How many of those who wait now will give up before their turn.

    Whoever leaves within the look-ahead takes one more and no second; agents who would still have to come are of no
    use to those who give up during the changeover.
    """
    place, many, _, _ = _followed(load)
    abandon = 1.0 / load.patience_seconds[:, None, None]
    busy, gone = (load.contacts - load.waiting)[:, None, None], load.absent[:, -1, None, None]
    away = np.minimum(load.absent[:, 0, None, None], gone)

    def lost(agents: FloatArray) -> FloatArray:
        turns = np.maximum(place[:, None, :] - np.maximum(agents - away - busy, 0.0), 0.0)
        ends = np.maximum(agents - gone, 0.0) / load.handle_seconds[:, None, None]
        chance: FloatArray = abandon * turns / np.maximum(abandon * turns + ends, LEAST)
        return chance

    wanted = np.maximum(staffing, 0.0)[:, :, None]
    at_once = lost(np.minimum(wanted, load.agents[:, None, None]))
    stays = np.exp(-changeover_seconds * abandon)
    expected: FloatArray = ((at_once + stays * (lost(wanted) - at_once)) * many[:, None, :]).sum(axis=2)
    return expected


def _followed(queue: Load) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Place in line, how many it stands for (0: nobody), seconds to the next deadline, and what missing it weighs."""
    waiting = queue.waiting[:, None]
    each = np.maximum(waiting / FOLLOWED, 1.0)
    number = np.arange(FOLLOWED)[None, :]
    place = number * each + (each + 1.0) / 2.0
    waited = queue.longest_wait_seconds[:, None] * np.maximum(waiting - place + 1.0, 0.0) / np.maximum(waiting, 1.0)
    left = queue.target_seconds[:, None] - waited
    again = np.maximum(queue.target_seconds[:, None], 1.0)
    next_one = np.where(left > 0.0, left, again - np.mod(-left, again))
    return place, np.where(number * each < waiting, each, 0.0), next_one, np.where(left > 0.0, 1.0, LATE_AGAIN)


def _arrived(absent: FloatArray, seconds: FloatArray, *, steps: list[tuple[float, float]]) -> FloatArray:
    """How many of the agents who are on their way will be there after so long."""
    starts = np.array([start for start, _ in steps])
    step = np.maximum(np.searchsorted(starts, seconds, side="right") - 1, 0)
    return np.maximum(absent[:, :1] - np.take_along_axis(absent, step, axis=1), 0.0)


def _at_least(needed: FloatArray, mean: FloatArray) -> FloatArray:
    """P(Poisson(mean) ≥ needed); certain where nothing is needed."""
    chance = np.ones(needed.shape)
    unsure = needed > 0.0
    chance[unsure] = scipy.special.gammainc(np.maximum(needed[unsure], LEAST), mean[unsure])
    return chance
