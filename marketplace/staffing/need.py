"""The least agents that meet a target, and the heads to plan for them.

`agents_needed` and `headcount` work on all queues at once; `assess` answers for one queue, with null where a figure
has no meaning, which is what `manage.py staffing` prints.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from marketplace.staffing.checks import BoolArray, FloatArray, IntArray, UnusableError, checked, faults
from marketplace.staffing.erlang import Performance, erlang_a

ROUNDING = 1e-9
"""A target missed by no more than this is met: it is the error of floating point, not of the staffing."""


def agents_needed(
    *,
    rate: ArrayLike,
    handle_seconds: ArrayLike,
    patience_seconds: ArrayLike,
    target_share: ArrayLike,
    target_seconds: ArrayLike,
    occupancy_cap: ArrayLike = 1.0,
) -> IntArray:
    """The least agents with which each queue answers `target_share` of all offered contacts within `target_seconds`.

    Erlang A, or C where `patience_seconds` is infinite; `rate` is contacts per second. Nobody may be occupied more
    than `occupancy_cap` of the time. Arguments broadcast. Nothing offered needs nobody. A share of 1 is met where all
    but a billionth are answered in time. Raises UnusableError for arguments outside their meaning.
    """
    rate, handle, patience, share, seconds, cap = checked(
        rate=rate, handle_seconds=handle_seconds, patience_seconds=patience_seconds, target_share=target_share,
        target_seconds=target_seconds, occupancy_cap=occupancy_cap,
    )  # fmt: skip
    need = np.zeros(rate.shape, dtype=np.int64)
    busy = rate > 0
    need[busy] = _least(
        rate=rate[busy], handle=handle[busy], patience=patience[busy], share=share[busy], seconds=seconds[busy],
        cap=cap[busy],
    )  # fmt: skip
    return need


def _least(
    *,
    rate: FloatArray,
    handle: FloatArray,
    patience: FloatArray,
    share: FloatArray,
    seconds: FloatArray,
    cap: FloatArray,
) -> IntArray:
    """Bisection over all rows at once: level and occupancy are monotone in the agents."""

    def enough(agents: IntArray) -> BoolArray:
        reached = erlang_a(
            rate=rate, handle_seconds=handle, patience_seconds=patience, agents=agents, target_seconds=seconds
        )
        met: BoolArray = (reached.service_level >= share - ROUNDING) & (reached.occupancy <= cap + ROUNDING)
        return met

    load = rate * handle
    spare = np.ceil(2 * np.sqrt(load)) + 2
    short: IntArray = np.full(load.shape, -1, dtype=np.int64)
    ample: IntArray = (np.ceil(load / cap) + spare).astype(np.int64)
    missing = ~enough(ample)
    while missing.any():
        short[missing] = ample[missing]
        spare[missing] *= 2
        ample[missing] += spare[missing].astype(np.int64)
        missing = ~enough(ample)
    while (ample - short > 1).any():
        middle = np.maximum((short + ample) // 2, 0)
        good = enough(middle)
        ample = np.where(good, middle, ample)
        short = np.where(good, short, middle)
    return ample


def headcount(*, agents: ArrayLike, shrinkage: ArrayLike) -> IntArray:
    """People to plan so that `agents` remain when the share `shrinkage` of them is absent, rounded up."""
    agents, shrinkage = checked(agents=agents, shrinkage=shrinkage)
    heads = agents / (1 - shrinkage)
    # 7 ÷ (1 − 0.3) is 10, though floats make it 10.000000000000002.
    whole: IntArray = np.ceil(heads - ROUNDING * np.maximum(heads, 1)).astype(np.int64)
    return whole


@dataclass(frozen=True, slots=True)
class Assessment:
    """What `agents` achieve on one queue; None where a figure has no meaning (nothing offered, endless wait)."""

    model: str
    """"A", with patience, or "C"."""
    agents: int
    headcount: int
    service_level: float | None
    mean_wait_seconds: float | None
    occupancy: float | None
    abandonment: float | None
    wait_probability: float | None


def assess(
    *,
    rate: float,
    handle_seconds: float,
    patience_seconds: float | None = None,
    target_share: float = 0.8,
    target_seconds: float = 20.0,
    agents: int | None = None,
    occupancy_cap: float = 1.0,
    shrinkage: float = 0.0,
) -> Assessment:
    """How `agents`, or if that is None the least that meet target and cap, do at `rate` contacts per second.

    Without a patience nobody gives up (Erlang C). Raises UnusableError with every argument outside its meaning.
    """
    queue = {
        "rate": rate,
        "handle_seconds": handle_seconds,
        "patience_seconds": np.inf if patience_seconds is None else patience_seconds,
        "target_seconds": target_seconds,
    }
    goal = {"target_share": target_share, "occupancy_cap": occupancy_cap}
    found = faults(**queue, **goal, shrinkage=shrinkage, agents=0 if agents is None else agents)
    if found:
        raise UnusableError(found)
    staffed = int(agents_needed(**queue, **goal)) if agents is None else agents
    reached = erlang_a(**queue, agents=staffed)
    figures = {name: float(getattr(reached, name)) for name in Performance.__slots__}
    return Assessment(
        model="C" if patience_seconds is None else "A",
        agents=staffed,
        headcount=int(headcount(agents=staffed, shrinkage=shrinkage)),
        **{name: figure if np.isfinite(figure) else None for name, figure in figures.items()},
    )
