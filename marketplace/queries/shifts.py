"""Shifts and proposals as pages and the API read them, and the people that their free places promise."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.db.models import Count, F, Q, QuerySet

from gigcx.accounts.models import Department, User
from gigcx.accounts.permissions import is_admin
from marketplace.matching.state import FloatArray
from marketplace.models import Duty, Shift, ShiftProposal
from marketplace.models.duty import DutySource
from marketplace.queries.grid import Grid
from marketplace.vocabulary import BOUND_STATES, ShiftState, WorkPlace


def in_departments(department_ids: Sequence[int] | None, *, prefix: str = "") -> Q:
    """Shifts of the queues of these departments and their standby; None: all."""
    if department_ids is None:
        return Q()
    of_queue, standby = f"{prefix}queue__department_id__in", f"{prefix}department_id__in"
    return Q(**{of_queue: department_ids}) | Q(**{standby: department_ids})


def shifts_ahead(*, department_ids: Sequence[int] | None, now: datetime, limit: int = 400) -> list[Shift]:
    """Drafts and open shifts that are not over, by start; one statement."""
    found = Shift.objects.filter(in_departments(department_ids), ends_at__gt=now)
    found = found.exclude(status=ShiftState.CANCELLED).select_related("queue", "department", "site")
    return list(found.order_by("starts_at", "ends_at", "pk")[:limit])


def shifts_of(*, department_ids: Sequence[int] | None) -> QuerySet[Shift]:
    """Every shift of these departments."""
    return Shift.objects.filter(in_departments(department_ids)).select_related("queue", "department", "site")


def proposals_of(*, department_ids: Sequence[int] | None) -> QuerySet[ShiftProposal]:
    """The proposals for these departments, newest first."""
    found = (
        ShiftProposal.objects.all()
        if department_ids is None
        else ShiftProposal.objects.filter(department_id__in=department_ids)
    )
    return found.select_related("department").order_by("-asked_at", "-pk")


def departments_of(*, user: User) -> list[Department]:
    """The departments with queues in use that this person plans for, by name; one statement."""
    found = Department.objects.filter(queues__is_active=True).distinct()
    return list(found if is_admin(user) else found.filter(user=user))


def promised(*, queue_ids: Sequence[int], grid: Grid, now: datetime, drafts: bool = True) -> FloatArray:
    """Free places of open shifts, and of drafts, at each queue in each cell, breaks left out; one statement.

    A shift that has begun promises nobody: its free places are claimed no more.
    """
    position = {queue: row for row, queue in enumerate(queue_ids)}
    shifts = _with_free_places(Q(queue_id__in=list(queue_ids)), grid, now)
    if not drafts:
        shifts = shifts.filter(status=ShiftState.OPEN)
    return _filled(((position[shift.queue_id or 0], shift) for shift in shifts), grid, rows=len(queue_ids))


def standing_by(*, department_ids: Sequence[int], grid: Grid, now: datetime, drafts: bool = True) -> FloatArray:
    """The same of standby shifts: departments (in the order given) × cells; one statement."""
    position = {department: row for row, department in enumerate(department_ids)}
    shifts = _with_free_places(Q(department_id__in=list(department_ids)), grid, now)
    if not drafts:
        shifts = shifts.filter(status=ShiftState.OPEN)
    return _filled(((position[shift.department_id or 0], shift) for shift in shifts), grid, rows=len(department_ids))


def _with_free_places(which: Q, grid: Grid, now: datetime) -> QuerySet[Any]:
    """Lines with `free`: places that nobody is bound to. A week of a large market has ten thousand of them."""
    bound = Count("bookings", filter=Q(bookings__status__in=BOUND_STATES))
    found = _overlapping(which, grid).filter(starts_at__gt=now).annotate(free=F("places") - bound)
    return found.values_list("queue_id", "department_id", "starts_at", "ends_at", "breaks", "free", named=True)


def taken_seats(*, site_id: int, grid: Grid) -> FloatArray:
    """Seats of a site taken in each cell by the roster and by draft and open shifts, full or not; two statements."""
    since, until = datetime.fromtimestamp(grid.start, UTC), datetime.fromtimestamp(grid.end, UTC)
    rostered = Duty.objects.filter(site_id=site_id, period__overlap=(since, until)).exclude(source=DutySource.BOOKING)
    duty = rostered.values_list("period", flat=True)
    shifts = _overlapping(Q(site_id=site_id, work_place=WorkPlace.SITE), grid)
    spans = [(period.lower, period.upper, 1) for period in duty]
    spans += [(shift.starts_at, shift.ends_at, shift.places) for shift in shifts]
    # who sits there for a part of a cell needs a seat
    step = grid.step_seconds
    starts = [start.timestamp() // step * step for start, _, _ in spans]
    ends = [-(-end.timestamp() // step) * step for _, end, _ in spans]
    people = [number for _, _, number in spans]
    seats: FloatArray = grid.fill(row=[0] * len(spans), start=starts, end=ends, weight=people, rows=1)[0]
    return seats


def _overlapping(which: Q, grid: Grid) -> QuerySet[Shift]:
    since, until = datetime.fromtimestamp(grid.start, UTC), datetime.fromtimestamp(grid.end, UTC)
    return Shift.objects.filter(which, starts_at__lt=until, ends_at__gt=since).exclude(status=ShiftState.CANCELLED)


def _filled(shifts: Iterable[tuple[int, Any]], grid: Grid, *, rows: int) -> FloatArray:
    spans = [
        (row, start, end, weight)
        for row, shift in shifts
        for start, end, weight in [
            (shift.starts_at.timestamp(), shift.ends_at.timestamp(), shift.free),
            *[(begin, end, -shift.free) for begin, end, _paid in shift.breaks],
        ]
    ]
    row, start, end, weight = zip(*spans, strict=True) if spans else ((), (), (), ())
    filled = grid.fill(row=row, start=start, end=end, weight=weight, rows=rows)
    return np.maximum(filled, 0.0)
