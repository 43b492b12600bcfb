"""Series cut from real counts, and how much worse than last week's figures any of them is forecast.

    python -m tests.many_windows ../shared/data

A large bank's calls in half-hours and hours and a city's emergency calls in one and three hours: weeks of them from
different days on, whole or thinned to fewer contacts (each kept with the same chance), with a level that
shifts, with days that have no rows, with days of zeros, and with two days in a row that have other counts. Printed as
by `tests.many_series`.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np

from marketplace.forecasting.clock import DAY_SECONDS
from marketplace.forecasting.history import History
from tests.backtest import BANK, SEATTLE, read
from tests.many_series import WORSE, ratios

KEPT = (1.0, 0.3, 0.1, 0.03, 0.01)
BANK_WEEKS = ((0, 12), (0, 5), (4, 9), (2, 12), (7, 12), (0, 3))
SHIFTS = ((0.5, 0.5), (0.5, 2.0), (0.8, 0.3), (0.8, 3.0))
"""From this part on, so many times the contacts."""
ODD = (0.0, 0.2, 0.5, 2.0, 3.0)

Named = tuple[str, History]


def window(history: History, *, first: int, days: int) -> History:
    """These days of it, the first counted from its own first."""
    begin = history.starts[0] // DAY_SECONDS * DAY_SECONDS + first * DAY_SECONDS
    inside = (history.starts >= begin) & (history.starts < begin + days * DAY_SECONDS)
    return replace(history, starts=history.starts[inside], offered=history.offered[inside])


def kept(history: History, share: object, *, seed: int) -> History:
    """Each contact with this chance: one for all intervals, or one each."""
    chance = np.broadcast_to(np.asarray(share, dtype=np.float64), history.offered.shape)
    offered = np.random.default_rng(seed).binomial(history.offered.astype(np.int64), chance)
    return replace(history, offered=offered.astype(np.float64))


def shifted(history: History, *, part: float, ratio: float, seed: int) -> History:
    """Contacts kept before or after, so that from this part on there are `ratio` times as many."""
    begin, end = int(history.starts[0]), int(history.starts[-1])
    late = history.starts >= begin + part * (end - begin)
    return kept(history, np.where(late, min(ratio, 1.0), min(1 / ratio, 1.0)), seed=seed)


def without_days(history: History, *, share: float, zeros: bool, seed: int) -> History:
    """This share of the days has no rows, or rows of zero."""
    days, of = np.unique(history.starts // DAY_SECONDS, return_inverse=True)
    gone = (np.random.default_rng(seed).random(len(days)) < share)[of]
    if zeros:
        return replace(history, offered=np.where(gone, 0.0, history.offered))
    return replace(history, starts=history.starts[~gone], offered=history.offered[~gone])


def odd_pair(history: History, *, times: float, seed: int) -> History:
    """Twice, two days in a row have so many times their contacts."""
    days, of = np.unique(history.starts // DAY_SECONDS, return_inverse=True)
    first = np.random.default_rng(seed).choice(len(days) - 1, 2, replace=False)
    odd = np.isin(of, np.concatenate([first, first + 1]))
    return replace(history, offered=np.where(odd, np.round(history.offered * times), history.offered))


def windows(folder: Path) -> Iterator[Named]:
    """All that is tried, with the name of its kind."""
    for step in (1800, 3600):
        bank = read(folder / BANK, step=300, into=step)
        for share, (first, last) in product(KEPT, BANK_WEEKS):
            weeks = window(bank, first=7 * first, days=7 * (last - first))
            yield "bank, weeks of it", kept(weeks, share, seed=first)
        for share in KEPT:
            yield from changed("bank", kept(bank, share, seed=9))
    for step, first in product((3600, 10_800), range(0, 1400, 200)):
        calls = read(folder / SEATTLE, step=3600, into=step)
        for days, share in product((28, 84, 280), KEPT[:3]):
            yield "Seattle, weeks of it", kept(window(calls, first=first, days=days), share, seed=first)
        yield from changed("Seattle", window(calls, first=first, days=120))


def changed(name: str, history: History) -> Iterator[Named]:
    """One series with what upsets a forecast."""
    for part, ratio in SHIFTS:
        yield f"{name}, level shift", shifted(history, part=part, ratio=ratio, seed=5)
    for share, zeros in product((0.05, 0.2), (False, True)):
        name_of = f"{name}, days of zeros" if zeros else f"{name}, days without rows"
        yield name_of, without_days(history, share=share, zeros=zeros, seed=3)
    for times, seed in product(ODD, range(2)):
        yield f"{name}, odd pair of days", odd_pair(history, times=times, seed=seed)


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    names, histories = zip(*windows(parser.parse_args().data), strict=True)
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        found = [one for one in zip(names, pool.map(ratios, histories, chunksize=8), strict=True) if one[1]]
    by_name: dict[str, list[tuple[float, ...]]] = {}
    for name, ratio in found:
        by_name.setdefault(name, []).append(ratio)
    by_name["**all**"] = [ratio for _, ratio in found]
    sys.stdout.write("| series | number | median over fourteen days | worst | worse by over 5 % at 1, 7 or 14 days |\n")
    sys.stdout.write("|---" * 5 + "|\n")
    for name, some in by_name.items():
        table = np.array(some)
        worse = int((table.max(axis=1) > WORSE).sum())
        cells = f"{len(some)} | {np.median(table[:, -1]):.3f} | {table[:, -1].max():.3f} | {worse}"
        sys.stdout.write(f"| {name} | {cells} |\n")


if __name__ == "__main__":
    main()
