"""Time off: an agent asks, a dispatcher answers; granted, it is a blackout until the agent gives it back."""

from datetime import datetime, timedelta

from django.db import transaction

from gigcx.ledger.record import record
from marketplace.actions.claim import lock_agent
from marketplace.actions.refused import Refused
from marketplace.claiming.hours import Period
from marketplace.models import Availability, Booking, TimeOff
from marketplace.vocabulary import (
    BOUND_STATES,
    AvailabilityKind,
    AvailabilitySource,
    TimeOffRefusal,
    TimeOffState,
)

LONGEST = timedelta(days=62)
STANDING = (TimeOffState.ASKED, TimeOffState.GRANTED)


@transaction.atomic(durable=True)
def ask_time_off(*, agent_id: int, period: Period, reason: str, actor: str, now: datetime) -> TimeOff:
    """Ask for a period. Raises `Refused`, then nothing is asked."""
    lock_agent(agent_id)
    reasons, span = [], (period.start, period.end)
    if not timedelta(0) < period.length <= LONGEST or period.end <= now:
        reasons.append(TimeOffRefusal.PERIOD)
    elif TimeOff.objects.filter(agent_id=agent_id, status__in=STANDING, period__overlap=span).exists():
        reasons.append(TimeOffRefusal.OVERLAP)
    if reasons:
        raise Refused(reasons)
    row = TimeOff.objects.create(agent_id=agent_id, period=span, reason=reason.strip()[:200], asked_at=now)
    row.refresh_from_db(fields=["period"])
    _tell(row, "time_off.asked", actor=actor, now=now)
    return row


@transaction.atomic(durable=True)
def grant_time_off(*, time_off_id: int, note: str = "", actor: str, now: datetime) -> TimeOff:
    """Yes: no shift can be taken then. Raises `Refused`, also while the agent holds a shift in that time."""
    row = _locked(time_off_id)
    period = (row.period.lower, row.period.upper)
    reasons = [] if row.status == TimeOffState.ASKED else [TimeOffRefusal.ANSWERED]
    if row.period.upper <= now:
        reasons.append(TimeOffRefusal.PERIOD)
    if Booking.objects.filter(agent_id=row.agent_id, status__in=BOUND_STATES, period__overlap=period).exists():
        reasons.append(TimeOffRefusal.BOOKED)
    if reasons:
        raise Refused(reasons)
    row.blackout = Availability.objects.create(
        agent_id=row.agent_id, period=period, kind=AvailabilityKind.BLACKOUT, source=AvailabilitySource.TIME_OFF
    )
    _answer(row, TimeOffState.GRANTED, note=note, actor=actor, now=now)
    _tell(row, "time_off.granted", actor=actor, now=now)
    return row


@transaction.atomic(durable=True)
def refuse_time_off(*, time_off_id: int, note: str, actor: str, now: datetime) -> TimeOff:
    """No, with what the dispatcher says to it. Raises `Refused` once answered."""
    row = _locked(time_off_id)
    if row.status != TimeOffState.ASKED:
        raise Refused([TimeOffRefusal.ANSWERED])
    _answer(row, TimeOffState.REFUSED, note=note, actor=actor, now=now)
    _tell(row, "time_off.refused", actor=actor, now=now)
    return row


@transaction.atomic(durable=True)
def withdraw_time_off(*, time_off_id: int, agent_id: int, actor: str, now: datetime) -> None:
    """The agent needs it no more, granted or not. Raises `Refused`; `TimeOff.DoesNotExist` for somebody else's."""
    row = _locked(time_off_id, agent_id=agent_id)
    if row.status not in STANDING:
        raise Refused([TimeOffRefusal.ANSWERED])
    if row.status == TimeOffState.GRANTED and row.period.lower <= now:
        raise Refused([TimeOffRefusal.BEGUN])
    blackout, row.blackout, row.status = row.blackout, None, TimeOffState.WITHDRAWN
    row.save(update_fields=["blackout", "status"])
    if blackout is not None:
        blackout.delete()
    _tell(row, "time_off.withdrawn", actor=actor, now=now)


def _locked(time_off_id: int, **whose: int) -> TimeOff:
    """The request under the agent's lock and its own, in this order."""
    lock_agent(TimeOff.objects.values_list("agent_id", flat=True).get(pk=time_off_id, **whose))
    return TimeOff.objects.select_for_update(of=("self",)).select_related("blackout").get(pk=time_off_id)


def _answer(row: TimeOff, status: TimeOffState, *, note: str, actor: str, now: datetime) -> None:
    row.status, row.note, row.answered_at, row.answered_by = status, note.strip()[:200], now, actor
    row.save(update_fields=["status", "note", "answered_at", "answered_by", "blackout"])


def _tell(row: TimeOff, kind: str, *, actor: str, now: datetime) -> None:
    data = {"time_off": row.pk, "start": row.period.lower.isoformat(), "end": row.period.upper.isoformat()}
    record(kind=kind, subject=f"agent:{row.agent_id}", actor=actor, at=now, data=data)
