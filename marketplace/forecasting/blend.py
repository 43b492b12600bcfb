"""How much of each candidate: weights by their errors on the days that have come, the naive one always among them."""

from __future__ import annotations

from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from marketplace.forecasting.candidates import NAMES
from marketplace.matching.state import FloatArray, IntArray

PARTS = 4
MIXES = np.array([mix for mix in product(range(PARTS + 1), repeat=len(NAMES)) if sum(mix) == PARTS]) / PARTS
"""All mixtures of the candidates in quarters."""
STRENGTH = 8.0
"""How much less a mixture counts beforehand, the farther it is from what is expected."""
SHARPNESS = 100.0
"""How strongly a mixture that did better is preferred: e-fold for each 1/100 of error, once enough days were seen."""
ENOUGH_DAYS = 8.0
MEMORY_DAYS = 42.0
ENOUGH_FILLED = 0.5
"""Of simulated queues that leave out their zeros, the model is better above 0.45, the mean of past weeks below."""
SPARSE, MOST_LATELY = 0.5, 0.8
"""Where an interval has so few contacts, half of so much is expected to go by last week's level. So few contacts are
mostly zeros: then an error costs as much as the level is off, and last week's is off by as much as the naive's."""
DOUBT = 0.8
"""So much ÷ √contacts (those known, the older the less) is taken for how far a ratio of two errors is off by chance;"""
LOSS = 0.1
"""where that and the ratio itself say that the mixture may lose so much against the naive one,"""
MOST_NAIVE = 0.9
"""so large a share is the naive one's. Absolute errors are convex: of what the rest loses, only its share is lost."""
MODEL, WEEKS, LATELY, NAIVE = (NAMES.index(name) for name in ("model", "weeks", "lately", "naive"))
PLAIN = MIXES[:, WEEKS] + MIXES[:, NAIVE] == 1


def blend_weights(
    cubes: FloatArray,
    truth: FloatArray,
    *,
    due: FloatArray,
    filled: FloatArray,
    rate: FloatArray,
    contacts: FloatArray,
) -> FloatArray:
    """Weights origins × candidates, at each origin from the errors of forecasts whose day had come by then.

    `cubes` is candidates × origins × days ahead × slots without nan, `truth` origins × days ahead × slots, nan where
    nothing is to be compared; `due` from `due_weights`. Beforehand it is the model, the less the fewer contacts an
    interval has (`rate`, at each origin). Where less than half of the open intervals are `filled` with counts (a share
    at each origin) it is the mean of past weeks and last week, the rarer the rows the more of the latter: a queue that
    has rows only where somebody called tells little of its days, and nearly each row says 1. Where the mixture so far
    was no better than the naive one, or too few `contacts` are known at an origin to tell, it is drawn to the latter.
    """
    known = np.isfinite(truth)
    seen = np.where(known, truth, 0.0)
    # half the precision is enough to compare by, and twice as fast
    apart = np.where(known, cubes - seen, 0.0).astype(np.float32)
    off = np.stack([np.abs(np.tensordot(mix, apart, axes=1)).sum(axis=2) for mix in MIXES.astype(np.float32)])
    error = np.tensordot(due, off, axes=([1, 2], [1, 2]))
    total = np.tensordot(due, seen.sum(axis=2), axes=2)
    days = np.tensordot(due, known.any(axis=2).astype(np.float64), axes=2) / truth.shape[1]
    relative = error / np.maximum(total, 1e-9)[:, None]
    relative = relative / np.maximum(relative.min(axis=1, keepdims=True), 1e-9) - 1
    little = filled < ENOUGH_FILLED
    expected = np.zeros((len(filled), len(NAMES)))
    lately = MOST_LATELY / (1 + (rate / SPARSE) ** 2)
    expected[:, MODEL], expected[:, LATELY] = np.where(little, 0.0, 1 - lately), np.where(little, 0.0, lately)
    expected[:, WEEKS], expected[:, NAIVE] = np.where(little, filled, 0.0), np.where(little, 1 - filled, 0.0)
    prior = -STRENGTH * ((MIXES - expected[:, None]) ** 2).sum(axis=2)
    prior[np.ix_(little, ~PLAIN)] = -np.inf
    trust = (SHARPNESS * days / (days + ENOUGH_DAYS))[:, None]
    score = prior - trust * np.minimum(relative, 10.0)
    raw = np.exp(score - score.max(axis=1, keepdims=True))
    mixed: FloatArray = (raw / raw.sum(axis=1, keepdims=True)) @ MIXES
    return _held(mixed, apart, due=due, contacts=contacts)


def _held(mixed: FloatArray, apart: NDArray[np.float32], *, due: FloatArray, contacts: FloatArray) -> FloatArray:
    """The mixtures with a share of the naive forecast, by what they have lost against it and may lose by chance.

    `apart` is candidates × origins × days ahead × slots: forecast less what came.
    """
    ours, naive = np.einsum("oc,cohs->ohs", mixed, apart), apart[NAIVE]
    lost, least = (np.tensordot(due, np.abs(off).sum(axis=2), axes=2) + 1e-9 for off in (ours, naive))
    may_lose = lost / least - 1 + DOUBT / np.sqrt(np.maximum(contacts, 1e-9))
    share = np.clip(may_lose / LOSS, 0.0, MOST_NAIVE)[:, None]
    answer: FloatArray = (1 - share) * mixed + share * (np.arange(len(NAMES)) == NAIVE)
    return answer


def contacts_known(counts: FloatArray, origins: IntArray) -> FloatArray:
    """Contacts up to each origin (a row of `counts`, days × slots), a day's the less the longer ago it is."""
    age = origins[:, None] - np.arange(len(counts))
    answer: FloatArray = np.where(age >= 0, 0.5 ** (age / MEMORY_DAYS), 0.0) @ np.nansum(counts, axis=1)
    return answer


@lru_cache(maxsize=64)
def due_weights(origins: int, ahead: int) -> FloatArray:
    """Weight, at each origin, of each earlier forecast: none before its day has come, less with age.

    Origins are consecutive days. Shape origins × origins × days ahead.
    """
    now = np.arange(origins)[:, None, None]
    target = np.arange(origins)[None, :, None] + np.arange(1, ahead + 1)[None, None, :]
    age = now - target
    return np.where(age >= 0, 0.5 ** (age / MEMORY_DAYS), 0.0)
