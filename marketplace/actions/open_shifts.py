"""Open draft shifts so that agents see them, or cancel shifts; all of those named or none."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from gigcx.ledger.models import Entry
from gigcx.ledger.record import record_many
from marketplace.actions.pull import pull_all
from marketplace.actions.refused import PlanRefused, Refused
from marketplace.actions.seats import lock_sites, without_seats
from marketplace.models import Booking, Shift
from marketplace.vocabulary import BookingState, PlanRefusal, ShiftRefusal, ShiftState


@transaction.atomic(durable=True)
def open_shifts(*, shift_ids: Collection[int], actor: str, now: datetime) -> int:
    """Open these drafts; how many. Raises `Refused` with every reason, then none is opened.

    Places on site are never more than the site's seats: `PlanRefused` names the first minute that would be too full.
    """
    lock_sites(Shift.objects.filter(pk__in=shift_ids).values_list("site_id", flat=True))
    shifts = lock_shifts(shift_ids)
    reasons: set[str] = {ShiftRefusal.NOT_DRAFT for shift in shifts if shift.status != ShiftState.DRAFT}
    reasons |= {ShiftRefusal.PAST for shift in shifts if shift.starts_at <= now}
    if not reasons and (full := without_seats(shifts)):
        raise PlanRefused(full)
    return _change(shifts, ShiftState.OPEN, kind="shift.opened", reasons=reasons, actor=actor, now=now)


@transaction.atomic(durable=True)
def cancel_shifts(*, shift_ids: Collection[int], actor: str, now: datetime) -> int:
    """Cancel these shifts, drafts or open; how many. Whoever holds a place loses it and is told.

    Late, the organisation owes each of them (`compensate`). Raises `Refused` with every reason, then none is cancelled.
    """
    shifts = lock_shifts(shift_ids)
    reasons: set[str] = {ShiftRefusal.CANCELLED for shift in shifts if shift.status == ShiftState.CANCELLED}
    reasons |= {ShiftRefusal.PAST for shift in shifts if shift.starts_at <= now}
    if Booking.objects.filter(shift_id__in=shift_ids, status=BookingState.CHECKED_IN).exists():
        reasons.add(PlanRefusal.CHECKED_IN)
    changed = _change(shifts, ShiftState.CANCELLED, kind="shift.cancelled", reasons=reasons, actor=actor, now=now)
    pull_all([shift.pk for shift in shifts], actor=actor, now=now)
    return changed


def lock_shifts(shift_ids: Collection[int]) -> Sequence[Shift]:
    """The shifts under lock, by id. Raises `Shift.DoesNotExist` unless all of them exist."""
    found = list(
        Shift.objects.filter(pk__in=shift_ids).select_related("queue").order_by("pk").select_for_update(of=("self",))
    )
    if len(found) != len(set(shift_ids)):
        raise Shift.DoesNotExist
    return found


def _change(
    shifts: Sequence[Shift], status: ShiftState, *, kind: str, reasons: set[str], actor: str, now: datetime
) -> int:
    if reasons:
        raise Refused(sorted(reasons))
    stamp = {"opened_at": now} if status == ShiftState.OPEN else {"cancelled_at": now}
    Shift.objects.filter(pk__in=[shift.pk for shift in shifts]).update(status=status, **stamp)
    record_many(
        Entry(
            kind=kind,
            subject=f"shift:{shift.pk}",
            actor=actor,
            at=now,
            data={"queue": shift.queue_id, "department": shift.department_id, "before": shift.status},
        )
        for shift in shifts
    )
    return len(shifts)
