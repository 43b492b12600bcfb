"""Ask for shifts that cover a gap. The search itself is a task: it takes up to a minute."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from gigcx.ledger.record import record
from marketplace.actions.refused import Refused
from marketplace.actions.shift_figures import FARTHEST
from marketplace.actions.shift_patterns import rows_of
from marketplace.models import Queue, ShiftProposal
from marketplace.vocabulary import ProposalState, ShiftRefusal

LONGEST = timedelta(days=14, hours=1)
"""An hour more than 14 days, for the end of summer time."""
STANDBY_QUEUES = range(2, 9)
"""Shifts that serve several queues bind these into one search; more of them take too long."""
GIVEN_UP = timedelta(minutes=6)
"""A search that is not done by then died with its worker."""
RUNNING = (ProposalState.WAITING, ProposalState.WORKING)


@transaction.atomic(durable=True)
def propose_shifts(
    *,
    department_id: int,
    queue_ids: Collection[int] | None,
    since: datetime,
    until: datetime,
    standby: bool = False,
    actor: str,
    now: datetime,
) -> ShiftProposal:
    """A proposal to be worked on, for these queues of the department (None: all). Raises `Refused`, nothing changed.

    One search a department runs at a time.
    """
    queues = Queue.objects.filter(department_id=department_id, is_active=True)
    if queue_ids is not None:
        queues = queues.filter(pk__in=queue_ids)
    chosen = sorted(queues.values_list("pk", flat=True))
    reasons = []
    if not chosen or (queue_ids is not None and set(chosen) != set(queue_ids)):
        reasons.append(ShiftRefusal.NO_QUEUES)
    if not (
        since < until and now + timedelta(hours=1) < until <= now + FARTHEST and until - max(since, now) <= LONGEST
    ):
        reasons.append(ShiftRefusal.PERIOD)
    if standby and len(chosen) not in STANDBY_QUEUES:
        reasons.append(ShiftRefusal.STANDBY)
    if not rows_of(department_id):
        reasons.append(ShiftRefusal.NO_PATTERNS)
    if reasons:
        raise Refused(reasons)
    give_up(department_id=department_id, now=now)
    try:
        with transaction.atomic():
            proposal = ShiftProposal.objects.create(
                department_id=department_id, queue_ids=chosen, since=since, until=until, standby=standby,
                asked_by=actor, asked_at=now,
            )  # fmt: skip
    except IntegrityError:
        raise Refused([ShiftRefusal.RUNNING]) from None
    data = {"proposal": proposal.pk, "department": department_id, "queues": len(chosen)}
    record(kind="shifts.asked", subject=f"department:{department_id}", actor=actor, at=now, data=data)
    return proposal


def give_up(*, department_id: int, now: datetime) -> None:
    """Searches whose worker died stand in nobody's way."""
    dead = ShiftProposal.objects.filter(department_id=department_id, status__in=RUNNING, asked_at__lt=now - GIVEN_UP)
    dead.update(status=ProposalState.FAILED, finished_at=now, trouble="died")
