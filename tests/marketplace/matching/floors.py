"""Small floors for tests: say what matters, the rest is ordinary."""

from __future__ import annotations

from typing import Any

import numpy as np

from marketplace.matching.state import FOREVER, NEVER, NOWHERE, Agents, Eligible, Limits, Mode, Presence, Queues, State

NOW = 1_780_000_000
HOUR = 3600

QUEUE: dict[str, Any] = {
    "department": 0,
    "priority": 1,
    "target_share": 0.8,
    "target_seconds": 20.0,
    "patience_seconds": 120.0,
    "handle_seconds": 180.0,
    "waiting": 0,
    "longest_wait_seconds": 0.0,
    "recent_arrivals": 0.0,
    "recent_seconds": 300.0,
    "forecast_before": np.nan,
    "forecast_now": np.nan,
    "forecast_ahead": np.nan,
    "open": True,
    "home_allowed": True,
}
AGENT: dict[str, Any] = {
    "queue": 0,
    "department": 0,
    "presence": Presence.READY,
    "assigned_at": NOW - HOUR,
    "arrives_at": NOW - HOUR,
    "until": NOW + 4 * HOUR,
    "moved_at": NEVER,
    "moves": 0,
    "pinned": False,
    "at_home": False,
    "version": 1,
    "since": NOW - HOUR,
    "standby": NOWHERE,
    "break_at": FOREVER,
}
FLOATS = {name for name, value in QUEUE.items() if isinstance(value, float)}


def quiet(**given: Any) -> dict[str, Any]:
    """A queue where next to nothing happens."""
    return {"recent_arrivals": 0.0, **given}


def surging(**given: Any) -> dict[str, Any]:
    """A queue where ten wait and one arrives every ten seconds."""
    return {"recent_arrivals": 30.0, "waiting": 10, "longest_wait_seconds": 40.0, **given}


def floor(
    queues: list[dict[str, Any]],
    agents: list[dict[str, Any]],
    *,
    modes: tuple[Mode, ...] = (Mode.AUTO,),
    limits: Limits | None = None,
) -> State:
    """A state. An agent's `skills` maps queue → level or (level, valid_from, valid_until); all at 5 by default."""
    table = [{**QUEUE, **row} for row in queues]
    people = [{**AGENT, **row} for row in agents]
    rows = [_skills(row.pop("skills", None), len(table)) for row in people]
    flat = [pair for row in rows for pair in row]
    return State(
        now=NOW,
        queues=Queues(id=np.arange(len(table)) + 100, **{name: _column(table, name) for name in QUEUE}),
        agents=Agents(
            id=np.arange(len(people)) + 1000,
            profile=np.arange(len(people)),
            **{name: _column(people, name) for name in AGENT},
        ),
        eligible=Eligible(
            start=np.cumsum([0, *(len(row) for row in rows)]).astype(np.int64),
            queue=np.array([pair[0] for pair in flat], dtype=np.int64),
            level=np.array([pair[1] for pair in flat], dtype=np.int64),
            valid_from=np.array([pair[2] for pair in flat], dtype=np.int64),
            valid_until=np.array([pair[3] for pair in flat], dtype=np.int64),
        ),
        modes=np.array(modes, dtype=np.int64),
        limits=limits or Limits(),
    )


def _skills(given: dict[int, Any] | None, queues: int) -> list[tuple[int, int, int, int]]:
    known = dict.fromkeys(range(queues), 5) if given is None else given
    return [
        (queue, *(held if isinstance(held, tuple) else (held, NEVER, FOREVER))) for queue, held in sorted(known.items())
    ]


def _column(rows: list[dict[str, Any]], name: str) -> np.ndarray:
    values = [row[name] for row in rows]
    if name in FLOATS:
        return np.array(values, dtype=np.float64)
    return np.array(values, dtype=np.bool_ if isinstance({**QUEUE, **AGENT}[name], bool) else np.int64)


def messy(seed: int) -> State:
    """A small floor on which anything may be so: absences, expiries, breaks, surges, modes, priorities, closures."""
    random = np.random.default_rng(seed)
    size, people = int(random.integers(2, 8)), int(random.integers(3, 70))
    queues = [
        {
            "department": int(random.integers(0, 3)),
            "priority": int(random.choice([1, 1, 1, 2, 5, 9])),
            "target_share": float(random.choice([0.5, 0.8, 0.9, 1.0])),
            "handle_seconds": float(random.uniform(20, 600)),
            "patience_seconds": float(random.uniform(10, 300)),
            "waiting": int(random.choice([0, 0, 0, 1, 3, 12])),
            "recent_arrivals": float(random.poisson(random.choice([0, 1, 5, 30]))),
            "recent_seconds": float(random.uniform(30, 300)),
            "forecast_before": float(forecast := random.choice([np.nan, 0.01, 0.1])),
            "forecast_now": float(forecast),
            "forecast_ahead": float(forecast * 1.2),
            "open": bool(random.random() < 0.95),
            "home_allowed": bool(random.random() < 0.8),
        }
        for _ in range(size)
    ]
    agents = [_anyone(random, size) for _ in range(people)]
    modes = tuple(Mode(int(mode)) for mode in random.choice([Mode.AUTO, Mode.AUTO, Mode.APPROVE, Mode.OFF], 3))
    limits = Limits(changeover_seconds=float(random.choice([0, 5, 30, 120, 300])), donor_margin=1.5)
    return floor(queues, agents, modes=modes, limits=limits)


def _anyone(random: np.random.Generator, queues: int) -> dict[str, Any]:
    assigned = NOW - int(random.choice([10, 90, 3000]))
    return {
        "queue": int(random.choice([NOWHERE, *range(queues)])),
        "department": int(random.integers(0, 3)),
        "presence": int(random.choice([0, 1, 1, 1, 1, 2, 2, 3, 4])),
        "assigned_at": assigned,
        "arrives_at": assigned + int(random.choice([0, 0, 20, 300])),
        "until": NOW + int(random.choice([-30, 20, 200, 4000, 9000, 9000])),
        "moves": (moves := int(random.choice([0, 0, 1, 3, 20]))),
        "moved_at": assigned if moves else NEVER,
        "since": NOW - int(random.choice([100, 3000, 20000])),
        "break_at": int(random.choice([FOREVER, FOREVER, FOREVER, NOW - 60, NOW + 20, NOW + 4000])),
        "pinned": bool(random.random() < 0.1),
        "at_home": bool(random.random() < 0.4),
        "skills": {
            int(queue): (
                int(random.integers(1, 6)),
                NOW + int(random.choice([-9000, -9000, 50])),
                NOW + int(random.choice([-5, 100, 90000, 90000])),
            )
            for queue in random.choice(queues, int(random.integers(1, queues + 1)), replace=False)
        },
    }
