"""How good the forecast was: every candidate against what came, from each of the last origins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marketplace.forecasting.candidates import NAMES
from marketplace.matching.state import BoolArray, FloatArray

LEAST_SHARE = 0.005


@dataclass(frozen=True, slots=True)
class Backtest:
    """Measured over the rolling origins, all days ahead together; None where there was nothing to measure."""

    wape: float | None
    """Sum of absolute errors ÷ sum of counts."""
    naive_wape: float | None
    """The same of the last known week's same weekday and time, on the same intervals."""
    mase: float | None
    """Mean absolute error ÷ that of one naive week ahead over the whole history."""
    coverage80: float | None
    """Share of the counts that lay between p10 and p90."""
    model: str
    """What the forecast is made of, with shares in whole per cent that add up to 100."""


NOTHING = Backtest(None, None, None, None, "none")


def measure(
    *, mean: FloatArray, naive: FloatArray, truth: FloatArray, inside: BoolArray, counts: FloatArray, mix: FloatArray
) -> Backtest:
    """All arrays origins × days ahead × slots, but `counts` days × slots and `mix` the shares of the candidates."""
    model = mixture(mix)
    known = np.isfinite(truth) & np.isfinite(naive)
    if not known.any():
        return Backtest(None, None, None, None, model)
    seen = truth[known]
    off, naive_off, total = np.abs(mean[known] - seen), np.abs(naive[known] - seen), float(seen.sum())
    steps = np.abs(counts[7:] - counts[:-7])
    scale = float(np.nanmean(steps)) if np.isfinite(steps).any() else 0.0
    return Backtest(
        wape=float(off.sum()) / total if total > 0 else None,
        naive_wape=float(naive_off.sum()) / total if total > 0 else None,
        mase=float(off.mean()) / scale if scale > 0 else None,
        coverage80=float(inside[known].mean()),
        model=model,
    )


def mixture(shares: FloatArray) -> str:
    """The candidates with their shares, such as `model 90 % + weeks 10 %`; those below half a per cent are left out.

    Rounded down, then those that lost most by it get one more each, so that the shares add up to 100.
    """
    exact = np.where(shares >= LEAST_SHARE, shares, 0.0)
    exact = 100 * exact / exact.sum()
    whole = np.floor(exact).astype(int)
    whole[np.argsort(whole - exact, kind="stable")[: 100 - int(whole.sum())]] += 1
    return " + ".join(f"{name} {share} %" for name, share in zip(NAMES, whole, strict=True) if share)
