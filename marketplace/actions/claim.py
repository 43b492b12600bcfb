"""An agent takes a place in a shift; or holds it already, which is the same answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from django.db import connection, transaction

from gigcx.ledger.record import require_transaction
from marketplace.actions.offers import count_one_less, end_booking, inherit, pass_on, use_offer
from marketplace.actions.refused import ClaimRefused
from marketplace.claiming.eligibility import refusals
from marketplace.claiming.facts import Facts
from marketplace.claiming.reasons import ClaimRefusal, Reason
from marketplace.models import Booking, Shift
from marketplace.queries.claim_facts import lock_and_read_facts
from marketplace.vocabulary import BOUND_STATES, BookingSource, BookingState, OfferState

TAKE = """
WITH held AS (
  INSERT INTO marketplace_booking (shift_id, agent_id, period, status, source, pay, held_at, undo_until)
  VALUES (%(shift)s, %(agent)s, tstzrange(%(start)s, %(end)s), 'held', %(source)s, %(pay)s, %(now)s, %(undo)s)
  ON CONFLICT DO NOTHING RETURNING id
), counted AS (
  UPDATE marketplace_shift SET taken = taken + 1
  WHERE id = %(shift)s AND status = 'open' AND taken < places AND (starts_at, ends_at) = (%(start)s, %(end)s)
    AND EXISTS (SELECT FROM held) RETURNING id
), served AS (
  UPDATE marketplace_waitingplace SET status = 'served', ended_at = %(now)s
  WHERE shift_id = (SELECT id FROM counted) AND agent_id = %(agent)s AND status = 'waiting'
), told AS (
  INSERT INTO ledger_entry (at, kind, actor, subject, data)
  SELECT %(now)s::timestamptz, 'booking.held', %(actor)s::text, 'agent:' || %(agent)s::bigint,
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
    return take(shift_id=shift_id, agent_id=agent_id, actor=actor, now=now)


def take(*, shift_id: int, agent_id: int, actor: str, now: datetime) -> Claimed:
    """As `claim`, inside the transaction of a caller. A place that is kept for the agent is the one taken."""
    facts = lock_and_read_facts(agent_id=agent_id, shift_id=shift_id, now=now)
    if facts is None:
        raise Shift.DoesNotExist
    for work in facts.agent.work:
        if work.shift == shift_id and work.booking is not None:
            return Claimed(work.booking, new=False)
    if reasons := refusals(facts):
        raise ClaimRefused(reasons)
    undo = now + timedelta(seconds=facts.limits.undo_seconds)
    source = BookingSource.CLAIM if facts.shift.offer is None else BookingSource.OFFER
    booking_id = take_place(
        facts, shift_id=shift_id, agent_id=agent_id, source=source, undo_until=undo, actor=actor, now=now
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
    """Take the place kept for the agent, a free one, or that of whoever has waited longest to be replaced; its booking.

    The caller holds the agent's lock and found nothing against it. Raises `ClaimRefused` if the last place went
    meanwhile: then the caller's transaction must end without a commit.
    """
    figures: dict[str, Any] = {
        "shift": shift_id, "agent": agent_id, "start": facts.shift.start, "end": facts.shift.end,
        "source": str(source), "pay": facts.shift.pay, "undo": undo_until, "actor": actor, "now": now,
    }  # fmt: skip
    if facts.shift.offer is not None:
        lock_shift(shift_id)
        use_offer(facts.shift.offer, actor=actor, now=now)
    elif facts.shift.taken >= facts.shift.places:
        free_a_place(shift_id, actor=actor, now=now)
    with connection.wrap_database_errors:
        row = psycopg.Cursor(connection.connection).execute(TAKE, figures, prepare=True).fetchone()
    if row is None:  # the database knows of an overlap that the facts did not show
        raise ClaimRefused([_overlap(facts)])
    booking, counted = row
    if counted is None:
        raise ClaimRefused([Reason(ClaimRefusal.FULL)])
    return int(booking)


def free_a_place(shift_id: int, *, actor: str, now: datetime) -> None:
    """Let go whoever has waited longest to be replaced in this shift; nothing if nobody does any more.

    Places that are offered to somebody who waits are left alone.
    """
    lock_shift(shift_id)
    leaving = Booking.objects.filter(shift_id=shift_id, status=BookingState.RELEASING)
    leaving = leaving.exclude(offers__status=OfferState.OPEN)
    booking = leaving.order_by("releasing_at", "pk").select_for_update(of=("self",)).first()
    if booking is None:
        return
    end_booking(booking, status=BookingState.RELEASED, kind="booking.replaced", actor=actor, now=now)
    count_one_less(shift_id)


def lock_shift(shift_id: int) -> None:
    """Lock the shift's row: its places, offers and waiting list. Raises `Shift.DoesNotExist`."""
    Shift.objects.select_for_update().only("pk").get(pk=shift_id)


def let_go(
    booking: Booking, *, status: BookingState, kind: str, actor: str, now: datetime, data: dict[str, Any] | None = None
) -> None:
    """End a live booking and give its place back: to the next who waits, or to everyone.

    The caller has locked shift and booking, in this order.
    """
    counted = booking.status in BOUND_STATES
    end_booking(booking, status=status, kind=kind, actor=actor, now=now, data=data)
    if counted and not inherit(booking):
        pass_on(booking.shift_id, actor=actor, now=now)


def _overlap(facts: Facts) -> Reason:
    return Reason(ClaimRefusal.OVERLAP_BOOKING, {"start": facts.shift.start, "end": facts.shift.end})
