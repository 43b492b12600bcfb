"""What a dispatcher plans with: a day's need against roster, bookings and places, and the shifts behind them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from marketplace.matching.state import BoolArray, FloatArray, IntArray
from marketplace.models import Booking, Queue, Shift
from marketplace.queries.gap import read_gaps
from marketplace.queries.grid import Grid
from marketplace.queries.shifts import in_departments, promised, standing_by
from marketplace.queries.staffed import Able
from marketplace.vocabulary import LIVE_STATES, BookingState, ShiftState

MOST = 400
"""Shifts listed for one day."""


@dataclass(frozen=True, slots=True, eq=False)
class DayPlan:
    """One department's queues on one time axis. Tables are queues × cells, people."""

    grid: Grid
    queues: Sequence[Queue]
    need: IntArray
    rostered: FloatArray
    """On the roster, on duty by hand, or on standby where they are most missed."""
    booked: FloatArray
    open: FloatArray
    """Free places of open shifts."""
    drafts: FloatArray
    """Free places of drafts."""
    standby: FloatArray
    """Cells: free places of standby shifts, open or draft."""
    unplanned: BoolArray
    """Past, and before anybody was planned in the department: nobody knows who was there."""


@dataclass(frozen=True, slots=True)
class ShiftFilter:
    """Which shifts of a day are listed."""

    queue_id: int | None = None
    standby: bool = False
    """Only those without a queue."""
    status: str = ""
    only: Collection[int] | None = None
    """Only these, whatever their day."""


def read_day(*, department_id: int, grid: Grid, now: datetime, able: Able | None) -> DayPlan:
    """The picture of one department's day, in a fixed number of statements."""
    gaps = read_gaps(department_ids=[department_id], grid=grid, now=now, able=able)
    ids = [queue.pk for queue in gaps.queues]
    places = promised(queue_ids=ids, grid=grid, now=now, drafts=False)
    return DayPlan(
        grid=grid,
        queues=gaps.queues,
        need=gaps.need,
        rostered=gaps.staffed - gaps.booked,
        booked=gaps.booked,
        open=places,
        drafts=promised(queue_ids=ids, grid=grid, now=now) - places,
        standby=standing_by(department_ids=[department_id], grid=grid, now=now)[0],
        unplanned=gaps.unplanned & (grid.starts + grid.step_seconds <= now.timestamp()),
    )


def shifts_of_day(*, department_id: int, since: datetime, until: datetime, which: ShiftFilter) -> list[Shift]:
    """Shifts that start in the period, by start; `leaving`, `came` and `asked` (in its draw) count people.

    One statement.
    """
    found = Shift.objects.filter(in_departments([department_id]))
    if which.only is None:
        found = found.filter(starts_at__gte=since, starts_at__lt=until)
    else:
        found = found.filter(pk__in=which.only)
    if which.queue_id is not None:
        found = found.filter(queue_id=which.queue_id)
    if which.standby:
        found = found.filter(queue=None)
    found = found.filter(status=which.status) if which.status else found.exclude(status=ShiftState.CANCELLED)
    return list(_counted(found)[:MOST])


def these_shifts(*, department_id: int, shift_ids: Collection[int]) -> list[Shift]:
    """Shifts that a page shows already, whatever has become of them, with the same counts; one statement."""
    return list(_counted(Shift.objects.filter(in_departments([department_id]), pk__in=shift_ids))[:MOST])


def _counted(found: QuerySet[Shift]) -> QuerySet[Shift]:
    found = found.annotate(
        leaving=Count("bookings", filter=Q(bookings__status=BookingState.RELEASING)),
        asked=Count("bookings", filter=Q(bookings__status=BookingState.REQUESTED)),
        came=Count("bookings", filter=Q(bookings__status__in=(BookingState.CHECKED_IN, BookingState.WORKED))),
    )
    return found.select_related("queue", "department", "site").order_by("starts_at", "ends_at", "pk")


def bookings_in(*, shift_id: int) -> list[Booking]:
    """Everybody who has, or had, to do with a shift: who holds a place first; one statement."""
    found = Booking.objects.filter(shift_id=shift_id).select_related("agent", "compensation", "shift__queue")
    rows = found.order_by("held_at", "pk")
    return sorted(rows, key=lambda booking: booking.status not in LIVE_STATES)
