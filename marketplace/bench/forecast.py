"""How long a night's forecasts take: 1,000 queues, 14 days and 52 weeks each, with their backtests, on all cores."""

from __future__ import annotations

import os
from collections.abc import Iterator
from statistics import median
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from marketplace.forecasting.history import History
from marketplace.forecasting.make import Made
from marketplace.forecasting.many import Job, answer, forecast_many

NEEDS_DATABASE = False
QUEUES = 1_000
DAYS = 365
STEP_SECONDS = 1_800
HORIZON_DAYS = 14
ALONE = 20
"""Queues timed one by one."""
SEED = 1
DAY_SECONDS = 86_400
BEGIN = 1_735_516_800
"""Monday, 30 December 2024, 00:00 UTC."""


def run(*, queues: int = QUEUES, processes: int | None = None) -> Iterator[dict[str, Any]]:
    """`seconds` for all queues over all processes; `seconds_alone` is the median of one queue in this process."""
    jobs = list(made_up(queues))
    since = perf_counter()
    done = list(forecast_many(jobs, processes=processes))
    seconds = perf_counter() - since
    good = [made for _, made in done if isinstance(made, Made)]
    alone = []
    for job in jobs[:ALONE]:
        since = perf_counter()
        answer(job)
        alone.append(perf_counter() - since)
    yield {
        "queues": queues,
        "days": HORIZON_DAYS,
        "history_days": DAYS,
        "rows": sum(len(made.rows) for made in good),
        "failed": len(done) - len(good),
        "processes": processes or len(os.sched_getaffinity(0)),
        "seconds": seconds,
        "seconds_alone": median(alone),
    }


def made_up(queues: int) -> Iterator[Job]:
    """Queues of 2 to 300 contacts an interval, open 8 to 20 from Monday to Saturday, one gamma factor a day."""
    random = np.random.default_rng(SEED)
    days, slots = np.arange(DAYS), np.arange(16, 40)
    opened = np.flatnonzero(days % 7 != 6)
    starts = (BEGIN + opened[:, None] * DAY_SECONDS + slots * STEP_SECONDS).ravel()
    shape = 1 + 0.6 * np.sin((slots - 16) / 24 * 2 * np.pi)
    until = BEGIN + (DAYS + HORIZON_DAYS) * DAY_SECONDS
    for queue in range(queues):
        level = 10 ** random.uniform(0.3, 2.5)
        factor = random.gamma(100, 0.01, (len(opened), 1)) * np.exp(0.1 * np.sin(opened / 58)[:, None])
        offered = random.poisson(level * shape * factor).astype(np.float64).ravel()
        history = History(starts, offered, STEP_SECONDS, ZoneInfo("UTC"), "IT")
        yield Job(queue, history, BEGIN + DAYS * DAY_SECONDS, until)
