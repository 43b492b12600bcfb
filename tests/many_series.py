"""Series of many kinds, drawn, and how much worse than last week's figures any of them is forecast.

    python -m tests.many_series [--seeds 3] [--first 0]

prints, for each kind and over all: how many, and the error as a share of seasonal-naive's one day ahead, and over seven
and fourteen days: the median, the worst, and how many were worse by over 5 %. Where last week's figures were right to a
thousandth of the counts, so must ours be.
"""

from __future__ import annotations

import os
import sys
import zlib
from argparse import ArgumentParser
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from zoneinfo import ZoneInfo

import numpy as np

from marketplace.forecasting.clock import DAY_SECONDS
from marketplace.forecasting.grid import lay_out
from marketplace.forecasting.history import History
from marketplace.forecasting.make import LEAST_DAYS, WINDOW, at_days, fit
from marketplace.matching.state import FloatArray

MONDAY = 1_672_617_600
HORIZONS = (1, 7, 14)
TRIFLE = 0.001
"""Of the counts: an error that is none."""
WORSE = 1.05
LEAST_TESTED = 50
"""Counts, all days ahead together."""


@dataclass(frozen=True)
class Kind:
    """How a series arises. Counts are Poisson about level × weekday × shape × whatever else is said here."""

    name: str
    level: float
    """Contacts on an ordinary day."""
    step: int = 1800
    weeks: int = 12
    round_the_clock: bool = False
    """Else Monday to Friday, 8 to 20."""
    zeros: bool = True
    """Whether intervals without contacts have a row."""
    factor: float = 0.1
    """Standard deviation of the log day factor."""
    lasts: float = 0.0
    """Its correlation from day to day."""
    trend: float = 0.0
    """Of the log level, a day."""
    wander: float = 0.0
    shift: tuple[float, float] = (1.0, 1.0)
    """From this part of the series on, the level is so many times what it was."""
    bursts: tuple[float, float] = (0.0, 1.0)
    """So often a day has so many times its contacts."""
    holes: float = 0.0
    """Share of the days without counts: holidays, outages."""
    clumps: float = 0.0
    """Variance of the log-free factor of a single interval."""
    every_other: float = 0.0
    """Weeks by turns have so much more and less."""
    spiky: bool = False
    exact: bool = False
    """The same whole numbers every week but for the day's factor."""


def draw(kind: Kind, seed: int) -> History:
    """One series of this kind."""
    draw = np.random.default_rng([seed, zlib.crc32(repr(kind).encode())])
    slots, days = DAY_SECONDS // kind.step, 7 * kind.weeks
    hour = (np.arange(slots) + 0.5) * kind.step / 3600
    opened = np.full(slots, True) if kind.round_the_clock else (hour >= 8) & (hour < 20)
    if kind.spiky:
        shape = np.exp(draw.normal(0, 1, slots))
    elif kind.round_the_clock:
        shape = 1 + 0.8 * np.cos((hour - 14) / 12 * np.pi)
    else:
        shape = np.exp(-(((hour - 10.5) / 2.2) ** 2)) + 0.8 * np.exp(-(((hour - 15.5) / 2.6) ** 2)) + 0.1
    shape = shape * opened / (shape * opened).sum()
    weekday = np.exp(draw.normal(0, 0.15, 7))
    starts, offered = [], []
    for day, level in enumerate(_levels(kind, days, draw)):
        if (day % 7 > 4 and not kind.round_the_clock) or draw.random() < kind.holes:
            continue
        mean = level * weekday[day % 7] * shape * (1 + kind.every_other * (-1) ** (day // 7))
        if kind.clumps:
            mean = draw.gamma(1 / kind.clumps, mean * kind.clumps)
        counts = np.round(mean) if kind.exact else draw.poisson(mean)
        for slot in np.flatnonzero(opened & (kind.zeros | (counts > 0))):
            starts.append(MONDAY + day * DAY_SECONDS + int(slot) * kind.step)
            offered.append(float(counts[slot]))
    return History(np.array(starts, dtype=np.int64), np.array(offered), kind.step, ZoneInfo("UTC"))


def _levels(kind: Kind, days: int, draw: np.random.Generator) -> FloatArray:
    log = np.log(kind.level) + kind.trend * np.arange(days) + np.cumsum(draw.normal(0, kind.wander, days))
    lasting = 0.0
    for day in range(days):
        lasting = kind.lasts * lasting + np.sqrt(1 - kind.lasts**2) * kind.factor * draw.normal()
        log[day] += lasting
    often, times = kind.bursts
    burst = np.where(draw.random(days) < often, times, 1.0) / (1 - often + often * times)
    part, ratio = kind.shift
    levels: FloatArray = np.exp(log) * burst * np.where(np.arange(days) >= part * days, ratio, 1.0)
    return levels


def kinds() -> Iterator[Kind]:
    """What is tried: sparse, changing, new and plain ones, in 5 minutes to hours."""
    for level, step, around in product((0.5, 1, 2, 5, 10, 20, 50), (300, 1800, 3600), (False, True)):
        yield Kind("sparse", level, step, round_the_clock=around)
        yield Kind("without zeros", level, step, round_the_clock=around, zeros=False)
    for level in (2, 20, 200):
        yield from changing(level)
    for weeks, level in product((3, 4, 5, 6), (2, 10, 100, 1000)):
        yield Kind("new", level, weeks=weeks)
        yield Kind("new", level, weeks=weeks, round_the_clock=True)
        yield Kind("new, without zeros", level, weeks=weeks, zeros=False)
    for level in (100, 1000, 10_000):
        for factor in (0.0, 0.03, 0.1, 0.2):
            yield Kind("plain", level, factor=factor)
            yield Kind("plain", level, 3600, factor=factor, round_the_clock=True)
        yield Kind("plain", level, 300)
        yield Kind("lasting", level, factor=0.15, lasts=0.8)
        yield Kind("the same every week", level, factor=0.0, exact=True)
        yield Kind("the same every week", level, factor=0.01, exact=True)


def changing(level: float) -> Iterator[Kind]:
    """Those whose days are far from alike."""
    for often, times in ((0.05, 20.0), (0.15, 8.0), (0.3, 5.0)):
        yield Kind("bursts", level, bursts=(often, times))
    for factor, lasts in product((0.4, 0.8), (0.0, 0.8)):
        yield Kind("wild days", level, factor=factor, lasts=lasts)
    for trend in (-0.03, -0.01, 0.01, 0.03):
        yield Kind("trend", level, trend=trend)
    for part, ratio in ((0.5, 0.3), (0.5, 0.5), (0.5, 2.0), (0.5, 4.0), (0.8, 0.2), (0.8, 3.0), (0.9, 0.2)):
        yield Kind("level shift", level, shift=(part, ratio))
    yield from (Kind("wandering", level, wander=wander) for wander in (0.05, 0.1, 0.2))
    yield from (Kind("days missing", level, holes=holes) for holes in (0.05, 0.2, 0.4))
    yield from (Kind("clumps", level, clumps=clumps) for clumps in (0.5, 2.0))
    yield Kind("every other week", level, every_other=0.3)
    yield Kind("spiky", level, spiky=True)


@dataclass(frozen=True)
class Found:
    """Errors of one series by days ahead, as shares of seasonal-naive's."""

    kind: Kind
    ratio: tuple[float, ...]

    @property
    def is_worse(self) -> bool:
        """Whether it was worse than last week's figures by over 5 % at any distance."""
        return max(self.ratio) > WORSE


def judged(kind: Kind, seed: int) -> Found | None:
    """None where there is too little to forecast, or to measure it by."""
    ratio = ratios(draw(kind, seed))
    return Found(kind, ratio) if ratio else None


def ratios(history: History) -> tuple[float, ...]:
    """Our errors over the HORIZONS, as shares of seasonal-naive's; none where there is too little to tell."""
    if not len(history.starts):
        return ()
    grid = lay_out(history, since=int(history.starts[-1]) + history.step_seconds)
    if grid.days <= LEAST_DAYS:
        return ()
    origins = np.arange(max(LEAST_DAYS - 1, grid.days - 1 - WINDOW), grid.days)
    fitted, _ = fit(grid, origins, None)
    truth = at_days(grid.counts, origins[:, None] + np.arange(1, 16))
    naive = fitted.candidates.cubes[-1]
    if (np.isfinite(truth) & np.isfinite(naive)).sum() < LEAST_TESTED:
        return ()
    found = []
    for days in HORIZONS:
        known = np.isfinite(truth[:, :days]) & np.isfinite(naive[:, :days])
        came = truth[:, :days][known]
        ours, theirs = (float(np.abs(one[:, :days][known] - came).sum()) for one in (fitted.mean, naive))
        trifle = TRIFLE * float(came.sum())
        found.append(1.0 if ours <= trifle else ours / max(theirs, trifle))
    return tuple(found)


def lines(found: list[Found]) -> Iterator[str]:
    """Markdown."""
    by_name: dict[str, list[Found]] = {}
    for one in found:
        by_name.setdefault(one.kind.name, []).append(one)
    yield "| kind | series |" + "".join(f" {days} d: median | worst |" for days in HORIZONS) + " worse by over 5 % |"
    yield "|---" * (3 + 2 * len(HORIZONS)) + "|"
    for name, some in [*by_name.items(), ("**all**", found)]:
        table = np.array([one.ratio for one in some])
        cells = [f"{np.median(column):.3f} | {column.max():.3f}" for column in table.T]
        yield f"| {name} | {len(some)} | " + " | ".join(cells) + f" | {sum(one.is_worse for one in some)} |"


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="series of each kind (default: %(default)s)")
    parser.add_argument("--first", type=int, default=0, help="the first seed (default: %(default)s)")
    options = parser.parse_args()
    every = [(kind, seed) for kind in kinds() for seed in range(options.first, options.first + options.seeds)]
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        found = [one for one in pool.map(judged, *zip(*every, strict=True), chunksize=8) if one is not None]
    sys.stdout.write("\n".join(lines(found)) + "\n")
    for one in sorted(found, key=lambda one: -max(one.ratio)):
        if one.is_worse:
            sys.stdout.write(f"{', '.join(f'{ratio:.3f}' for ratio in one.ratio)}: {one.kind}\n")


if __name__ == "__main__":
    main()
