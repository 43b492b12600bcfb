"""Who is at work: duties that begin give their agents a hot row and a first queue, duties that end take them away.

The clock decides when, so this runs at every tick and is right however late or often it runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from gigcx.database.prepared import prepared
from marketplace.actions.check_in import close_worked
from marketplace.actions.pauses import end_pauses
from marketplace.actions.reassign import Change, lock_agents, reassign, unassign
from marketplace.matching import place
from marketplace.snapshot import take_snapshot

ACTOR = "clock"
MUSTER_LOCK = 0x67696763_0003
DUE = """
SELECT coalesce((SELECT min(until) FROM marketplace_agentnow) <= %s, false)
    OR EXISTS (SELECT 1 FROM marketplace_duty WHERE begun_at IS NULL AND period @> %s AND signed_off_at IS NULL)
"""
"""The first end rather than any that has passed, which a plan made for any instant would look for in every row."""


@dataclass(frozen=True)
class Mustered:
    """How many came and went."""

    began: int
    ended: int


def muster(*, now: datetime) -> Mustered:
    """Bring the hot rows in line with duty at `now`; idempotent, one at a time. Most ticks find nothing to do."""
    ((due,),) = prepared(DUE, [int(now.timestamp()), now])
    return _muster(now) if due else Mustered(began=0, ended=0)


@transaction.atomic(durable=True)
def _muster(now: datetime) -> Mustered:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MUSTER_LOCK])
    ended = _end(now)
    close_worked(now=now, actor=ACTOR)
    began = _begin(now)
    return Mustered(began=len(began), ended=len(ended))


def _end(now: datetime) -> list[int]:
    """Take away agents whose duty is over; a changed or signed-off duty has moved `until` (migration 0003)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT agent_id FROM marketplace_agentnow WHERE until <= %s", [int(now.timestamp())])
        over = [row[0] for row in cursor.fetchall()]
    return end_duty(over, now=now, actor=ACTOR)


def end_duty(agent_ids: Sequence[int], *, now: datetime, actor: str) -> list[int]:
    """Close the assignments of these agents and take their hot rows away; those who were still there."""
    if not agent_ids:
        return []
    lock_agents(agent_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM marketplace_agentnow WHERE agent_id = ANY(%s) RETURNING agent_id", [list(agent_ids)]
        )
        gone = sorted(row[0] for row in cursor.fetchall())
        unassign(gone, now=now, actor=actor)
        end_pauses(gone, now=now)
        cursor.execute(
            "INSERT INTO ledger_entry (at, kind, actor, subject, data)"
            " SELECT %s, 'duty.ended', %s, 'agent:' || id, '{}' FROM unnest(%s::bigint[]) AS id ORDER BY id",
            [now, actor, gone],
        )
    return gone


def _begin(now: datetime) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO marketplace_agentnow (agent_id, duty_id, queue_id, department_id, since, presence,"
            "   presence_since, reported_ms, assigned_at, arrives_at, until, moved_at, moves, pinned, at_home, version,"
            "   standby, wants, wants_reason, reason)"
            " SELECT d.agent_id, d.id, NULL, g.department_id, %s, (s.department_id IS NOT NULL)::int, %s, 0, %s, 0,"
            "   extract(epoch FROM upper(d.period))::bigint, 0, 0, 0, (d.site_id IS NULL)::int, 1,"
            "   coalesce(s.department_id, 0), 1, '', ''"
            " FROM marketplace_duty d JOIN accounts_agent g ON g.id = d.agent_id"
            " LEFT JOIN marketplace_booking b ON b.duty_id = d.id LEFT JOIN marketplace_shift s ON s.id = b.shift_id"
            " WHERE d.begun_at IS NULL AND d.period @> %s AND d.signed_off_at IS NULL ORDER BY d.agent_id"
            " ON CONFLICT DO NOTHING RETURNING agent_id, duty_id",
            [*[int(now.timestamp())] * 3, now],
        )
        rows = cursor.fetchall()
        if not rows:
            return []
        newcomers = [agent for agent, _ in rows]
        cursor.execute(
            "UPDATE marketplace_duty SET begun_at = %s WHERE id = ANY(%s)", [now, [duty for _, duty in rows]]
        )
        cursor.execute(
            "INSERT INTO ledger_entry (at, kind, actor, subject, data)"
            " SELECT %s, 'duty.began', %s, 'agent:' || id, '{}' FROM unnest(%s::bigint[]) AS id ORDER BY id",
            [now, ACTOR, newcomers],
        )
    _place(newcomers, now)
    return newcomers


def _place(newcomers: Sequence[int], now: datetime) -> None:
    """A queue for each newcomer: the one that the duty names, else where load per agent is highest; none on standby."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.agent_id, d.queue_id FROM marketplace_agentnow a JOIN marketplace_duty d ON d.id = a.duty_id"
            " WHERE a.agent_id = ANY(%s) ORDER BY a.agent_id",
            [list(newcomers)],
        )
        starts = dict(cursor.fetchall())
    named = [Change(agent_id=agent, queue_id=queue) for agent, queue in starts.items() if queue is not None]
    reassign(named, now=now, arrives_at=now, actor=ACTOR)
    unnamed = {agent for agent, queue in starts.items() if queue is None}
    if unnamed:
        state = take_snapshot(now=now)
        spread = [
            Change(agent_id=int(agent), queue_id=int(state.queues.id[queue]))
            for agent, queue in zip(state.agents.id, place(state), strict=True)
            if int(agent) in unnamed and queue >= 0
        ]
        reassign(spread, now=now, arrives_at=now, actor=ACTOR)
