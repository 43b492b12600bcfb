"""How long a whole tick takes, database to database, beside the least that any program would need for it.

The floor is measured in the same run, after each tick: the same rows read by psycopg alone, the bare solver call on
the same problem, and the same assignments and moves written by bare statements (they lead back to where the agents
were, so that each tick meets a floor like the one before).
"""

import resource
import statistics
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
from django.db import connection, transaction

from marketplace.actions.tick import tick
from marketplace.bench.rows import write_floor
from marketplace.matching import build, solve
from marketplace.matching.problem import Problem
from marketplace.snapshot import take_snapshot

SIZES = ((200, 20), (2_000, 50), (10_000, 200), (100_000, 1_000))
TICKS = 5
# the floor's statements are its own, so that it stays what it is whatever a tick learns
READ_QUEUES = """
SELECT q.id, q.department_id, q.priority, q.target_share, q.target_seconds, q.patience_seconds, q.handle_seconds,
    q.opens, q.closes, q.timezone, q.home_allowed, coalesce(n.waiting, 0), coalesce(n.longest_wait_seconds, 0),
    coalesce(n.recent_arrivals, 0), coalesce(n.recent_seconds, 0), coalesce(n.handle_sum, 0),
    coalesce(n.handle_count, 0), coalesce(n.as_of, 0)
FROM marketplace_queue q LEFT JOIN marketplace_queuenow n ON n.queue_id = q.id
WHERE q.is_active ORDER BY q.id
"""
READ_FORECAST = """
SELECT queue_id, extract(epoch FROM starts_at)::float8, seconds, mean, coalesce(planned_mean, mean)
FROM marketplace_forecast
WHERE starts_at > %s AND starts_at <= %s AND seconds > 0 ORDER BY queue_id, starts_at
"""
READ_AGENTS = """
SELECT agent_id, coalesce(queue_id, -1), assigned_at, arrives_at, until, moved_at, since, presence_since,
    (CASE WHEN standby > 0 AND queue_id IS NULL THEN CASE wants WHEN 1 THEN 1 ELSE 4 END
        WHEN wants <> 1 AND presence = 1 THEN 4 ELSE presence END)::bigint
        + (pinned << 3) + (at_home << 4) + (moves::bigint << 5) + (standby::bigint << 32),
    version::bigint + (department_id::bigint << 32)
FROM marketplace_agentnow ORDER BY agent_id
"""
JITTER = (
    "UPDATE marketplace_queuenow n SET recent_arrivals = n.recent_arrivals * f.factor, as_of = %s"
    " FROM unnest(%s::bigint[], %s::float8[]) AS f(queue_id, factor) WHERE n.queue_id = f.queue_id"
)


def run(*, sizes: Sequence[tuple[int, int]] = SIZES, seed: int = 1) -> Iterator[dict[str, Any]]:
    """One row a size: medians of five ticks after a warm-up."""
    for agents, queues in sizes:
        yield measure(agents=agents, queues=queues, seed=seed)


def measure(*, agents: int, queues: int, seed: int) -> dict[str, Any]:
    """Ticks on a floor of this size, with 3 % jitter on all rates and 2 % of the queues ±30 % between them."""
    now = datetime.now(tz=UTC)
    write_floor(agents=agents, queues=queues, seed=seed, now=now)
    random = np.random.default_rng(seed)
    seconds, floors, changed = [], [], []
    for number in range(TICKS + 1):
        now += timedelta(seconds=5)
        jitter(random, queues=queues, now=now)
        problem = build(take_snapshot(now=now))
        began = time.perf_counter()
        done = tick(now=now, trigger="bench")
        took = time.perf_counter() - began
        assert done is not None  # noqa: S101 - nobody else ticks on this database
        floor = read_floor(now) + solve_floor(problem) + write_floor_of(done.run_id, now)
        if number:
            seconds.append(took)
            floors.append(floor)
            changed.append(done.applied)
    return {
        "bench": "tick",
        "agents": agents,
        "queues": queues,
        "changed": round(statistics.median(changed)),
        "seconds": round(statistics.median(seconds), 4),
        "floor_seconds": round(statistics.median(floors), 4),
        "ratio": round(statistics.median(took / floor for took, floor in zip(seconds, floors, strict=True)), 3),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def jitter(random: np.random.Generator, *, queues: int, now: datetime) -> None:
    """Change the demand of every queue a little and of one in fifty much."""
    factor = 1 + random.uniform(-0.03, 0.03, queues)
    shaken = random.choice(queues, max(1, queues // 50), replace=False)
    factor[shaken] *= 1 + random.choice([-0.3, 0.3], len(shaken))
    with connection.cursor() as cursor:
        cursor.execute(JITTER, [now.timestamp(), list(range(1, queues + 1)), factor.tolist()])


def read_floor(now: datetime) -> float:
    """The rows of a snapshot, read by psycopg alone in its binary form; seconds."""
    connection.ensure_connection()
    began = time.perf_counter()
    with psycopg.Cursor(connection.connection) as cursor:
        for query, parameters in (
            (READ_QUEUES, None),
            (READ_FORECAST, [now - timedelta(hours=3), now + timedelta(seconds=60)]),
            (READ_AGENTS, None),
        ):
            cursor.execute(query, parameters, binary=True)
            cursor.fetchall()
    return time.perf_counter() - began


def solve_floor(problem: Problem) -> float:
    """The solver's bare call on the whole problem, none of its arcs dropped beforehand; seconds."""
    began = time.perf_counter()
    solve(problem, prune=False)
    return time.perf_counter() - began


def write_floor_of(run_id: int, now: datetime) -> float:
    """As many assignments and moves as the run made, written bare: each agent goes back to where he or she was."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT agent_id, target_id, source_id, gain, loss, cost, terms FROM marketplace_move"
            " WHERE run_id = %s AND status = 'applied' AND source_id IS NOT NULL",
            [run_id],
        )
        rows = cursor.fetchall()
    if not rows:
        return 0.0
    agent, source, target, gain, loss, cost, terms = (list(column) for column in zip(*rows, strict=True))
    document = f"[{','.join(terms)}]"
    later = now + timedelta(milliseconds=1)
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "WITH c AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS c(agent, source, target))"
            " UPDATE marketplace_agentnow a SET queue_id = c.target, assigned_at = %s, arrives_at = %s,"
            "   version = version + 1 FROM c WHERE a.agent_id = c.agent AND a.queue_id = c.source",
            [agent, source, target, int(now.timestamp()) - 3600, int(now.timestamp())],
        )
        cursor.execute(
            "UPDATE marketplace_assignment SET period = tstzrange(lower(period), %s)"
            " WHERE agent_id = ANY(%s) AND upper_inf(period)",
            [later, agent],
        )
        cursor.execute(
            "INSERT INTO marketplace_assignment (agent_id, queue_id, period, pinned)"
            " SELECT agent, target, tstzrange(%s, NULL), false"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS c(agent, target)",
            [later, agent, target],
        )
        cursor.execute(
            "INSERT INTO marketplace_move (run_id, agent_id, source_id, target_id, status, mode, gain, loss, cost,"
            "   terms, refusals, created_at, decided_at, actor, reason)"
            " SELECT %s, agent, source, target, 'applied', 3, gain, loss, cost, terms, '{}', %s, %s, 'bench', ''"
            " FROM ROWS FROM (unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::float8[], %s::float8[],"
            "   %s::float8[]), jsonb_array_elements(%s::jsonb)) AS m(agent, source, target, gain, loss, cost, terms)",
            [run_id, now, now, agent, source, target, gain, loss, cost, document],
        )
    return time.perf_counter() - began
