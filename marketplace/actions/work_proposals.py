"""Work on the proposals that wait: read the gap, search, keep what was found as the proposal's result."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.db import transaction

from gigcx.ledger.record import record
from marketplace.actions.shift_patterns import patterns_of, rows_of
from marketplace.matching.state import FloatArray, IntArray
from marketplace.models import Queue, ShiftPattern, ShiftPolicy, ShiftProposal
from marketplace.queries.shift_gap import STEP_SECONDS, ShiftGap, grid_between, read_shift_gap
from marketplace.queries.shifts import taken_seats
from marketplace.queries.staffed import Able
from marketplace.snapshot.competence import known_competence
from marketplace.staffing.cover import Cover, Gap, Pattern, Placed, Target, cover
from marketplace.staffing.cover.make import UnusableCoverError
from marketplace.vocabulary import ProposalState

SECONDS = 40.0
"""Of branch and cut, all parts together."""
WORKERS = 2
"""Parts that are searched at once, each on a core of its own."""
TOLD_EVERY = 20
"""Progress is written so many times at most."""
LONGEST_TROUBLE = 400

log = logging.getLogger(__name__)


def work_proposals(*, clock: Callable[[], datetime], seconds: float = SECONDS) -> int:
    """Work on every proposal that waits, one after the other; how many there were."""
    done = 0
    while proposal := _take(now=clock()):
        try:
            result, found, currency = _search(proposal, now=clock(), seconds=seconds)
        except UnusableCoverError as wrong:
            _fail(proposal, trouble=str(wrong), now=clock())
        except Exception:
            _fail(proposal, trouble="", now=clock())
            raise
        else:
            _finish(proposal, result=result, found=found, currency=currency, now=clock())
        done += 1
    return done


@transaction.atomic(durable=True)
def _take(*, now: datetime) -> ShiftProposal | None:
    waiting = ShiftProposal.objects.filter(status=ProposalState.WAITING).order_by("asked_at")
    proposal = waiting.select_for_update(skip_locked=True).first()
    if proposal is not None:
        proposal.status, proposal.started_at = ProposalState.WORKING, now
        proposal.save(update_fields=["status", "started_at"])
    return proposal


@transaction.atomic(durable=True)
def _fail(proposal: ShiftProposal, *, trouble: str, now: datetime) -> None:
    ShiftProposal.objects.filter(pk=proposal.pk, status=ProposalState.WORKING).update(
        status=ProposalState.FAILED, finished_at=now, trouble=trouble[:LONGEST_TROUBLE]
    )
    _tell("shifts.failed", proposal, now=now, data={})


@transaction.atomic(durable=True)
def _finish(proposal: ShiftProposal, *, result: dict[str, Any], found: Cover, currency: str, now: datetime) -> None:
    changed = ShiftProposal.objects.filter(pk=proposal.pk, status=ProposalState.WORKING).update(
        status=ProposalState.READY, finished_at=now, result=result, objective=found.objective, bound=found.bound,
        currency=currency,
    )  # fmt: skip
    if changed:
        data = {"cost": found.cost, "objective": found.objective, "bound": found.bound}
        _tell("shifts.proposed", proposal, now=now, data=data)


def _tell(kind: str, proposal: ShiftProposal, *, now: datetime, data: dict[str, Any]) -> None:
    data = {"proposal": proposal.pk, "department": proposal.department_id} | data
    record(kind=kind, subject=f"department:{proposal.department_id}", actor=proposal.asked_by, at=now, data=data)


def _search(proposal: ShiftProposal, *, now: datetime, seconds: float) -> tuple[dict[str, Any], Cover, str]:
    policy = policy_of(proposal.department_id)
    rows = rows_of(proposal.department_id)
    known = known_competence(now=now)
    able = Able(people=known.people, queues=known.queue_ids, eligible=known.eligible)
    grid = grid_between(since=proposal.since, until=proposal.until, now=now)
    gap = read_shift_gap(
        department_id=proposal.department_id, queue_ids=proposal.queue_ids, grid=grid, now=now, able=able
    )
    targets = [Target(queues=(row,), home_allowed=queue.home_allowed) for row, queue in enumerate(gap.queues)]
    if proposal.standby:
        everywhere = all(queue.home_allowed for queue in gap.queues)
        targets.append(
            Target(
                queues=tuple(range(len(gap.queues))), home_allowed=everywhere,
                extra_per_hour=policy.standby_extra_per_hour,
            )
        )  # fmt: skip
    patterns = patterns_of(rows, policy)
    # shifts may reach beyond the period, where nobody is asked for
    beyond = max(pattern.most_seconds for pattern in patterns) // STEP_SECONDS
    weight = np.array([queue.priority for queue in gap.queues])
    found = cover(
        gap=Gap(
            people=np.pad(gap.people, ((0, 0), (0, beyond))), start=grid.start, step_seconds=STEP_SECONDS,
            zone=zone_of(gap.queues), targets=tuple(targets),
        ),
        patterns=patterns, missing_per_hour=policy.missing_per_hour * weight, over_per_hour=policy.over_per_hour,
        seats=_seats(policy, gap, beyond), seconds=seconds, workers=WORKERS, progress=_progress(proposal),
    )  # fmt: skip
    return as_document(gap, found, rows, patterns), found, policy.currency


def policy_of(department_id: int) -> ShiftPolicy:
    """The department's policy, or the defaults, unsaved."""
    own = ShiftPolicy.objects.select_related("site").filter(department_id=department_id).first()
    return own or ShiftPolicy(department_id=department_id)


def zone_of(queues: list[Queue] | Any) -> ZoneInfo:
    """The clock of most of the queues."""
    zones = sorted(queue.timezone for queue in queues)
    return ZoneInfo(max(zones, key=zones.count, default="UTC"))


def _seats(policy: ShiftPolicy, gap: ShiftGap, beyond: int) -> IntArray | None:
    site = policy.site
    if site is None or site.seats is None:
        return None
    free = np.maximum(0, np.floor(site.seats - taken_seats(site_id=site.pk, grid=gap.grid) + 1e-9)).astype(np.int64)
    return np.pad(free, (0, beyond), constant_values=int(site.seats))


def _progress(proposal: ShiftProposal) -> Callable[[int, int], None]:
    def told(done: int, parts: int) -> None:
        if done == parts or done % max(1, parts // TOLD_EVERY) == 0:
            ShiftProposal.objects.filter(pk=proposal.pk).update(done=done, parts=parts)

    return told


def as_document(gap: ShiftGap, found: Cover, rows: list[ShiftPattern], patterns: Any) -> dict[str, Any]:
    """What is kept: shifts, and people by queue and cell. Tables end with the period."""
    cells = gap.grid.cells
    return {
        "start": gap.grid.start,
        "step_seconds": gap.grid.step_seconds,
        "cells": cells,
        "cost": found.cost,
        "missing_cost": found.missing_cost,
        "over_cost": found.over_cost,
        "queues": [
            {
                "queue": queue.pk,
                "need": gap.need[row].tolist(),
                "there": _short(gap.there[row]),
                "covered": found.covered[row, :cells].tolist(),
            }
            for row, queue in enumerate(gap.queues)
        ],
        "shifts": [_shift(shift, gap, patterns) for shift in found.shifts],
        "patterns": [row.name for row in rows],
    }


def _short(values: FloatArray) -> list[float]:
    return [round(value, 2) for value in values.tolist()]


def _shift(shift: Placed, gap: ShiftGap, patterns: list[Pattern]) -> dict[str, Any]:
    pattern = patterns[shift.pattern]
    own = shift.target < len(gap.queues)
    return {
        "pattern": pattern.name,
        "queue": gap.queues[shift.target].pk if own else None,
        "start": shift.start,
        "end": shift.end,
        "breaks": [list(pause) for pause in shift.breaks],
        "people": shift.people,
        "pay": shift.cost,
        "pay_per_hour": pattern.pay_per_hour,
        "at_home": pattern.at_home,
    }
