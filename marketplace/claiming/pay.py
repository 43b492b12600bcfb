"""What a shift pays and which of its time is paid. Money in minor units, breaks as `(start, end, paid)` in seconds."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from marketplace.staffing.cover.columns import Clock
from marketplace.staffing.cover.patterns import Premium

Break = tuple[float, float, bool]
HOUR = 3600.0
MINUTE = 60


def paid_seconds(*, start: datetime, end: datetime, breaks: Iterable[Break] = ()) -> float:
    """Paid time in `[start, end)`: all that passes, less what unpaid breaks take of it."""
    since, until = start.timestamp(), end.timestamp()
    unpaid = sum(max(0.0, min(stop, until) - max(begin, since)) for begin, stop, paid in breaks if not paid)
    return max(0.0, until - since - unpaid)


def promised_pay(*, pay: int, bonus_per_hour: int, start: datetime, end: datetime, breaks: Iterable[Break] = ()) -> int:
    """Pay of one place for the whole shift with its bonus, rounded to the nearest minor unit."""
    if not bonus_per_hour:
        return pay
    return round(pay + bonus_per_hour * paid_seconds(start=start, end=end, breaks=breaks) / HOUR)


def base_pay(
    *,
    pay_per_hour: int,
    start: datetime,
    end: datetime,
    breaks: Iterable[Break] = (),
    premiums: Iterable[Premium] = (),
    zone: ZoneInfo,
) -> int:
    """Pay of one place without bonus, premiums by the clock of `zone`, minute by minute; rounded, in minor units."""
    first = int(start.timestamp()) // MINUTE * MINUTE
    minutes = -(-(int(end.timestamp()) - first) // MINUTE)
    clock = Clock.of(start=first, step_seconds=MINUTE, steps=minutes, zone=zone)
    factor = np.ones(minutes)
    for premium in premiums:
        factor += premium.share * clock.within(premium)
    for begin, stop, paid in breaks:
        if not paid:
            factor[max(0, int(begin - first) // MINUTE) : max(0, int(stop - first) // MINUTE)] = 0.0
    return round(pay_per_hour * float(factor.sum()) * MINUTE / HOUR)
