"""A generated floor as rows of the database, by COPY; for the benches, which run on a database of their own."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection, transaction

from marketplace.actions.ingest_queues import HANDLE_MEMORY_SECONDS
from marketplace.bench.floor import generate
from marketplace.matching.state import NOWHERE, FloatArray, IntArray, Presence, State

READY_SECONDS = 60.0
"""Mean time so far of whoever is not with a contact: ready or paused."""

EVERYTHING = """
TRUNCATE marketplace_move, marketplace_matcherrun, marketplace_assignment, marketplace_agentnow, marketplace_duty,
    marketplace_queuenow, marketplace_queue, marketplace_forecast, marketplace_interval, skills_proficiency,
    skills_skill, accounts_agent, accounts_department, ledger_entry RESTART IDENTITY CASCADE
"""


def write_floor(*, agents: int, queues: int, seed: int, now: datetime) -> State:
    """Empty the database and fill it with `generate(…)`, shifted to `now`; the State as it was generated.

    A snapshot of it measures the handle times that were generated: contacts that run have begun a while ago.
    """
    state = _shifted(generate(agents=agents, queues=queues, seed=seed), int(now.timestamp()))
    lasted = _lasted(state, np.random.default_rng(seed))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(EVERYTHING)
        cursor.execute("INSERT INTO accounts_department (id, name, mode) VALUES (1, 'Bench', 3)")
        _write_queues(state, lasted)
        _write_people(state)
        _write_duty(state, now, lasted)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return state


def _shifted(state: State, now: int) -> State:
    """The same floor at another time."""
    by = now - state.now
    agents = state.agents
    moved = {name: getattr(agents, name) + by for name in ("assigned_at", "arrives_at", "until", "since")}
    moved["moved_at"] = np.where(agents.moved_at > 0, agents.moved_at + by, agents.moved_at)
    return replace(state, now=now, agents=replace(agents, **moved))


def _lasted(state: State, random: np.random.Generator) -> IntArray:
    """Seconds since when each agent has been doing what he or she does, never longer than at the queue.

    Those with a contact are met in its midst: exponential with the queue's mean, as the ages of such contacts are.
    """
    agents = state.agents
    mean = np.where(_with_contact(state), state.queues.handle_seconds[agents.queue], READY_SECONDS)
    so_far = random.exponential(mean).astype(np.int64)
    return np.minimum(so_far, state.now - agents.assigned_at)


def _with_contact(state: State) -> np.ndarray:
    return (state.agents.presence == Presence.ON_CONTACT) & (state.agents.queue != NOWHERE)


def _handled(state: State, lasted: IntArray) -> tuple[FloatArray, FloatArray]:
    """By queue, handle seconds and contacts answered as telemetry would have them, with the generated handle times.

    So many have ended as came within the memory; what those that run have taken so far is no part of the sum.
    """
    busy, size = _with_contact(state), len(state.queues)
    at = state.agents.queue[busy]
    ended = np.rint(state.queues.forecast_now * HANDLE_MEMORY_SECONDS)
    running = np.bincount(at, weights=lasted[busy], minlength=size)
    seconds = np.maximum(ended * state.queues.handle_seconds - running, 0.0)
    return seconds, ended + np.bincount(at, minlength=size)


def _write_queues(state: State, lasted: IntArray) -> None:
    queues = state.queues
    handle_sum, handle_count = _handled(state, lasted)
    ids = queues.id.tolist()
    copy_rows(
        "marketplace_queue",
        "id, code, name, department_id, channel, target_share, target_seconds, patience_seconds, handle_seconds,"
        " priority, timezone, home_allowed, is_active, occupancy_cap, shrinkage, least_agents",
        (
            (i, f"q{i}", f"Queue {i}", 1, "voice", 0.8, 20.0, 120.0, handle, 1, "UTC", True, True, 0.9, 0.0, 0)
            for i, handle in zip(ids, queues.handle_seconds.tolist(), strict=True)
        ),
    )
    copy_rows("skills_skill", "id, name", ((i, f"q{i}") for i in ids))
    copy_rows("marketplace_queueskill", "queue_id, skill_id, level", ((i, i, 1) for i in ids))
    copy_rows(
        "marketplace_queuenow",
        "queue_id, as_of, waiting, longest_wait_seconds, recent_arrivals, recent_seconds, handle_sum, handle_count,"
        " watch",
        (
            (i, float(state.now), waiting, longest, arrivals, 300.0, seconds, answered, "[]")
            for i, waiting, longest, arrivals, seconds, answered in zip(
                ids,
                queues.waiting.tolist(),
                queues.longest_wait_seconds.tolist(),
                queues.recent_arrivals.tolist(),
                handle_sum.tolist(),
                handle_count.tolist(),
                strict=True,
            )
        ),
    )
    hour = datetime.fromtimestamp(state.now, tz=UTC).replace(minute=0, second=0, microsecond=0)
    copy_rows(
        "marketplace_forecast",
        "queue_id, starts_at, seconds, mean, p10, p50, p90",
        (
            (i, hour + timedelta(minutes=15 * step), 900, *[rate * 900] * 4)
            for i, rate in zip(ids, queues.forecast_now.tolist(), strict=True)
            for step in range(-4, 12)
        ),
    )


def _write_people(state: State) -> None:
    table = state.eligible
    copy_rows(
        "accounts_agent",
        "id, code, name, kind, department_id, timezone",
        ((i, f"a{i}", f"Agent {i}", "internal", 1, "UTC") for i in state.agents.id.tolist()),
    )
    owner = np.repeat(np.arange(len(table.start) - 1), np.diff(table.start))
    verified = datetime.fromtimestamp(state.now, tz=UTC)
    copy_rows(
        "skills_proficiency",
        "agent_id, skill_id, level, verified_at",
        (
            (agent, skill, level, verified)
            for agent, skill, level in zip(
                state.agents.id[owner].tolist(),
                state.queues.id[table.queue].tolist(),
                table.level.tolist(),
                strict=True,
            )
        ),
    )


def _write_duty(state: State, now: datetime, lasted: IntArray) -> None:
    agents = state.agents
    queue = [int(state.queues.id[q]) if q != NOWHERE else None for q in agents.queue.tolist()]
    rows = list(
        zip(
            agents.id.tolist(),
            queue,
            agents.since.tolist(),
            agents.presence.tolist(),
            agents.assigned_at.tolist(),
            agents.until.tolist(),
            agents.moved_at.tolist(),
            agents.moves.tolist(),
            agents.pinned.astype(int).tolist(),
            agents.at_home.astype(int).tolist(),
            (state.now - lasted).tolist(),
            strict=True,
        )
    )
    copy_rows(
        "marketplace_duty",
        "id, agent_id, period, source, begun_at",
        ((i, i, f"[{_iso(since)},{_iso(until)})", "roster", now) for i, _, since, _, _, until, *_ in rows),
    )
    copy_rows(
        "marketplace_agentnow",
        "agent_id, duty_id, queue_id, department_id, since, presence, presence_since, reported_ms, assigned_at,"
        " arrives_at, until, moved_at, moves, pinned, at_home, version, wants, wants_reason, reason",
        (
            (
                i,
                i,
                at,
                1,
                since,
                presence,
                began,
                began * 1000,
                assigned,
                assigned,
                until,
                moved,
                moves,
                pin,
                home,
                1,
                1,
                "",
                "",
            )
            for i, at, since, presence, assigned, until, moved, moves, pin, home, began in rows
        ),
    )
    copy_rows(
        "marketplace_assignment",
        "agent_id, queue_id, period, pinned",
        (
            (i, at, f"[{_iso(min(assigned, int(now.timestamp()) - 1))},)", bool(pin))
            for i, at, _, _, assigned, _, _, _, pin, *_ in rows
            if at is not None
        ),
    )


def copy_rows(table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """Write rows by COPY."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).isoformat()
