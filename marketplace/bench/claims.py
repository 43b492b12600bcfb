"""Claims that race: the whole action with its rules and ledger, beside the bare claim statement in the same run.

Several processes with several connections each, as web processes have them, all starting at once.
"""

import multiprocessing
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
from django.db import DatabaseError, connection, connections, transaction
from psycopg import errors

from marketplace.actions.claim import claim
from marketplace.actions.refused import ClaimRefused

CONNECTIONS = (16, 32)
PROCESSES = 4
ROUNDS = 3
Attempt = tuple[int, int]
"""Agent, shift."""
Claim = Callable[[Attempt], bool]
"""Takes the place, or says no with False."""

EVERYTHING = """
TRUNCATE marketplace_booking, marketplace_shift, marketplace_queue, skills_proficiency, skills_skill, accounts_agent,
    accounts_department, ledger_entry RESTART IDENTITY CASCADE
"""
PEOPLE = """
INSERT INTO accounts_department (id, name, mode) VALUES (1, 'Bench', 3);
INSERT INTO skills_skill (id, name) VALUES (1, 'cards'), (2, 'loans');
INSERT INTO marketplace_queue (id, code, name, department_id, channel, target_share, target_seconds, patience_seconds,
    handle_seconds, priority, timezone, home_allowed, is_active, occupancy_cap, shrinkage, least_agents)
  VALUES (1, 'cards', 'Cards', 1, 'voice', 0.8, 20, 120, 180, 1, 'UTC', true, true, 0.9, 0, 0);
INSERT INTO marketplace_queueskill (queue_id, skill_id, level) VALUES (1, 1, 2);
INSERT INTO accounts_agent (code, name, kind, department_id, timezone)
  SELECT 'a' || n, 'Agent ' || n, 'external', 1, 'Europe/Rome' FROM generate_series(1, %(agents)s) AS n;
INSERT INTO skills_proficiency (agent_id, skill_id, level, verified_at)
  SELECT a.id, s.id, 3, now() FROM accounts_agent a, skills_skill s;
"""
SHIFTS = """
INSERT INTO marketplace_shift (queue_id, starts_at, ends_at, places, work_place, breaks, pay_per_hour, pay, currency,
    status, pattern, created_at, created_by)
  SELECT 1, %(start)s + n * interval '5 minutes', %(start)s + n * interval '5 minutes' + interval '4 hours',
    %(places)s, 'home', '[]', 1800, 7200, 'EUR', 'open', '', now(), 'bench' FROM generate_series(1, %(shifts)s) AS n
"""
BARE = """
WITH held AS (
  INSERT INTO marketplace_booking (shift_id, agent_id, period, status, source, pay, held_at)
  SELECT id, %s, tstzrange(starts_at, ends_at), 'held', 'claim', pay, now() FROM marketplace_shift WHERE id = %s
  ON CONFLICT DO NOTHING RETURNING shift_id
)
UPDATE marketplace_shift s SET taken = taken + 1 FROM held WHERE s.id = held.shift_id
"""
OVERLAPS = """
SELECT count(*) FROM marketplace_booking a JOIN marketplace_booking b
  ON a.agent_id = b.agent_id AND a.id < b.id AND a.period && b.period
"""
OVERSOLD = """
SELECT coalesce(sum(greatest(0, held - places)), 0) FROM (
  SELECT s.places, count(b.id) AS held FROM marketplace_shift s JOIN marketplace_booking b ON b.shift_id = s.id
  GROUP BY s.id) AS counts
"""


@dataclass(frozen=True)
class Scenario:
    """So many tries by as many people for so many places each of so many shifts."""

    name: str
    attempts: int
    shifts: int
    places: int


SCENARIOS = (Scenario("one-shift", 1_000, 1, 100), Scenario("spread", 10_000, 100, 100))


@dataclass
class Ran:
    """What one race came to."""

    seconds: float
    wins: int
    oversold: int
    double_booked: int
    errors: Counter[str] = field(default_factory=Counter)


def run(
    *,
    scenarios: Sequence[Scenario] = SCENARIOS,
    at_once: Sequence[int] = CONNECTIONS,
    rounds: int = ROUNDS,
    seed: int = 1,
) -> Iterator[dict[str, Any]]:
    """One row for each scenario and number of connections: medians of the rounds, the worst of what went wrong."""
    for scenario in scenarios:
        for number in at_once:
            yield measure(scenario, at_once=number, rounds=rounds, seed=seed)


def measure(scenario: Scenario, *, at_once: int, rounds: int, seed: int) -> dict[str, Any]:
    """Races of the bare statement and of the whole action in turn, each on fresh rows."""
    attempts = make_attempts(scenario, seed=seed)
    floors, actions = [], []
    for _ in range(rounds):
        floors.append(one_race(scenario, attempts, bare_claims, at_once=at_once))
        actions.append(one_race(scenario, attempts, whole_claims, at_once=at_once))
    per_second = statistics.median(scenario.attempts / ran.seconds for ran in actions)
    floor = statistics.median(scenario.attempts / ran.seconds for ran in floors)
    return {
        "scenario": scenario.name,
        "connections": at_once,
        "attempts": scenario.attempts,
        "places": scenario.shifts * scenario.places,
        "wins": min(ran.wins for ran in actions),
        "oversold": max(ran.oversold for ran in actions),
        "double_booked": max(ran.double_booked for ran in actions),
        "errors": dict(sum((ran.errors for ran in actions), Counter())),
        "per_second": round(per_second),
        "floor_per_second": round(floor),
        "ratio": round(per_second / floor, 3),
    }


def make_attempts(scenario: Scenario, *, seed: int) -> list[Attempt]:
    """Everybody tries once: for the one shift, or for one drawn from all."""
    random = np.random.default_rng(seed)
    shifts = random.integers(1, scenario.shifts + 1, scenario.attempts).tolist()
    return [(agent, shift) for agent, shift in enumerate(shifts, start=1)]


def one_race(scenario: Scenario, attempts: Sequence[Attempt], claims: Callable[[], Claim], *, at_once: int) -> Ran:
    """Fresh rows, then all connections at once until every try has its answer."""
    write_rows(scenario)
    connections.close_all()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL has one
    each = at_once // PROCESSES
    context = multiprocessing.get_context("fork")
    barrier, answers = context.Barrier(PROCESSES), context.Queue()
    lanes = [attempts[number :: PROCESSES * each] for number in range(PROCESSES * each)]
    workers = [
        context.Process(target=_process, args=(lanes[number * each : (number + 1) * each], claims, barrier, answers))
        for number in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    told = [answers.get() for _ in workers]
    for worker in workers:
        worker.join()
    began, ended = min(one[0] for one in told), max(one[1] for one in told)
    return counted(ended - began, sum((one[2] for one in told), Counter()))


def write_rows(scenario: Scenario) -> None:
    """Nothing but the people, one queue that asks for a skill, and the shifts."""
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(EVERYTHING)
        cursor.execute(PEOPLE, {"agents": scenario.attempts})
        cursor.execute(SHIFTS, {"start": start, "places": scenario.places, "shifts": scenario.shifts})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE accounts_agent, skills_proficiency, marketplace_shift")


def whole_claims() -> Claim:
    """By the action, on this thread's connection of Django."""
    connection.ensure_connection()

    def whole(attempt: Attempt) -> bool:
        agent, shift = attempt
        try:
            return claim(shift_id=shift, agent_id=agent, actor="bench", now=datetime.now(UTC)).new
        except ClaimRefused as refused:
            if not refused.sentences:
                raise
            return False

    return whole


def bare_claims() -> Claim:
    """By the statement alone, prepared, on a bare connection of psycopg."""
    params = connection.get_connection_params()
    wanted = {key: params[key] for key in ("dbname", "user", "password", "host", "port") if params.get(key)}
    server = psycopg.connect(**wanted, autocommit=True, prepare_threshold=0)

    def bare(attempt: Attempt) -> bool:
        try:
            return server.execute(BARE, attempt).rowcount > 0
        except errors.CheckViolation:
            return False

    return bare


def _process(lanes: Sequence[Sequence[Attempt]], claims: Callable[[], Claim], barrier: Any, answers: Any) -> None:
    """One process: a thread for each lane; reports when it began, when it ended, and what went wrong."""
    ready, trouble = threading.Barrier(len(lanes) + 1), Counter[str]()

    def lane(attempts: Sequence[Attempt]) -> None:
        one = claims()
        ready.wait()
        go.wait()
        for attempt in attempts:
            try:
                one(attempt)
            except (DatabaseError, psycopg.Error) as problem:
                trouble[_sqlstate(problem)] += 1
        connections.close_all()

    go = threading.Event()
    threads = [threading.Thread(target=lane, args=(attempts,)) for attempts in lanes]
    for thread in threads:
        thread.start()
    ready.wait()
    barrier.wait()
    began = time.perf_counter()
    go.set()
    for thread in threads:
        thread.join()
    answers.put((began, time.perf_counter(), trouble))


def _sqlstate(problem: Exception) -> str:
    cause = problem if isinstance(problem, psycopg.Error) else problem.__cause__
    return getattr(cause, "sqlstate", None) or type(problem).__name__


def counted(seconds: float, trouble: Counter[str]) -> Ran:
    """What the rows say after a race."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM marketplace_booking")
        wins = cursor.fetchone()[0]
        cursor.execute(OVERSOLD)
        oversold = int(cursor.fetchone()[0])
        cursor.execute(OVERLAPS)
        return Ran(seconds, wins, oversold, cursor.fetchone()[0], trouble)
