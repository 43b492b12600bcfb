"""Times of day by a local clock, right on the nights when it changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


def at_local(day: date, at: time, *, zone: ZoneInfo) -> datetime:
    """The instant, in UTC. A time that the clock skips is as long after midnight as it says, so an hour later by the
    clock; of a time that comes twice it is the first."""
    return datetime.combine(day, at.replace(fold=0), tzinfo=zone).astimezone(UTC)


def local_period(day: date, starts: time, ends: time, *, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From `starts` to `ends`, on the next day unless later. On a night of change it is longer or shorter; where the
    clock skips all of it, start and end are the same instant."""
    last = day if ends > starts else day + DAY
    return at_local(day, starts, zone=zone), at_local(last, ends, zone=zone)


def moved_to(instant: datetime, *, days: int, zone: ZoneInfo) -> datetime:
    """The same time by the local clock so many days later."""
    local = instant.astimezone(zone)
    return at_local(local.date() + timedelta(days=days), local.time(), zone=zone)
