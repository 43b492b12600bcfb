"""From gap to shifts for a week of 50 queues by quarters of an hour: how long, how far from the cheapest possible."""

from collections.abc import Iterator
from time import perf_counter, process_time
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from marketplace.staffing.checks import IntArray
from marketplace.staffing.cover import Break, Gap, Pattern, Premium, Target, cover
from marketplace.staffing.need import agents_needed

NEEDS_DATABASE = False
QUEUES = 50
DAYS = 7
STEP_SECONDS = 900
HALF_HOUR, HOUR = 1800, 3600
MONDAY = 1_773_010_800
"""9 March 2026, 00:00 in Rome."""
MISSING_PER_HOUR = 6_000
WORKERS = 2
SEED = 1
NIGHT = Premium(share=0.25, since=22 * HOUR, until=6 * HOUR)
SUNDAY = Premium(share=0.5, weekdays=frozenset({6}))
LUNCH = Break(seconds=HALF_HOUR, after_seconds=2 * HOUR, before_end_seconds=2 * HOUR, from_length_seconds=6 * HOUR)
PATTERNS = (
    Pattern(
        name="site", pay_per_hour=1800, least_seconds=4 * HOUR, most_seconds=8 * HOUR, length_step_seconds=2 * HOUR,
        breaks=(LUNCH,), premiums=(NIGHT, SUNDAY),
    ),
    Pattern(
        name="mid-day from home", pay_per_hour=1700, least_seconds=2 * HOUR, most_seconds=4 * HOUR, at_home=True,
        first_start=9 * HOUR, last_start=18 * HOUR, premiums=(SUNDAY,), cost_per_shift=200,
    ),
)  # fmt: skip


def run() -> Iterator[dict[str, Any]]:
    """Good to half a per cent, which is the default; and then as good as half a minute more makes it.

    `gap` is (cost - bound) ÷ bound: nothing cheaper than the bound exists. A fifth of the queues never close.
    """
    people = gaps()
    targets = tuple(Target(queues=(queue,), home_allowed=queue % 4 > 0) for queue in range(QUEUES))
    gap = Gap(people=people, start=MONDAY, step_seconds=STEP_SECONDS, zone=ZoneInfo("Europe/Rome"), targets=targets)
    for within, seconds in ((0.005, 30.0), (0.0, 30.0)):
        begin, worked = perf_counter(), process_time()
        found = cover(
            gap=gap, patterns=PATTERNS, missing_per_hour=MISSING_PER_HOUR, within=within, seconds=seconds,
            workers=WORKERS,
        )  # fmt: skip
        took, worked = perf_counter() - begin, process_time() - worked
        yield {
            "queues": QUEUES,
            "intervals": people.shape[1],
            "within": within,
            "seconds": took,
            "cpu_seconds": worked,
            "missing_hours": float(np.maximum(0, people).sum() * STEP_SECONDS / HOUR),
            "left_hours": float(found.missing.sum() * STEP_SECONDS / HOUR),
            "shifts": sum(shift.people for shift in found.shifts),
            "cost": found.objective / 100,
            "bound": found.bound / 100,
            "gap": found.relative_gap,
        }


def gaps() -> IntArray:
    """What people are missing: need by Erlang A at half-hourly forecasts, less permanent staff in the day."""
    random = np.random.default_rng(SEED)
    half_hours = DAYS * 48
    hour = np.arange(half_hours) % 48 / 2
    weekday = np.array([1.1, 1.05, 1.0, 1.0, 0.95, 0.6, 0.4])[np.arange(half_hours) // 48 % 7]
    peak, size = random.normal(10.5, 0.7, (QUEUES, 1)), 10 ** random.uniform(0.3, 1.7, (QUEUES, 1))
    shape = 0.2 + np.exp(-(((hour - peak) / 2.2) ** 2)) + 0.8 * np.exp(-(((hour - peak - 5) / 2.5) ** 2))
    hours = np.array([(0, 24), (8, 20), (7, 22), (8, 20), (9, 18)])[np.arange(QUEUES) % 5]
    is_open = (hour >= hours[:, :1]) & (hour < hours[:, 1:])
    load = size * shape * weekday * random.lognormal(0, 0.05, (QUEUES, half_hours)) * is_open
    need = agents_needed(
        rate=load / 300, handle_seconds=300, patience_seconds=180, target_share=0.8, target_seconds=20,
        occupancy_cap=0.9,
    )  # fmt: skip
    staffed = np.floor(0.4 * need.max(axis=1, keepdims=True)) * ((hour >= 9) & (hour < 17) & (weekday > 0.9))
    return np.repeat(need - staffed.astype(np.int64), HALF_HOUR // STEP_SECONDS, axis=1)
