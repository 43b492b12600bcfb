"""What a claim is judged by, read in two or three statements for one agent and many shifts, or for many and one."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection

from gigcx.accounts.models import Agent
from marketplace.claiming.facts import Facts
from marketplace.queries.claim_rows import AGENT, SEATS, SHIFTS, SITE, TIERS, AgentRow, shift_of
from marketplace.queries.reliability import reliability_of

PLANNED_ONCE = "SET LOCAL plan_cache_mode = force_generic_plan"
"""Planning takes ten times as long as reading; the plans for one agent and one shift are the same for all."""
LOCK = "SELECT 1 FROM accounts_agent WHERE id = ANY(%(agents)s) FOR NO KEY UPDATE"


def read_facts(*, agent_id: int, shift_ids: Collection[int], now: datetime) -> dict[int, Facts]:
    """Facts for each of the shifts that exist, by shift. Raises `LookupError` for an unknown agent.

    Two statements, and one more each where work is on site or opens by tiers, whatever the number of shifts. Nothing
    is locked: a claim locks the agent first.
    """
    found = _read([agent_id], shift_ids, now)
    if not found and not Agent.objects.filter(pk=agent_id).exists():
        raise LookupError(agent_id)
    return {shift: facts for (_, shift), facts in found.items()}


def facts_of_many(*, agent_ids: Collection[int], shift_id: int, now: datetime) -> dict[int, Facts]:
    """Facts of one shift for each of the agents that exist, by agent, in as many statements; nothing is locked."""
    return {agent: facts for (agent, _), facts in _read(agent_ids, [shift_id], now).items()}


def lock_and_read_facts(*, agent_id: int, shift_id: int, now: datetime) -> Facts | None:
    """Lock the agent's row (docs/locking.md), then read: one round trip, planned once a connection.

    None for an unknown shift. Raises `LookupError` for an unknown agent. It must be two statements: one that waits
    for a lock sees what was so before it waited.
    """
    wanted = {"agents": [agent_id], "shifts": [shift_id], "now": now}
    connection.ensure_connection()
    with connection.wrap_database_errors:
        with connection.connection.pipeline():
            plan, lock, shifts, agent = (psycopg.Cursor(connection.connection) for _ in range(4))
            plan.execute(PLANNED_ONCE)
            lock.execute(LOCK, wanted, prepare=True)
            shifts.execute(SHIFTS, wanted, prepare=True)
            agent.execute(AGENT, wanted, prepare=True)
        found = _facts(shifts.fetchall(), agent.fetchall(), wanted)
    if not found and lock.rowcount == 0:
        raise LookupError(agent_id)
    return found.get((agent_id, shift_id))


def _read(agent_ids: Collection[int], shift_ids: Collection[int], now: datetime) -> dict[tuple[int, int], Facts]:
    wanted: dict[str, Any] = {"agents": list(agent_ids), "shifts": list(shift_ids), "now": now}
    with connection.cursor() as cursor:
        cursor.execute(SHIFTS, wanted)
        shifts = cursor.fetchall()
        cursor.execute(AGENT, wanted)
        return _facts(shifts, cursor.fetchall(), wanted)


def _facts(shifts: Sequence[Any], agents: Sequence[Any], wanted: dict[str, Any]) -> dict[tuple[int, int], Facts]:
    """By agent and shift."""
    seats = _seats_left(wanted) if any(row[SITE] is not None for row in shifts) else {}
    known = {row[0]: shift_of(row, seats) for row in shifts}
    tiers = any(row[TIERS] is not None for row in shifts)
    reliable = reliability_of(agent_ids=wanted["agents"], now=wanted["now"]) if tiers else {}
    return {
        (agent, shift): facts
        for agent, document in agents
        for shift, facts in AgentRow(document)
        .facts(known, reliability=reliable.get(agent, 1.0), now=wanted["now"])
        .items()
    }


def _seats_left(wanted: dict[str, Any]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(SEATS, wanted)
        return dict(cursor.fetchall())
