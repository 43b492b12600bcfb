"""When a queue is open."""

from datetime import datetime, time
from zoneinfo import ZoneInfo


def is_open(*, opens: time | None, closes: time | None, zone: str, now: datetime) -> bool:
    """Whether `now` lies in `[opens, closes)` by the queue's own clock; without hours always. May run past midnight."""
    if opens is None or closes is None or opens == closes:
        return True
    local = now.astimezone(ZoneInfo(zone)).time()
    return opens <= local < closes if opens < closes else local >= opens or local < closes
