"""The one door for assignments: close what is open, open what is wanted, for any number of agents at once.

Callers hold the lock of each agent's hot row (`lock_agents`) and have decided; nothing is decided here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from gigcx.ledger.record import require_transaction
from marketplace.actions.column import column


@dataclass(frozen=True, slots=True)
class Change:
    """From now on this agent serves that queue (None: none)."""

    agent_id: int
    queue_id: int | None
    move_id: int | None = None
    pinned: bool = False
    by_matcher: bool = False
    """Counts towards the agent's moves and starts the dwell."""


CARRY_OUT = """
WITH c AS (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::boolean[], %s::boolean[])
        AS c(agent_id, queue_id, move_id, pinned, by_matcher)
), hot AS (
    UPDATE marketplace_agentnow a SET queue_id = c.queue_id, pinned = c.pinned::int, version = a.version + 1,
        assigned_at = %s, arrives_at = %s, moves = a.moves + c.by_matcher::int,
        moved_at = CASE WHEN c.by_matcher THEN %s ELSE a.moved_at END
    FROM c WHERE a.agent_id = c.agent_id
)
INSERT INTO marketplace_assignment (agent_id, queue_id, period, move_id, pinned)
SELECT agent_id, queue_id, tstzrange(%s, NULL), move_id, pinned FROM c WHERE queue_id IS NOT NULL
"""
FEED = (
    "jsonb_build_object('agent', g.code, 'queue', q.code, 'since', to_timestamp(a.assigned_at),"
    " 'until', to_timestamp(a.until), 'move', c.move_id, 'ready', a.wants = 1, 'reason', a.wants_reason)"
)
"""What a switch must obey, as it stands on the hot row; `queries.feed` reads it."""
TELL_FEED = f"""
INSERT INTO ledger_entry (at, kind, actor, subject, data)
SELECT %s, %s, %s, 'agent:' || a.agent_id, {FEED}
FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY AS c(agent_id, move_id, nr)
JOIN marketplace_agentnow a USING (agent_id) JOIN accounts_agent g ON g.id = a.agent_id
LEFT JOIN marketplace_queue q ON q.id = a.queue_id ORDER BY c.nr
"""
TELL_MOVED = f"""
INSERT INTO ledger_entry (at, kind, actor, subject, data)
SELECT %s, 'move.applied', %s, 'agent:' || m.agent_id, jsonb_build_object('move', m.id, 'agent', m.agent_id,
    'source', m.source_id, 'target', m.target_id, 'run', m.run_id, 'feed', {FEED})
FROM unnest(%s::bigint[]) WITH ORDINALITY AS c(move_id, nr)
JOIN marketplace_move m ON m.id = c.move_id JOIN marketplace_agentnow a ON a.agent_id = m.agent_id
JOIN accounts_agent g ON g.id = m.agent_id JOIN marketplace_queue q ON q.id = a.queue_id ORDER BY c.nr
"""


def lock_agents(agent_ids: Sequence[int]) -> None:
    """Lock the hot rows of these agents, lowest id first: the written order (docs/locking.md)."""
    require_transaction()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM marketplace_agentnow WHERE agent_id = ANY(%s) ORDER BY agent_id FOR NO KEY UPDATE",
            [column(agent_ids)],
        )


def reassign(changes: Sequence[Change], *, now: datetime, arrives_at: datetime, actor: str) -> None:
    """Carry out the changes and tell the switches, in a few statements whatever their number.

    `arrives_at` is when those who change queue are expected to be available there.
    """
    if not changes:
        return
    with connection.cursor() as cursor:
        _carry_out(cursor, changes, now=now, arrives_at=arrives_at)
        moves = [change.move_id for change in changes]
        tell_feed(cursor, [change.agent_id for change in changes], moves, now=now, actor=actor)


def make_moves(changes: Sequence[Change], *, now: datetime, arrives_at: datetime, actor: str) -> None:
    """The same for applied moves: one Entry each, `move.applied`, for dispatchers, agents and switches alike."""
    if not changes:
        return
    with connection.cursor() as cursor:
        _carry_out(cursor, changes, now=now, arrives_at=arrives_at)
        cursor.execute(TELL_MOVED, [now, actor, column(change.move_id for change in changes)])


def _carry_out(cursor: Any, changes: Sequence[Change], *, now: datetime, arrives_at: datetime) -> None:
    """History and hot rows."""
    require_transaction()
    instant, arrival = int(now.timestamp()), int(arrives_at.timestamp())
    _close(cursor, [change.agent_id for change in changes], now)
    cursor.execute(
        CARRY_OUT,
        [
            column(change.agent_id for change in changes),
            column(change.queue_id for change in changes),
            column(change.move_id for change in changes),
            column(change.pinned for change in changes),
            column(change.by_matcher for change in changes),
            instant,
            arrival,
            instant,
            now,
        ],
    )


def unassign(agent_ids: Sequence[int], *, now: datetime, actor: str) -> None:
    """Close the open assignments of agents who leave duty, and tell the switches; hot rows are the caller's."""
    require_transaction()
    with connection.cursor() as cursor:
        _close(cursor, list(agent_ids), now)
        cursor.execute(
            "INSERT INTO ledger_entry (at, kind, actor, subject, data)"
            " SELECT %s, 'assignment.closed', %s, 'agent:' || g.id, jsonb_build_object("
            "   'agent', g.code, 'queue', NULL, 'since', %s::timestamptz, 'until', NULL, 'move', NULL,"
            "   'ready', false, 'reason', 'signed off')"
            " FROM accounts_agent g WHERE g.id = ANY(%s) ORDER BY g.id",
            [now, actor, now, list(agent_ids)],
        )


def tell_feed(
    cursor: Any,
    agents: Sequence[int],
    moves: Sequence[int | None],
    *,
    now: datetime,
    actor: str,
    kind: str = "assignment.opened",
) -> None:
    """Write what the switches must obey, as it now stands on the hot rows, one Entry an agent."""
    cursor.execute(TELL_FEED, [now, kind, actor, list(agents), list(moves)])


def _close(cursor: Any, agents: Sequence[int], now: datetime) -> None:
    """End open assignments; one that began at this very instant never was."""
    cursor.execute(
        "UPDATE marketplace_assignment SET period = tstzrange(lower(period), %s)"
        " WHERE agent_id = ANY(%s) AND upper_inf(period) AND lower(period) < %s RETURNING agent_id",
        [now, column(agents), now],
    )
    if rest := set(agents).difference(agent for (agent,) in cursor.fetchall()):
        cursor.execute(
            "DELETE FROM marketplace_assignment WHERE agent_id = ANY(%s) AND upper_inf(period)", [column(rest)]
        )
