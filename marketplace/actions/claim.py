"""An agent takes a place in a shift; or holds it already, which is the same answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from gigcx.ledger.record import record, require_transaction
from marketplace.actions.refused import ClaimRefused
from marketplace.claiming.eligibility import refusals
from marketplace.claiming.facts import Facts
from marketplace.claiming.reasons import ClaimRefusal, Reason
from marketplace.models import Booking, Shift
from marketplace.queries.claim_facts import read_facts
from marketplace.vocabulary import BookingSource, BookingState

TAKE = """
WITH held AS (
  INSERT INTO marketplace_booking (shift_id, agent_id, period, status, source, pay, held_at, undo_until)
  VALUES (%(shift)s, %(agent)s, tstzrange(%(start)s, %(end)s), 'held', %(source)s, %(pay)s, %(now)s, %(undo)s)
  ON CONFLICT DO NOTHING RETURNING id
), counted AS (
  UPDATE marketplace_shift SET taken = taken + 1
  WHERE id = %(shift)s AND status = 'open' AND taken < places AND EXISTS (SELECT FROM held) RETURNING id
), told AS (
  INSERT INTO ledger_entry (at, kind, actor, subject, data)
  SELECT %(now)s, 'booking.held', %(actor)s, 'agent:' || %(agent)s,
    jsonb_build_object('booking', held.id, 'shift', counted.id, 'source', %(source)s::text) FROM held, counted
)
SELECT held.id, (SELECT id FROM counted) FROM held
"""
"""The booking first, the counter last: whoever waits for another's claim of the same shift waits as shortly as can be,
and the two constraints are taken in the same order by everyone."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """The place held, and whether that is new."""

    booking_id: int
    new: bool


@transaction.atomic(durable=True)
def claim(*, shift_id: int, agent_id: int, actor: str, now: datetime) -> Claimed:
    """Take a place. Claiming again what one holds changes nothing.

    Raises `ClaimRefused` with every reason, then nothing has changed; `Shift.DoesNotExist`.
    """
    lock_agent(agent_id)
    facts = read_facts(agent_id=agent_id, shift_ids=[shift_id], now=now).get(shift_id)
    if facts is None:
        raise Shift.DoesNotExist
    for work in facts.agent.work:
        if work.shift == shift_id and work.booking is not None:
            return Claimed(work.booking, new=False)
    if reasons := refusals(facts):
        raise ClaimRefused(reasons)
    undo = now + timedelta(seconds=facts.limits.undo_seconds)
    booking_id = take_place(
        facts, shift_id=shift_id, agent_id=agent_id, source=BookingSource.CLAIM, undo_until=undo, actor=actor, now=now
    )
    return Claimed(booking_id, new=True)


def lock_agent(agent_id: int) -> None:
    """Lock the agent's row: what this agent books, one at a time (docs/locking.md)."""
    require_transaction()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM accounts_agent WHERE id = %s FOR NO KEY UPDATE", [agent_id])


def take_place(
    facts: Facts, *, shift_id: int, agent_id: int, source: BookingSource, undo_until: datetime | None, actor: str,
    now: datetime,
) -> int:  # fmt: skip
    """Take a free place, or that of the agent who has waited longest to be replaced; the booking's id.

    The caller holds the agent's lock and found nothing against it. Raises `ClaimRefused` if the last place went
    meanwhile: then the caller's transaction must end without a commit.
    """
    figures: dict[str, Any] = {
        "shift": shift_id, "agent": agent_id, "start": facts.shift.start, "end": facts.shift.end,
        "source": str(source), "pay": facts.shift.pay, "undo": undo_until, "actor": actor, "now": now,
    }  # fmt: skip
    if facts.shift.taken >= facts.shift.places:
        free_a_place(shift_id, actor=actor, now=now)
    with connection.cursor() as cursor:
        cursor.execute(TAKE, figures)
        row = cursor.fetchone()
    if row is None:  # the database knows of an overlap that the facts did not show
        raise ClaimRefused([_overlap(facts)])
    booking, counted = row
    if counted is None:
        raise ClaimRefused([Reason(ClaimRefusal.FULL)])
    return int(booking)


def free_a_place(shift_id: int, *, actor: str, now: datetime) -> None:
    """Let go whoever has waited longest to be replaced in this shift; nothing if nobody does any more."""
    Shift.objects.select_for_update().only("pk").get(pk=shift_id)
    leaving = Booking.objects.filter(shift_id=shift_id, status=BookingState.RELEASING)
    booking = leaving.order_by("releasing_at", "pk").select_for_update().first()
    if booking is None:
        return
    let_go(booking, status=BookingState.RELEASED, kind="booking.replaced", actor=actor, now=now)


def let_go(
    booking: Booking, *, status: BookingState, kind: str, actor: str, now: datetime, data: dict[str, Any] | None = None
) -> None:
    """End a live booking and give its place back. The caller has locked shift and booking, in this order."""
    booking.status, booking.ended_at = status, now
    booking.save(update_fields=["status", "ended_at"])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE marketplace_shift SET taken = taken - 1 WHERE id = %s", [booking.shift_id])
    figures = {"booking": booking.pk, "shift": booking.shift_id} | (data or {})
    record(kind=kind, subject=f"agent:{booking.agent_id}", actor=actor, at=now, data=figures)


def _overlap(facts: Facts) -> Reason:
    return Reason(ClaimRefusal.OVERLAP_BOOKING, {"start": facts.shift.start, "end": facts.shift.end})
