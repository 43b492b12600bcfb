"""Counts as people hand them over, brought to the grid that is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np

from marketplace.forecasting.clock import DAY_SECONDS
from marketplace.forecasting.grid import walls_of
from marketplace.matching.state import FloatArray, IntArray

ENOUGH = 0.8
"""An interval counts as known if this share of what it is made of is."""
WEEK_SECONDS = 7 * DAY_SECONDS


def step_of(starts: IntArray) -> int | None:
    """The length of the intervals that these start: the commonest distance, at most a day; None where there is none."""
    gaps = np.diff(np.unique(starts))
    lengths, often = np.unique(gaps[gaps <= DAY_SECONDS], return_counts=True)
    return int(lengths[often.argmax()]) if len(lengths) else None


def off_grid(starts: IntArray, *, step: int, zone: ZoneInfo) -> list[int]:
    """Places of those that start between two intervals, by the clock on the wall and by UTC alike."""
    astray = np.ones(len(starts), dtype=bool)
    for clock in (starts, walls_of(starts, zone)):
        phases, often = np.unique(clock % step, return_counts=True)
        if len(phases):
            astray &= clock % step != phases[often.argmax()]
    return [int(place) for place in np.flatnonzero(astray)]


def gathered(
    starts: Sequence[int] | IntArray, offered: Sequence[float] | FloatArray, *, step: int, into: int, zone: ZoneInfo
) -> tuple[IntArray, FloatArray]:
    """Counts over `step` seconds added up over `into` seconds, by the clock on the wall; starts ascending.

    Of what an interval is made of, parts whose weekday and time never have a count are closed and not missed; where
    some others are missing the sum is raised in proportion, or left out if less than 80 % is known. `into` is a whole
    number of steps.
    """
    order = np.argsort(np.asarray(starts, dtype=np.int64), kind="stable")
    fine = np.asarray(starts, dtype=np.int64)[order]
    values = np.asarray(offered, dtype=np.float64)[order]
    if into == step or not len(fine):
        return fine, values
    walls = walls_of(fine, zone)
    begins, of = np.unique(fine - walls % into, return_inverse=True)
    total, present = np.bincount(of, weights=values), np.bincount(of)
    phase = int(walls[0] % step)
    ever = np.unique(walls % WEEK_SECONDS)
    parts = walls_of(begins, zone)[:, None] + np.arange(into // step) * step + phase
    possible = np.isin(parts % WEEK_SECONDS, ever).sum(axis=1)
    known = present >= ENOUGH * possible
    return begins[known], (total * np.maximum(possible, present) / present)[known]
