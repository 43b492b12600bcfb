"""What an agent's calendar feed tells: shifts and duty, with how often each was changed and when last."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from marketplace.claiming.hours import Period
from marketplace.models import Booking, Duty
from marketplace.models.duty import DutySource
from marketplace.queries.calendar import SHOWN_STATES
from marketplace.vocabulary import BookingState, WorkPlace

BEFORE = timedelta(days=60)
"""How far back the feed reaches."""
STILL_TOLD = timedelta(days=30)
"""For so long after it was given back or taken back a shift is told as cancelled, so that calendars drop it."""
GONE_STATES = (BookingState.RELEASED, BookingState.PULLED)

CHANGES = """
SELECT subject, data->>'booking', count(*), max(at) FROM ledger_entry
WHERE subject = %(agent)s AND kind LIKE 'booking.%%' OR subject = ANY(%(shifts)s)
GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One event; `uid` stays the same as long as it exists, and a roster's row that is taken back and loaded again has
    the same; `sequence` never falls."""

    uid: str
    period: Period
    title: str
    place: str
    on_site: bool
    standby: bool
    sequence: int
    changed_at: datetime
    cancelled: bool = False
    certain: bool = True
    """Not only asked for."""


def feed_events(*, agent_id: int, now: datetime) -> list[FeedEvent]:
    """By start; three statements."""
    events = [*_shifts(agent_id, now), *_duties(agent_id, now)]
    return sorted(events, key=lambda event: (event.period.start, event.uid))


def _shifts(agent_id: int, now: datetime) -> list[FeedEvent]:
    rows = Booking.objects.filter(
        Q(status__in=SHOWN_STATES) | Q(status__in=GONE_STATES, ended_at__gt=now - STILL_TOLD),
        agent_id=agent_id,
        period__endswith__gt=now - BEFORE,
    ).select_related("shift__queue", "shift__site")
    bookings = list(rows)
    changes = _changes(agent_id, {booking.shift_id for booking in bookings})
    return [_event(booking, changes) for booking in bookings]


def _event(booking: Booking, changes: Mapping[str, tuple[int, datetime]]) -> FeedEvent:
    shift = booking.shift
    told = [changes[name] for name in (f"booking:{booking.pk}", f"shift:{booking.shift_id}") if name in changes]
    return FeedEvent(
        uid=f"booking-{booking.pk}",
        period=Period(booking.period.lower, booking.period.upper),
        title=shift.queue.name if shift.queue else "",
        place=shift.site.name if shift.site else "",
        on_site=shift.work_place == WorkPlace.SITE,
        standby=shift.queue is None,
        sequence=sum(count for count, _ in told),
        changed_at=max([at for _, at in told], default=booking.held_at or booking.period.lower),
        cancelled=booking.status in GONE_STATES,
        certain=booking.status != BookingState.REQUESTED,
    )


def _changes(agent_id: int, shift_ids: Collection[int]) -> dict[str, tuple[int, datetime]]:
    """How often the ledger speaks of each booking and shift, and when last."""
    shifts = [f"shift:{pk}" for pk in shift_ids]
    with connection.cursor() as cursor:
        cursor.execute(CHANGES, {"agent": f"agent:{agent_id}", "shifts": shifts})
        rows = cursor.fetchall()
    found = {f"booking:{booking}": (count, at) for subject, booking, count, at in rows if subject.startswith("agent:")}
    for subject, _, count, at in rows:
        if subject.startswith("shift:"):
            before, last = found.get(subject, (0, at))
            found[subject] = (before + count, max(last, at))
    return found


def _duties(agent_id: int, now: datetime) -> list[FeedEvent]:
    rows = Duty.objects.filter(agent_id=agent_id, period__endswith__gt=now - BEFORE).exclude(source=DutySource.BOOKING)
    return [
        FeedEvent(
            uid=f"duty-{agent_id}-{int(row.period.lower.timestamp())}",
            period=Period(row.period.lower, row.period.upper),
            title=row.queue.name if row.queue else "",
            place=row.site.name if row.site else "",
            on_site=row.site is not None,
            standby=False,
            sequence=0,
            changed_at=row.period.lower,
        )
        for row in rows.select_related("queue", "site")
    ]
