"""What the matcher is worth when a surge comes: the acceptance scenario, ten generated days, several changeovers.

`marketplace.simulation.world` makes the days from the seeds that each result names; every policy meets the same
customers. Service levels are means over the days of answered in target ÷ offered; ± is a standard error.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from math import sqrt
from statistics import fmean, stdev
from typing import Any

from marketplace.matching.state import Limits
from marketplace.simulation.measures import Outcome
from marketplace.simulation.replay import run_replay
from marketplace.simulation.world import SurgeDay, surge_day

NEEDS_DATABASE = False
SEEDS = tuple(range(1, 11))
CHANGEOVERS = (5.0, 30.0, 120.0, 300.0)
POLICIES = ("static", "plan", "greedy", "matcher", "routing")
RIVALS = ("plan", "greedy")


def run(
    *,
    seeds: Sequence[int] = SEEDS,
    changeovers: Sequence[float] = CHANGEOVERS,
    day: SurgeDay | None = None,
    workers: int | None = None,
) -> Iterator[dict[str, Any]]:
    """One result for each changeover and policy, as soon as all its days are played."""
    with ProcessPoolExecutor(workers or os.cpu_count()) as pool:
        played = [
            (changeover, pool.map(play, seeds, repeat(changeover), repeat(day or SurgeDay())))
            for changeover in changeovers
        ]
        for changeover, days in played:
            yield from compare(list(days), seeds=seeds, changeover=changeover)


def play(seed: int, changeover: float, day: SurgeDay) -> dict[str, Outcome]:
    """One day under every policy."""
    world, forecast = surge_day(day, seed=seed)
    limits = Limits(changeover_seconds=changeover)
    return run_replay(world, policies=POLICIES, expectation=forecast, limits=limits, seed=seed).policies


def compare(days: Sequence[dict[str, Outcome]], *, seeds: Sequence[int], changeover: float) -> Iterator[dict[str, Any]]:
    """The policies of one changeover side by side."""
    levels = {name: [_known(one[name].service_level) for one in days] for name in POLICIES}
    for name in POLICIES:
        outcomes = [one[name] for one in days]
        yield {
            "changeover_seconds": changeover,
            "policy": name,
            "seeds": list(seeds),
            "service_level": fmean(levels[name]),
            "abandonment": fmean(_known(one.abandonment) for one in outcomes),
            "worst_queue": fmean(min(_known(queue.service_level) for queue in one.queues.values()) for one in outcomes),
            "moves_per_agent_hour": fmean(_known(one.moves_per_agent_hour) for one in outcomes),
            "gap_closed": _closed(levels, name),
        } | {f"minus_{rival}": _paired(levels[name], levels[rival]) for rival in RIVALS if rival != name}


def _closed(levels: dict[str, list[float]], name: str) -> float | None:
    """How far the policy comes on the way from `static` to `routing`."""
    low, high = fmean(levels["static"]), fmean(levels["routing"])
    return (fmean(levels[name]) - low) / (high - low) if high != low else None


def _paired(ours: Sequence[float], theirs: Sequence[float]) -> dict[str, float | None]:
    """The mean difference of service level on the same days, its standard error, and the worst day."""
    differences = [mine - other for mine, other in zip(ours, theirs, strict=True)]
    error = stdev(differences) / sqrt(len(differences)) if len(differences) > 1 else None
    return {"mean": fmean(differences), "standard_error": error, "worst": min(differences)}


def _known(value: float | None) -> float:
    """A figure of a day on which something was offered everywhere; a generated day without is a fault."""
    if value is None:
        raise ValueError("day: a queue was offered nothing, generate a longer or busier day")
    return value
