"""One snapshot of the whole floor."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

import numpy as np

from marketplace.matching.state import FOREVER, Agents, State
from marketplace.queries.breaks import breaks_near
from marketplace.snapshot.agents import as_agents, positions, read_rows
from marketplace.snapshot.competence import known_competence
from marketplace.snapshot.facts import read_facts
from marketplace.snapshot.queues import read_queues


def take_snapshot(*, now: datetime) -> State:
    """The floor at `now`, everybody on duty and every active queue in it."""
    facts = read_facts(now=now)
    known = known_competence(now=now, facts=facts)
    rows = read_rows()
    read = partial(
        read_queues,
        department_ids=facts.department_ids,
        rows=rows,
        now=now,
        changeover_seconds=facts.limits.changeover_seconds,
    )
    queues = read()
    if not np.array_equal(queues.id, known.queue_ids):
        # a queue was opened or closed between the two reads; once more sees both
        known = known_competence(now=now)
        queues = read()
    agents = as_agents(
        rows,
        queue_ids=queues.id,
        department_ids=facts.department_ids,
        profile_ids=known.people,
        breaks=breaks_near(seconds=facts.limits.least_stay, now=now),
    )
    return State(
        now=int(now.timestamp()),
        queues=queues,
        agents=agents,
        eligible=known.eligible,
        modes=facts.modes,
        limits=facts.limits,
    )


def refresh_agents(state: State, agent_ids: Sequence[int], *, now: datetime) -> State:
    """The same floor with the rows of these agents, all modes and all competence read again: `state` itself, where
    none of it has changed.

    One who left duty is there no more, as `OFFLINE`. Figures of the queues stay as they were planned with.
    """
    facts = read_facts(now=now)
    known = known_competence(now=now, facts=facts)
    wanted = sorted(agent_ids)
    fresh = as_agents(
        read_rows(only=wanted),
        queue_ids=state.queues.id,
        department_ids=facts.department_ids,
        profile_ids=known.people,
        breaks=_breaks_of(state.agents),
    )
    same_rules = known.eligible is state.eligible and np.array_equal(facts.modes, state.modes)
    if same_rules and _same(state.agents, fresh, wanted):
        return state
    agents = _overlaid(state.agents, fresh, wanted)
    if not np.array_equal(known.queue_ids, state.queues.id):
        return replace(state, agents=agents, modes=facts.modes)
    agents = replace(agents, profile=positions(agents.id, known.people))
    return replace(state, agents=agents, modes=facts.modes, eligible=known.eligible)


def _breaks_of(agents: Agents) -> dict[int, int]:
    """When planned breaks begin, as known already: whoever takes one meanwhile shows by his or her presence."""
    near = agents.break_at < FOREVER
    return dict(zip(agents.id[near].tolist(), agents.break_at[near].tolist(), strict=True)) if len(near) else {}


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
