"""Counts that can't be true, or hardly: a hundred times the usual, nothing where much is usual, time ahead."""

from __future__ import annotations

import numpy as np

from marketplace.forecasting.intake.codes import Code, Finding
from marketplace.forecasting.intake.series import Series, group_median, runs

LARGEST = 1_000_000
"""Nobody's queue is offered more in one interval."""
FAR = 50.0
"""So many times the busy level is never true."""
HIGH = 8.0
"""So many times the busy level, alone among its neighbours, is a slip of the hand."""
LOCAL = 25.0
"""And so many times what that weekday and time usually has; from HIGH on it is said."""
ALONE = 5.0
"""Alone: so many times the intervals before and after. A real shock lasts longer than one."""
LEAST_BUSY, LEAST_USUAL = 5.0, 2.0
LEAST_SEEN = 4
SILENCE = 30.0
"""Contacts that were to be expected while none came: by chance that has a probability of e⁻³⁰."""


def usual(series: Series) -> tuple[np.ndarray, np.ndarray]:
    """The median of the same weekday and time, of the same time on all days where that is seen too rarely; and how
    many counts are behind it."""
    by_cell, seen = group_median(series.cell, series.offered)
    by_time, seen_time = group_median(series.wall % 86_400, series.offered)
    rare = seen < LEAST_SEEN
    return np.where(rare, by_time, by_cell), np.where(rare, seen_time, seen)


def find_absurd(series: Series, *, findings: list[Finding]) -> tuple[np.ndarray, np.ndarray]:
    """Which counts are absurd, and which unusual."""
    offered = series.offered
    busy = max(float(np.quantile(offered, 0.95, method="lower")), LEAST_BUSY)
    local, seen = usual(series)
    before = np.concatenate(([-1.0], np.where(np.diff(series.start) == series.step, offered[:-1], -1.0)))
    after = np.concatenate((np.where(np.diff(series.start) == series.step, offered[1:], -1.0), [-1.0]))
    alone = offered > ALONE * np.maximum(np.maximum(before, after), 0.0)
    floor = np.maximum(local, LEAST_USUAL)
    known = seen >= LEAST_SEEN
    absurd = (offered > LARGEST) | (offered > FAR * busy) | (alone & (offered > HIGH * busy))
    absurd |= alone & known & (offered >= LOCAL * floor)
    unusual = ~absurd & alone & known & (offered >= HIGH * floor)
    for code, which in ((Code.ABSURD, absurd), (Code.UNUSUAL, unusual)):
        for row in np.flatnonzero(which):
            # too few of the same time say nothing of what is usual
            data = {"value": int(offered[row]), "usual": float(local[row] if known[row] else busy)}
            findings.append(Finding(code, int(series.line[row]), "offered", series.queue, data=data))
    return absurd, unusual


def find_silent(series: Series, *, findings: list[Finding]) -> np.ndarray:
    """Stretches of zeros where much is usual: a hole that was written as zero, or a day off."""
    local, _ = usual(series)
    silent = np.zeros(len(series.start), dtype=np.bool_)
    for first, past in runs(series.offered == 0):
        expected = float(local[first:past].sum())
        if past - first > 1 and expected >= SILENCE:
            silent[first:past] = True
            data = {
                "start": int(series.start[first]),
                "end": int(series.start[past - 1]) + series.step,
                "usual": round(expected),
                "zone": series.zone.key,
            }
            line = int(series.line[first:past].min())
            findings.append(Finding(Code.SILENT, line, "offered", series.queue, rows=past - first, data=data))
    return silent


def find_future(series: Series, *, now: int, findings: list[Finding]) -> np.ndarray:
    """Intervals that are not over."""
    ahead = series.start + series.step > now
    if ahead.any():
        first = int(np.flatnonzero(ahead)[0])
        data = {"start": int(series.start[first]), "zone": series.zone.key}
        line = int(series.line[ahead].min())
        findings.append(Finding(Code.FUTURE, line, "interval_start", series.queue, rows=int(ahead.sum()), data=data))
    return ahead
