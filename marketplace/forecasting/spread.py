"""Quantiles of counts: one multiplicative factor a day on top of a Poisson, held to what the backtest shows.

A count with mean m has variance m + Cm² (negative binomial). C is measured at each distance ahead from the errors of
earlier forecasts; until enough have come due it is what the model of the levels says. What then is left (heavier tails,
a shape that varies) shows in how often earlier counts fell below the 10 % and 90 % quantiles; the levels asked of the
distribution are moved until they did so as often as promised.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from marketplace.matching.state import BoolArray, FloatArray

SHARES = (0.1, 0.5, 0.9)
BANDS = np.array([0, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3])
"""Days ahead that share their calibration."""
EDGES = np.linspace(-4.0, 4.0, 81)
WORTH_DAYS = 8.0
"""So many days the model's own variance counts for,"""
MODEL_FALLS_SHORT = 1.5
"""times this: what the model does not know of makes it too sure of itself."""
MOST_PRIOR = 1.0
"""And no more than this, however little is known: beyond it the middle would fall far below the mean."""
SHORT_DAYS = 4.0
UNSURE = 2.0
"""Measured over n days the variance is raised by 2 ÷ (n + 4): it is itself uncertain."""
PRIOR_SCORES = 2.0
"""So many days the normal distribution counts for, against the scores seen."""
LEAST_TOTAL = 1e-6
"""A day on which less is expected says nothing of how far days are off."""
DAYS_SHARE = 0.7
"""Of C, what is taken to be the day's factor's until it is measured."""
OWN_VARIANCE = 0.03**2
"""Relative variance of an interval's own, beside the day's, until it is measured."""


@dataclass(frozen=True, slots=True)
class Spread:
    """What the quantiles follow from, at each origin: origins × days ahead, and origins × days ahead × three scores."""

    excess: FloatArray
    """C."""
    scores: FloatArray
    """Normal scores of the levels asked for the 10 %, 50 % and 90 % quantiles."""


def measure_spread(mean: FloatArray, truth: FloatArray, *, variance: FloatArray, due: FloatArray) -> Spread:
    """From forecasts and what came, origins × days ahead × slots; at each origin only from what had come by then."""
    known = np.isfinite(truth) & (mean > 0)
    seen, expected = np.where(known, truth, 0.0), np.where(known, mean, 0.0)
    days = np.where(known.any(axis=2), 1.0, 0.0)
    # by days ahead; axes: origin it is known at, days ahead
    beyond = np.einsum("noh,oh->nh", due, ((seen - expected) ** 2 - expected).sum(axis=2))
    square = np.einsum("noh,oh->nh", due, (expected**2).sum(axis=2))
    came = np.einsum("noh,oh->nh", due, days)
    raw = np.clip(beyond / np.maximum(square, 1e-9), 0.0, 4.0)
    prior = np.minimum(MODEL_FALLS_SHORT * variance + OWN_VARIANCE, MOST_PRIOR)
    excess = (came * raw + WORTH_DAYS * prior) / (came + WORTH_DAYS) * (1 + UNSURE / (came + SHORT_DAYS))
    score = np.zeros(truth.shape)
    every = np.broadcast_to(excess[:, :, None], truth.shape)
    score[known] = normal_score(seen[known], expected[known], every[known])
    return Spread(excess, _scores(score, known, due))


def day_spread(mean: FloatArray, truth: FloatArray, *, excess: FloatArray) -> float:
    """Standard deviation of the log day factor one day ahead, from whole days' totals; of the present origin.

    Moments: E[(T/M − 1)²] = v + 1/M for a total T where M was expected. Beforehand, most of C is the day's.
    """
    known = np.isfinite(truth[:, 0]) & (mean[:, 0] > 0)
    totals = np.where(known, truth[:, 0], 0.0).sum(axis=1)
    expected = np.where(known, mean[:, 0], 0.0).sum(axis=1)
    seen = expected > LEAST_TOTAL
    near = float(np.median(excess[-1, : BANDS.argmax()]))
    prior = DAYS_SHARE * near
    if not seen.any():
        return float(np.sqrt(np.log1p(prior)))
    weight = 1 / (1 / expected[seen] + 0.02)
    off = (totals[seen] / expected[seen] - 1) ** 2 - 1 / expected[seen]
    variance = max(float((weight * off).sum() / weight.sum()), 0.0)
    days = int(seen.sum())
    return float(np.sqrt(np.log1p(min((days * variance + WORTH_DAYS * prior) / (days + WORTH_DAYS), near))))


def _scores(score: FloatArray, known: BoolArray, due: FloatArray) -> FloatArray:
    origins, ahead, _ = score.shape
    bins = len(EDGES) - 1
    place = np.clip(np.searchsorted(EDGES, score) - 1, 0, bins - 1)
    flat = (np.arange(origins * ahead).reshape(origins, ahead, 1) * bins + place)[known]
    slots = np.maximum(known.sum(axis=2), 1)
    share = np.broadcast_to(1 / slots[:, :, None], known.shape)[known]
    histogram = np.bincount(flat, weights=share, minlength=origins * ahead * bins).reshape(origins, ahead, bins)
    prior = np.diff(scipy.special.ndtr(EDGES))
    answer = np.zeros((origins, ahead, len(SHARES)))
    for band in range(int(BANDS.max()) + 1):
        inside = np.flatnonzero(BANDS[:ahead] == band)
        if not len(inside):
            continue
        heap = np.tensordot(due[:, :, inside], histogram[:, inside], axes=([1, 2], [0, 1])) / len(inside)
        heap += PRIOR_SCORES * prior / prior.sum()
        below = np.cumsum(heap, axis=1) / heap.sum(axis=1, keepdims=True)
        for which, level in enumerate(SHARES):
            found = [np.interp(level, row, EDGES[1:]) for row in below]
            answer[:, inside, which] = np.array(found)[:, None]
    return answer


def normal_score(counts: FloatArray, mean: FloatArray, excess: FloatArray) -> FloatArray:
    """The normal score of a count in its distribution, a whole number taken as spread evenly over itself ± ½.

    So scores of counts that follow the distribution are standard normal, however small the counts.
    """
    safe = np.maximum(mean, 1e-9)
    grain = (np.arange(counts.size) * 0.6180339887498949 % 1.0).reshape(counts.shape)
    upper = _below(counts, safe, excess)
    lower = np.where(counts > 0, _below(np.maximum(counts - 1, 0), safe, excess), 0.0)
    level = np.clip(lower + grain * (upper - lower), 1e-5, 1 - 1e-5)
    answer: FloatArray = scipy.special.ndtri(level)
    return answer


def _below(counts: FloatArray, mean: FloatArray, excess: FloatArray) -> FloatArray:
    """P(at most so many): negative binomial of size 1/C, Poisson where C is next to nothing."""
    wide = excess > 1e-6
    size = 1 / np.where(wide, excess, 1.0)
    answer: FloatArray = np.where(
        wide,
        scipy.special.betainc(size, counts + 1, 1 / (1 + mean * np.where(wide, excess, 1.0))),
        scipy.special.gammaincc(counts + 1, mean),
    )
    return answer


def count_quantile(level: FloatArray, mean: FloatArray, excess: FloatArray) -> FloatArray:
    """The inverse of `normal_score` on levels instead of scores: a real number, 0 where the level falls on none."""
    safe = np.maximum(mean, 1e-9)
    wide = excess > 1e-6
    size = np.broadcast_to(1 / np.where(wide, excess, 1.0), np.shape(mean))
    found = np.where(
        wide,
        scipy.special.nbdtrik(level, size, 1 / (1 + safe * np.where(wide, excess, 1.0))),
        scipy.special.pdtrik(level, safe),
    )
    none = _below(np.zeros(np.shape(mean)), safe, excess)
    answer: FloatArray = np.where((mean > 0) & (level > none), np.nan_to_num(found) + 0.5, 0.0)
    return answer


def levels_of(scores: FloatArray) -> FloatArray:
    """Probabilities of normal scores."""
    answer: FloatArray = scipy.special.ndtr(scores)
    return answer


def inside_of(truth: FloatArray, mean: FloatArray, spread: Spread) -> BoolArray:
    """Whether each count lies between its p10 and p90 as `count_quantile` gives them, both included."""
    known = np.isfinite(truth)
    place = truth[known] - 0.5
    every = np.broadcast_to(spread.excess[:, :, None], truth.shape)[known]
    below = _below(np.maximum(place, 0.0), np.maximum(mean[known], 1e-9), every)
    low, high = (np.broadcast_to(levels_of(spread.scores[:, :, None, which]), truth.shape)[known] for which in (0, 2))
    answer = np.zeros(truth.shape, dtype=bool)
    answer[known] = (below >= low) & ((below <= high) | (place < 0))
    return answer
