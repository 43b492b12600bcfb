"""What the search found: shifts, what they cost and cover, and how far from the cheapest possible they can be."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.staffing.checks import IntArray


@dataclass(frozen=True, slots=True)
class Placed:
    """Some people in the same shift. Instants are epoch seconds, money minor units."""

    pattern: int
    """Number of the pattern."""
    target: int
    """Number of the target."""
    start: int
    end: int
    breaks: tuple[tuple[int, int, bool], ...]
    """Each as start, end, paid."""
    people: int
    cost: int
    """Of one of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """Shifts that cover a gap. The objective is `cost + missing_cost + over_cost`; no cover has one below `bound`."""

    shifts: tuple[Placed, ...]
    cost: int
    """Pay of all shifts."""
    missing_cost: int
    over_cost: int
    objective: int
    bound: int
    covered: IntArray
    """People of these shifts who serve each queue in each interval, those beyond the gap too."""
    missing: IntArray
    """People missing after all, queues × intervals."""
    over: IntArray
    """People who work but are not needed, by the target's first queue; queues × intervals."""

    @property
    def relative_gap(self) -> float:
        """How far above the cheapest possible this can be, at most: 0.004 is 0.4 %."""
        return (self.objective - self.bound) / max(1, abs(self.bound)) if self.objective > self.bound else 0.0

    @property
    def is_optimal(self) -> bool:
        """Whether nothing cheaper exists."""
        return self.objective <= self.bound
