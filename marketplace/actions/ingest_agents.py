"""Telemetry's second half: what each agent does now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection

from marketplace.actions.pauses import PAUSED, READY, note_pauses
from marketplace.actions.reports import AgentReport
from marketplace.actions.sign_in import note_sign_ins
from marketplace.matching.state import Presence

AVAILABLE = [int(Presence.READY), int(Presence.ON_CONTACT)]
"""At the queue that the switch names: in a surge nobody who arrives is idle for as long as it takes to say so."""
TAKE = """
WITH report AS (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::smallint[], %s::text[], %s::bigint[])
        AS r(agent_id, at_ms, presence, reason, queue_id)
), old AS (
    SELECT a.agent_id, a.presence, a.reason, a.reported_ms, a.queue_id, a.arrives_at, a.assigned_at
    FROM marketplace_agentnow a WHERE a.agent_id = ANY(%s) ORDER BY a.agent_id FOR NO KEY UPDATE
), new AS (
    UPDATE marketplace_agentnow a SET
        presence = r.presence, reason = r.reason, reported_ms = r.at_ms,
        presence_since = CASE WHEN a.presence <> r.presence THEN r.at_ms / 1000 ELSE a.presence_since END,
        arrives_at = CASE WHEN r.queue_id = a.queue_id AND r.presence = ANY(%s) AND r.at_ms / 1000 >= a.assigned_at
            THEN least(a.arrives_at, r.at_ms / 1000) ELSE a.arrives_at END
    FROM report r JOIN old ON old.agent_id = r.agent_id
    WHERE a.agent_id = r.agent_id AND r.at_ms > old.reported_ms
    RETURNING a.agent_id, old.presence AS before, a.presence AS after, old.reason AS reason_before,
        a.reason AS reason_after, r.queue_id = a.queue_id AND r.presence = ANY(%s)
            AND a.assigned_at > r.at_ms / 1000 - 900 AS there, r.at_ms, a.wants
)
SELECT agent_id, before, after, reason_before <> reason_after, there, at_ms, wants FROM new
"""
ARRIVED = """
UPDATE marketplace_move m SET arrived_at = to_timestamp(t.at_ms / 1000.0)
FROM unnest(%s::bigint[], %s::bigint[]) AS t(agent_id, at_ms)
JOIN marketplace_assignment s ON s.agent_id = t.agent_id AND upper_inf(s.period)
WHERE m.id = s.move_id AND m.arrived_at IS NULL AND m.status = 'applied'
    AND to_timestamp(t.at_ms / 1000.0) > m.decided_at
"""


@dataclass(frozen=True)
class AgentsTaken:
    """Ids of agents whose presence or reason changed, and codes of those who are not on duty."""

    changed: list[int]
    off_duty: tuple[str, ...]


def take_agents(
    reports: Sequence[AgentReport],
    *,
    agent_ids: dict[str, int],
    queue_ids: dict[str, int],
    actor: str,
    now: datetime,
) -> AgentsTaken:
    """Bring the hot rows in line with the newest report of each agent; an older one than was taken before loses."""
    if not reports:
        return AgentsTaken(changed=[], off_duty=())
    newest: dict[str, AgentReport] = {}
    for report in reports:
        if report.agent not in newest or report.at >= newest[report.agent].at:
            newest[report.agent] = report
    ids = {agent_ids[code]: report for code, report in newest.items()}
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [*_columns(ids, queue_ids), list(ids), AVAILABLE, AVAILABLE])
        rows = cursor.fetchall()
        cursor.execute("SELECT agent_id FROM marketplace_agentnow WHERE agent_id = ANY(%s)", [list(ids)])
        on_duty = {row[0] for row in cursor.fetchall()}
        there = [(agent, at_ms) for agent, _, _, _, is_there, at_ms, _ in rows if is_there]
        if there:
            cursor.execute(ARRIVED, [[agent for agent, _ in there], [at_ms for _, at_ms in there]])
        _tell(cursor, [(agent, before, after) for agent, before, after, *_ in rows], actor=actor, now=now)
    note_pauses(
        {
            agent: datetime.fromtimestamp(at_ms / 1000, UTC)
            for agent, before, after, reason, _, at_ms, wants in rows
            if (before != after or reason) and (PAUSED in (before, after) or wants != READY)
        }
    )
    seen = [agent for agent, report in ids.items() if agent not in on_duty and report.presence != Presence.OFFLINE]
    note_sign_ins(seen, actor=actor, now=now)
    return AgentsTaken(
        changed=[agent for agent, before, after, reason, *_ in rows if before != after or reason],
        off_duty=tuple(sorted(code for code in newest if agent_ids[code] not in on_duty)),
    )


def _columns(ids: dict[int, AgentReport], queue_ids: dict[str, int]) -> list[list[object]]:
    reports = ids.values()
    return [
        list(ids),
        [int(report.at.timestamp() * 1000) for report in reports],
        [int(report.presence) for report in reports],
        [report.reason[:40] for report in reports],
        [queue_ids.get(report.queue) if report.queue else None for report in reports],
    ]


def _tell(cursor: object, changes: Sequence[tuple[int, int, int]], *, actor: str, now: datetime) -> None:
    """An Entry for each agent who came to work or left it: the matcher looks again at once."""
    offline = int(Presence.OFFLINE)
    moved = [
        (agent, "agent.came" if before == offline else "agent.left")
        for agent, before, after in changes
        if (before == offline) != (after == offline)
    ]
    if moved:
        cursor.execute(  # type: ignore[attr-defined]
            "INSERT INTO ledger_entry (at, kind, actor, subject, data)"
            " SELECT %s, kind, %s, 'agent:' || agent, '{}'"
            " FROM unnest(%s::bigint[], %s::text[]) AS c(agent, kind) ORDER BY agent",
            [now, actor, [agent for agent, _ in moved], [kind for _, kind in moved]],
        )
