"""When somebody is busy, out of an iCalendar file: the periods and nothing else of what stands there."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Component, Event

from marketplace.claiming.hours import DAY, Period, merged
from marketplace.claiming.readings import instants
from marketplace.vocabulary import CalendarTrouble

LARGEST = 2 * 1024 * 1024
"""Bytes."""
MOST_EVENTS = 4000
MOST_RULES = 500
MOST_PERIODS = 2000
SENSIBLE = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
EARLIEST = 1990
"""Rules that began before that are mistakes, and long to unroll."""


class Unreadable(Exception):  # noqa: N818 - what is wrong with a file is no error of ours
    """A calendar that is not read; `trouble` says why."""

    def __init__(self, trouble: CalendarTrouble) -> None:
        super().__init__(str(trouble))
        self.trouble = trouble


def busy_periods(content: bytes, *, within: Period, zone: ZoneInfo) -> list[Period]:
    """When the calendar says busy in that time, in order, none touching.

    Events that come again are unrolled; cancelled ones and those marked as free are left out. Whole days, and times
    without a zone, are by the clock of `zone`. Raises `Unreadable`.
    """
    if len(content) > LARGEST:
        raise Unreadable(CalendarTrouble.TOO_LARGE)
    calendar = _parsed(content)
    _refuse_too_much(calendar)
    found = []
    try:
        for event in recurring_ical_events.of(calendar).after(within.start):
            if _start(event, zone) >= within.end:
                break
            found += [one for one in _busy(event, zone) if one.start < within.end and within.start < one.end]
            if len(found) > MOST_PERIODS:
                raise Unreadable(CalendarTrouble.TOO_LARGE)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as problem:
        # what other programs write as dates and rules fails in many ways, and is theirs to mend
        raise Unreadable(CalendarTrouble.NOT_A_CALENDAR) from problem
    return merged(found)


def _parsed(content: bytes) -> Calendar:
    try:
        calendar = Calendar.from_ical(content)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as problem:
        raise Unreadable(CalendarTrouble.NOT_A_CALENDAR) from problem
    if not isinstance(calendar, Calendar) or calendar.name != "VCALENDAR":
        raise Unreadable(CalendarTrouble.NOT_A_CALENDAR)
    return calendar


def _refuse_too_much(calendar: Calendar) -> None:
    """Rules that would unroll for hours."""
    events = calendar.walk("VEVENT")
    rules = [rule for event in events for rule in _rules(event)]
    wild = any(not SENSIBLE.issuperset(rule.get("FREQ", ["?"])) or _by_clock(rule) for rule in rules)
    old = any(_rules(event) and _year(event) < EARLIEST for event in events)
    if len(events) > MOST_EVENTS or len(rules) > MOST_RULES or wild or old:
        raise Unreadable(CalendarTrouble.TOO_LARGE)


def _rules(event: Component) -> list[Any]:
    rule = event.get("RRULE", [])
    return rule if isinstance(rule, list) else [rule]


def _by_clock(rule: Any) -> bool:
    return any(name in rule for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))


def _year(event: Component) -> int:
    start = event.get("DTSTART")
    return int(start.dt.year) if start is not None and hasattr(start, "dt") else 0


def _busy(event: Event, zone: ZoneInfo) -> Iterator[Period]:
    free = event.get("TRANSP") == "TRANSPARENT" or event.get("X-MICROSOFT-CDO-BUSYSTATUS") == "FREE"
    if free or event.get("STATUS") == "CANCELLED":
        return
    start, end = event.start, event.end
    if isinstance(start, datetime) and isinstance(end, datetime) and start.tzinfo is not None:
        # within one zone Python subtracts what clocks read, not the time that passes
        found = Period(start.astimezone(UTC), end.astimezone(UTC))
        yield from [found] if found.start < found.end else []
        return
    yield from instants(_reading(start), _reading(end), zone=zone)


def _reading(at: date) -> datetime:
    """What the clock reads then: midnight of a day."""
    return at.replace(tzinfo=None) if isinstance(at, datetime) else datetime.combine(at, time())


def _start(event: Event, zone: ZoneInfo) -> datetime:
    start = event.start
    if isinstance(start, datetime) and start.tzinfo is not None:
        return start
    return _reading(start).replace(tzinfo=zone) - DAY
