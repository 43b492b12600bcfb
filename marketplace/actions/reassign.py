"""The one door for assignments: close what is open, open what is wanted, for any number of agents at once.

Callers hold the lock of each agent's hot row (`lock_agents`) and have decided; nothing is decided here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from gigcx.database.prepared import prepared
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


CLOSE = """
WITH never_was AS (
    DELETE FROM marketplace_assignment
    WHERE agent_id = ANY(%(agents)s::bigint[]) AND upper_inf(period) AND lower(period) >= %(now)s
)
UPDATE marketplace_assignment SET period = tstzrange(lower(period), %(now)s)
WHERE agent_id = ANY(%(agents)s::bigint[]) AND upper_inf(period) AND lower(period) < %(now)s
"""
CARRY_OUT = """
WITH c AS (
    SELECT * FROM unnest(%(agents)s::bigint[], %(queues)s::bigint[], %(moves)s::bigint[], %(pinned)s::boolean[],
        %(by_matcher)s::boolean[]) WITH ORDINALITY AS c(agent_id, queue_id, move_id, pinned, by_matcher, nr)
), opened AS (
    INSERT INTO marketplace_assignment (agent_id, queue_id, period, move_id, pinned)
    SELECT agent_id, queue_id, tstzrange(%(now)s, NULL), move_id, pinned FROM c WHERE queue_id IS NOT NULL
), hot AS (
    UPDATE marketplace_agentnow a SET queue_id = c.queue_id, pinned = c.pinned::int, version = a.version + 1,
        assigned_at = %(instant)s, arrives_at = %(arrival)s, moves = a.moves + c.by_matcher::int,
        moved_at = CASE WHEN c.by_matcher THEN %(instant)s ELSE a.moved_at END
    FROM c WHERE a.agent_id = c.agent_id RETURNING a.*, c.move_id, c.nr
)
"""
"""Goes on with one of the two statements below, which tell of it from the hot rows as they are then."""
FEED = (
    "jsonb_build_object('agent', g.code, 'queue', q.code, 'since', to_timestamp(a.assigned_at),"
    " 'until', to_timestamp(a.until), 'move', a.move_id, 'ready', a.wants = 1, 'reason', a.wants_reason)"
)
"""What a switch must obey, as it stands on the hot row; `queries.feed` reads it."""
TELL_FEED = f"""
INSERT INTO ledger_entry (at, kind, actor, subject, data)
SELECT %(now)s, %(kind)s, %(actor)s, 'agent:' || a.agent_id, {FEED}
FROM hot AS a JOIN accounts_agent g ON g.id = a.agent_id LEFT JOIN marketplace_queue q ON q.id = a.queue_id
ORDER BY a.nr
"""
TELL_MOVED = f"""
INSERT INTO ledger_entry (at, kind, actor, subject, data)
SELECT %(now)s, 'move.applied', %(actor)s, 'agent:' || m.agent_id, jsonb_build_object('move', m.id, 'agent', m.agent_id,
    'source', m.source_id, 'target', m.target_id, 'run', m.run_id, 'feed', {FEED})
FROM hot AS a JOIN marketplace_move m ON m.id = a.move_id JOIN accounts_agent g ON g.id = m.agent_id
JOIN marketplace_queue q ON q.id = a.queue_id ORDER BY a.nr
"""
AS_IT_STANDS = """
WITH hot AS (SELECT a.*, NULL::bigint AS move_id, 1 AS nr FROM marketplace_agentnow a WHERE agent_id = %(agent)s)
"""


def lock_agents(agent_ids: Sequence[int]) -> None:
    """Lock the hot rows of these agents, lowest id first: the written order (docs/locking.md)."""
    require_transaction()
    prepared(
        "SELECT 1 FROM marketplace_agentnow WHERE agent_id = ANY(%s::bigint[]) ORDER BY agent_id FOR NO KEY UPDATE",
        [column(agent_ids)],
    )


def reassign(changes: Sequence[Change], *, now: datetime, arrives_at: datetime, actor: str) -> None:
    """Carry out the changes and tell the switches, in a few statements whatever their number.

    `arrives_at` is when those who change queue are expected to be available there.
    """
    if changes:
        told = {"kind": "assignment.opened", "actor": actor}
        _carry_out(changes, now=now, arrives_at=arrives_at, tell=TELL_FEED, told=told)


def make_moves(changes: Sequence[Change], *, now: datetime, arrives_at: datetime, actor: str) -> None:
    """The same for applied moves: one Entry each, `move.applied`, for dispatchers, agents and switches alike."""
    if changes:
        _carry_out(changes, now=now, arrives_at=arrives_at, tell=TELL_MOVED, told={"actor": actor})


def _carry_out(
    changes: Sequence[Change], *, now: datetime, arrives_at: datetime, tell: str, told: dict[str, str]
) -> None:
    """History, hot rows and the Entries: two statements, since what ends must be gone before something else begins."""
    require_transaction()
    agents = [change.agent_id for change in changes]
    _close(agents, now)
    prepared(
        CARRY_OUT + tell,
        {
            "agents": column(agents),
            "queues": column(change.queue_id for change in changes),
            "moves": column(change.move_id for change in changes),
            "pinned": column(change.pinned for change in changes),
            "by_matcher": column(change.by_matcher for change in changes),
            "instant": int(now.timestamp()),
            "arrival": int(arrives_at.timestamp()),
            "now": now,
            **told,
        },
    )


def unassign(agent_ids: Sequence[int], *, now: datetime, actor: str) -> None:
    """Close the open assignments of agents who leave duty, and tell the switches; hot rows are the caller's."""
    require_transaction()
    _close(agent_ids, now)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_entry (at, kind, actor, subject, data)"
            " SELECT %s, 'assignment.closed', %s, 'agent:' || g.id, jsonb_build_object("
            "   'agent', g.code, 'queue', NULL, 'since', %s::timestamptz, 'until', NULL, 'move', NULL,"
            "   'ready', false, 'reason', 'signed off')"
            " FROM accounts_agent g WHERE g.id = ANY(%s) ORDER BY g.id",
            [now, actor, now, list(agent_ids)],
        )


def tell_wanted(agent_id: int, *, now: datetime, actor: str) -> None:
    """Tell the switches what the agent asked for, as it now stands on the hot row."""
    prepared(AS_IT_STANDS + TELL_FEED, {"agent": agent_id, "now": now, "actor": actor, "kind": "presence.wanted"})


def _close(agents: Sequence[int], now: datetime) -> None:
    """End open assignments; one that began at this very instant never was."""
    prepared(CLOSE, {"agents": column(agents), "now": now})
