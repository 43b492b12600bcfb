"""Who is able to serve what: skills, what they imply, levels, certifications, and how long each of them holds.

`eligible` answers for everybody and every queue at once, by joining sorted tables; `refusals` (in `refusals.py`) says
what one person lacks for one queue. Both read the same rows in the same way: `lasting` decides for both from when
until when something counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marketplace.matching.arrays import ranges
from marketplace.matching.state import FOREVER, NEVER, Eligible, IntArray

HIGHEST_LEVEL = 5


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """What people hold, one row a period: skills with their level, or certifications (whose level is 5)."""

    profile: IntArray
    what: IntArray
    """Index of the skill or certification."""
    level: IntArray
    valid_from: IntArray
    valid_until: IntArray

    def rows(self, chosen: np.ndarray) -> Held:
        """The same for some of the rows."""
        return Held(*(column[chosen] for column in self.columns()))

    def columns(self) -> tuple[IntArray, IntArray, IntArray, IntArray, IntArray]:
        """The columns in the order of the fields."""
        return self.profile, self.what, self.level, self.valid_from, self.valid_until


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What queues ask for, one row for each thing asked; a certification is asked at level 1."""

    queue: IntArray
    what: IntArray
    level: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Competence:
    """Everything that decides who is able to serve which queue. Indices count from 0 in each table."""

    profiles: int
    queues: int
    skills: Held
    certifications: Held
    implies: IntArray
    """Rows of two: holding the left skill counts as holding the right one at the same level."""
    skills_asked: Asked
    certifications_asked: Asked


def eligible(competence: Competence, *, now: int) -> Eligible:
    """The pairs of profile and queue that hold at `now` or will, each with its level and the time that it counts.

    A queue that asks for nothing is open to all. Where somebody holds a thing in several periods, those that touch
    count as one; of separate ones the first that is not yet over at `now`. So make the table anew from time to time
    (and whenever competence changes): a period that begins after a gap is seen by the next one.
    """
    satisfied = [
        _satisfied(with_implied(competence.skills, competence.implies), competence.skills_asked, now=now),
        _satisfied(competence.certifications, competence.certifications_asked, now=now),
    ]
    asked = [competence.skills_asked, competence.certifications_asked]
    wanted = sum(_distinct(table, queues=competence.queues) for table in asked)
    pairs = [
        *(_by_queue(held, table, queues=competence.queues) for held, table in zip(satisfied, asked, strict=True)),
        _open_to_all(np.flatnonzero(wanted == 0), profiles=competence.profiles, queues=competence.queues),
    ]
    key, level, valid_from, valid_until = (np.concatenate(column) for column in zip(*pairs, strict=True))
    order = np.argsort(key, kind="stable")
    key, level, valid_from, valid_until = key[order], level[order], valid_from[order], valid_until[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    met = np.diff(np.append(first, len(key)))
    if len(first):
        level = np.minimum.reduceat(level, first)
        valid_from = np.maximum.reduceat(valid_from, first)
        valid_until = np.minimum.reduceat(valid_until, first)
    profile, queue = np.divmod(key[first], max(1, competence.queues))
    whole = (met == np.maximum(wanted, 1)[queue]) & (valid_from < valid_until)
    return Eligible(
        start=np.searchsorted(profile[whole], np.arange(competence.profiles + 1)).astype(np.int64),
        queue=queue[whole],
        level=level[whole],
        valid_from=valid_from[whole],
        valid_until=valid_until[whole],
    )


def with_implied(held: Held, implies: IntArray) -> Held:
    """The rows held and those that they imply, directly or through others, at the same level for the same time."""
    pairs = closure(implies)
    if not len(pairs):
        return held
    left, right = pairs[:, 0], pairs[:, 1]
    row, pair = ranges(
        start=np.searchsorted(left, held.what, side="left"), stop=np.searchsorted(left, held.what, side="right")
    )
    implied = held.rows(row)
    return Held(
        profile=np.concatenate([held.profile, implied.profile]),
        what=np.concatenate([held.what, right[pair]]),
        level=np.concatenate([held.level, implied.level]),
        valid_from=np.concatenate([held.valid_from, implied.valid_from]),
        valid_until=np.concatenate([held.valid_until, implied.valid_until]),
    )


def closure(implies: IntArray) -> IntArray:
    """All (left, right) that follow from the pairs given, sorted; circles are allowed, nothing implies itself."""
    direct: dict[int, set[int]] = {}
    for left, right in implies.reshape(-1, 2).tolist():
        direct.setdefault(left, set()).add(right)
    found: list[tuple[int, int]] = []
    for skill in direct:
        reached: set[int] = set()
        ahead = [skill]
        while ahead:
            new = direct.get(ahead.pop(), set()) - reached
            reached |= new
            ahead.extend(new)
        found.extend((skill, other) for other in reached - {skill})
    return np.array(sorted(found), dtype=np.int64).reshape(-1, 2)


def lasting(held: Held, *, now: int) -> Held:
    """One row for each (profile, what): the first time not yet over at `now`, periods that touch taken as one.

    Its level is the highest of the rows in force at `now`, or of all its rows where none is yet.
    """
    current = held.rows((held.valid_until > now) & (held.valid_from < held.valid_until))
    order = np.lexsort((current.valid_from, current.what, current.profile))
    profile, what, level, valid_from, valid_until = (column[order] for column in current.columns())
    if not len(profile):
        return current
    begins = np.ones(len(profile), dtype=np.bool_)
    begins[1:] = (np.diff(profile) != 0) | (np.diff(what) != 0)
    if not begins.all():
        kept = _first_periods(begins, valid_from, valid_until)
        profile, what, level = profile[kept], what[kept], level[kept]
        valid_from, valid_until, begins = valid_from[kept], valid_until[kept], begins[kept]
    first = np.flatnonzero(begins)
    in_force = np.where(valid_from <= now, level, 0)
    best = np.maximum.reduceat(in_force, first)
    return Held(
        profile=profile[first],
        what=what[first],
        level=np.where(best > 0, best, np.maximum.reduceat(level, first)),
        valid_from=valid_from[first],
        valid_until=np.maximum.reduceat(valid_until, first),
    )


def _first_periods(begins: np.ndarray, valid_from: IntArray, valid_until: IntArray) -> np.ndarray:
    """Which rows (sorted by group and start) belong to the first unbroken period of their group."""
    group = np.cumsum(begins) - 1
    # Ranks in place of instants, so that the running maximum of a group is that of one long array.
    ends, rank = np.unique(valid_until, return_inverse=True)
    reach = np.maximum.accumulate(group * len(ends) + rank)
    reached = ends[reach - group * len(ends)]
    gap = np.zeros(len(group), dtype=np.bool_)
    gap[1:] = ~begins[1:] & (valid_from[1:] > reached[:-1])
    gaps = np.cumsum(gap)
    kept: np.ndarray = gaps == gaps[begins][group]
    return kept


def _satisfied(held: Held, asked: Asked, *, now: int) -> Held:
    """Who meets which distinct demand (what, level), with `what` now the index of the demand."""
    demands = _demands(asked)
    row, demand = ranges(
        start=np.searchsorted(demands[:, 0], held.what, side="left"),
        stop=np.searchsorted(demands[:, 0], held.what, side="right"),
    )
    enough = held.level[row] >= demands[demand, 1]
    row, demand = row[enough], demand[enough]
    met = held.rows(row)
    return lasting(
        Held(profile=met.profile, what=demand, level=met.level, valid_from=met.valid_from, valid_until=met.valid_until),
        now=now,
    )


def _demands(asked: Asked) -> IntArray:
    """The distinct (what, level), sorted."""
    return np.unique(np.stack([asked.what, asked.level], axis=1), axis=0).reshape(-1, 2)


def _askers(asked: Asked) -> tuple[IntArray, IntArray]:
    """(demand, queue) for everything asked, each once, sorted by demand."""
    _, demand = np.unique(np.stack([asked.what, asked.level], axis=1), axis=0, return_inverse=True)
    pairs = np.unique(np.stack([demand.reshape(-1), asked.queue], axis=1), axis=0).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _distinct(asked: Asked, *, queues: int) -> IntArray:
    """How many demands each queue makes."""
    return np.bincount(_askers(asked)[1], minlength=queues).astype(np.int64)


_Pairs = tuple[IntArray, IntArray, IntArray, IntArray]
"""Key (profile × queues + queue), level, valid_from, valid_until."""


def _by_queue(met: Held, asked: Asked, *, queues: int) -> _Pairs:
    """One row for each demand of a queue that somebody meets."""
    demand, queue = _askers(asked)
    row, asker = ranges(
        start=np.searchsorted(demand, met.what, side="left"), stop=np.searchsorted(demand, met.what, side="right")
    )
    key = met.profile[row] * queues + queue[asker]
    return key, met.level[row], met.valid_from[row], met.valid_until[row]


def _open_to_all(free: IntArray, *, profiles: int, queues: int) -> _Pairs:
    key = (np.arange(profiles, dtype=np.int64)[:, None] * queues + free[None, :]).reshape(-1)
    size = len(key)
    return (
        key,
        np.full(size, HIGHEST_LEVEL, dtype=np.int64),
        np.full(size, NEVER, dtype=np.int64),
        np.full(size, FOREVER, dtype=np.int64),
    )
