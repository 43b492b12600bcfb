"""What a forecast is made from: the counts of one queue, and what is known of its calendar."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from marketplace.matching.state import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Event:
    """A known event, such as a campaign or a bill run. Times in seconds since the epoch, half-open."""

    name: str
    start: int
    end: int
    factor: float | None = None
    """What it multiplies offered contacts by; None: learnt from past events of the same name."""


@dataclass(frozen=True, slots=True)
class History:
    """Counts of one queue on one grid. A missing interval is unknown or closed, never zero."""

    starts: IntArray
    """Interval starts in seconds since the epoch, ascending."""
    offered: FloatArray
    """Contacts offered in each, as many as there are starts."""
    step_seconds: int
    """Length of every interval; a whole number of them makes a day."""
    zone: ZoneInfo
    country: str = ""
    """Whose public holidays it keeps, by the codes of `holidays`, with a subdivision after a hyphen; empty: none."""
    events: tuple[Event, ...] = ()
