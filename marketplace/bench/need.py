"""Whether a stated need is true: generated centres played day by day at it, and at 95 % of it.

A day is eight hours at level demand on the floor of `marketplace.simulation`; it meets the target if 80 % of its
contacts were answered within 20 s. `met` is the share of days that do, `level` the mean of all contacts, `worst_queue`
the lowest level of a queue over all days. The last line is the time for 50 queues × a week of quarter-hours.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np

from marketplace.matching.state import IntArray
from marketplace.simulation.days import Centre, fewer, generated_centre, level_day
from marketplace.simulation.pooling import PooledNeed, pooled_need
from marketplace.staffing.groups import staff_groups

NEEDS_DATABASE = False
SHARE = 0.8
CENTRES = (
    ("ring", 4, 20.0),
    ("ring", 20, 60.0),
    ("ring", 20, 340.0),
    ("chain", 6, 60.0),
    ("chain", 20, 340.0),
    ("half", 6, 60.0),
    ("half", 20, 340.0),
    ("generalists", 6, 60.0),
    ("generalists", 20, 340.0),
    ("few", 20, 340.0),
    ("ring", 1, 5.0),
    ("ring", 1, 40.0),
)
"""Web of skills, queues, load in agents; the last two are single queues."""
DAYS = 100
MATCHER_CENTRES = (("ring", 4, 20.0),)
MATCHER_DAYS = 20


def run(
    *,
    centres: Sequence[tuple[str, int, float]] = CENTRES,
    days: int = DAYS,
    matcher: Sequence[tuple[str, int, float]] = MATCHER_CENTRES,
    matcher_days: int = MATCHER_DAYS,
    workers: int | None = None,
) -> Iterator[dict[str, Any]]:
    """One result a centre and policy, as it is played; then the speed."""
    with ProcessPoolExecutor(workers or os.cpu_count()) as pool:
        for policy, chosen, count in (("routing", centres, days), ("matcher", matcher, matcher_days)):
            for kind, queues, load in chosen:
                yield judge(pool, kind=kind, queues=queues, load=load, policy=policy, days=count)
    yield speed()


def judge(pool: Executor, *, kind: str, queues: int, load: float, policy: str, days: int) -> dict[str, Any]:
    """One centre at its need and at 95 % of it."""
    centre = generated_centre(kind=kind, queues=queues, load=load, seed=5)
    started = perf_counter()
    need = stated_need(centre, contacts=centre.rate[:, None] * 900)
    seconds = perf_counter() - started
    staff = staff_groups(agents=need.agents[:, 0].astype(np.float64), workforce=centre.workforce)
    at_need, at_less = (
        _figures(pool, centre, some, policy=policy, days=days) for some in (staff, fewer(staff, share=0.95))
    )
    return {
        "centre": f"{kind} {queues} × {load:g}",
        "pools": len(centre.workforce.pools()),
        "policy": policy,
        "days": days,
        "alone": int(need.alone.sum()),
        "need": int(staff.sum()),
        "met": at_need["met"],
        "level": at_need["level"],
        "worst_queue": at_need["worst_queue"],
        "less": int(0.95 * staff.sum() + 1e-9),
        "met_with_less": at_less["met"],
        "level_with_less": at_less["level"],
        "seconds": seconds,
    }


def stated_need(centre: Centre, *, contacts: Any) -> PooledNeed:
    """With the product's defaults and 80 % in the centre's target."""
    return pooled_need(
        contacts=contacts,
        interval_seconds=900,
        handle_seconds=centre.handle,
        patience_seconds=centre.patience,
        target_share=SHARE,
        target_seconds=centre.target_seconds,
        workforce=centre.workforce,
    )


def _figures(pool: Executor, centre: Centre, staff: IntArray, *, policy: str, days: int) -> dict[str, float]:
    play = partial(_day, centre, staff, policy)
    offered, hits = (np.array(column) for column in zip(*pool.map(play, range(days), chunksize=4), strict=True))
    return {
        "met": float((hits.sum(axis=1) >= SHARE * offered.sum(axis=1)).mean()),
        "level": float(hits.sum() / offered.sum()),
        "worst_queue": float((hits.sum(axis=0) / np.maximum(offered.sum(axis=0), 1)).min()),
    }


def _day(centre: Centre, staff: IntArray, policy: str, seed: int) -> tuple[IntArray, IntArray]:
    return level_day(centre=centre, staff=staff, seed=seed, policy=policy)


def speed() -> dict[str, Any]:
    """50 queues × a week of quarter-hours, open 12 hours a day, 400 agents' work at the peak."""
    centre = generated_centre(kind="ring", queues=50, load=400, seed=5)
    hour = np.arange(672) % 96 / 4
    shape = np.where((hour >= 8) & (hour < 20), 0.4 + 0.6 * np.sin(np.pi * (hour - 8) / 12) ** 2, np.nan)
    started = perf_counter()
    need = stated_need(centre, contacts=centre.rate[:, None] * 900 * shape)
    return {
        "centre": "50 queues × a week",
        "alone": int(need.alone.sum()),
        "need": int(need.agents.sum()),
        "seconds": perf_counter() - started,
    }
