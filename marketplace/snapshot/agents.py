"""The agents on duty, from their hot rows."""

from collections.abc import Mapping, Sequence

import numpy as np

from marketplace.matching.state import FOREVER, NOWHERE, Agents, IntArray, Presence
from marketplace.snapshot.hot import read_columns

HotRows = dict[str, IntArray]
READY, PAUSED = int(Presence.READY), int(Presence.PAUSED)
COUNTED = (
    f"(CASE WHEN standby > 0 AND queue_id IS NULL THEN CASE wants WHEN {READY} THEN {READY} ELSE {PAUSED} END"
    f" WHEN wants <> {READY} AND presence = {READY} THEN {PAUSED} ELSE presence END)"
)
"""The presence that counts, from a hot row: who asked for a break gets no new contact, whatever the switch still says.
On standby there is no queue whose switch could report: the agent's own word counts."""
# small figures share one number, and so do instants that the clock gives: a tenth less to pack and send for each column
# saved. What people or switches write may be any number, so it has a column to itself.
COLUMNS = {
    "agent": "agent_id",
    "queue": "coalesce(queue_id, -1)",
    "until": "until",
    "presence_since": "presence_since",
    "stay": "assigned_at + (arrives_at << 32)",
    "duty": "since + (moved_at << 32)",
    "packed": f"{COUNTED}::bigint + (pinned << 3) + (at_home << 4) + (moves::bigint << 5) + (standby::bigint << 32)",
    "versioned": "version::bigint + (department_id::bigint << 32)",
}
LOW = 0xFFFFFFFF
ROWS = (
    f"SELECT {', '.join(f'{expression} AS {name}' for name, expression in COLUMNS.items())} FROM marketplace_agentnow"
)


def read_rows(*, only: Sequence[int] | None = None) -> HotRows:
    """The hot rows of all agents on duty (or `only` those), ascending by id: one array a column."""
    if only is None:
        rows = read_columns(ROWS, list(COLUMNS))
    else:
        rows = read_columns(f"{ROWS} WHERE agent_id = ANY($1::bigint[])", list(COLUMNS), [list(only)])
    # sorting here takes a tenth of what the database would need for going through them by id
    order = np.argsort(rows["agent"], kind="stable")
    return {name: column[order] for name, column in rows.items()}


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
        assigned_at=rows["stay"] & LOW,
        arrives_at=_high(rows["stay"]),
        until=rows["until"],
        moved_at=_high(rows["duty"]),
        moves=(packed >> 5) & 0x7FFFFFF,
        pinned=(packed & 8) > 0,
        at_home=(packed & 16) > 0,
        version=versioned & LOW,
        since=rows["duty"] & LOW,
        standby=positions(packed >> 32, department_ids),
        break_at=break_at,
    )


def _high(packed: IntArray) -> IntArray:
    """The upper half of each number, which has no sign: instants go on beyond 2038."""
    return (packed >> 32) & LOW


def positions(values: IntArray, among: IntArray) -> IntArray:
    """Where each value stands in a sorted array; `NOWHERE` where it doesn't."""
    if not len(among):
        return np.full(len(values), NOWHERE, dtype=np.int64)
    at = np.minimum(np.searchsorted(among, values), len(among) - 1)
    return np.where(among[at] == values, at, NOWHERE).astype(np.int64)
