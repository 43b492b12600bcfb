"""A contact centre of any size for benchmarks and tests: `generate(agents=…, queues=…, seed=…)` → State."""

from __future__ import annotations

import numpy as np

from marketplace.matching.state import (
    FOREVER,
    NEVER,
    NOWHERE,
    Agents,
    Eligible,
    FloatArray,
    IntArray,
    Limits,
    Mode,
    Presence,
    Queues,
    State,
)

NOW = 1_780_000_000
LOAD = 0.85
"""Mean share of the agents that contacts keep busy."""


def generate(*, agents: int, queues: int, seed: int, limits: Limits | None = None) -> State:
    """A floor in mid-morning: 2–6 skills an agent on a ring of queues, one queue in twenty hit by a surge.

    Handle times are 180–420 s, patience 120 s, targets 80 % in 20 s; 5 % of the agents are on standby and 2 % pinned.
    The same arguments give the same floor.
    """
    random = np.random.default_rng(seed)
    eligible = _skills(random, agents=agents, queues=queues)
    home = np.where(random.random(agents) < 0.05, NOWHERE, np.arange(agents) % queues)
    staffed = np.bincount(home[home != NOWHERE], minlength=queues)
    handle = random.uniform(180.0, 420.0, queues)
    load = LOAD * random.uniform(0.75, 1.15, queues)
    surge = random.random(queues) < 0.05
    surge[0] = True
    occupancy = np.append(np.minimum(load * (1.0 + surge), 0.995), 0.0)
    busy = random.random(agents) < occupancy[home]
    rate = load * (1.0 + 1.5 * surge) * np.maximum(staffed, 1) / handle
    return State(
        now=NOW,
        queues=_queues(random, rate=rate, handle=handle, forecast=rate / (1.0 + 1.5 * surge), surge=surge),
        agents=_agents(random, home=home, busy=busy),
        eligible=eligible,
        modes=np.array([Mode.AUTO], dtype=np.int64),
        limits=limits or Limits(),
    )


def _skills(random: np.random.Generator, *, agents: int, queues: int) -> Eligible:
    """The first queue of each agent goes round evenly; the rest are its neighbours on the ring, 30 % anywhere."""
    held = np.minimum(random.integers(2, 7, agents), queues)
    first = np.arange(agents) % queues
    owner = np.repeat(np.arange(agents), held)
    step = np.arange(len(owner)) - np.repeat(np.cumsum(held) - held, held)
    far = (random.random(len(owner)) < 0.3) & (step > 0)
    queue = np.where(far, random.integers(0, queues, len(owner)), (first[owner] + step) % queues)
    pair = np.unique(owner * queues + queue)
    owner, queue = pair // queues, pair % queues
    return Eligible(
        start=np.searchsorted(owner, np.arange(agents + 1)).astype(np.int64),
        queue=queue.astype(np.int64),
        level=random.integers(1, 6, len(pair)).astype(np.int64),
        valid_from=np.full(len(pair), NEVER, dtype=np.int64),
        valid_until=np.full(len(pair), FOREVER, dtype=np.int64),
    )


def _queues(
    random: np.random.Generator, *, rate: FloatArray, handle: FloatArray, forecast: FloatArray, surge: np.ndarray
) -> Queues:
    size = len(rate)
    waiting = np.where(surge, random.poisson(3.0 + rate * 20.0), random.poisson(0.1, size)).astype(np.int64)
    return Queues(
        id=np.arange(1, size + 1, dtype=np.int64),
        department=np.zeros(size, dtype=np.int64),
        priority=np.ones(size, dtype=np.int64),
        target_share=np.full(size, 0.8),
        target_seconds=np.full(size, 20.0),
        patience_seconds=np.full(size, 120.0),
        handle_seconds=handle,
        waiting=waiting,
        longest_wait_seconds=np.where(waiting > 0, random.uniform(1.0, 60.0, size), 0.0),
        recent_arrivals=random.poisson(rate * 300.0).astype(np.float64),
        recent_seconds=np.full(size, 300.0),
        forecast_before=forecast,
        forecast_now=forecast,
        forecast_ahead=forecast,
        open=np.ones(size, dtype=np.bool_),
        home_allowed=np.ones(size, dtype=np.bool_),
    )


def _agents(random: np.random.Generator, *, home: IntArray, busy: np.ndarray) -> Agents:
    size = len(home)
    moves = random.integers(0, 4, size)
    assigned = NOW - random.integers(30, 7200, size)
    presence = np.where(busy, Presence.ON_CONTACT, Presence.READY)
    return Agents(
        id=np.arange(1, size + 1, dtype=np.int64),
        queue=home.astype(np.int64),
        profile=np.arange(size, dtype=np.int64),
        department=np.zeros(size, dtype=np.int64),
        presence=np.where(random.random(size) < 0.05, Presence.PAUSED, presence).astype(np.int64),
        assigned_at=assigned.astype(np.int64),
        arrives_at=assigned.astype(np.int64),
        until=NOW + random.integers(60, 6 * 3600, size).astype(np.int64),
        moved_at=np.where(moves > 0, assigned, NEVER).astype(np.int64),
        moves=moves.astype(np.int64),
        pinned=random.random(size) < 0.02,
        at_home=random.random(size) < 0.3,
        version=np.ones(size, dtype=np.int64),
        since=NOW - random.integers(3600, 4 * 3600, size).astype(np.int64),
    )
