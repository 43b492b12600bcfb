"""From the loss at a few staffing levels to the convex curve, with its floor, that the flow needs.

The loss is worked out at every level near the present staffing and at ever wider steps beyond; between these it is a
straight line. Lateness is not convex in overload, so the curve is replaced by its convex envelope: the greatest convex
curve that is nowhere above it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marketplace.matching.backlog import backlog_loss
from marketplace.matching.cost import Load, beyond_help, expected_loss
from marketplace.matching.state import FloatArray, IntArray

DENSE = 16
"""So many levels each side of the present staffing are worked out one by one."""
GROWTH = 1.25
"""Beyond, each step is this much wider."""
NOISE = 1e-12
"""Slopes that fall by less are convex but for rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """One row a queue; column k stands for `base + k` agents. Rows are constant beyond their own last level."""

    base: IntArray
    present: IntArray
    """The column of the staffing there is now."""
    loss: FloatArray
    """Expected lost contacts, weighted, convex and not increasing."""
    share: FloatArray
    """Expected share of the look-ahead's arrivals that are answered in target; 1 where none are expected."""


def curves(
    load: Load,
    *,
    weight: FloatArray,
    down: IntArray,
    up: IntArray,
    steps: list[tuple[float, float]],
    tick_seconds: float,
    changeover_seconds: float,
) -> Curves:
    """The curve of each queue from `down` agents fewer than now to `up` more."""
    present = np.rint(load.agents).astype(np.int64)
    offsets = level_offsets(down=int(down.max(initial=0)), up=int(up.max(initial=0)))
    levels = np.clip(offsets[None, :], -down[:, None], up[:, None])
    staffing = (present[:, None] + levels).astype(np.float64)
    loss, share = _of_those_who_come(
        load, levels=levels, staffing=staffing, steps=steps, changeover_seconds=changeover_seconds
    )
    loss *= beyond_help(
        target_seconds=load.target_seconds, tick_seconds=tick_seconds, changeover_seconds=changeover_seconds
    )[:, None]
    loss += backlog_loss(load, staffing=staffing, steps=steps, changeover_seconds=changeover_seconds)
    loss = np.minimum.accumulate(loss, axis=1) * weight[:, None]
    share = np.where(load.rate[:, None] > 0, share, 1.0)
    both = np.stack([convex_envelope(levels, loss), share])
    loss, share = between(both, offsets=offsets, levels=levels, down=down, up=up)
    return Curves(base=present - down, present=down, loss=loss, share=share)


def _of_those_who_come(
    load: Load, *, levels: IntArray, staffing: FloatArray, steps: list[tuple[float, float]], changeover_seconds: float
) -> tuple[FloatArray, FloatArray]:
    """`expected_loss`, worked out once where the levels of a queue coincide, as they do at the ends of most."""
    new = np.ones(levels.shape, dtype=np.bool_)
    new[:, 1:] = levels[:, 1:] != levels[:, :-1]
    row, _ = np.nonzero(new)
    loss, share = expected_loss(
        load.rows(row), staffing=staffing[new][:, None], steps=steps, changeover_seconds=changeover_seconds
    )
    cell = np.cumsum(new).reshape(new.shape) - 1
    return loss[cell, 0], share[cell, 0]


def level_offsets(*, down: int, up: int) -> IntArray:
    """The levels to work out, counted from the present one, ascending from `−down` to `up` with 0 among them."""
    return np.concatenate([-_side(down)[::-1], np.zeros(1, dtype=np.int64), _side(up)])


def _side(end: int) -> IntArray:
    near = list(range(1, min(end, DENSE) + 1))
    while near and near[-1] < end:
        near.append(min(end, int(near[-1] * GROWTH)))
    return np.array(near, dtype=np.int64)


def between(values: FloatArray, *, offsets: IntArray, levels: IntArray, down: IntArray, up: IntArray) -> FloatArray:
    """Straight lines between the worked-out levels: one column for every level from `−down`, constant beyond `up`.

    The last two axes of `values` are queue and level.
    """
    last = int(offsets[-1])
    width = int((down + up).max(initial=0)) + 1
    level = np.minimum(np.arange(width)[None, :] - down[:, None], np.minimum(up, last)[:, None])
    right_of = np.searchsorted(offsets, np.arange(int(offsets[0]), last + 1), side="left")
    right = right_of[level - int(offsets[0])]
    left = np.maximum(right - 1, 0)
    row = np.arange(len(levels))[:, None]
    low, high = levels[row, left], levels[row, right]
    span = np.maximum(high - low, 1)
    part = np.where(high > low, (level - low) / span, 1.0)
    below, above = values[..., row, left], values[..., row, right]
    line: FloatArray = above + (below - above) * (1.0 - part)
    return line


def convex_envelope(levels: IntArray, values: FloatArray) -> FloatArray:
    """The greatest convex curve below `values` in each row, at the same levels.

    Only rows that are not convex are touched, and only until they are. In each, the envelope's next corner is where the
    line from the present corner is steepest downwards; all rows go from corner to corner together. Equal levels must
    have equal values.
    """
    width = np.diff(levels, axis=1)
    slope = np.diff(values, axis=1) / np.maximum(width, 1)
    # Levels coincide only at the two ends of a row, so neighbours with a width are neighbours on the curve.
    falls = (np.diff(slope, axis=1) < -NOISE) & (width[:, :-1] > 0) & (width[:, 1:] > 0)
    uneven = np.flatnonzero(falls.any(axis=1))
    if not len(uneven):
        return values
    result = values.copy()
    last = falls.shape[1] - np.argmax(falls[uneven, ::-1], axis=1)
    result[uneven] = _envelope_of(levels[uneven], values[uneven], last)
    return result


def _envelope_of(levels: IntArray, values: FloatArray, last: IntArray) -> FloatArray:
    """The same for rows that are convex from column `last` on."""
    count = levels.shape[1]
    row = np.arange(len(levels))
    column = np.arange(count)[None, :]
    result = values.copy()
    corner = np.zeros(len(levels), dtype=np.int64)
    while True:
        here, there = levels[row, corner], values[row, corner]
        distance = levels - here[:, None]
        ahead = (distance > 0) & (corner < last)[:, None]
        if not ahead.any():
            return result
        slope = np.where(ahead, (values - there[:, None]) / np.maximum(distance, 1), np.inf)
        steepest = slope.min(axis=1)
        # The farthest of equally steep corners: it keeps the loop short and the result free of needless corners.
        following = count - 1 - np.argmin(slope[:, ::-1], axis=1)
        going = np.asarray(ahead.any(axis=1))
        line = there[:, None] + np.where(going, steepest, 0.0)[:, None] * distance
        inside = ahead & (column < following[:, None]) & going[:, None]
        result = np.where(inside, np.minimum(line, values), result)
        corner = np.where(going, following, corner)
