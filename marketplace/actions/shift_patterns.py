"""What a department's shifts may look like, as admins keep it; and that in the words of the search."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from gigcx.ledger.keeping import drop, keep
from marketplace.models import ShiftPattern, ShiftPolicy
from marketplace.staffing.cover import Break, Pattern, Premium
from marketplace.vocabulary import WorkPlace

HOUR = 3600
NIGHT = (22 * HOUR, 6 * HOUR)
WEEKEND = frozenset({5, 6})
DEFAULTS = (
    ShiftPattern(
        name=gettext_noop("On site"), work_place=WorkPlace.SITE, pay_per_hour=1800, least_hours=4, most_hours=8,
        first_start=time(0), last_start=time(23, 30), break_minutes=30,
    ),
    ShiftPattern(
        name=gettext_noop("From home"), work_place=WorkPlace.HOME, pay_per_hour=1700, least_hours=4, most_hours=6,
        first_start=time(6), last_start=time(20), break_minutes=30,
    ),
    ShiftPattern(
        name=gettext_noop("Mid-day from home"), work_place=WorkPlace.HOME, pay_per_hour=1800, cost_per_shift=200,
        least_hours=2, most_hours=3, step_hours=1, first_start=time(9), last_start=time(18),
    ),
)  # fmt: skip
"""What is proposed in a department that has no patterns of its own."""


@transaction.atomic(durable=True)
def keep_shift_pattern(*, pattern_id: int | None, actor: str, now: datetime, **figures: Any) -> ShiftPattern:
    """A new pattern (`pattern_id` None), or other figures for one. Raises `ValidationError` by field."""
    row = ShiftPattern.objects.select_for_update().get(pk=pattern_id) if pattern_id else ShiftPattern()
    keep(row, figures=figures, kind="shift_pattern.changed", actor=actor, now=now)
    return row


@transaction.atomic(durable=True)
def delete_shift_pattern(*, pattern_id: int, actor: str, now: datetime) -> None:
    """Forget a pattern; shifts made by it stay."""
    drop(
        ShiftPattern.objects.select_for_update().get(pk=pattern_id), kind="shift_pattern.deleted", actor=actor, now=now
    )


@transaction.atomic(durable=True)
def keep_shift_policy(*, policy_id: int | None, actor: str, now: datetime, **figures: Any) -> ShiftPolicy:
    """A department's first policy (`policy_id` None), or other figures. Raises `ValidationError` by field."""
    row = ShiftPolicy.objects.select_for_update().get(pk=policy_id) if policy_id else ShiftPolicy()
    keep(row, figures=figures, kind="shift_policy.changed", actor=actor, now=now)
    return row


@transaction.atomic(durable=True)
def delete_shift_policy(*, policy_id: int, actor: str, now: datetime) -> None:
    """Back to the defaults."""
    drop(ShiftPolicy.objects.select_for_update().get(pk=policy_id), kind="shift_policy.deleted", actor=actor, now=now)


def rows_of(department_id: int) -> list[ShiftPattern]:
    """The department's active patterns; the defaults where it has none at all."""
    own = list(ShiftPattern.objects.filter(department_id=department_id).order_by("name"))
    return [row for row in own if row.is_active] if own else list(DEFAULTS)


def patterns_of(rows: Iterable[ShiftPattern], policy: ShiftPolicy) -> Sequence[Pattern]:
    """The same in the words of the search."""
    return [_pattern(row, premiums_of(policy)) for row in rows]


def premiums_of(policy: ShiftPolicy) -> tuple[Premium, ...]:
    """What the department pays more for nights and weekends."""
    return (
        Premium(share=policy.night_share, since=NIGHT[0], until=NIGHT[1]),
        Premium(share=policy.weekend_share, weekdays=WEEKEND),
    )


def _pattern(row: ShiftPattern, premiums: tuple[Premium, ...]) -> Pattern:
    pause = Break(
        seconds=row.break_minutes * 60,
        after_seconds=_seconds(row.break_margin_hours),
        before_end_seconds=_seconds(row.break_margin_hours),
        paid=row.break_paid,
        from_length_seconds=_seconds(row.break_from_hours),
    )
    return Pattern(
        name=row.name,
        pay_per_hour=row.pay_per_hour,
        cost_per_shift=row.cost_per_shift,
        least_seconds=_seconds(row.least_hours),
        most_seconds=_seconds(row.most_hours),
        length_step_seconds=_seconds(row.step_hours),
        first_start=row.first_start.hour * HOUR + row.first_start.minute * 60,
        last_start=row.last_start.hour * HOUR + row.last_start.minute * 60,
        start_step_seconds=row.start_minutes * 60,
        at_home=row.work_place == WorkPlace.HOME,
        breaks=(pause,) if row.break_minutes else (),
        premiums=premiums,
    )


def _seconds(hours: float) -> int:
    """To the quarter of an hour, at least one."""
    return round(hours * 4) * 900
