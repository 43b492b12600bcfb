"""What a claim is judged by: read in one statement for one agent and one shift, in two for many of either."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gigcx.accounts.models import Agent
from gigcx.database.prepared import prepared, prepared_one
from marketplace.claiming.facts import Facts
from marketplace.queries.claim_rows import AgentRow, Asks, Document, Rules, shift_of
from marketplace.queries.claim_rules import rules_of
from marketplace.queries.claim_statements import AGENTS, CLAIM, SEATS, SHIFTS
from marketplace.queries.reliability import reliability_of

LARGEST_ID = 2**63 - 1
"""Of any row; the statements take no larger number."""


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """One agent, one shift, at one instant."""

    facts: Facts
    calendar_version: int
    """Of the agent; while it stays, nobody has changed what the agent books or keeps free."""
    shift_version: int
    """While it stays, nobody has changed what the shift pays and asks for, where and when it is."""


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


def read_claim(*, agent_id: int, shift_id: int, now: datetime) -> ClaimFacts | None:
    """Facts for one claim, prepared and in one round trip; one more each where work is on site or opens by tiers, the
    shift asks for more than its queue, or the rules have changed.

    None for an unknown shift. Raises `LookupError` for an unknown agent. Nothing is locked.
    """
    if shift_id > LARGEST_ID:
        return None
    row = prepared_one(CLAIM, {"agent": agent_id, "shift": shift_id, "now": now})
    if row is None:
        if not Agent.objects.filter(pk=agent_id).exists():
            raise LookupError(agent_id)
        return None
    calendar_version, shift_version, number, queue, agent, shift = row[0]
    known = rules_of(shift_id, queue=queue, number=number, asks_more=shift["asks_more"])
    if known is None:  # deleted meanwhile
        return None
    asks, rules = known
    wanted = {"agents": [agent_id], "shifts": [shift_id], "now": now}
    facts = _facts([(shift_id, shift, asks)], [(agent_id, agent, rules)], wanted)
    return ClaimFacts(facts[agent_id, shift_id], calendar_version=calendar_version, shift_version=shift_version)


def _read(agent_ids: Collection[int], shift_ids: Collection[int], now: datetime) -> dict[tuple[int, int], Facts]:
    wanted: dict[str, Any] = {"agents": list(agent_ids), "shifts": list(shift_ids), "now": now}
    shifts = [(pk, one, Asks.of(one["skills"], one["certifications"])) for pk, one in prepared(SHIFTS, wanted)]
    agents = [(pk, one, Rules.of(one["implies"], one["policy"])) for pk, one in prepared(AGENTS, wanted)]
    return _facts(shifts, agents, wanted)


def _facts(
    shifts: Sequence[tuple[int, Document, Asks]],
    agents: Sequence[tuple[int, Document, Rules]],
    wanted: dict[str, Any],
) -> dict[tuple[int, int], Facts]:
    """By agent and shift."""
    seats = _seats_left(wanted) if any(shift["site"] is not None for _, shift, _ in shifts) else {}
    tiers = any(shift["tiers_from"] is not None for _, shift, _ in shifts)
    reliable = reliability_of(agent_ids=wanted["agents"], now=wanted["now"]) if tiers else {}
    known = {pk: shift_of(shift, asks, seats_left=seats.get(pk)) for pk, shift, asks in shifts}
    rows = {pk: AgentRow(agent, rules) for pk, agent, rules in agents}
    return {
        (pk, shift): facts
        for pk, row in rows.items()
        for shift, facts in row.facts(known, reliability=reliable.get(pk, 1.0), now=wanted["now"]).items()
    }


def _seats_left(wanted: dict[str, Any]) -> dict[int, int]:
    return dict(prepared(SEATS, wanted))
