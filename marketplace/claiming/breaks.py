"""Breaks planned and taken: which pause was which break, and how much time they leave unpaid.

Instants are seconds since the epoch, so the night in which the clocks change is like any other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from marketplace.claiming.pay import Break

BREAK_REASONS = frozenset({"", "break", "lunch"})
"""A pause for one of these, in any case, is a break; for another (training, a fault, a meeting) it is work."""
NEAR = 3600.0
"""A pause belongs to a planned break that it overlaps, or that is at most so many seconds away."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A period `[start, end)` in which the agent was paused; without `end` it still lasts."""

    start: float
    end: float | None
    reason: str = ""

    @property
    def is_break(self) -> bool:
        """Whether it is rest, not work of another kind."""
        return self.reason.strip().lower() in BREAK_REASONS


@dataclass(slots=True)
class BreakLine:
    """A break that was planned, with the pauses that belong to it; or (`planned` None) one that nobody planned."""

    planned: Break | None
    taken: list[Pause] = field(default_factory=list)

    @property
    def start(self) -> float:
        """Where it stands in the day: as planned, else as it was taken."""
        return self.planned[0] if self.planned else self.taken[0].start

    @property
    def lasts(self) -> Pause | None:
        """The pause that is not over."""
        return next((pause for pause in self.taken if pause.end is None), None)


def side_by_side(planned: Iterable[Break], pauses: Iterable[Pause]) -> list[BreakLine]:
    """Planned breaks beside those that were taken, in order; pauses for work are left out.

    Each pause belongs to the planned break that it overlaps most, else to the nearest one within `NEAR`.
    """
    lines = [BreakLine(pause) for pause in sorted(planned)]
    for pause in sorted((one for one in pauses if one.is_break), key=lambda one: one.start):
        line = _nearest(lines, pause)
        if line is None:
            lines.append(BreakLine(None, [pause]))
        else:
            line.taken.append(pause)
    return sorted(lines, key=lambda line: line.start)


def unpaid_seconds(
    *, start: datetime, end: datetime, planned: Iterable[Break] = (), pauses: Iterable[Pause] = ()
) -> float:
    """Unpaid time within a duty `[start, end)`.

    An unpaid break counts for as long as it was taken; as planned where no pause belongs to it. What is paid, and what
    nobody planned, costs nothing. Time that two breaks share counts once.
    """
    spans: list[tuple[float, float]] = []
    for line in side_by_side(planned, pauses):
        if line.planned is None or line.planned[2]:
            continue
        taken = [(pause.start, end.timestamp() if pause.end is None else pause.end) for pause in line.taken]
        spans += taken or [line.planned[:2]]
    return _covered(spans, start.timestamp(), end.timestamp())


def _nearest(lines: Sequence[BreakLine], pause: Pause) -> BreakLine | None:
    """The planned break that a pause belongs to."""
    near: list[tuple[float, float, BreakLine]] = []
    until = pause.start if pause.end is None else pause.end
    for line in lines:
        if line.planned is None:
            continue
        begin, stop, _ = line.planned
        apart = max(begin - until, pause.start - stop, 0.0)
        if apart <= NEAR:
            near.append((apart, -max(0.0, min(stop, until) - max(begin, pause.start)), line))
    return min(near, key=lambda one: one[:2])[2] if near else None


def _covered(spans: Iterable[tuple[float, float]], start: float, end: float) -> float:
    """How many seconds of `[start, end)` lie in any of the spans."""
    covered, reached = 0.0, start
    for begin, stop in sorted(spans):
        covered += max(0.0, min(stop, end) - max(begin, reached))
        reached = max(reached, min(stop, end))
    return covered
