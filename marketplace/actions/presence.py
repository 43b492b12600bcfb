"""What an agent asks for with one tap: ready, a break, the end of duty. Switches obey it as they obey assignments."""

from datetime import datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from gigcx.ledger.record import record
from marketplace.actions.check_in import close_worked, reopen_worked
from marketplace.actions.claim import lock_agent
from marketplace.actions.muster import end_duty
from marketplace.actions.pauses import note_pauses
from marketplace.actions.reassign import lock_agents, tell_wanted
from marketplace.actions.refused import ClaimRefused, Refused
from marketplace.claiming.reasons import ClaimRefusal, Reason
from marketplace.matching.state import Presence, Refusal
from marketplace.models import AgentNow, Booking, Duty
from marketplace.vocabulary import BOUND_STATES


@transaction.atomic(durable=True)
def ready(*, agent_id: int, actor: str, now: datetime) -> bool:
    """Ask to be given contacts again; whether that is new. Raises `Refused` when not on duty."""
    return _want(agent_id, Presence.READY, "", actor=actor, now=now)


@transaction.atomic(durable=True)
def pause(*, agent_id: int, reason: str, actor: str, now: datetime) -> bool:
    """Ask for a break after the contact in hand; whether that is new. Raises `Refused` when not on duty."""
    return _want(agent_id, Presence.PAUSED, reason[:40], actor=actor, now=now)


def _want(agent_id: int, presence: Presence, reason: str, *, actor: str, now: datetime) -> bool:
    lock_agents([agent_id])
    row = AgentNow.objects.filter(agent_id=agent_id).first()
    if row is None:
        raise Refused([Refusal.NOT_ON_DUTY])
    if (row.wants, row.wants_reason) == (presence, reason):
        return False
    AgentNow.objects.filter(agent_id=agent_id).update(wants=presence, wants_reason=reason)
    tell_wanted(agent_id, now=now, actor=actor)
    note_pauses({agent_id: now})
    return True


@transaction.atomic(durable=True)
def sign_off(*, agent_id: int, actor: str, now: datetime) -> None:
    """End duty now, after the contact in hand. Raises `Refused` when not on duty."""
    lock_agents([agent_id])
    row = AgentNow.objects.filter(agent_id=agent_id).first()
    if row is None:
        raise Refused([Refusal.NOT_ON_DUTY])
    Duty.objects.filter(pk=row.duty_id).update(signed_off_at=now)
    end_duty([agent_id], now=now, actor=actor)
    close_worked(now=now, actor=actor)


@transaction.atomic(durable=True)
def sign_on(*, agent_id: int, actor: str, now: datetime) -> None:
    """Go on with a duty that was signed off and is not over.

    The next tick, which this starts, makes the agent visible to the matcher. Raises `Refused` when there is no such
    duty, or when the agent has booked a shift in its time meanwhile.
    """
    lock_agent(agent_id)
    duty = Duty.objects.filter(agent_id=agent_id, period__contains=now, signed_off_at__isnull=False).first()
    if duty is None:
        raise Refused([Refusal.NOT_ON_DUTY])
    booked = Booking.objects.filter(agent_id=agent_id, status__in=BOUND_STATES, period__overlap=duty.period)
    if reasons := [_overlap(period) for period in booked.order_by("period").values_list("period", flat=True)]:
        raise ClaimRefused(reasons)
    Duty.objects.filter(pk=duty.pk).update(signed_off_at=None, begun_at=None)
    reopen_worked(agent_id=agent_id, now=now)
    record(kind="duty.resumed", subject=f"agent:{agent_id}", actor=actor, at=now)


def _overlap(period: DateTimeTZRange) -> Reason:
    return Reason(ClaimRefusal.OVERLAP_BOOKING, {"start": period.lower, "end": period.upper})
