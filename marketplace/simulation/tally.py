"""Counts that the floor keeps as it goes: running totals since the start, per queue and per agent."""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace


@dataclass(slots=True)
class Tally:
    """Totals of one queue. A contact counts as offered when it arrives and under its outcome when that is known."""

    offered: int = 0
    answered: int = 0
    answered_in_target: int = 0
    """Answered after at most the queue's target seconds."""
    abandoned: int = 0
    blocked: int = 0
    """Turned away because every place or line was taken; part of offered."""
    finished: int = 0
    handle_seconds: float = 0.0
    """Contact and wrap-up time of those finished."""
    wait_seconds: float = 0.0
    """Over answered and abandoned contacts, the latter until they gave up."""

    def copy(self) -> Tally:
        return replace(self)

    def since(self, earlier: Tally) -> Tally:
        """What was added after `earlier` was copied from this tally."""
        return Tally(*(now - then for now, then in zip(astuple(self), astuple(earlier), strict=True)))


@dataclass(slots=True)
class AgentTally:
    """Totals of one agent."""

    duty_seconds: float = 0.0
    """Signed on; with the time after the end of duty in which the last contact was finished."""
    paused_seconds: float = 0.0
    busy_seconds: float = 0.0
    """Contact and wrap-up time."""
    answered: int = 0
    moves: int = 0
