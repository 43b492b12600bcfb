"""Who could move where: the pairs of agent and queue against which no hard limit stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marketplace.matching.arrays import ranges
from marketplace.matching.limits import free_to_move, mode_between, open_to
from marketplace.matching.state import NOWHERE, IntArray, Mode, Presence, State


@dataclass(frozen=True, slots=True, eq=False)
class Options:
    """One row an agent who has somewhere to go; `queue[start[i]:start[i + 1]]` is where."""

    agent: IntArray
    """Index into `State.agents`, ascending."""
    start: IntArray
    queue: IntArray
    level: IntArray
    """The level, 1–5, at which the agent would serve it."""


def options(state: State, *, mode: Mode, agents: IntArray | None = None) -> Options:
    """The options of `agents`, by default of all whom no limit of their own keeps in place.

    Only pairs whose mode is exactly `mode`: what may be done alone, what a dispatcher must approve and what is only
    shown are three problems.
    """
    movable = free_to_move(state) if agents is None else agents
    table = state.eligible
    profile = state.agents.profile[movable]
    owner, arc = ranges(start=table.start[profile], stop=table.start[profile + 1])
    agent, queue = movable[owner], table.queue[arc]
    keep = open_to(state, agent, arc) & (mode_between(state, agent, queue) == mode)
    agent, queue, level = agent[keep], queue[keep], table.level[arc[keep]]
    somewhere, start = np.unique(agent, return_index=True)
    return Options(agent=somewhere, start=np.append(start, len(agent)).astype(np.int64), queue=queue, level=level)


def serving(state: State) -> IntArray:
    """The agents who count at a queue: on duty, at a queue, neither paused nor signed out. Indices into `State.agents`.

    Who is past the end of duty finishes the contact in hand and is of no more use to the queue.
    """
    agents = state.agents
    at_work = (agents.presence != Presence.OFFLINE) & (agents.presence != Presence.PAUSED)
    return np.flatnonzero(at_work & (agents.until > state.now) & (agents.queue != NOWHERE))


def count(queue: IntArray, *, queues: int) -> IntArray:
    """How often each queue occurs; `NOWHERE` is counted nowhere."""
    return np.bincount(queue[queue != NOWHERE], minlength=queues).astype(np.int64)
