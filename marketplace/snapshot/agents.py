"""The agents on duty, from their hot rows."""

from collections.abc import Mapping, Sequence

import numpy as np

from marketplace.matching.state import FOREVER, NOWHERE, Agents, IntArray, Presence
from marketplace.snapshot.hot import read_integers

HotRows = dict[str, IntArray]
READY, PAUSED = int(Presence.READY), int(Presence.PAUSED)
COUNTED = (
    f"(CASE WHEN standby > 0 AND queue_id IS NULL THEN CASE wants WHEN {READY} THEN {READY} ELSE {PAUSED} END"
    f" WHEN wants <> {READY} AND presence = {READY} THEN {PAUSED} ELSE presence END)"
)
"""The presence that counts, from a hot row: who asked for a break gets no new contact, whatever the switch still says.
On standby there is no queue whose switch could report: the agent's own word counts."""
# small figures share one number: an eighth less to pack and send for each column saved
COLUMNS = {
    "agent": "agent_id",
    "queue": "coalesce(queue_id, -1)",
    "assigned_at": "assigned_at",
    "arrives_at": "arrives_at",
    "until": "until",
    "moved_at": "moved_at",
    "since": "since",
    "presence_since": "presence_since",
    "packed": f"{COUNTED}::bigint + (pinned << 3) + (at_home << 4) + (moves::bigint << 5) + (standby::bigint << 32)",
    "versioned": "version::bigint + (department_id::bigint << 32)",
}


def hot_query(*, where: str = "") -> str:
    """The statement that reads the hot rows, ascending by agent."""
    columns = ", ".join(f"{expression} AS {name}" for name, expression in COLUMNS.items())
    return f"SELECT {columns} FROM marketplace_agentnow {where} ORDER BY agent_id"


def read_rows(*, only: Sequence[int] | None = None) -> HotRows:
    """The hot rows of all agents on duty (or `only` those), ascending by id: one array a column."""
    if only is None:
        return read_integers(hot_query(), list(COLUMNS))
    where = "WHERE agent_id = ANY($1::bigint[])"
    return read_integers(hot_query(where=where), list(COLUMNS), parameters=[list(only)])


def as_agents(
    rows: HotRows, *, queue_ids: IntArray, department_ids: IntArray, profile_ids: IntArray, breaks: Mapping[int, int]
) -> Agents:
    """The rows as the matcher knows agents. The ids given are sorted; indices point into them. `breaks` says when the
    planned break of each agent begins who has one close ahead."""
    packed, versioned = rows["packed"], rows["versioned"]
    break_at = np.full(len(rows["agent"]), FOREVER, dtype=np.int64)
    if breaks:
        who = positions(np.array(sorted(breaks), dtype=np.int64), rows["agent"])
        begins = np.array([breaks[agent] for agent in sorted(breaks)], dtype=np.int64)
        break_at[who[who != NOWHERE]] = begins[who != NOWHERE]
    return Agents(
        id=rows["agent"],
        queue=positions(rows["queue"], queue_ids),
        profile=positions(rows["agent"], profile_ids),
        department=positions(versioned >> 32, department_ids),
        presence=packed & 7,
        assigned_at=rows["assigned_at"],
        arrives_at=rows["arrives_at"],
        until=rows["until"],
        moved_at=rows["moved_at"],
        moves=(packed >> 5) & 0x7FFFFFF,
        pinned=(packed & 8) > 0,
        at_home=(packed & 16) > 0,
        version=versioned & 0xFFFFFFFF,
        since=rows["since"],
        standby=positions(packed >> 32, department_ids),
        break_at=break_at,
    )


def positions(values: IntArray, among: IntArray) -> IntArray:
    """Where each value stands in a sorted array; `NOWHERE` where it doesn't."""
    if not len(among):
        return np.full(len(values), NOWHERE, dtype=np.int64)
    at = np.minimum(np.searchsorted(among, values), len(among) - 1)
    return np.where(among[at] == values, at, NOWHERE).astype(np.int64)
