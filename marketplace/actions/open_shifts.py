"""Open draft shifts so that agents see them, or cancel shifts; all of those named or none."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from gigcx.ledger.models import Entry
from gigcx.ledger.record import record_many
from marketplace.actions.refused import Refused
from marketplace.models import Shift
from marketplace.vocabulary import ShiftRefusal, ShiftState


@transaction.atomic(durable=True)
def open_shifts(*, shift_ids: Collection[int], actor: str, now: datetime) -> int:
    """Open these drafts; how many. Raises `Refused` with every reason, then none is opened."""
    shifts = _locked(shift_ids)
    reasons = {ShiftRefusal.NOT_DRAFT for shift in shifts if shift.status != ShiftState.DRAFT}
    reasons |= {ShiftRefusal.PAST for shift in shifts if shift.starts_at <= now}
    return _change(shifts, ShiftState.OPEN, kind="shift.opened", reasons=reasons, actor=actor, now=now)


@transaction.atomic(durable=True)
def cancel_shifts(*, shift_ids: Collection[int], actor: str, now: datetime) -> int:
    """Cancel these shifts, drafts or open; how many. Raises `Refused` with every reason, then none is cancelled."""
    shifts = _locked(shift_ids)
    reasons = {ShiftRefusal.CANCELLED for shift in shifts if shift.status == ShiftState.CANCELLED}
    reasons |= {ShiftRefusal.PAST for shift in shifts if shift.starts_at <= now}
    return _change(shifts, ShiftState.CANCELLED, kind="shift.cancelled", reasons=reasons, actor=actor, now=now)


def _locked(shift_ids: Collection[int]) -> Sequence[Shift]:
    """The shifts under lock, by id. Raises `Shift.DoesNotExist` unless all of them exist."""
    found = list(
        Shift.objects.filter(pk__in=shift_ids).select_related("queue").order_by("pk").select_for_update(of=("self",))
    )
    if len(found) != len(set(shift_ids)):
        raise Shift.DoesNotExist
    return found


def _change(
    shifts: Sequence[Shift], status: ShiftState, *, kind: str, reasons: set[ShiftRefusal], actor: str, now: datetime
) -> int:
    if reasons:
        raise Refused(sorted(reasons))
    Shift.objects.filter(pk__in=[shift.pk for shift in shifts]).update(status=status)
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
