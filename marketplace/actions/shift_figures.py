"""What a dispatcher says of a shift, and what is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from marketplace.actions.shift_patterns import premiums_of
from marketplace.actions.work_proposals import policy_of, zone_of
from marketplace.claiming.pay import Break, base_pay, paid_seconds
from marketplace.models import Queue, Shift
from marketplace.vocabulary import PlanRefusal, WorkPlace

SHORTEST, LONGEST = timedelta(minutes=15), timedelta(hours=24)
FARTHEST = timedelta(days=731)
"""Nobody plans a shift for so late: the year is a slip of the key, and every agent's list would end with it."""

Found = dict[str, Mapping[str, object]]
"""Reasons with the figures that their sentences name."""


@dataclass(frozen=True, slots=True)
class ShiftFigures:
    """A shift as it is wanted: for one queue, or with none standby of `department_id`. Money in minor units."""

    queue_id: int | None
    department_id: int
    """Of the queue, or whose standby it is."""
    starts_at: datetime
    ends_at: datetime
    work_place: str
    pay_per_hour: int
    places: int = 1
    site_id: int | None = None
    bonus_per_hour: int = 0
    breaks: Sequence[Break] = ()
    notes: str = ""
    kinds: Sequence[str] = ()
    claim_from: datetime | None = None
    claim_until: datetime | None = None
    skills: Mapping[int, int] = field(default_factory=dict)
    """Least levels by skill id, beyond what the queue asks."""
    certification_ids: frozenset[int] = frozenset()


def wrong_with(figures: ShiftFigures, *, now: datetime) -> Found:
    """Every reason against a shift like this, whoever holds places in it."""
    return {reason: {} for reason in _faults(figures, now)}


def _faults(figures: ShiftFigures, now: datetime) -> Iterator[PlanRefusal]:
    start, end = figures.starts_at, figures.ends_at
    if not now < start <= now + FARTHEST or not SHORTEST <= end - start <= LONGEST:
        yield PlanRefusal.PERIOD
    if not _in_order(figures):
        yield PlanRefusal.BREAKS
    since, until = figures.claim_from, figures.claim_until
    if (since and since >= start) or (until and until > start) or (since and until and since >= until):
        yield PlanRefusal.CLAIM_PERIOD
    if figures.work_place == WorkPlace.HOME:
        if figures.site_id is not None:
            yield PlanRefusal.SITE
        if figures.queue_id and Queue.objects.filter(pk=figures.queue_id, home_allowed=False).exists():
            yield PlanRefusal.WORK_PLACE


def _in_order(figures: ShiftFigures) -> bool:
    """Breaks one after the other within the shift, with paid time left."""
    start, end = figures.starts_at.timestamp(), figures.ends_at.timestamp()
    ordered = all(first[1] <= second[0] for first, second in pairwise(figures.breaks))
    inside = all(start <= begin < stop <= end for begin, stop, _ in figures.breaks)
    if not (ordered and inside):
        return False
    away = tuple((begin, stop, False) for begin, stop, _ in figures.breaks)
    return paid_seconds(start=figures.starts_at, end=figures.ends_at, breaks=away) > 0


def take_over(shift: Shift, figures: ShiftFigures) -> None:
    """Set what the figures say on a row that is not saved yet, pay and currency with it."""
    policy = policy_of(figures.department_id)
    shift.queue_id = figures.queue_id
    shift.department_id = None if figures.queue_id else figures.department_id
    shift.starts_at, shift.ends_at, shift.places = figures.starts_at, figures.ends_at, figures.places
    shift.work_place, shift.site_id = figures.work_place, figures.site_id
    shift.breaks = [list(pause) for pause in figures.breaks]
    shift.pay_per_hour, shift.bonus_per_hour = figures.pay_per_hour, figures.bonus_per_hour
    shift.notes, shift.kinds = figures.notes, list(figures.kinds)
    shift.claim_from, shift.claim_until = figures.claim_from, figures.claim_until
    shift.currency = policy.currency
    shift.pay = base_pay(
        pay_per_hour=figures.pay_per_hour, start=figures.starts_at, end=figures.ends_at, breaks=figures.breaks,
        premiums=premiums_of(policy), zone=clock_of(queue_id=figures.queue_id, department_id=figures.department_id),
    )  # fmt: skip


def clock_of(*, queue_id: int | None, department_id: int) -> ZoneInfo:
    """The clock of the queue; of standby that of most of the department's queues."""
    queues = Queue.objects.filter(pk=queue_id) if queue_id else Queue.objects.filter(department_id=department_id)
    return zone_of(list(queues.only("timezone")))


def figures_of(shift: Shift) -> ShiftFigures:
    """The figures of a shift that is there; `queue`, `asks_skills` and `asks_certifications` may be prefetched."""
    return ShiftFigures(
        queue_id=shift.queue_id,
        department_id=owner_of(shift),
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        work_place=shift.work_place,
        pay_per_hour=shift.pay_per_hour,
        places=shift.places,
        site_id=shift.site_id,
        bonus_per_hour=shift.bonus_per_hour,
        breaks=tuple((begin, stop, paid) for begin, stop, paid in shift.breaks),
        notes=shift.notes,
        kinds=tuple(shift.kinds),
        claim_from=shift.claim_from,
        claim_until=shift.claim_until,
        skills={ask.skill_id: ask.level for ask in shift.asks_skills.all()},
        certification_ids=frozenset(ask.certification_id for ask in shift.asks_certifications.all()),
    )


def owner_of(shift: Shift) -> int:
    """The department whose shift it is."""
    owner = shift.queue.department_id if shift.queue else shift.department_id
    assert owner is not None  # noqa: S101 - the database holds one of the two
    return owner
