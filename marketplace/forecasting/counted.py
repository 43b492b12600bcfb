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
    """The length of the intervals that these start: the shortest distance between two of them; None for fewer."""
    gaps = np.diff(np.unique(starts))
    return int(gaps.min()) if len(gaps) else None


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
    coarse_walls = walls // into * into
    coarse = fine - (walls - coarse_walls)
    begins, of = np.unique(coarse, return_inverse=True)
    total = np.bincount(of, weights=values)
    present = np.bincount(of)
    ever = np.unique(walls % WEEK_SECONDS)
    parts = (begins + (walls_of(begins, zone) - begins))[:, None] + np.arange(into // step) * step
    possible = np.isin(parts % WEEK_SECONDS, ever).sum(axis=1)
    known = present >= ENOUGH * possible
    return begins[known], (total * np.maximum(possible, present) / present)[known]
