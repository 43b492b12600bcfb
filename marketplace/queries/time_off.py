"""Requests for time off, and what granting one would do to the staffing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
from django.db.models import QuerySet
from django.utils.timezone import localtime

from marketplace.claiming.hours import Period
from marketplace.matching.state import FloatArray
from marketplace.models import TimeOff
from marketplace.queries.gap import read_gaps
from marketplace.queries.grid import Grid
from marketplace.queries.week import work_in
from marketplace.vocabulary import TimeOffState

STEP_SECONDS = 1800
ANSWERED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class StaffedDay:
    """A local day of the period: the half hour in which most people are missing once this one is away."""

    day: date
    at: datetime
    need: int
    there: float
    """With the person, people on average over the half hour."""
    without: float
    missing: float
    """People that the queues miss then at least: what they miss today, or all together without the person."""
    works: bool
    """Whether the person is planned to work on that day."""


def time_off_of(*, department_ids: Sequence[int] | None) -> QuerySet[TimeOff]:
    """Requests of the people of these departments; None: of all."""
    rows = TimeOff.objects.select_related("agent__department")
    return rows if department_ids is None else rows.filter(agent__department_id__in=department_ids)


def waiting(*, department_ids: Sequence[int] | None) -> list[TimeOff]:
    """Those that wait for an answer, the oldest first."""
    return list(time_off_of(department_ids=department_ids).filter(status=TimeOffState.ASKED).order_by("asked_at"))


def answered(*, department_ids: Sequence[int] | None) -> list[TimeOff]:
    """Those answered last."""
    rows = time_off_of(department_ids=department_ids).filter(answered_at__isnull=False)
    return list(rows.order_by("-answered_at")[:ANSWERED_SHOWN])


def staffing_without(*, time_off: TimeOff, now: datetime) -> list[StaffedDay]:
    """Each local day of the request from now on, over the queues of the agent's department.

    Empty without a forecast, or if the period is over. The person is taken off the queues in total, since who is
    planned for the day may serve any.
    """
    start = max(time_off.period.lower, now)
    if start >= time_off.period.upper:
        return []
    grid = Grid.ahead(now=start, until=time_off.period.upper, step_seconds=STEP_SECONDS)
    gaps = read_gaps(department_ids=[time_off.agent.department_id], grid=grid, now=now)
    if not gaps.queues or not gaps.is_forecast:
        return []
    own = _presence(work_in(agent_id=time_off.agent_id, within=Period(start, time_off.period.upper)), grid)
    need, there = gaps.need.sum(axis=0), gaps.staffed.sum(axis=0)
    missing = np.maximum(gaps.short.sum(axis=0), need - np.maximum(there - own, 0.0))
    days = []
    for day, cells in _cells_by_day(grid).items():
        worst = max(cells, key=lambda cell: (missing[cell], need[cell]))
        days.append(
            StaffedDay(
                day=day,
                at=datetime.fromtimestamp(int(grid.starts[worst]), UTC),
                need=int(need[worst]),
                there=float(there[worst]),
                without=float(max(there[worst] - own[worst], 0.0)),
                missing=float(missing[worst]),
                works=bool(own[cells].any()),
            )
        )
    return days


def _presence(work: Sequence[Period], grid: Grid) -> FloatArray:
    """How much of each cell the periods take, 0 to 1."""
    starts, ends = [one.start.timestamp() for one in work], [one.end.timestamp() for one in work]
    presence: FloatArray = grid.fill(row=[0] * len(work), start=starts, end=ends, weight=np.ones(len(work)), rows=1)[0]
    return presence


def _cells_by_day(grid: Grid) -> dict[date, list[int]]:
    found: dict[date, list[int]] = {}
    for cell, instant in enumerate(grid.starts):
        found.setdefault(localtime(datetime.fromtimestamp(int(instant), UTC)).date(), []).append(cell)
    return found


def planned_in(*, time_off: TimeOff) -> list[Period]:
    """When the agent is bound to work in that time, by booking or roster."""
    return work_in(agent_id=time_off.agent_id, within=Period(time_off.period.lower, time_off.period.upper))
