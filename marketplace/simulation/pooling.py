"""Pooled need: how many people queues need together, when some of them may serve several.

Each queue on its own needs its load a and a safety on top. Queues that share people need less safety, for a busy queue
borrows from an idle one; how much less depends on who may serve what, and no formula says it for any web of skills. So
the pool is played: at up to LEVELS loads of the forecast, from its peak down, a stochastic approximation finds the
safety b_q of each queue, in square roots of its load, with which

- the pool as a whole meets its target in a day with the stated confidence (the level to reach is the target plus the
  noise of a day, `staffing.noise`), and
- its queues do equally well, each against its own target (people are shifted to those that do worse).

In each round the pool is played with a b_q √a_q + a_q people a queue, drawn from the groups of the workforce
(`staffing.groups`), customers new each time, and b_q moves by what was missing in deviations (probits). Between the
played loads b_q is interpolated by the logarithm of the load; square roots carry it from one load to another.

Two bounds hold everywhere: never fewer than one pool in which everybody may serve everything would need, never more
than all queues on their own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, log, sqrt

import numpy as np
import scipy
from numpy.random import Generator, default_rng
from numpy.typing import ArrayLike

from marketplace.matching.state import FloatArray, IntArray
from marketplace.simulation.routing import draw_stream, route
from marketplace.staffing.checks import checked
from marketplace.staffing.erlang import erlang_a
from marketplace.staffing.groups import Workforce, round_to_sum, staff_groups
from marketplace.staffing.intervals import CONFIDENCE, PERIOD_SECONDS, SKEW, interval_need
from marketplace.staffing.need import headcount
from marketplace.staffing.noise import chance_met, design_effect

LEVELS = 3
LEVEL_STEP = 2.5
"""Each played load is at least so many times the next lower one."""
ROUNDS = 16
AGAIN_ROUNDS = 8
"""At a further load, from what the one before found."""
CONTACTS = 30_000
"""Played in a round."""
KNOWN_CONTACTS = 1_000.0
"""A queue's own figure weighs half when so many of its contacts were played."""
LEAST_LOAD = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Queues that share people, at one load. One element a queue."""

    rate: FloatArray
    handle: FloatArray
    patience: FloatArray
    share: FloatArray
    seconds: FloatArray
    workforce: Workforce

    @property
    def load(self) -> FloatArray:
        return self.rate * self.handle

    def as_one(self) -> dict[str, float]:
        """The one queue that it would be if everybody could serve everything: means by contact."""
        total = float(self.rate.sum())
        mean = {
            name: float(self.rate @ getattr(self, name)) / total for name in ("handle", "patience", "share", "seconds")
        }
        return {"rate": total} | mean


@dataclass(frozen=True, slots=True, eq=False)
class PooledNeed:
    """People by queue × interval."""

    agents: IntArray
    """With people shared; the sum over queues is what the pool needs."""
    heads: IntArray
    """To be planned, shrinkage counted."""
    alone: IntArray
    """Agents if no queue could help another."""


def pooled_need(
    *,
    contacts: ArrayLike,
    interval_seconds: float,
    handle_seconds: ArrayLike,
    patience_seconds: ArrayLike,
    target_share: ArrayLike,
    target_seconds: ArrayLike,
    workforce: Workforce,
    occupancy_cap: ArrayLike = 1.0,
    shrinkage: ArrayLike = 0.0,
    least_agents: ArrayLike = 0,
    confidence: float | None = CONFIDENCE,
    period_seconds: float = PERIOD_SECONDS,
    seed: int = 1,
) -> PooledNeed:
    """The least people by queue and interval with whom each pool meets its target, skills counted.

    `contacts` has a row a queue and a column an interval, NaN where closed; the other figures are one a queue, or one
    for all. `workforce` has the queues of the rows as columns. The same seed gives the same need.
    """
    offered = np.asarray(contacts, dtype=np.float64)
    own = {
        "handle": handle_seconds, "patience": patience_seconds, "share": target_share, "seconds": target_seconds,
        "cap": occupancy_cap, "absent": shrinkage, "least": least_agents,
    }  # fmt: skip
    column = {
        name: np.broadcast_to(np.asarray(value, dtype=np.float64), offered.shape[:1]) for name, value in own.items()
    }
    alone = interval_need(
        contacts=offered, interval_seconds=interval_seconds, handle_seconds=column["handle"][:, None],
        patience_seconds=column["patience"][:, None], target_share=column["share"][:, None],
        target_seconds=column["seconds"][:, None], occupancy_cap=column["cap"][:, None],
        least_agents=column["least"][:, None], confidence=confidence, period_seconds=period_seconds,
    ).agents  # fmt: skip
    agents = alone.copy()
    rate = np.nan_to_num(offered) / interval_seconds
    rng = default_rng(seed)
    for queues in workforce.pools():
        some = queues[(rate[queues] > 0).any(axis=1)]
        if len(some) < 2:
            continue
        pool = Pool(
            rate=rate[some, 0],
            workforce=workforce.within(some),
            **{name: column[name][some] for name in ("handle", "patience", "share", "seconds")},
        )
        aim = _Aim(confidence=confidence, period_seconds=period_seconds)
        shared = _share(pool, rate[some], cap=column["cap"][some], alone=alone[some], aim=aim, rng=rng)
        least = np.where(np.isnan(offered[some]), 0, column["least"][some][:, None]).astype(np.int64)
        agents[some] = np.maximum(shared, least)
    (absent,) = checked(shrinkage=column["absent"])
    return PooledNeed(agents=agents, heads=headcount(agents=agents, shrinkage=absent[:, None]), alone=alone)


@dataclass(frozen=True, slots=True)
class _Aim:
    confidence: float | None
    period_seconds: float


def _share(pool: Pool, rate: FloatArray, *, cap: FloatArray, alone: IntArray, aim: _Aim, rng: Generator) -> IntArray:
    """Agents by queue × interval of one pool."""
    loads = rate * pool.handle[:, None]
    total = loads.sum(axis=0)
    played: list[float] = []
    safety: list[FloatArray] = []
    for interval in _levels(total):
        here = replace(pool, rate=rate[:, interval])
        found = find_safety(pool=here, aim=aim, rng=rng, start=safety[-1] if safety else None)
        played.append(log(total[interval]))
        safety.append(found)
    order = np.argsort(played)
    at = np.log(np.maximum(total, 1e-9))
    b = np.array([np.interp(at, np.array(played)[order], column[order]) for column in np.array(safety).T])
    wanted = loads + b * np.sqrt(loads)
    floor = _least_as_one(pool, rate, cap=cap, aim=aim)
    people = np.maximum(np.ceil(wanted.sum(axis=0) - 1e-6).astype(np.int64), floor)
    people = np.minimum(people, alone.sum(axis=0))
    scaled = wanted * (people / np.where(total > 0, wanted.sum(axis=0), 1.0))
    return np.array(
        [round_to_sum(column, total=int(n)) for column, n in zip(scaled.T, people, strict=True)], dtype=np.int64
    ).T.reshape(rate.shape)


def _least_as_one(pool: Pool, rate: FloatArray, *, cap: FloatArray, aim: _Aim) -> IntArray:
    """Agents by interval if everybody could serve everything; no pool does with fewer."""
    contacts, loads = rate.sum(axis=0), rate * pool.handle[:, None]
    some = contacts > 0
    weight = rate[:, some] / contacts[some]
    mean = {name: getattr(pool, name) @ weight for name in ("handle", "patience", "share", "seconds")}
    least = np.zeros(len(contacts), dtype=np.int64)
    least[some] = interval_need(
        contacts=contacts[some], interval_seconds=1.0, handle_seconds=mean["handle"],
        patience_seconds=mean["patience"], target_share=mean["share"], target_seconds=mean["seconds"],
        occupancy_cap=loads[:, some].sum(axis=0) / (loads[:, some] / cap[:, None]).sum(axis=0),
        confidence=aim.confidence, period_seconds=aim.period_seconds,
    ).agents  # fmt: skip
    return least


def _levels(total: FloatArray) -> list[int]:
    """The intervals to play: the busiest, then one at each lower step of load that there is."""
    found = [int(np.argmax(total))]
    while len(found) < LEVELS:
        below = np.where(total <= total[found[-1]] / LEVEL_STEP, total, 0.0)
        if below.max() < 1.0:
            break
        found.append(int(np.argmax(below)))
    return found


def find_safety(*, pool: Pool, aim: _Aim, rng: Generator, start: FloatArray | None = None) -> FloatArray:
    """b_q: the safety of each queue in square roots of its load, at the pool's present rates."""
    load = np.maximum(pool.load, 1e-9)
    root = np.sqrt(np.maximum(load, LEAST_LOAD))
    goal, slope, least = _goal(pool, aim)
    spare = 0.5 if start is None else start
    people = load + spare * root
    number = max(float(people.sum()), float(least))
    people = people * number / people.sum()
    rounds = ROUNDS if start is None else AGAIN_ROUNDS
    asked = scipy.special.ndtri(pool.share)
    needed, shapes = [], []
    for turn in range(rounds):
        whole = ceil(number - 1e-9)
        people = people * whole / people.sum()
        offered, hits = _play(pool, people, rng)
        shapes.append(people / whole)
        reached = scipy.special.ndtri(np.clip(hits.sum() / max(offered.sum(), 1), 0.02, 0.999))
        gap = goal - reached
        needed.append(whole + gap / slope)
        gain = 1.0 / (1.0 + 0.1 * turn)
        lag = reached - scipy.special.ndtri(np.clip((hits + 2 * pool.share) / (offered + 2), 0.02, 0.995))
        lag = lag + asked - scipy.special.ndtri(float(pool.rate @ pool.share) / float(pool.rate.sum()))
        shift = np.clip(lag, -1.2, 1.2) * offered / (offered + KNOWN_CONTACTS) * root * gain
        people = np.maximum(people + shift - shift.sum() * people / people.sum(), 0.3 * load)
        number = max(number + float(np.clip(1.3 * gap / slope * gain, -0.1 * number, 0.2 * number)), 0.97 * least)
    late = np.array(needed[rounds // 2 :])
    number = max(float(late.mean() + late.std() / sqrt(len(late))), float(least))
    shape = np.mean(shapes[rounds // 2 :], axis=0)
    safety: FloatArray = (shape * number - load) / np.sqrt(load)
    return safety


def _play(pool: Pool, people: FloatArray, rng: Generator) -> tuple[IntArray, IntArray]:
    """Contacts offered and answered in target by queue, with so many people drawn from the groups."""
    staff = staff_groups(agents=people, workforce=pool.workforce)
    bits = [sum(1 << int(queue) for queue in np.flatnonzero(row)) for row in pool.workforce.eligible]
    skills = [bit for bit, count in zip(bits, staff.tolist(), strict=True) for _ in range(count)]
    skills = [skills[place] for place in rng.permutation(len(skills))]
    stream = draw_stream(rate=pool.rate, handle=pool.handle, patience=pool.patience, contacts=CONTACTS, rng=rng)
    return route(stream=stream, skills=skills, target_seconds=pool.seconds.tolist())


def _goal(pool: Pool, aim: _Aim) -> tuple[float, float, int]:
    """The level to reach in the long run, as a probit; what an agent adds to it; and the least agents of one pool."""
    one = {name: np.array([value]) for name, value in pool.as_one().items()}
    queue = {
        "handle_seconds": one["handle"], "patience_seconds": one["patience"], "target_seconds": one["seconds"],
    }  # fmt: skip
    least = int(
        interval_need(
            contacts=one["rate"], interval_seconds=1.0, target_share=one["share"], confidence=aim.confidence,
            period_seconds=aim.period_seconds, **queue,
        ).agents[0]
    )  # fmt: skip
    around = erlang_a(rate=one["rate"], agents=np.array([max(least - 1, 1), least + 1]), **queue).service_level
    z = scipy.special.ndtri(np.clip(around, 0.001, 0.9999))
    slope = max(float(z[1] - z[0]) / 2, 1e-3)
    share = float(one["share"][0])
    if aim.confidence is None:
        return float(scipy.special.ndtri(min(share, 0.9999))), slope, least
    effect = design_effect(
        rate=one["rate"], handle=one["handle"], patience=np.minimum(one["patience"], 1e6 * one["handle"]),
        agents=np.array([float(least)]), target=one["seconds"],
    )  # fmt: skip
    levels = np.linspace(share, 1.0, 2001)[:-1]
    sure = chance_met(contacts=one["rate"] * aim.period_seconds, level=levels, target_share=one["share"], effect=effect)
    at = int(np.searchsorted(sure, 1 - SKEW * (1 - aim.confidence)))
    return float(scipy.special.ndtri(np.clip(levels[min(at, 1999)], 0.01, 0.9999))), slope, least
