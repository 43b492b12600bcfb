"""Drawing customers from a seed: handle times and patience."""

from __future__ import annotations

from math import log, sqrt

from numpy.random import Generator

from marketplace.matching.state import FloatArray


def draw_handle_seconds(rng: Generator, *, mean: float, cv: float, count: int) -> FloatArray:
    """Lognormal handle times with this mean and CV (standard deviation ÷ mean); a CV of 1 gives exponential ones.

    Lognormal: σ² = ln(1 + CV²), μ = ln(mean) − σ²/2.
    """
    if cv == 1.0:
        return rng.exponential(mean, count)
    if cv == 0.0 or mean == 0.0:
        return rng.normal(mean, 0.0, count)
    spread = log(1 + cv * cv)
    return rng.lognormal(log(mean) - spread / 2, sqrt(spread), count)
