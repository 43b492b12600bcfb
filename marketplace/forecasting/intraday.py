"""The rest of a day, corrected by what came of it so far: the posterior of the day's factor.

The log factor of an interval is the day's, the same for all, plus one of its own time of day that a few hours later is
another; given it counts are Poisson. Both are Gaussian, so what came so far (on the root's scale, where a Poisson has
one spread) gives the rest of the day by linear prediction: little is believed on a quiet queue, nearly all on a busy
one, the next hours more than the late ones. The few contacts of a night foretell little of the day: times of day with
fewer contacts vary more for themselves.

A surge is what this model holds for all but impossible. Where one is on, the intervals since it began share a third
factor, as large as the watch says it is, of which 1/e is left in an hour: the next intervals follow what comes, the
evening stays near the plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from marketplace.forecasting.forecast_row import ForecastRow
from marketplace.matching.state import BoolArray, FloatArray

FADE_SECONDS = 3 * 3600.0
"""After so long, what was an hour's own is left to 1/e."""
SURGE_FADE_SECONDS = 3600.0
"""The same of a surge."""
LEAST_OWN = 0.2
"""Variance of an interval's own factor, at least, as a share of the day's."""
MOST_OWN = 4.0
DECILES = 2 * 1.2815515655446004
"""Between p10 and p90 of a normal distribution, in standard deviations."""


@dataclass(frozen=True, slots=True)
class Surging:
    """A surge that is on."""

    since: float
    """Epoch seconds."""
    factor: float
    """What comes ÷ what was expected."""


def correct_day(
    *,
    rows: Sequence[ForecastRow],
    step_seconds: int,
    came: Mapping[int, float],
    now: int,
    day_spread: float,
    surge: Surging | None = None,
) -> list[ForecastRow]:
    """The rows of one local day that are not over at `now`, by the posterior of the day's factor.

    `came` are the contacts offered so far by interval start; an interval that still runs counts by its elapsed part,
    one that is missing says nothing. `day_spread` is the standard deviation of the log day factor. Of what was counted
    in a `surge`, the next hours are believed to have most.
    """
    rest = [place for place, row in enumerate(rows) if row.start + step_seconds > now]
    begun = [place for place, row in enumerate(rows) if row.start < now and row.start in came and row.mean > 0]
    if not rest or not begun or day_spread <= 0:
        return [rows[place] for place in rest]
    starts = np.array([row.start for row in rows])
    mean = np.array([row.mean for row in rows])
    before = ((np.array([row.p90 for row in rows]) - np.array([row.p10 for row in rows])) / DECILES) ** 2
    excess = np.maximum(before - mean, 0.0) / np.maximum(mean, 1e-9) ** 2
    shared, surging = _surge(starts + step_seconds, starts, surge)
    likeness = _likeness(starts, mean, excess, day_spread**2) + shared
    elapsed = np.minimum((now - starts[begun]) / step_seconds, 1.0)
    expected = np.maximum(mean[begun] * elapsed, 1e-3)
    seen = np.array([came[rows[place].start] for place in begun]) + 0.25
    # far off, the root's scale is not the logarithm's any more
    off = np.where(surging[begun], np.log(seen / expected), 2 * (np.sqrt(seen / expected) - 1))
    known = np.where(surging[begun], np.maximum(seen, expected), expected)
    among = likeness[np.ix_(begun, begun)] + np.diag(1 / np.maximum(known, 0.25))
    across = likeness[np.ix_(rest, begun)]
    gain = np.linalg.solve(among, across.T).T
    factor = np.exp(gain @ off)
    left = np.maximum(excess[rest] + shared[rest, rest] - (gain * across).sum(axis=1), 0.0)
    corrected = [
        _scaled(rows[place], factor=float(factor[i]), before=float(before[place]), excess=float(left[i]))
        for i, place in enumerate(rest)
    ]
    # a surge that ends leaves the plan
    return [
        replace(new, p10=max(new.p10, min(rows[place].p10, new.p50))) if surging[place] else new
        for new, place in zip(corrected, rest, strict=True)
    ]


def _surge(ends: FloatArray, starts: FloatArray, surge: Surging | None) -> tuple[FloatArray, BoolArray]:
    """Covariance of the log factor that the intervals since a surge began share, and which these are."""
    if surge is None or surge.factor <= 1:
        return np.zeros((len(starts), len(starts))), np.zeros(len(starts), dtype=bool)
    inside: BoolArray = ends > surge.since
    apart = np.abs(starts[:, None] - starts[None]) / SURGE_FADE_SECONDS
    shared: FloatArray = np.log(surge.factor) ** 2 * np.exp(-apart) * (inside[:, None] & inside[None])
    return shared, inside


def _likeness(starts: FloatArray, mean: FloatArray, excess: FloatArray, day: float) -> FloatArray:
    """Covariance of the log factors of the day's intervals."""
    heavy = mean**2 / max(float((mean**2).sum()), 1e-12)
    own = max(float((heavy * excess).sum()) - day, LEAST_OWN * day)
    usual = float((mean**2).sum()) / max(float(mean.sum()), 1e-12)
    spread = np.sqrt(np.minimum(own * np.maximum(usual / np.maximum(mean, 1e-9), 1.0), MOST_OWN))
    apart = np.abs(starts[:, None] - starts[None]) / FADE_SECONDS
    answer: FloatArray = day + spread[:, None] * spread[None] * np.exp(-apart)
    return answer


def _scaled(row: ForecastRow, *, factor: float, before: float, excess: float) -> ForecastRow:
    """Mean and quantiles times the factor, with the spread that is left: variance m + excess × m²."""
    if row.mean <= 0 or before <= 0:
        return row
    mean = row.mean * factor
    width = float(np.sqrt((mean + excess * mean**2) / before))
    middle = max(mean + (row.p50 - row.mean) * width, 0.0)
    return ForecastRow(
        start=row.start,
        mean=mean,
        p10=max(middle - (row.p50 - row.p10) * width, 0.0),
        p50=middle,
        p90=middle + (row.p90 - row.p50) * width,
    )
