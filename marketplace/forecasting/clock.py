"""Instants and wall clocks of a zone, in whole seconds since the epoch, remembered: many queues share them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the wall clock's zero, in whatever zone
DAY_SECONDS = 86_400


@lru_cache(maxsize=500_000)
def to_wall(instant: int, zone: ZoneInfo) -> int:
    """What the clock on the wall shows at an instant, as seconds since its own 1970-01-01 00:00."""
    local = datetime.fromtimestamp(instant, zone).replace(tzinfo=None)
    return round((local - EPOCH).total_seconds())


@lru_cache(maxsize=500_000)
def from_wall(wall: int, zone: ZoneInfo) -> tuple[int, ...]:
    """The instants at which the wall clock shows this: one, none when the clock skips it, two when it goes back."""
    local = EPOCH + timedelta(seconds=wall)
    folds = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    instants = sorted({round(instant.timestamp()) for instant in folds})
    return tuple(instant for instant in instants if to_wall(instant, zone) == wall)


def weekday(wall: int) -> int:
    """Monday is 0."""
    return (wall // DAY_SECONDS + 3) % 7  # 1970-01-01 was a Thursday


def time_of_day(wall: int) -> int:
    """Seconds after midnight by the clock on the wall."""
    return wall % DAY_SECONDS
