"""Keep what was proposed as draft shifts, which a dispatcher opens or cancels."""

from datetime import UTC, datetime

from django.db import transaction

from gigcx.ledger.record import record
from marketplace.actions.refused import Refused
from marketplace.actions.work_proposals import policy_of
from marketplace.models import Shift, ShiftProposal
from marketplace.vocabulary import ProposalState, ShiftRefusal, WorkPlace


@transaction.atomic(durable=True)
def keep_proposal(*, proposal_id: int, actor: str, now: datetime) -> int:
    """Make the proposal's shifts drafts; how many. Those that have begun meanwhile are left out.

    Raises `ShiftProposal.DoesNotExist`, or `Refused` where it is not ready, was kept already, or everything has begun.
    """
    proposal = ShiftProposal.objects.select_for_update().get(pk=proposal_id)
    if proposal.status == ProposalState.KEPT:
        raise Refused([ShiftRefusal.KEPT])
    if proposal.status != ProposalState.READY:
        raise Refused([ShiftRefusal.NOT_READY])
    site = policy_of(proposal.department_id).site
    ahead = [shift for shift in proposal.result["shifts"] if shift["start"] > now.timestamp()]
    if not ahead:
        raise Refused([ShiftRefusal.PAST])
    Shift.objects.bulk_create(
        Shift(
            queue_id=shift["queue"],
            department_id=None if shift["queue"] else proposal.department_id,
            starts_at=datetime.fromtimestamp(shift["start"], UTC),
            ends_at=datetime.fromtimestamp(shift["end"], UTC),
            places=shift["people"],
            work_place=WorkPlace.HOME if shift["at_home"] else WorkPlace.SITE,
            site=None if shift["at_home"] else site,
            breaks=shift["breaks"],
            pay_per_hour=shift["pay_per_hour"],
            pay=shift["pay"],
            currency=proposal.currency,
            pattern=shift["pattern"],
            proposal=proposal,
            created_at=now,
            created_by=actor,
        )
        for shift in ahead
    )
    proposal.status = ProposalState.KEPT
    proposal.save(update_fields=["status"])
    data = {"proposal": proposal.pk, "department": proposal.department_id, "shifts": len(ahead)}
    record(kind="shifts.kept", subject=f"department:{proposal.department_id}", actor=actor, at=now, data=data)
    return len(ahead)
