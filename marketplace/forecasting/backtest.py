"""How good the forecast was: every candidate against what came, from each of the last origins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marketplace.forecasting.candidates import NAMES
from marketplace.matching.state import BoolArray, FloatArray


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
    """What the forecast is made of, with shares in per cent."""


NOTHING = Backtest(None, None, None, None, "none")


def measure(
    *, mean: FloatArray, naive: FloatArray, truth: FloatArray, inside: BoolArray, counts: FloatArray, mix: FloatArray
) -> Backtest:
    """All arrays origins × days ahead × slots, but `counts` days × slots and `mix` the shares of the candidates."""
    model = " + ".join(f"{name} {100 * share:.0f} %" for name, share in zip(NAMES, mix, strict=True) if share >= 0.005)
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
