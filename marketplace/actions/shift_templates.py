"""Shifts that come again: templates that admins and dispatchers keep, weekly series of them, days copied to others."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from gigcx.ledger.keeping import drop, keep
from marketplace.actions.shift_figures import ShiftFigures, clock_of, figures_of
from marketplace.claiming.pay import Break
from marketplace.claiming.wall_clock import local_period, moved_to
from marketplace.models import Shift, ShiftTemplate
from marketplace.queries.shifts import in_departments
from marketplace.vocabulary import ShiftState
from skills.models import Certification, Skill

MINUTE = 60
MOST_DAYS = 366


@transaction.atomic(durable=True)
def keep_template(*, template_id: int | None, actor: str, now: datetime, **figures: Any) -> ShiftTemplate:
    """A new template (`template_id` None), or other figures for one. Raises `ValidationError` by field."""
    row = ShiftTemplate.objects.select_for_update().get(pk=template_id) if template_id else ShiftTemplate()
    keep(row, figures=figures, kind="shift_template.changed", actor=actor, now=now)
    return row


@transaction.atomic(durable=True)
def delete_template(*, template_id: int, actor: str, now: datetime) -> None:
    """Forget a template; shifts made by it stay."""
    row = ShiftTemplate.objects.select_for_update().get(pk=template_id)
    drop(row, kind="shift_template.deleted", actor=actor, now=now)


def template_of(shift: Shift, *, name: str) -> dict[str, Any]:
    """The figures of a template that makes shifts like this one, by the clock of its queue."""
    figures = figures_of(shift)
    zone = clock_of(queue_id=figures.queue_id, department_id=figures.department_id)
    start, end = shift.starts_at.astimezone(zone), shift.ends_at.astimezone(zone)
    since = shift.starts_at.timestamp()
    return {
        "department_id": figures.department_id,
        "name": name,
        "queue_id": shift.queue_id,
        "starts": start.time(),
        "ends": end.time(),
        "places": shift.places,
        "work_place": shift.work_place,
        "site_id": shift.site_id,
        "breaks": [[round((a - since) / MINUTE), round((b - a) / MINUTE), paid] for a, b, paid in figures.breaks],
        "pay_per_hour": shift.pay_per_hour,
        "bonus_per_hour": shift.bonus_per_hour,
        "notes": shift.notes,
        "kinds": list(shift.kinds),
        "skills": {str(skill): level for skill, level in figures.skills.items()},
        "certification_ids": sorted(figures.certification_ids),
    }


def series(
    *, template: ShiftTemplate, since: date, until: date, weekdays: Collection[int], now: datetime
) -> list[ShiftFigures]:
    """The shifts of a weekly series, for `make_shifts`: from `since` to `until`, both included, on these weekdays.

    0 is Monday, by the clock of the queue. Nothing is made. What has begun, or the clock skips, is left out.
    """
    zone = clock_of(queue_id=template.queue_id, department_id=template.department_id)
    asked = _asked(template)
    found = []
    for day in _days(since, until):
        if day.weekday() not in weekdays:
            continue
        start, end = local_period(day, template.starts, template.ends, zone=zone)
        if start > now and start < end:
            breaks = _breaks(template, start, end)
            found.append(ShiftFigures(**asked, starts_at=start, ends_at=end, breaks=breaks))
    return found


def copies(*, department_id: int, day: date, to: Sequence[date], now: datetime) -> list[ShiftFigures]:
    """The department's shifts of one day, drafts and open ones, on other days, for `make_shifts`. Nothing is made.

    Each keeps its times by the clock of its queue. What has begun by then is left out.
    """
    shifts = Shift.objects.filter(in_departments([department_id])).exclude(status=ShiftState.CANCELLED)
    around = timedelta(days=2)
    midnight = datetime.combine(day, datetime.min.time(), tzinfo=now.tzinfo)
    near = shifts.filter(starts_at__gt=midnight - around, starts_at__lt=midnight + around)
    rows = near.select_related("queue").prefetch_related("asks_skills", "asks_certifications").order_by("starts_at")
    found = []
    for shift in rows:
        figures = figures_of(shift)
        zone = clock_of(queue_id=figures.queue_id, department_id=figures.department_id)
        if shift.starts_at.astimezone(zone).date() == day:
            found += [_copy(figures, days=(other - day).days, zone=zone) for other in to if other != day]
    return [figures for figures in found if now < figures.starts_at < figures.ends_at]


def repeated(
    *, department_id: int, template: ShiftTemplate | None, day: date | None, since: date, until: date,
    weekdays: Collection[int], now: datetime,
) -> list[ShiftFigures]:  # fmt: skip
    """Shifts like a template, or without one those of a `day`, on these weekdays from `since` to `until`, included."""
    if template is not None:
        return series(template=template, since=since, until=until, weekdays=weekdays, now=now)
    if day is None:
        return []
    to = [one for one in _days(since, until) if one.weekday() in weekdays]
    return copies(department_id=department_id, day=day, to=to, now=now)


def _copy(figures: ShiftFigures, *, days: int, zone: Any) -> ShiftFigures:
    start = moved_to(figures.starts_at, days=days, zone=zone)
    later = start.timestamp() - figures.starts_at.timestamp()
    end = moved_to(figures.ends_at, days=days, zone=zone)
    return replace(
        figures,
        starts_at=start,
        ends_at=end,
        breaks=_within([(a + later, b + later, paid) for a, b, paid in figures.breaks], end),
        claim_from=figures.claim_from and moved_to(figures.claim_from, days=days, zone=zone),
        claim_until=figures.claim_until and moved_to(figures.claim_until, days=days, zone=zone),
    )


def _asked(template: ShiftTemplate) -> dict[str, Any]:
    """All that is the same on every day; what it asks that is no more is left out."""
    skills = {int(skill): level for skill, level in template.skills.items()}
    known = set(Skill.objects.filter(pk__in=skills).values_list("pk", flat=True))
    proofs = Certification.objects.filter(pk__in=template.certification_ids).values_list("pk", flat=True)
    same = (
        "queue_id", "department_id", "work_place", "site_id", "places", "pay_per_hour", "bonus_per_hour", "notes",
    )  # fmt: skip
    return {name: getattr(template, name) for name in same} | {
        "kinds": tuple(template.kinds),
        "skills": {skill: level for skill, level in skills.items() if skill in known},
        "certification_ids": frozenset(proofs),
    }


def _breaks(template: ShiftTemplate, start: datetime, end: datetime) -> tuple[Break, ...]:
    since = start.timestamp()
    return _within(
        [
            (since + MINUTE * after, since + MINUTE * (after + minutes), bool(paid))
            for after, minutes, paid in template.breaks
        ],
        end,
    )


def _within(breaks: Sequence[Break], end: datetime) -> tuple[Break, ...]:
    """Those that a night with an hour less leaves room for."""
    return tuple(pause for pause in breaks if pause[1] <= end.timestamp())


def _days(since: date, until: date) -> Iterator[date]:
    for number in range(min((until - since).days + 1, MOST_DAYS)):
        yield since + timedelta(days=number)
