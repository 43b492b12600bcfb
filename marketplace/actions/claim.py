"""An agent takes a place in a shift; or holds it already, which is the same answer."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction

from gigcx.database.prepared import prepared_one
from gigcx.ledger.record import require_transaction
from marketplace.actions.offers import count_one_less, end_booking, inherit, pass_on, use_offer
from marketplace.actions.refused import ClaimRefused
from marketplace.claiming.eligibility import refusals
from marketplace.claiming.reasons import ClaimRefusal, Reason
from marketplace.models import Booking, Shift
from marketplace.queries.claim_facts import ClaimFacts, read_claim
from marketplace.vocabulary import BOUND_STATES, BookingSource, BookingState, OfferState

TRIES = 3
"""So often a claim is judged without a lock. Whoever comes second has waited for the first, so two nearly always do."""
LOCK = """
UPDATE accounts_agent SET calendar_version = calendar_version + 1
WHERE id IN (SELECT id FROM accounts_agent WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE)
"""
TAKE = """
WITH mine AS (
  UPDATE accounts_agent SET calendar_version = calendar_version + 1
  WHERE id = %(agent)s AND calendar_version = %(calendar_version)s RETURNING id
), counted AS (
  UPDATE marketplace_shift SET taken = taken + 1
  WHERE id = %(shift)s AND status = 'open' AND taken < places AND version = %(shift_version)s
    AND (starts_at, ends_at) = (%(start)s, %(end)s)
    AND EXISTS (SELECT FROM mine) RETURNING id
), held AS (
  INSERT INTO marketplace_booking (shift_id, agent_id, period, status, source, pay, held_at, undo_until)
  SELECT id, %(agent)s, tstzrange(%(start)s, %(end)s), 'held', %(source)s, %(pay)s, %(now)s, %(undo)s FROM counted
  RETURNING id
), served AS (
  UPDATE marketplace_waitingplace SET status = 'served', ended_at = %(now)s
  WHERE shift_id = (SELECT id FROM counted) AND agent_id = %(agent)s AND status = 'waiting'
), told AS (
  INSERT INTO ledger_entry (at, kind, actor, subject, data)
  SELECT %(now)s::timestamptz, 'booking.held', %(actor)s::text, 'agent:' || %(agent)s::bigint,
    jsonb_build_object('booking', id, 'shift', %(shift)s::bigint, 'source', %(source)s::text) FROM held
)
SELECT id FROM held
"""
"""All of it or nothing: each step needs the one before, in the order of docs/locking.md, so that a claim is right as a
transaction of its own too."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """The place held, and whether that is new."""

    booking_id: int
    new: bool


def claim(*, shift_id: int, agent_id: int, actor: str, now: datetime) -> Claimed:
    """Take a place. Claiming again what one holds changes nothing.

    Judged on what is so, without a lock: whoever is refused has waited for nobody. A free place is then taken in one
    statement, which holds only if agent and shift are still as they were judged; if not, they are judged again. Under
    lock is done what asks for more: a place is to be freed first, or others are too quick time and again.

    Raises `ClaimRefused` with every reason, then nothing has changed; `Shift.DoesNotExist`.
    """
    for _ in range(TRIES):
        seen = _read(shift_id=shift_id, agent_id=agent_id, now=now)
        if held := _held(seen, shift_id):
            return held
        _refuse(seen)
        if seen.facts.shift.offer is not None or seen.facts.shift.taken >= seen.facts.shift.places:
            break
        booking = _take_free_place(seen, shift_id=shift_id, agent_id=agent_id, actor=actor, now=now)
        if booking is not None:
            return Claimed(booking, new=True)
    with transaction.atomic(durable=True):
        return take(shift_id=shift_id, agent_id=agent_id, actor=actor, now=now)


def take(*, shift_id: int, agent_id: int, actor: str, now: datetime) -> Claimed:
    """As `claim`, under lock, inside the transaction of a caller.

    The place kept for the agent is taken, a free one, or that of whoever has waited longest to be replaced. A refusal
    must end the transaction without a commit.
    """
    lock_agent(agent_id)
    seen = _read(shift_id=shift_id, agent_id=agent_id, now=now)
    if held := _held(seen, shift_id):
        return held
    _refuse(seen)
    if seen.facts.shift.offer is not None:
        lock_shift(shift_id)
        use_offer(seen.facts.shift.offer, actor=actor, now=now)
    elif seen.facts.shift.taken >= seen.facts.shift.places:
        free_a_place(shift_id, actor=actor, now=now)
    booking = _take_free_place(seen, shift_id=shift_id, agent_id=agent_id, actor=actor, now=now)
    if booking is None:  # the last place went meanwhile, or the shift itself
        raise ClaimRefused([Reason(ClaimRefusal.FULL)])
    return Claimed(booking, new=True)


def lock_agent(agent_id: int) -> None:
    """Lock what this agent books or keeps free, one at a time (docs/locking.md)."""
    lock_calendars([agent_id])


def lock_calendars(agent_ids: Collection[int]) -> None:
    """Lock the rows of these agents, by id; a claim that was judged before is judged again."""
    require_transaction()
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [list(agent_ids)])


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


def _read(*, shift_id: int, agent_id: int, now: datetime) -> ClaimFacts:
    seen = read_claim(agent_id=agent_id, shift_id=shift_id, now=now)
    if seen is None:
        raise Shift.DoesNotExist
    return seen


def _held(seen: ClaimFacts, shift_id: int) -> Claimed | None:
    """The place that the agent holds already."""
    for work in seen.facts.agent.work:
        if work.shift == shift_id and work.booking is not None:
            return Claimed(work.booking, new=False)
    return None


def _refuse(seen: ClaimFacts) -> None:
    if reasons := refusals(seen.facts):
        raise ClaimRefused(reasons)


def _take_free_place(seen: ClaimFacts, *, shift_id: int, agent_id: int, actor: str, now: datetime) -> int | None:
    """The booking; None, with nothing changed, if what was seen of calendar or shift holds no longer.

    Raises `ClaimRefused` if the database knows of an overlap that the facts did not show.
    """
    shift = seen.facts.shift
    figures: dict[str, Any] = {
        "shift": shift_id, "agent": agent_id, "calendar_version": seen.calendar_version,
        "shift_version": seen.shift_version, "start": shift.start, "end": shift.end,
        "source": str(BookingSource.CLAIM if shift.offer is None else BookingSource.OFFER), "pay": shift.pay,
        "undo": now + timedelta(seconds=seen.facts.limits.undo_seconds), "actor": actor, "now": now,
    }  # fmt: skip
    try:
        row = prepared_one(TAKE, figures)
    except IntegrityError as problem:
        overlap = Reason(ClaimRefusal.OVERLAP_BOOKING, {"start": shift.start, "end": shift.end})
        raise ClaimRefused([overlap]) from problem
    return None if row is None else int(row[0])
