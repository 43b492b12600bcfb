"""Groups of people who may serve the same queues, and how a need by queue is spread over them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from marketplace.staffing.checks import BoolArray, FloatArray, IntArray

ROUNDS = 60
GIVE = 0.7
"""How far a group gives way to the queues in each round: 1 keeps the mix of people as it is, 0 ignores it."""


@dataclass(frozen=True, slots=True, eq=False)
class Workforce:
    """Who there is: a row a group, a column a queue."""

    eligible: BoolArray
    people: FloatArray
    """In each group; only their proportions count."""

    @classmethod
    def of(cls, profiles: Iterable[Iterable[int]], *, queues: int) -> Workforce:
        """One profile (queue indices) a person. A queue that nobody may serve gets a group of its own."""
        groups = Counter(tuple(sorted(set(profile))) for profile in profiles)
        groups.pop((), None)
        able = {queue for group in groups for queue in group}
        for queue in set(range(queues)) - able:
            groups[(queue,)] = 1
        eligible = np.zeros((len(groups), queues), dtype=np.bool_)
        for row, group in enumerate(groups):
            eligible[row, list(group)] = True
        return cls(eligible=eligible, people=np.array(list(groups.values()), dtype=np.float64))

    def pools(self) -> list[IntArray]:
        """The queues in sets that share people, each ascending: no one serves queues of two sets."""
        pool = np.arange(self.eligible.shape[1])
        for row in self.eligible:
            joined = np.unique(pool[row])
            pool[np.isin(pool, joined)] = joined[0] if len(joined) else -1
        return [np.flatnonzero(pool == label) for label in np.unique(pool)]

    def within(self, queues: IntArray) -> Workforce:
        """Only these queues, and those who may serve any of them."""
        eligible = self.eligible[:, queues]
        some = eligible.any(axis=1)
        return Workforce(eligible=eligible[some], people=self.people[some])


def staff_groups(*, agents: FloatArray, workforce: Workforce) -> IntArray:
    """How many of each group are on duty where the queues need `agents`, whole numbers that sum to theirs rounded up.

    As many homes as each queue needs, and as near to the mix of the workforce as they allow: iterative proportional
    fitting, exact by queue and soft by group.
    """
    total = float(agents.sum())
    homes = workforce.eligible * (workforce.people / workforce.eligible.sum(axis=1))[:, None]
    share = workforce.people / workforce.people.sum() * total
    for _ in range(ROUNDS):
        homes = homes * (agents / np.maximum(homes.sum(axis=0), 1e-12))
        homes = homes * ((share / np.maximum(homes.sum(axis=1), 1e-12)) ** GIVE)[:, None]
    homes = homes * (agents / np.maximum(homes.sum(axis=0), 1e-12))
    return _round_by_home(homes, total=int(np.ceil(total - 1e-6)))


def _round_by_home(homes: FloatArray, *, total: int) -> IntArray:
    """Whole numbers of each group (row) with this sum. Groups with the same main queue share their rounding errors.

    So a queue whose people are spread over many groups of one loses at most one of them.
    """
    people = homes.sum(axis=1)
    order = np.lexsort((-people, homes.argmax(axis=1)))
    sums = np.cumsum(people[order]) * (total / max(float(people.sum()), 1e-12))
    whole = np.zeros(len(people), dtype=np.int64)
    whole[order] = np.diff(np.floor(sums + 0.5 - 1e-9), prepend=0.0).astype(np.int64)
    whole[order[-1]] += total - int(whole.sum())
    return whole


def round_to_sum(values: FloatArray, *, total: int) -> IntArray:
    """Whole numbers with this sum, each near its value (largest remainders); `total` is not below the floors' sum."""
    whole: IntArray = np.floor(values + 1e-9).astype(np.int64)
    order = np.argsort(whole - values, kind="stable")
    whole[order[: max(total - int(whole.sum()), 0)]] += 1
    return whole
