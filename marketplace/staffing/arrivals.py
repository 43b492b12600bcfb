"""Demand now: the arrival rate of the next minutes, from the forecast corrected by what was just seen.

The forecast says how demand moves, the last minutes say how high it stands. With f(t) the forecast rate, contacts
arrive as Poisson(x f(t)), where the factor x is near 1 and drifts. Before anything is seen, x has a gamma prior with
mean 1 whose weight is the forecast of PRIOR_SECONDS = 30 s, that is k = 30 f(now) contacts:

    x ~ Gamma(shape k, rate k)

What was seen is forgotten exponentially with MEMORY_SECONDS τ = 300 s, which lets x drift (a power-discounted
gamma–Poisson filter: J. Q. Smith 1979; West and Harrison, "Bayesian Forecasting and Dynamic Models", §10.8). So S
decayed arrivals over an exposure of E seconds, in which E f(before) were forecast, make it

    x ~ Gamma(k + S, k + E f(before)),    rate ahead = f(ahead) (k + S) / (k + E f(before))

With a level forecast that is (S + 30 f) / (E + 30), the baseline that was measured with the matcher. Counts are
over-dispersed accordingly: over the next h seconds they are negative binomial with variance ÷ mean = 1 + h / 30 on the
prior alone and, at full exposure, about 1 + h / 330: 1.9 for five minutes. Real counts of five minutes have shown 2.3
without and 1.3 with knowledge of the day's total.

Two edges are ours. When the forecast climbs steeply (a queue opens) a few unforecast contacts must not be multiplied
by the climb: the excess over the forecast is carried ahead by at most GROWTH_LIMIT. And where there is no forecast,
or a forecast of nothing, what was seen stands alone, as if watched for at least 30 s.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike

from marketplace.staffing.checks import FloatArray

MEMORY_SECONDS = 300.0
"""τ: an arrival of this age counts 1/e."""
PRIOR_SECONDS = 30.0
"""What the forecast weighs: as much as this many seconds of watching."""
GROWTH_LIMIT = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class RateAhead:
    """A gamma distribution of the arrival rate, contacts per second; one element a queue."""

    mean: FloatArray
    shape: FloatArray
    """How many contacts' worth of evidence stand behind the mean."""

    def quantile(self, probability: ArrayLike) -> FloatArray:
        """The rate that the true one stays below with this probability; 0 where the mean is 0."""
        known = self.mean > 0
        shape = np.where(known, self.shape, 1.0)
        unit = scipy.special.gammaincinv(shape, np.asarray(probability, dtype=np.float64)) / shape
        return np.where(known, unit * self.mean, 0.0)


def rate_ahead(
    *,
    recent_arrivals: ArrayLike,
    recent_seconds: ArrayLike,
    forecast_before: ArrayLike,
    forecast_now: ArrayLike,
    forecast_ahead: ArrayLike,
) -> FloatArray:
    """Contacts per second expected when a decision made now takes effect: the mean of `posterior`."""
    return posterior(
        recent_arrivals=recent_arrivals,
        recent_seconds=recent_seconds,
        forecast_before=forecast_before,
        forecast_now=forecast_now,
        forecast_ahead=forecast_ahead,
    ).mean


def posterior(
    *,
    recent_arrivals: ArrayLike,
    recent_seconds: ArrayLike,
    forecast_before: ArrayLike,
    forecast_now: ArrayLike,
    forecast_ahead: ArrayLike,
) -> RateAhead:
    """The rate ahead with its uncertainty. Arguments as in `matching.state.Queues`, by queue; they broadcast.

    Forecasts are rates per second, NaN where there is none: without `forecast_now` or `forecast_ahead` the forecast
    is not used, without `forecast_before` alone (the queue just opened) it is taken to have been level.
    """
    seen, exposure, before, now, ahead = np.broadcast_arrays(
        *(
            np.asarray(value, dtype=np.float64)
            for value in (recent_arrivals, recent_seconds, forecast_before, forecast_now, forecast_ahead)
        )
    )
    known = np.isfinite(now) & np.isfinite(ahead)
    now, ahead = np.where(known, now, 0.0), np.where(known, ahead, 0.0)
    then = _forecast_when_seen(exposure, np.where(np.isfinite(before), before, now), now)
    weight = PRIOR_SECONDS * now
    base = weight + exposure * then
    growth = np.where(ahead > 0, GROWTH_LIMIT, np.where(base > 0, 0.0, 1.0))
    total = exposure + PRIOR_SECONDS
    np.divide(ahead * total, base, out=growth, where=base * GROWTH_LIMIT > ahead * total)
    guided = ahead + growth * (seen - exposure * then) / total
    alone = seen / np.maximum(exposure, PRIOR_SECONDS)
    mean = np.maximum(np.where(known, guided, alone), 0.0)
    return RateAhead(mean=mean, shape=np.maximum(seen + weight, PRIOR_SECONDS * mean))


def _forecast_when_seen(exposure: FloatArray, before: FloatArray, now: FloatArray) -> FloatArray:
    """The forecast at the mean age of what was seen: `before` at full exposure, near `now` soon after opening.

    With w seconds watched, E = τ (1 − e^(−w/τ)), and the mean age of that exposure is τ − w e^(−w/τ) / (1 − e^(−w/τ)).
    """
    faded = np.clip(1 - exposure / MEMORY_SECONDS, 0.0, 1.0)
    partly = (faded > 0) & (faded < 1)
    part = np.where(partly, faded, 0.5)
    age = np.where(partly, 1 + part * np.log(part) / (1 - part), np.where(faded > 0, 0.0, 1.0))
    return now + age * (before - now)


def decay(
    *, recent_arrivals: ArrayLike, recent_seconds: ArrayLike, elapsed_seconds: ArrayLike, offered: ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """Arrivals and exposure after `elapsed_seconds` more, in which `offered` contacts came, evenly spread.

    A correction may make `offered` negative; the sum stays at 0 or above. Raises ValueError for time running back.
    """
    seen, exposure, elapsed, came = (
        np.asarray(value, dtype=np.float64) for value in (recent_arrivals, recent_seconds, elapsed_seconds, offered)
    )
    if (elapsed < 0).any():
        raise ValueError(f"elapsed_seconds: {elapsed.min()} given, must be 0 or more")
    faded = np.exp(-elapsed / MEMORY_SECONDS)
    gained = -MEMORY_SECONDS * np.expm1(-elapsed / MEMORY_SECONDS)
    weight = np.where(elapsed > 0, gained / np.where(elapsed > 0, elapsed, 1.0), 1.0)
    return np.asarray(np.maximum(seen * faded + came * weight, 0.0)), np.asarray(exposure * faded + gained)
