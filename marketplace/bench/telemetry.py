"""How fast telemetry is taken, by the whole action, beside a bare COPY of the same rows in the same run."""

import statistics
import time
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection, transaction

from marketplace.actions.ingest import AgentReport, Batch, QueueReport, ingest
from marketplace.bench.rows import copy_rows, write_floor
from marketplace.matching.state import Presence

SIZES = ((2_000, 50), (10_000, 200))
BATCHES = 5
CHANGED = 0.3
"""Share of the agents whose presence differs from the batch before."""
TABLES = """
DROP TABLE IF EXISTS bench_queue_report, bench_agent_report;
CREATE TABLE bench_queue_report (queue text, at timestamptz, waiting int, longest_wait_seconds float8,
    interval_start timestamptz, interval_seconds int, offered int, answered int, answered_in_target int, abandoned int,
    handle_seconds float8);
CREATE TABLE bench_agent_report (agent text, at timestamptz, presence int, reason text, queue text);
"""
QUEUE_COLUMNS = tuple(QueueReport.__slots__)
AGENT_COLUMNS = tuple(AgentReport.__slots__)


def run(*, sizes: Sequence[tuple[int, int]] = SIZES, seed: int = 1) -> Iterator[dict[str, Any]]:
    """One row a size: medians of five batches after a warm-up, each with every agent and every queue."""
    for agents, queues in sizes:
        yield measure(agents=agents, queues=queues, seed=seed)


def measure(*, agents: int, queues: int, seed: int) -> dict[str, Any]:
    """Batches a second apart on a floor of this size; an event is a row of a batch."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    write_floor(agents=agents, queues=queues, seed=seed, now=now)
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
    random = np.random.default_rng(seed)
    presence = np.full(agents, Presence.READY)
    seconds, floors = [], []
    for number in range(BATCHES + 1):
        now += timedelta(seconds=1)
        presence = np.where(random.random(agents) < CHANGED, random.integers(1, 5, agents), presence)
        batch = make_batch(random, presence=presence, queues=queues, nth=number, now=now)
        took, floor = taken_in(batch, now), copied_in(batch)
        if number:
            seconds.append(took)
            floors.append(floor)
    events = agents + queues
    return {
        "agents": agents,
        "queues": queues,
        "events": events,
        "per_second": round(events / statistics.median(seconds)),
        "floor_per_second": round(events / statistics.median(floors)),
        "ratio": round(statistics.median(took / floor for took, floor in zip(seconds, floors, strict=True)), 2),
    }


def make_batch(random: np.random.Generator, *, presence: Any, queues: int, nth: int, now: datetime) -> Batch:
    """The `nth` batch of a minute: totals that grow, and where every agent is."""
    start = now.replace(second=0)
    offered = (nth + 1) * random.integers(1, 4, queues)
    return Batch(
        id=uuid.uuid4(),
        sent_at=now,
        queues=tuple(
            QueueReport(
                queue=f"q{number}",
                at=now,
                waiting=int(total) % 7,
                longest_wait_seconds=float(total),
                interval_start=start,
                interval_seconds=60,
                offered=int(total),
                answered=int(total),
                answered_in_target=int(total) // 2,
                handle_seconds=200.0 * int(total),
            )
            for number, total in enumerate(offered, start=1)
        ),
        agents=tuple(
            AgentReport(
                agent=f"a{number}", at=now, presence=Presence(int(value)), queue=f"q{(number - 1) % queues + 1}"
            )
            for number, value in enumerate(presence, start=1)
        ),
    )


def taken_in(batch: Batch, now: datetime) -> float:
    """Seconds that the action takes for the batch."""
    began = time.perf_counter()
    ingest(batch=batch, actor="bench", now=now)
    return time.perf_counter() - began


def copied_in(batch: Batch) -> float:
    """Seconds that a bare COPY of the same rows takes, in one transaction."""
    queue_rows = [[getattr(report, name) for name in QUEUE_COLUMNS] for report in batch.queues]
    agent_rows = [
        [int(value) if isinstance(value := getattr(report, name), Presence) else value for name in AGENT_COLUMNS]
        for report in batch.agents
    ]
    began = time.perf_counter()
    with transaction.atomic():
        copy_rows("bench_queue_report", ", ".join(QUEUE_COLUMNS), queue_rows)
        copy_rows("bench_agent_report", ", ".join(AGENT_COLUMNS), agent_rows)
    return time.perf_counter() - began
