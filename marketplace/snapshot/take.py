"""One snapshot of the whole floor."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

import numpy as np
from django.db import connection

from marketplace.matching.state import FOREVER, Agents, IntArray, Limits, Mode, State
from marketplace.models import Policy
from marketplace.queries.breaks import breaks_near
from marketplace.snapshot.agents import as_agents, positions, read_rows
from marketplace.snapshot.competence import known_competence
from marketplace.snapshot.hot import read_integers
from marketplace.snapshot.queues import read_queues

MEASURED_MOVES = 50
LEAST_MOVES = 5
CHANGEOVER = """
SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FROM (
    SELECT extract(epoch FROM arrived_at - decided_at)::float8 AS seconds FROM marketplace_move
    WHERE arrived_at IS NOT NULL AND created_at > %s - interval '1 day' ORDER BY created_at DESC LIMIT %s
) AS newest
"""


def take_snapshot(*, now: datetime) -> State:
    """The floor at `now`, everybody on duty and every active queue in it."""
    known = known_competence(now=now)
    department_ids, modes = _departments()
    limits = read_limits(now=now)
    rows = read_rows()
    read = partial(
        read_queues, department_ids=department_ids, rows=rows, now=now, changeover_seconds=limits.changeover_seconds
    )
    queues = read()
    if not np.array_equal(queues.id, known.queue_ids):
        # a queue was opened or closed between the two reads; once more sees both
        known = known_competence(now=now)
        queues = read()
    agents = as_agents(
        rows, queue_ids=queues.id, department_ids=department_ids, profile_ids=known.people,
        breaks=breaks_near(seconds=limits.least_stay, now=now),
    )  # fmt: skip
    return State(
        now=int(now.timestamp()), queues=queues, agents=agents, eligible=known.eligible, modes=modes, limits=limits
    )


def refresh_agents(state: State, agent_ids: Sequence[int], *, now: datetime) -> State:
    """The same floor with the rows of these agents, all modes and all competence read again: `state` itself, where
    none of it has changed.

    One who left duty is there no more, as `OFFLINE`. Figures of the queues stay as they were planned with.
    """
    known = known_competence(now=now)
    department_ids, modes = _departments()
    wanted = sorted(agent_ids)
    rows = read_rows(only=wanted)
    fresh = as_agents(
        rows, queue_ids=state.queues.id, department_ids=department_ids, profile_ids=known.people,
        breaks=_breaks_of(state.agents),
    )  # fmt: skip
    if known.eligible is state.eligible and np.array_equal(modes, state.modes) and _same(state.agents, fresh, wanted):
        return state
    agents = _overlaid(state.agents, fresh, wanted)
    if not np.array_equal(known.queue_ids, state.queues.id):
        return replace(state, agents=agents, modes=modes)
    agents = replace(agents, profile=positions(agents.id, known.people))
    return replace(state, agents=agents, modes=modes, eligible=known.eligible)


def read_limits(*, now: datetime) -> Limits:
    """The policy, with the changeover as measured over the last moves once there are enough of them."""
    policy = Policy.objects.get(pk=1)
    with connection.cursor() as cursor:
        cursor.execute(CHANGEOVER, [now, MEASURED_MOVES])
        count, median = cursor.fetchone()
    return Limits(
        changeover_seconds=max(0.0, median) if count >= LEAST_MOVES else policy.changeover_seconds,
        dwell_seconds=policy.dwell_seconds,
        moves_per_duty=policy.moves_per_duty,
        moves_per_hour=policy.moves_per_hour,
        min_remaining_seconds=policy.min_remaining_seconds,
        donor_margin=policy.donor_margin,
        switch_constant=policy.switch_constant,
    )


def _breaks_of(agents: Agents) -> dict[int, int]:
    """When planned breaks begin, as known already: whoever takes one meanwhile shows by his or her presence."""
    near = agents.break_at < FOREVER
    return dict(zip(agents.id[near].tolist(), agents.break_at[near].tolist(), strict=True)) if len(near) else {}


def _departments() -> tuple[IntArray, IntArray]:
    """Ids and modes; the one switch that stops everything makes every mode `OFF`."""
    rows = read_integers(
        "SELECT d.id, (CASE WHEN p.stopped THEN 0 ELSE d.mode END)::bigint AS mode"
        " FROM accounts_department d, marketplace_policy p ORDER BY d.id",
        ["id", "mode"],
    )
    return rows["id"], np.maximum(rows["mode"], int(Mode.OFF))


def _same(agents: Agents, fresh: Agents, asked: Sequence[int]) -> bool:
    """Whether all of those asked for are there, in the same rows, and exactly as they were."""
    if len(fresh) != len(asked):
        return False
    at = np.searchsorted(agents.id, fresh.id)
    return all(np.array_equal(getattr(agents, name)[at], getattr(fresh, name)) for name in Agents.__dataclass_fields__)


def _overlaid(agents: Agents, fresh: Agents, asked: Sequence[int]) -> Agents:
    """`agents` with the fresh rows in their places, and those asked for but gone as off duty."""
    columns = {name: np.array(getattr(agents, name)) for name in Agents.__dataclass_fields__}
    at = np.searchsorted(agents.id, fresh.id)
    for name, column in columns.items():
        column[at] = getattr(fresh, name)
    gone = np.searchsorted(agents.id, np.setdiff1d(np.array(asked, dtype=np.int64), fresh.id))
    columns["presence"][gone] = 0
    columns["version"][gone] = -1
    return Agents(**columns)
