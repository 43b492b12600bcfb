"""Open draft shifts so that agents see them, or cancel shifts; all of those named or none."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from gigcx.ledger.models import Entry
from gigcx.ledger.record import record_many
from marketplace.actions.draw import commit_draws
from marketplace.actions.pull import pull_all
from marketplace.actions.refused import PlanRefused, Refused
from marketplace.actions.seats import lock_sites, without_seats
from marketplace.models import Booking, Shift
from marketplace.vocabulary import BookingState, DrawRefusal, Opening, PlanRefusal, ShiftRefusal, ShiftState


@transaction.atomic(durable=True)
def open_shifts(
    *, shift_ids: Collection[int], opening: str = Opening.FIRST_COME, draw_until: datetime | None = None, actor: str,
    now: datetime,
) -> int:  # fmt: skip
    """Open these drafts: to everyone at once, by a draw at `draw_until`, or by tiers of reliability; how many.

    Raises `Refused` with every reason, then none is opened.
    Places on site are never more than the site's seats: `PlanRefused` names the first minute that would be too full.
    """
    lock_sites(Shift.objects.filter(pk__in=shift_ids).values_list("site_id", flat=True))
    shifts = lock_shifts(shift_ids)
    reasons: set[str] = {ShiftRefusal.NOT_DRAFT for shift in shifts if shift.status != ShiftState.DRAFT}
    reasons |= {ShiftRefusal.PAST for shift in shifts if shift.starts_at <= now}
    if opening == Opening.DRAW and not _in_time(draw_until, shifts, now=now):
        reasons.add(DrawRefusal.UNTIL)
    if not reasons and (full := without_seats(shifts)):
        raise PlanRefused(full)
    how = {"opening": opening, "draw_until": draw_until if opening == Opening.DRAW else None}
    changed = _change(shifts, ShiftState.OPEN, kind="shift.opened", reasons=reasons, actor=actor, now=now, how=how)
    if opening == Opening.DRAW:
        commit_draws(shifts)
    return changed


def _in_time(draw_until: datetime | None, shifts: Sequence[Shift], *, now: datetime) -> bool:
    return draw_until is not None and all(now < draw_until < shift.starts_at for shift in shifts)


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
    shifts: Sequence[Shift], status: ShiftState, *, kind: str, reasons: set[str], actor: str, now: datetime,
    how: dict[str, Any] | None = None,
) -> int:  # fmt: skip
    if reasons:
        raise Refused(sorted(reasons))
    stamp = {"opened_at": now} if status == ShiftState.OPEN else {"cancelled_at": now}
    Shift.objects.filter(pk__in=[shift.pk for shift in shifts]).update(status=status, **stamp, **(how or {}))
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
