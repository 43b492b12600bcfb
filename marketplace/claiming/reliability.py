"""Reliability: how much of what a person promised was kept. Shown in full to its owner; it suspends nobody by itself.

    reliability = (A + Σ credit) / (A + n)

over the n promises of the last 180 days, with credit 1 for one that was kept, 0.75 for one kept late, 0 for one that
was missed; A = 4 kept promises stand in for what is not known yet, so that everybody begins at 1 and a single miss of
a newcomer weighs no more than one of five. Given back, replaced, pulled and excused places are no promises.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

PRIOR = 4
WINDOW = timedelta(days=180)


class Outcome(StrEnum):
    """What became of a promise to work."""

    KEPT = "kept"
    LATE = "late"
    MISSED = "missed"


CREDIT = {Outcome.KEPT: 1.0, Outcome.LATE: 0.75, Outcome.MISSED: 0.0}


@dataclass(frozen=True, slots=True)
class Promise:
    """A booking that was worked or missed."""

    booking: int
    at: datetime
    outcome: Outcome


def reliability(promises: Iterable[Promise], *, now: datetime) -> float:
    """The share kept, 0–1, of the promises in the last 180 days before `now`; 1 for somebody without any."""
    kept = [CREDIT[one.outcome] for one in promises if now - WINDOW <= one.at <= now]
    return (PRIOR + sum(kept)) / (PRIOR + len(kept))
