"""A dispatcher makes shifts by hand, as drafts or open at once."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from gigcx.ledger.models import Entry
from gigcx.ledger.record import record_many
from marketplace.actions.refused import PlanRefused
from marketplace.actions.seats import lock_sites, without_seats
from marketplace.actions.shift_figures import Found, ShiftFigures, take_over, wrong_with
from marketplace.models import Shift, ShiftCertification, ShiftSkill
from marketplace.vocabulary import PlanRefusal, ShiftState

MOST = 500
"""Shifts that are made at once."""


@transaction.atomic(durable=True)
def make_shifts(
    *, wanted: Sequence[ShiftFigures], open_now: bool = False, actor: str, now: datetime
) -> Sequence[Shift]:
    """Make these shifts, all or none. Raises `PlanRefused` with every reason.

    Open ones are never more on site than the site has seats.
    """
    found: Found = {}
    if not wanted:
        found[PlanRefusal.NOTHING] = {}
    if len(wanted) > MOST:
        found[PlanRefusal.TOO_MANY] = {"most": MOST}
    for figures in wanted[:MOST]:
        found |= wrong_with(figures, now=now)
    if found:
        raise PlanRefused(found)
    shifts = [Shift(status=ShiftState.DRAFT, created_at=now, created_by=actor) for _ in wanted]
    for shift, figures in zip(shifts, wanted, strict=True):
        take_over(shift, figures)
    if open_now:
        lock_sites({shift.site_id for shift in shifts})
        if full := without_seats(shifts):
            raise PlanRefused(full)
        for shift in shifts:
            shift.status, shift.opened_at = ShiftState.OPEN, now
    Shift.objects.bulk_create(shifts)
    ask(shifts, wanted)
    record_many(_told(shift, actor=actor, now=now) for shift in shifts)
    return shifts


def make_shift(*, figures: ShiftFigures, open_now: bool = False, actor: str, now: datetime) -> Shift:
    """Make one. Raises `PlanRefused` with every reason."""
    return make_shifts(wanted=[figures], open_now=open_now, actor=actor, now=now)[0]


def ask(shifts: Sequence[Shift], wanted: Sequence[ShiftFigures]) -> None:
    """Write what each shift asks beyond its queue; none has anything written yet."""
    pairs = list(zip(shifts, wanted, strict=True))
    ShiftSkill.objects.bulk_create(
        ShiftSkill(shift=shift, skill_id=skill, level=level)
        for shift, figures in pairs
        for skill, level in figures.skills.items()
    )
    ShiftCertification.objects.bulk_create(
        ShiftCertification(shift=shift, certification_id=pk)
        for shift, figures in pairs
        for pk in sorted(figures.certification_ids)
    )


def _told(shift: Shift, *, actor: str, now: datetime) -> Entry:
    opened = shift.status == ShiftState.OPEN
    data = {"queue": shift.queue_id, "department": shift.department_id, "places": shift.places, "new": True}
    kind = "shift.opened" if opened else "shift.made"
    return Entry(kind=kind, subject=f"shift:{shift.pk}", actor=actor, at=now, data=data)
