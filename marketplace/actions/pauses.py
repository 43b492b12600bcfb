"""The one door for pauses: the record of when agents on duty were away, kept in step with their hot rows.

A pause runs while the presence that counts (`snapshot.agents.COUNTED`) is a pause: from the agent's own word or the
switch's, whichever comes first, until both say that it is over. Who asks for one while on a contact is not away yet.
Callers hold the locks of the hot rows.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from gigcx.ledger.record import require_transaction
from marketplace.matching.state import Presence
from marketplace.snapshot.agents import COUNTED

READY, OFFLINE, PAUSED = int(Presence.READY), int(Presence.OFFLINE), int(Presence.PAUSED)
AWAY = f"({COUNTED} = {PAUSED} OR wants <> {READY} AND presence = {OFFLINE})"
"""Of a hot row: the agent is paused. Signed out at the phone after asking for a break is on a break."""
REASON = f"(CASE WHEN wants <> {READY} THEN wants_reason ELSE reason END)"
"""Why: the agent's own word before the switch's."""

SEEN = f"""
SELECT a.agent_id, a.duty_id, a.away, a.reason, p.id, p.reason FROM (
  SELECT agent_id, duty_id, {AWAY} AS away, {REASON} AS reason FROM marketplace_agentnow WHERE agent_id = ANY(%s)
) AS a LEFT JOIN marketplace_pause p ON p.agent_id = a.agent_id AND upper_inf(p.period) ORDER BY a.agent_id
"""
NEVER_WAS = """
DELETE FROM marketplace_pause p USING unnest(%s::bigint[], %s::timestamptz[]) AS c(agent_id, at), marketplace_duty d
WHERE p.agent_id = c.agent_id AND upper_inf(p.period) AND d.id = p.duty_id
  AND lower(p.period) >= least(c.at, upper(d.period))
"""
END = """
UPDATE marketplace_pause p SET period = tstzrange(lower(p.period), least(c.at, upper(d.period)))
FROM unnest(%s::bigint[], %s::timestamptz[]) AS c(agent_id, at), marketplace_duty d
WHERE p.agent_id = c.agent_id AND upper_inf(p.period) AND d.id = p.duty_id
"""
BEGIN = """
INSERT INTO marketplace_pause (agent_id, duty_id, period, reason)
SELECT c.agent_id, c.duty_id, tstzrange(greatest(c.at, lower(d.period),
    (SELECT max(upper(p.period)) FROM marketplace_pause p WHERE p.agent_id = c.agent_id)), NULL), c.reason
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::text[]) AS c(agent_id, duty_id, at, reason)
JOIN marketplace_duty d ON d.id = c.duty_id
"""


def note_pauses(changed: Mapping[int, datetime]) -> None:
    """Begin and end pauses as the hot rows of these agents now say; each agent with the instant of the change.

    A pause whose reason changes ends, and another begins. Saying the same twice changes nothing.
    """
    require_transaction()
    if not changed:
        return
    with connection.cursor() as cursor:
        cursor.execute(SEEN, [list(changed)])
        rows = cursor.fetchall()
        over = [agent for agent, _, away, why, pause, reason in rows if pause and not (away and why == reason)]
        _end(cursor, over, [changed[agent] for agent in over])
        begun = [
            (agent, duty, changed[agent], why)
            for agent, duty, away, why, pause, reason in rows
            if away and (pause is None or why != reason)
        ]
        if begun:
            cursor.execute(BEGIN, [list(column) for column in zip(*begun, strict=True)])


def end_pauses(agent_ids: Sequence[int], *, now: datetime) -> None:
    """End the pauses of agents who leave duty: now, or when the duty ended if that was earlier."""
    require_transaction()
    with connection.cursor() as cursor:
        _end(cursor, agent_ids, [now] * len(agent_ids))


def _end(cursor: Any, agent_ids: Sequence[int], instants: Sequence[datetime]) -> None:
    """A pause that would end as it begins never was."""
    if not agent_ids:
        return
    columns = [list(agent_ids), list(instants)]
    cursor.execute(NEVER_WAS, columns)
    cursor.execute(END, columns)
