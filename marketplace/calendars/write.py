"""An agent's events as an iCalendar feed (RFC 5545, RFC 7986): instants in UTC, so that no zone can be misread."""

from collections.abc import Sequence
from datetime import UTC, timedelta

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from marketplace.queries.feed_events import FeedEvent

REFRESH = timedelta(minutes=15)
"""How often a calendar is asked to look again."""


def feed_text(*, events: Sequence[FeedEvent], host: str, url: str, zone: str) -> bytes:
    """The feed. The same events make the same bytes: nothing in it says when it was written.

    `host` makes the UIDs unique in the world, `url` is the page that every event links to, `zone` an IANA name in
    which the calendar would like to be shown.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//gigcx//shifts//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", _("Shifts"))
    calendar.add("x-wr-calname", _("Shifts"))
    calendar.add("x-wr-timezone", zone)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", REFRESH)
    for event in events:
        calendar.add_component(_component(event, host=host, url=url))
    return bytes(calendar.to_ical())


def _component(event: FeedEvent, *, host: str, url: str) -> Event:
    component = Event()
    component.add("uid", f"{event.uid}@{host}")
    # of the last change, not of this answer: an unchanged feed stays the same to the byte
    component.add("dtstamp", event.changed_at.astimezone(UTC))
    component.add("last-modified", event.changed_at.astimezone(UTC))
    component.add("sequence", event.sequence)
    component.add("dtstart", event.period.start.astimezone(UTC))
    component.add("dtend", event.period.end.astimezone(UTC))
    component.add("summary", _summary(event))
    component.add("location", event.place or (_("on site") if event.on_site else _("from home")))
    component.add("status", "CANCELLED" if event.cancelled else "CONFIRMED" if event.certain else "TENTATIVE")
    component.add("transp", "TRANSPARENT" if event.cancelled else "OPAQUE")
    component.add("url", url)
    return component


def _summary(event: FeedEvent) -> str:
    title = _("Standby") if event.standby else event.title or _("Work")
    if event.cancelled:
        return _("Cancelled: %(title)s") % {"title": title}
    return title if event.certain else _("Asked for: %(title)s") % {"title": title}
