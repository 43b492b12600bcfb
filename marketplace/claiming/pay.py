"""What a shift pays and which of its time is paid. Money in minor units, breaks as `(start, end, paid)` in seconds."""

from collections.abc import Iterable
from datetime import datetime

Break = tuple[float, float, bool]
HOUR = 3600.0


def paid_seconds(*, start: datetime, end: datetime, breaks: Iterable[Break] = ()) -> float:
    """Paid time in `[start, end)`: all that passes, less what unpaid breaks take of it."""
    since, until = start.timestamp(), end.timestamp()
    unpaid = sum(max(0.0, min(stop, until) - max(begin, since)) for begin, stop, paid in breaks if not paid)
    return max(0.0, until - since - unpaid)


def promised_pay(*, pay: int, bonus_per_hour: int, start: datetime, end: datetime, breaks: Iterable[Break] = ()) -> int:
    """Pay of one place for the whole shift with its bonus, rounded to the nearest minor unit."""
    return round(pay + bonus_per_hour * paid_seconds(start=start, end=end, breaks=breaks) / HOUR)
