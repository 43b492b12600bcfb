"""A dispatcher changes a shift; what people who hold places were promised stays."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from django.db import transaction

from gigcx.ledger.keeping import plain
from gigcx.ledger.record import record
from marketplace.actions.make_shift import ask
from marketplace.actions.open_shifts import lock_shifts
from marketplace.actions.refused import PlanRefused, Refused
from marketplace.actions.seats import lock_sites, without_seats
from marketplace.actions.serve_waiting import serve_shift
from marketplace.actions.shift_figures import Found, ShiftFigures, figures_of, take_over, wrong_with
from marketplace.claiming.pay import promised_pay
from marketplace.models import Booking, Shift
from marketplace.vocabulary import LIVE_STATES, PlanRefusal, ShiftRefusal, ShiftState

PROMISED = ("queue_id", "department_id", "starts_at", "ends_at", "work_place", "site_id", "breaks")
COLUMNS = (
    "queue_id", "department_id", "starts_at", "ends_at", "places", "work_place", "site_id", "breaks", "pay_per_hour",
    "pay", "bonus_per_hour", "notes", "kinds", "claim_from", "claim_until", "currency",
)  # fmt: skip


@transaction.atomic(durable=True)
def change_shift(*, shift_id: int, figures: ShiftFigures, actor: str, now: datetime) -> bool:
    """Take over the figures; whether anything changed. Whoever holds a place is paid no less, more if it is more.

    Raises `Refused` or `PlanRefused` with every reason, nothing changed; `Shift.DoesNotExist`.
    """
    lock_sites([figures.site_id])
    (shift,) = lock_shifts([shift_id])
    if shift.status == ShiftState.CANCELLED:
        raise Refused([ShiftRefusal.CANCELLED])
    if shift.starts_at <= now:
        raise Refused([ShiftRefusal.PAST])
    before = figures_of(shift)
    if before == figures:
        return False
    was = {name: plain(getattr(shift, name)) for name in COLUMNS}
    pay_before = _pay(shift)
    found: Found = wrong_with(figures, now=now)
    if PlanRefusal.PERIOD not in found:  # only then it can be paid
        take_over(shift, figures)
    if shift.taken > figures.places:
        found[PlanRefusal.TAKEN] = {"taken": shift.taken}
    if shift.taken or Booking.objects.filter(shift=shift, status__in=LIVE_STATES).exists():
        found |= {reason: {} for reason in _worse(before, figures, paid_less=_pay(shift) < pay_before)}
    if shift.status == ShiftState.OPEN and not found and _sits_otherwise(before, figures):
        found |= without_seats([shift])
    if found:
        raise PlanRefused(found)
    shift.version += 1
    shift.save(update_fields=[*COLUMNS, "version"])
    _ask_anew(shift, before, figures)
    raise_pay([shift])
    changed = {name: [was[name], plain(getattr(shift, name))] for name in COLUMNS}
    changed = {name: pair for name, pair in changed.items() if pair[0] != pair[1]}
    _tell(shift, changed, actor=actor, now=now)
    serve_shift(shift, actor=actor, now=now)
    return True


@transaction.atomic(durable=True)
def set_bonus(*, shift_ids: Collection[int], bonus_per_hour: int, actor: str, now: datetime) -> int:
    """Pay this bonus (minor units an hour) in all of these shifts; in how many it is another.

    Raises `Refused` with every reason, then none has changed; `Shift.DoesNotExist`.
    """
    shifts = lock_shifts(shift_ids)
    reasons: set[str] = {ShiftRefusal.CANCELLED for shift in shifts if shift.status == ShiftState.CANCELLED}
    reasons |= {ShiftRefusal.PAST for shift in shifts if shift.starts_at <= now}
    reasons |= {PlanRefusal.PAY_LESS for shift in shifts if shift.taken and shift.bonus_per_hour > bonus_per_hour}
    if reasons:
        raise Refused(sorted(reasons))
    others = [shift for shift in shifts if shift.bonus_per_hour != bonus_per_hour]
    for shift in others:
        changed = {"bonus_per_hour": [shift.bonus_per_hour, bonus_per_hour]}
        shift.bonus_per_hour, shift.version = bonus_per_hour, shift.version + 1
        _tell(shift, changed, actor=actor, now=now)
    Shift.objects.bulk_update(others, ["bonus_per_hour", "version"])
    raise_pay(others)
    return len(others)


def raise_pay(shifts: Collection[Shift]) -> None:
    """Whoever holds a place in these locked shifts is paid what they pay now, if that is more than was promised."""
    pay = {shift.pk: _pay(shift) for shift in shifts}
    bookings = Booking.objects.filter(shift_id__in=pay, status__in=LIVE_STATES).order_by("pk").select_for_update()
    less = [booking for booking in bookings if booking.pay < pay[booking.shift_id]]
    for booking in less:
        booking.pay = pay[booking.shift_id]
    Booking.objects.bulk_update(less, ["pay"])


def _worse(before: ShiftFigures, after: ShiftFigures, *, paid_less: bool) -> Iterator[PlanRefusal]:
    """What would be worse for those who hold places."""
    if any(getattr(before, name) != getattr(after, name) for name in PROMISED):
        yield PlanRefusal.HELD
    if paid_less:
        yield PlanRefusal.PAY_LESS
    raised = any(level > before.skills.get(skill, 0) for skill, level in after.skills.items())
    if raised or after.certification_ids - before.certification_ids:
        yield PlanRefusal.ASKS_MORE


def _sits_otherwise(before: ShiftFigures, after: ShiftFigures) -> bool:
    """Whether it takes seats that it did not take: what was promised before the site became too small stays."""
    names = ("work_place", "site_id", "starts_at", "ends_at")
    return after.places > before.places or any(getattr(before, name) != getattr(after, name) for name in names)


def _ask_anew(shift: Shift, before: ShiftFigures, after: ShiftFigures) -> None:
    if (before.skills, before.certification_ids) != (after.skills, after.certification_ids):
        shift.asks_skills.all().delete()
        shift.asks_certifications.all().delete()
        ask([shift], [after])


def _pay(shift: Shift) -> int:
    return promised_pay(
        pay=shift.pay, bonus_per_hour=shift.bonus_per_hour, start=shift.starts_at, end=shift.ends_at,
        breaks=shift.breaks,
    )  # fmt: skip


def _tell(shift: Shift, changed: dict[str, Any], *, actor: str, now: datetime) -> None:
    record(kind="shift.changed", subject=f"shift:{shift.pk}", actor=actor, at=now, data={"changed": changed})
