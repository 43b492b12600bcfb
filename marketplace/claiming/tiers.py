"""Opening by tiers: the more reliable somebody is, the sooner a shift opens."""

from collections.abc import Sequence
from datetime import datetime, timedelta

Tiers = Sequence[tuple[float, timedelta]]
"""Least reliability from 0 to 1, and how long after its opening a shift opens to those who have it."""


def opens_at(*, opened: datetime, reliability: float, tiers: Tiers) -> datetime:
    """When a shift opens to somebody so reliable: the shortest delay of those earned; below every tier, the longest."""
    if not tiers:
        return opened
    earned = [delay for least, delay in tiers if reliability >= least]
    return opened + (min(earned) if earned else max(delay for _, delay in tiers))
