"""The rest of a day, corrected by what came of it so far: the posterior of the day's factor.

The day's factor is gamma with mean 1 and the spread that forecasts had; given it, counts scatter a little more than a
Poisson's. So after N came where M was expected the factor is gamma again, of shape 1/v + N/φ and rate 1/v + M/φ: little
is believed on a quiet queue, nearly all on a busy one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from marketplace.forecasting.weekday import ForecastRow

WITHIN = 1.3
"""φ: variance ÷ mean of counts once the day's total is known (1.34 measured in a bank's counts)."""
DECILES = 2 * 1.2815515655446004
"""Between p10 and p90 of a normal distribution, in standard deviations."""


def correct_day(
    *, rows: Sequence[ForecastRow], step_seconds: int, came: Mapping[int, float], now: int, day_spread: float
) -> list[ForecastRow]:
    """The rows of one local day that are not over at `now`, by the posterior of the day's factor.

    `came` are the contacts offered so far by interval start; an interval that still runs counts by its elapsed part,
    one that is missing says nothing. `day_spread` is the standard deviation of the log day factor.
    """
    expected = seen = 0.0
    for row in rows:
        elapsed = min(max((now - row.start) / step_seconds, 0.0), 1.0)
        if row.start in came and elapsed > 0:
            expected += row.mean * elapsed
            seen += came[row.start]
    rest = [row for row in rows if row.start + step_seconds > now]
    prior = day_spread**2
    if expected <= 0 or prior <= 0:
        return rest
    shape, rate = 1 / prior + seen / WITHIN, 1 / prior + expected / WITHIN
    return [_scaled(row, factor=shape / rate, prior=prior, left=shape / rate**2) for row in rest]


def _scaled(row: ForecastRow, *, factor: float, prior: float, left: float) -> ForecastRow:
    """Mean and quantiles times the factor; their spread loses the part of the day's factor that is known by now."""
    if row.mean <= 0:
        return row
    mean = row.mean * factor
    before = max(((row.p90 - row.p10) / DECILES) ** 2, 1e-12)
    excess = max(before - row.mean, 0.0) / row.mean**2
    own = max(excess - prior, 0.0) * factor**2
    after = mean + (own + left) * mean**2 / factor**2
    width = float(np.sqrt(after / max(before, row.mean)))
    middle = mean + (row.p50 - row.mean) * width
    return ForecastRow(
        start=row.start,
        mean=mean,
        p10=max(middle - (row.p50 - row.p10) * width, 0.0),
        p50=max(middle, 0.0),
        p90=max(middle + (row.p90 - row.p50) * width, 0.0),
    )
