"""One part solved: a linear program with its bound, then whole people.

1. The linear program over all shifts, by column generation where there are many (HiGHS, dual simplex).
2. Its dual prices give a bound that holds for any prices: Σ price · need + Σ min(0, reduced cost) · most.
3. Whole people, little more than a day at a time: keep the day's shifts, go on with the next. Mostly close enough.
4. Else all at once by branch and cut (HiGHS) over the shifts that can still matter: one whose reduced cost is above
   (best known - bound) is in no better answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
import scipy

from marketplace.staffing.checks import FloatArray, IntArray
from marketplace.staffing.cover.parts import Part

AT_ONCE = 20_000
"""Up to so many shifts go into the linear program at once."""
ADDED = 3_000
ROUNDS = 60
FIRST_LOOK = 3e-4
"""The first search has the shifts whose reduced cost is at most this part of the bound."""
BY_DAYS = 2e-3
"""Going through the days, each stretch is solved to this part."""
LEAST_SECONDS = 0.1
TINY = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """An answer to one part."""

    people: IntArray
    """In each shift."""
    flow: IntArray
    missing: IntArray
    objective: int
    bound: int


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """The linear program's answer."""

    people: FloatArray
    flow: FloatArray
    reduced: FloatArray
    bound: float


def solve(*, part: Part, day: int, within: float, seconds: float) -> Solved:
    """The cheapest answer, or one that is good to `within`, or the best found when step 4 has taken `seconds`.

    `day` is the number of steps in one. Which it was, `bound` says; the same part gives the same answer unless the
    seconds run out.
    """
    relaxed = relax(part)
    bound = _whole(relaxed.bound)
    best = _rounded(part, relaxed)
    if best.objective > bound * (1 + within):
        best = min(best, _by_days(part, relaxed, day=day), key=lambda answer: answer.objective)
    look = max(FIRST_LOOK * relaxed.bound, 1.0)
    while seconds >= LEAST_SECONDS and best.objective > bound * (1 + within):
        pool = np.flatnonzero(relaxed.reduced <= look + TINY)
        found, proven = _whole_people(part, pool, part.need, within=within / 2, seconds=seconds)
        if found is not None and found.objective < best.objective:
            best = found
        # whatever uses a shift outside the pool costs more than relaxed.bound + look
        bound = max(bound, min(_whole(proven), _whole(relaxed.bound + look), best.objective))
        if len(pool) == len(part.cost):
            break
        seconds /= 2
        look = max(2 * look, best.objective - relaxed.bound)
    return Solved(
        people=best.people, flow=best.flow, missing=best.missing, objective=best.objective,
        bound=min(bound, best.objective),
    )  # fmt: skip


def relax(part: Part) -> Relaxed:
    """Solve the linear program over all shifts of the part."""
    count = len(part.cost)
    pool = np.arange(count) if count <= AT_ONCE else np.zeros(0, dtype=np.int64)
    for _ in range(ROUNDS):
        relaxed = _linear(part, pool)
        outside = np.ones(count, dtype=np.bool_)
        outside[pool] = False
        better = np.flatnonzero(outside & (relaxed.reduced < -TINY * np.maximum(1.0, part.cost)))
        if not len(better):
            break
        # the best of those that promise most for what they cost
        order = np.argsort(relaxed.reduced[better] / part.cost[better], kind="stable")
        pool = np.union1d(pool, better[order[:ADDED]])
    return relaxed


def _linear(part: Part, pool: IntArray) -> Relaxed:
    rows, gaps, ways = len(part.need), len(part.penalty), part.flow.shape[1]
    matrix = scipy.sparse.hstack([part.matrix[:, pool], part.flow, scipy.sparse.eye_array(rows, gaps)]).tocsc()
    cost = np.concatenate((part.cost[pool], np.zeros(ways), part.penalty)).astype(np.float64)
    wanted = part.need[:gaps].astype(np.float64)
    upper = np.concatenate((part.most[pool], wanted[part.flow_row], wanted))
    answer = scipy.optimize.linprog(
        cost, A_ub=-matrix, b_ub=-part.need.astype(np.float64), bounds=np.stack((np.zeros(len(upper)), upper), axis=1),
        method="highs-ds",
    )  # fmt: skip
    if answer.x is None:
        # the solver's own trouble, since missing everybody is always an answer; a bound of 0 stays true
        nothing = np.zeros(len(part.cost))
        return Relaxed(people=nothing, flow=np.zeros(ways), reduced=nothing, bound=0.0)
    price = np.maximum(0.0, -answer.ineqlin.marginals)
    reduced = part.cost - part.matrix.T @ price
    others = -(part.flow.T @ price), part.penalty - price[:gaps]
    slack = (reduced, part.most), (others[0], wanted[part.flow_row]), (others[1], wanted)
    bound = float(price @ part.need + sum(np.minimum(0.0, left) @ upper for left, upper in slack))
    people = np.zeros(len(part.cost))
    people[pool] = answer.x[: len(pool)]
    flow = answer.x[len(pool) : len(pool) + ways]
    return Relaxed(people=people, flow=flow, reduced=reduced, bound=max(0.0, bound))


def _rounded(part: Part, relaxed: Relaxed) -> Solved:
    """The linear answer rounded to the nearest where that breaks nothing, else down: always an answer."""
    for rounding in (np.rint, np.floor):
        people = rounding(relaxed.people + TINY).astype(np.int64)
        flow = rounding(relaxed.flow + TINY).astype(np.int64)
        answer = _weighed(part, people, flow)
        if answer is not None:
            return answer
    nobody = np.zeros(len(part.cost), dtype=np.int64)
    nothing = np.zeros(part.flow.shape[1], dtype=np.int64)
    answer = _weighed(part, nobody, nothing)
    if answer is None:
        raise ValueError("seats: fewer than none are free")
    return answer


def _weighed(part: Part, people: IntArray, flow: IntArray) -> Solved | None:
    """What these people leave missing and cost; None where a group or the seats have not got so many."""
    gaps = len(part.penalty)
    there = (part.matrix @ people + part.flow @ flow).astype(np.int64)
    if (there[gaps:] < part.need[gaps:]).any():
        return None
    missing = np.maximum(0, part.need[:gaps] - there[:gaps])
    objective = int(part.cost @ people + part.penalty @ missing)
    return Solved(people=people, flow=flow, missing=missing, objective=objective, bound=0)


def _by_days(part: Part, relaxed: Relaxed, *, day: int) -> Solved:
    """Go through the part a day at a time; what a day's shifts reach of the next is taken off its need."""
    kept = np.zeros(len(part.cost), dtype=np.int64)
    flow = np.zeros(part.flow.shape[1], dtype=np.int64)
    promising = relaxed.reduced <= max(1e-3 * relaxed.bound, 1.0)
    # as far ahead as a shift of the day may reach
    ahead = day + int(part.length.max())
    for begin in range(int(part.row_step.min()), int(part.row_step.max()) + 1, day):
        rows = np.flatnonzero((part.row_step >= begin) & (part.row_step < begin + ahead))
        # shifts of the first day may have begun before the first step wanted
        first = part.start >= begin if begin > part.row_step.min() else np.ones_like(promising)
        pool = np.flatnonzero(promising & first & (part.start < begin + ahead))
        if not len(rows):
            continue
        left = part.need - (part.matrix @ kept).astype(np.int64)
        found, _ = _whole_people(part, pool, left, rows=rows, within=BY_DAYS, seconds=None)
        if found is None:
            break
        today = part.start < begin + day
        kept[today] += found.people[today]
        today = part.row_step[part.flow_row] < begin + day
        today &= part.row_step[part.flow_row] >= begin
        flow[today] = found.flow[today]
    answer = _weighed(part, kept, flow)
    return _rounded(part, relaxed) if answer is None else answer


def _whole_people(
    part: Part,
    pool: IntArray,
    need: IntArray,
    *,
    rows: IntArray | None = None,
    within: float,
    seconds: float | None,
) -> tuple[Solved | None, float]:
    """Whole people for the shifts of the pool, and the bound among these; of the rows only these."""
    if rows is None:
        rows = np.arange(len(part.need))
    gaps = rows[rows < len(part.penalty)]
    ways = np.flatnonzero(np.isin(part.flow_row, rows))
    wanted = np.maximum(0, need[gaps])
    missing = scipy.sparse.eye_array(len(rows), len(gaps))
    matrix = scipy.sparse.hstack([part.matrix[:, pool][rows], part.flow[:, ways][rows], missing]).tocsc()
    upper = np.concatenate((part.most[pool], part.need[part.flow_row[ways]], wanted))
    answer = scipy.optimize.milp(
        np.concatenate((part.cost[pool], np.zeros(len(ways)), part.penalty[gaps])),
        integrality=np.concatenate((np.ones(len(pool) + len(ways)), np.zeros(len(gaps)))),
        bounds=scipy.optimize.Bounds(0, upper),
        constraints=scipy.optimize.LinearConstraint(matrix, need[rows], np.inf),
        options={"mip_rel_gap": within} | ({} if seconds is None else {"time_limit": seconds}),
    )
    proven = answer.mip_dual_bound
    proven = proven if proven is not None and np.isfinite(proven) else 0.0
    if answer.x is None:
        return None, proven
    people, flow = np.zeros(len(part.cost), dtype=np.int64), np.zeros(part.flow.shape[1], dtype=np.int64)
    people[pool] = np.rint(answer.x[: len(pool)])
    flow[ways] = np.rint(answer.x[len(pool) : len(pool) + len(ways)])
    if len(rows) < len(part.need):
        return Solved(people=people, flow=flow, missing=people[:0], objective=0, bound=0), proven
    return _weighed(part, people, flow), proven


def _whole(bound: float) -> int:
    """Costs are whole numbers, so is the best; what a float may be off is taken off."""
    return max(0, ceil(bound - TINY - 1e-11 * abs(bound)))
