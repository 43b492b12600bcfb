"""A large marketplace as rows of the database: agents with skills, open shifts of two months, and who holds places."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection, transaction

from marketplace.bench.rows import copy_rows

QUEUES, SITES, CERTIFICATIONS = 200, 10, 5
SKILLS_EACH = 4
DAYS = 60
HOURS = (4, 6, 8)
BOOKED_SHARE = 0.5
"""Of the agents hold two places each."""


@transaction.atomic
def write_market(*, shifts: int, agents: int, now: datetime, seed: int = 1) -> None:
    """Fill an empty database. Agent and user have the same id; shifts begin evenly over two months."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    _write_queues()
    _write_people(agents, chance, now)
    rows = list(_shifts(shifts, chance, now))
    copy_rows(
        "marketplace_shift",
        "id, queue_id, starts_at, ends_at, places, taken, work_place, site_id, breaks, pay_per_hour, pay,"
        " bonus_per_hour, currency, status, notes, pattern, created_at, created_by",
        rows,
    )
    _write_bookings(rows, agents, chance, now)


def analyse() -> None:
    """Have the database look at its tables again, as it does by itself after a while."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _write_queues() -> None:
    copy_rows("accounts_department", "id, name, mode", [(1, "Bench", 3)])
    sites = range(1, SITES + 1)
    copy_rows("accounts_site", "id, name, timezone, seats", ((i, f"Site {i}", "UTC", 2000) for i in sites))
    numbers = range(1, QUEUES + 1)
    copy_rows(
        "marketplace_queue",
        "id, code, name, department_id, channel, target_share, target_seconds, patience_seconds, handle_seconds,"
        " priority, timezone, home_allowed, is_active, occupancy_cap, shrinkage, least_agents, country",
        (
            (i, f"q{i}", f"Queue {i}", 1, "voice", 0.8, 20.0, 120.0, 240.0, 1, "UTC", True, True, 0.9, 0.0, 0, "")
            for i in numbers
        ),
    )
    copy_rows("skills_skill", "id, name", ((i, f"Skill {i}") for i in numbers))
    copy_rows("skills_certification", "id, name", ((i, f"Proof {i}") for i in range(1, CERTIFICATIONS + 1)))
    copy_rows("marketplace_queueskill", "queue_id, skill_id, level", ((i, i, 2) for i in numbers))
    copy_rows(
        "marketplace_queuecertification", "queue_id, certification_id", ((i, 1 + i % CERTIFICATIONS) for i in numbers)
    )


def _write_people(agents: int, chance: random.Random, now: datetime) -> None:
    numbers = range(1, agents + 1)
    copy_rows(
        "accounts_user",
        "id, password, is_superuser, email, name, role, timezone, theme, is_active, session_epoch, date_joined",
        (
            (i, UNUSABLE_PASSWORD_PREFIX, False, f"a{i}@example.org", f"Agent {i}", "agent", "Europe/Rome", "", True, 0,
             now)
            for i in numbers
        ),
    )  # fmt: skip
    copy_rows(
        "accounts_agent",
        "id, code, name, user_id, kind, department_id, timezone",
        ((i, f"a{i}", f"Agent {i}", i, "external", 1, "Europe/Rome") for i in numbers),
    )
    held = [(i, queue) for i in numbers for queue in chance.sample(range(1, QUEUES + 1), SKILLS_EACH)]
    copy_rows("skills_proficiency", "agent_id, skill_id, level, verified_at", ((i, queue, 3, now) for i, queue in held))
    copy_rows(
        "skills_certificate",
        "agent_id, certification_id",
        sorted({(i, 1 + queue % CERTIFICATIONS) for i, queue in held}),
    )


def _shifts(shifts: int, chance: random.Random, now: datetime) -> Iterator[tuple[Any, ...]]:
    hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    for i in range(1, shifts + 1):
        start = hour + timedelta(minutes=15 * (i * DAYS * 96 // shifts))
        hours = chance.choice(HOURS)
        site = chance.choice([None, chance.randint(1, SITES)])
        places = chance.randint(1, 8)
        # each tenth is full
        taken = places if i % 10 == 0 else 0
        yield (
            i, chance.randint(1, QUEUES), start, start + timedelta(hours=hours), places, taken,
            "home" if site is None else "site", site, "[]", 1800, 1800 * hours, 200 if i % 5 == 0 else 0, "EUR", "open",
            "", "", now, "command:bench",
        )  # fmt: skip


def _write_bookings(rows: list[tuple[Any, ...]], agents: int, chance: random.Random, now: datetime) -> None:
    """Two places each for half of the agents, in shifts that do not overlap; the counters are made to fit."""
    half = len(rows) // 2
    bookings = []
    for agent in range(1, int(agents * BOOKED_SHARE) + 1):
        for shift in (rows[chance.randrange(half)], rows[half + chance.randrange(len(rows) - half - 1)]):
            if shift[2].date() != rows[half][2].date():
                period = f"[{shift[2].isoformat()},{shift[3].isoformat()})"
                bookings.append((shift[0], agent, period, "held", "claim", shift[10], now))
    copy_rows("marketplace_booking", "shift_id, agent_id, period, status, source, pay, held_at", bookings)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE marketplace_shift s SET taken = greatest(taken, n), places = greatest(places, n)"
            " FROM (SELECT shift_id, count(*) AS n FROM marketplace_booking GROUP BY shift_id) AS held"
            " WHERE held.shift_id = s.id"
        )
