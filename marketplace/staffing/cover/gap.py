"""Where people are missing: the gap of each queue on one grid of intervals, and who may be asked to fill it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from marketplace.staffing.checks import IntArray


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a shift serves: one queue, or a group of queues among which its people are shared anew each interval."""

    queues: tuple[int, ...]
    """Rows of the gap."""
    home_allowed: bool = True
    extra_per_hour: int = 0
    """What an hour costs beyond the pattern's pay: people who can serve several queues earn more."""


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """People missing, queues × intervals; below zero people are too many there.

    Intervals follow each other without a hole, `step_seconds` long from `start` (epoch seconds). `zone` is the clock
    by which shifts start and premiums are paid.
    """

    people: IntArray
    start: int
    step_seconds: int
    zone: ZoneInfo
    targets: tuple[Target, ...] = ()
    """Empty: one a queue, from home too."""

    @property
    def everyone(self) -> tuple[Target, ...]:
        """The targets, or those that stand for none given."""
        return self.targets or tuple(Target(queues=(row,)) for row in range(len(self.people)))

    def faults(self) -> Iterator[str]:
        """What is wrong with it, each in a sentence."""
        if self.people.ndim != 2 or not np.issubdtype(self.people.dtype, np.integer):
            yield "people: whole numbers, queues × intervals"
            return
        if self.step_seconds <= 0 or 3600 % self.step_seconds:
            yield f"step_seconds: {self.step_seconds} given, must divide an hour"
        for number, target in enumerate(self.targets):
            if not target.queues or not set(target.queues) <= set(range(len(self.people))):
                yield f"targets: {number} names no queue, or one that is not there"
            if len(set(target.queues)) < len(target.queues) or target.extra_per_hour < 0:
                yield f"targets: {number} names a queue twice, or costs less than its pattern"
