"""What is not there: intervals missing in between, and a last day that breaks off."""

from __future__ import annotations

import numpy as np

from marketplace.forecasting.intake.codes import Code, Finding
from marketplace.forecasting.intake.series import DAY, Series, runs, wall_of

LEAST_DAYS = 2
"""Days that say when a day usually ends."""


def find_gaps(series: Series, *, findings: list[Finding]) -> None:
    """Missing intervals at a weekday and time that has rows: unknown. One that never has any is closed: no finding."""
    grid = np.arange(series.start[0], series.start[-1] + 1, series.step)
    wall = wall_of(grid, series.zone) % (7 * DAY)
    open_ones = np.isin(wall, series.cell)
    grid = grid[open_ones]
    missing = ~np.isin(grid, series.start)
    for first, past in runs(missing):
        data = {"start": int(grid[first]), "end": int(grid[past - 1]) + series.step, "zone": series.zone.key}
        before = int(np.searchsorted(series.start, grid[first])) - 1
        line = int(series.line[before])
        findings.append(Finding(Code.GAP, line, "interval_start", series.queue, rows=past - first, data=data))


def find_cut_short(series: Series, *, now: int | None, findings: list[Finding]) -> np.ndarray:
    """The rows of a last day that ends earlier than that weekday does, unless that day is not over at `now`."""
    last_day = int(series.day[-1])
    none = np.zeros(len(series.start), dtype=np.bool_)
    days, place = np.unique(series.day, return_inverse=True)
    ends = np.zeros(len(days), dtype=np.int64)
    np.maximum.at(ends, place, series.wall % DAY + series.step)
    same = ends[:-1][days[:-1] % 7 == last_day % 7]
    others = same if len(same) >= LEAST_DAYS else ends[:-1]
    end = int(series.start[-1]) + series.step
    if len(others) < LEAST_DAYS or (now is not None and end > now - DAY // 2):
        return none
    usual = int(np.median(others))
    if usual - int(ends[-1]) <= series.step:
        return none
    data = {"end": int(ends[-1]), "usual": usual, "start": int(series.start[-1]), "zone": series.zone.key}
    rows = series.day == last_day
    line = int(series.line[-1])
    findings.append(Finding(Code.CUT_SHORT, line, "interval_start", series.queue, rows=int(rows.sum()), data=data))
    return rows
