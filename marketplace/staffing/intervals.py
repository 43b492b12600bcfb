"""Need by interval: agents and heads for every queue × interval of a forecast, with room for the luck of a day.

The least agents that meet a target in the long run meet it on little more than half of the days: the level of a day
strays. So need is **the least staffing with which a period (a day of PERIOD_SECONDS) at the interval's demand meets
the target with probability `confidence`**, and which keeps the occupancy cap and the queue's least agents. Days whose
intervals are all staffed so meet it at least as surely: the noise of their intervals averages out all the same.

The forecast is taken at its word: pass its mean, or a quantile of it to cover demand that may come higher.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from marketplace.staffing.checks import BoolArray, FloatArray, IntArray, checked
from marketplace.staffing.erlang import erlang_a
from marketplace.staffing.need import ROUNDING, agents_needed, headcount
from marketplace.staffing.noise import chance_met, design_effect

CONFIDENCE = 0.95
PERIOD_SECONDS = 8 * 3600.0
"""A day's opening hours: the period over which a target is agreed."""
SKEW = 0.6
"""Bad days are worse than good days are good, beyond a binomial's skew: plan for this part of the misses allowed."""


@dataclass(frozen=True, slots=True, eq=False)
class Need:
    """People by queue × interval (or whatever shape was asked for)."""

    agents: IntArray
    """Working at the same time."""
    heads: IntArray
    """To be planned, so that `agents` remain after shrinkage."""


def interval_need(
    *,
    contacts: ArrayLike,
    interval_seconds: float,
    handle_seconds: ArrayLike,
    patience_seconds: ArrayLike,
    target_share: ArrayLike,
    target_seconds: ArrayLike,
    occupancy_cap: ArrayLike = 1.0,
    shrinkage: ArrayLike = 0.0,
    least_agents: ArrayLike = 0,
    confidence: float | None = CONFIDENCE,
    period_seconds: float = PERIOD_SECONDS,
) -> Need:
    """People needed where `contacts` are offered in each interval of `interval_seconds`; the rest as `agents_needed`.

    Arguments broadcast: queues as rows, intervals as columns. `contacts` NaN is closed: nobody is needed. Open
    intervals need at least `least_agents`, however quiet. `confidence` None asks for the long run alone. Raises
    UnusableError for arguments outside their meaning.
    """
    offered = np.asarray(contacts, dtype=np.float64)
    shut = np.isnan(offered)
    rate, handle, patience, share, seconds, cap, absent, least = checked(
        rate=np.where(shut, 0.0, offered) / interval_seconds, handle_seconds=handle_seconds,
        patience_seconds=patience_seconds, target_share=target_share, target_seconds=target_seconds,
        occupancy_cap=occupancy_cap, shrinkage=shrinkage, agents=least_agents,
    )  # fmt: skip
    agents = agents_needed(
        rate=rate, handle_seconds=handle, patience_seconds=patience, target_share=share, target_seconds=seconds,
        occupancy_cap=cap,
    )  # fmt: skip
    if confidence is not None:
        busy = rate > 0
        agents[busy] = sure_agents(
            at_least=agents[busy], rate=rate[busy], handle=handle[busy], patience=patience[busy], share=share[busy],
            seconds=seconds[busy], confidence=confidence, period_seconds=period_seconds,
        )  # fmt: skip
    agents = np.where(np.broadcast_to(shut, agents.shape), 0, np.maximum(agents, least.astype(np.int64)))
    return Need(agents=agents, heads=headcount(agents=agents, shrinkage=absent))


def sure_agents(
    *,
    at_least: IntArray,
    rate: FloatArray,
    handle: FloatArray,
    patience: FloatArray,
    share: FloatArray,
    seconds: FloatArray,
    confidence: float,
    period_seconds: float,
) -> IntArray:
    """The least agents from `at_least` on whose period meets the target with `confidence`. Flat arrays; rate > 0."""
    patience = np.where(np.isinf(patience), 1e6 * handle, patience)

    def enough(rows: IntArray, agents: IntArray) -> BoolArray:
        return (
            period_chance(
                rate=rate[rows], handle=handle[rows], patience=patience[rows], agents=agents, share=share[rows],
                seconds=seconds[rows], period_seconds=period_seconds,
            )
            >= 1 - SKEW * (1 - confidence)
        )  # fmt: skip

    return least_enough(at_least=at_least, enough=enough)


def period_chance(
    *,
    rate: FloatArray,
    handle: FloatArray,
    patience: FloatArray,
    agents: IntArray,
    share: FloatArray,
    seconds: FloatArray,
    period_seconds: float,
) -> FloatArray:
    """The chance that a period at this rate answers `share` of its contacts within `seconds`."""
    level = erlang_a(
        rate=rate, handle_seconds=handle, patience_seconds=patience, agents=agents, target_seconds=seconds
    ).service_level
    effect = design_effect(
        rate=rate, handle=handle, patience=patience, agents=agents.astype(np.float64), target=seconds
    )
    certain = level >= 1 - ROUNDING
    chance = chance_met(contacts=rate * period_seconds, level=level, target_share=share, effect=effect)
    return np.where(certain, 1.0, chance)


def least_enough(*, at_least: IntArray, enough: Callable[[IntArray, IntArray], BoolArray]) -> IntArray:
    """The least number from `at_least` on that is enough, for each row; `enough(rows, numbers)` is monotone.

    Gallops up by 1, 2, 4, … and halves back: most rows end with the first or second look.
    """
    found = at_least.copy()
    pending = np.arange(len(found))
    short = found - 1
    step = 1
    while len(pending):
        good = enough(pending, found[pending])
        pending = pending[~good]
        short[pending] = found[pending]
        found[pending] += step
        step *= 2
    while len(open_ := np.flatnonzero(found - short > 1)):
        middle = (found[open_] + short[open_]) // 2
        good = enough(open_, middle)
        found[open_] = np.where(good, middle, found[open_])
        short[open_] = np.where(good, short[open_], middle)
    return found
