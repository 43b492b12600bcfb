"""The mix: how many of a week's hours by internal, lent, external and standby people, by cost and certainty.

A week's need in hours is known as quantiles of its forecast. Some hours must be bought before it is known (a contract,
a loan, a shift opened early) and are paid whether needed or not; others are called when it is known (standby for a fee,
late help at a dearer rate). Every hour of need has a height: the h-th hour is needed with probability P(need > h),
which falls with h. An hour of supply costs, for each hour that really comes (the *show share* of those planned),

    committed: fixed = cost ÷ show, used = 0        called: fixed = fee ÷ show, used = cost

so it costs fixed + used × P(need > h) to cover height h, and leaving it open costs penalty × P(need > h). The least
cost over all heights is a linear program; with no limit on the hours it is the newsvendor's answer: between two kinds a
and b the boundary lies where P(need > h) = (fixed_a − fixed_b) ÷ (used_b − used_a), and for committed people alone at
the critical ratio P(need ≤ h) = 1 − fixed ÷ penalty. (The same reasoning mixes power stations under a load curve:
M. Boiteux 1949.) Limits on hours make it a transportation problem of heights to kinds, which HiGHS solves exactly for
need at `STEPS` equally likely values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
import scipy

from marketplace.staffing.checks import FloatArray

STEPS = 200
"""Values that stand for the need's distribution: the middles of so many equal parts of probability."""
Z90 = 1.2815515655446004
"""The 90th percentile of a standard normal variable."""
CHANCES = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.975, 0.99)


@dataclass(frozen=True, slots=True)
class Tier:
    """One source of hours in a week. Money in minor units of one currency, for each planned hour."""

    name: str
    kind: str
    """`internal`, `lent`, `external` or `standby`."""
    cost: float
    """Committed: for each hour planned, come what may. Called: for each hour worked."""
    fee: float = 0.0
    """For each hour held ready, whether called or not."""
    show: float = 1.0
    """Share of the planned hours that really come, above 0."""
    hours: float = inf
    """The most that can be planned."""
    called: bool = False
    """Called when the need is known, and paid then; otherwise committed before."""

    @property
    def fixed(self) -> float:
        """For each hour that would come, needed or not."""
        return (self.fee if self.called else self.fee + self.cost) / self.show

    @property
    def used(self) -> float:
        """For each hour that is called."""
        return self.cost if self.called else 0.0


@dataclass(frozen=True, slots=True)
class Mix:
    """What to plan, and what to expect of it. Tuples follow the tiers."""

    hours: tuple[float, ...]
    """To plan: committed, or held ready."""
    works: tuple[float, ...]
    """Expected to be worked for a need that is there."""
    cost: float
    """Expected cost of people, in minor units."""
    missing: float
    """Hours of need expected to be left uncovered."""
    penalty: float
    """What those cost."""
    met: float
    """The chance that the need is covered in full."""

    @property
    def total(self) -> float:
        """People and what is missing."""
        return self.cost + self.penalty


def need_values(*, p10: float, p50: float, p90: float, steps: int = STEPS) -> FloatArray:
    """Equally likely values with these quantiles, ascending: half a normal curve on each side of the median.

    Raises ValueError for quantiles out of order or below 0.
    """
    if not 0 <= p10 <= p50 <= p90 < inf:
        raise ValueError(f"quantiles: {p10}, {p50}, {p90} given, must ascend from 0")
    z = scipy.special.ndtri((np.arange(steps) + 0.5) / steps)
    spread = np.where(z < 0, p50 - p10, p90 - p50) / Z90
    values: FloatArray = np.maximum(p50 + spread * z, 0.0)
    return values


def mix(*, need: Sequence[float] | FloatArray, tiers: Sequence[Tier], penalty: float) -> Mix:
    """The least expected cost of people and of missing hours, `penalty` for each.

    `need` are equally likely values in hours (`need_values`). Raises ValueError for figures that mean nothing.
    """
    _check(tiers, penalty)
    return _solve(np.sort(np.asarray(need, dtype=np.float64)), tiers, penalty=penalty, sure=None)


def trade_off(
    *,
    need: Sequence[float] | FloatArray,
    tiers: Sequence[Tier],
    penalty: float,
    chances: Sequence[float] = CHANCES,
) -> list[Mix]:
    """The least cost of people that covers the need with each chance, as far as their hours reach: the curve to draw.

    `penalty` only states what the missing hours of each mix would cost; it does not steer. A chance that the hours
    can't give comes with all that they can: its `met` says so.
    """
    _check(tiers, penalty)
    values = np.sort(np.asarray(need, dtype=np.float64))
    return [_solve(values, tiers, penalty=penalty, sure=chance) for chance in chances]


def _check(tiers: Sequence[Tier], penalty: float) -> None:
    faults = [f"penalty: {penalty} given, must be 0 or more"] if not 0 <= penalty < inf else []
    for tier in tiers:
        if not (0 <= tier.cost < inf and 0 <= tier.fee < inf):
            faults.append(f"{tier.name}: costs must be 0 or more")
        if not 0 < tier.show <= 1:
            faults.append(f"{tier.name}: show must be above 0, at most 1")
        if not tier.hours >= 0:
            faults.append(f"{tier.name}: hours must be 0 or more")
    if faults:
        raise ValueError("; ".join(faults))


def _solve(need: FloatArray, tiers: Sequence[Tier], *, penalty: float, sure: float | None) -> Mix:
    """Heights between neighbouring values as sources, tiers as sinks; what no tier takes is missing.

    With `sure` the heights up to that quantile are covered if they can be (a missing hour there costs more than any
    tier) and no other.
    """
    steps = len(need)
    height = np.diff(need, prepend=0.0)
    chance = (steps - np.arange(steps)) / steps
    price = np.array([tier.fixed + tier.used * chance for tier in tiers]).reshape(len(tiers), steps)
    if sure is None:
        left_out = penalty * chance
    else:
        wanted = np.arange(steps) < np.ceil(sure * steps - 1e-9)
        # the lowest first: what can't be had is missing at the top
        dear = (price.max() if len(tiers) else 0.0) + penalty + 1.0
        left_out = np.where(wanted, 4 * dear * steps * (1 + chance), 0.0)
    covered = _transport(height, price, left_out, [tier.hours * tier.show for tier in tiers])
    uncovered = np.maximum(height - covered.sum(axis=0), 0.0)
    missing = float(uncovered @ chance)
    first = np.flatnonzero(uncovered > 1e-7 * max(float(need[-1]), 1.0))
    return Mix(
        hours=tuple(float(row.sum()) / tier.show for row, tier in zip(covered, tiers, strict=True)),
        works=tuple(float(row @ chance) for row in covered),
        cost=float((price * covered).sum()),
        missing=missing,
        penalty=penalty * missing,
        met=1.0 if not len(first) else float(1 - chance[first[0]]),
    )


def _transport(height: FloatArray, price: FloatArray, left_out: FloatArray, most: Sequence[float]) -> FloatArray:
    """Hours of each tier (row) at each height (column): least price, at most `most` a tier."""
    kinds, steps = price.shape
    used = np.flatnonzero(height > 0)
    covered = np.zeros((kinds, steps))
    if not kinds or not len(used):
        return covered
    saved = (price[:, used] - left_out[used]).ravel()
    by_height = scipy.sparse.kron(np.ones((1, kinds)), scipy.sparse.identity(len(used)))
    limited = [row for row in range(kinds) if most[row] < inf]
    by_tier = scipy.sparse.kron(scipy.sparse.identity(kinds, format="csr")[limited], np.ones((1, len(used))))
    scale = float(height.sum())
    answer = scipy.optimize.linprog(
        saved / max(float(np.abs(saved).max()), 1e-300),
        A_ub=scipy.sparse.vstack([by_height, by_tier], format="csr"),
        b_ub=np.concatenate([height[used], [most[row] for row in limited]]) / scale,
        method="highs",
    )
    if answer.x is None:
        raise ArithmeticError(f"the mix has no answer: {answer.message}")
    covered[:, used] = np.maximum(answer.x, 0.0).reshape(kinds, len(used)) * scale
    return covered
