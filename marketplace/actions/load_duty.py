"""Load duty from rows of the `agents` file: who is at work when, starting where, with which skills."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from django.db.backends.utils import CursorWrapper
from django.db.utils import IntegrityError

from marketplace.actions.claim import lock_calendars
from marketplace.actions.load_skills import merge_skills, queue_ids, refuse_unknown_queues
from marketplace.actions.loading import (
    DEFAULT_DEPARTMENT,
    Loaded,
    ensure_departments,
    note_load,
    one_load,
    refuse_long,
    stage,
    tally,
)
from marketplace.actions.roster_seats import refuse_without_seats
from marketplace.models.duty import DutySource
from marketplace.simulation.files import Reading
from marketplace.simulation.tables import DutyRow
from marketplace.vocabulary import BOUND_STATES

FROM_HOME = "HOME"
"""Written as a site by those who work from home; as an empty cell."""

COLUMNS = {
    "line": "int",
    "code": "text",
    "starts_at": "timestamptz",
    "ends_at": "timestamptz",
    "queue_id": "bigint",
    "site": "text",
    "home_queue_id": "bigint",
}


def load_duty(
    *,
    rows: Sequence[DutyRow],
    zone: str,
    file: str,
    reading: Reading,
    actor: str,
    now: datetime,
    dry_run: bool = False,
) -> Loaded:
    """Plan the duties of the rows; agents and sites that are new are made (`zone` is theirs).

    A duty of the same agent and times is the same duty. Raises `BadFileError` with every bad row, among them those that
    overlap a duty with other times in the database or a shift that the agent has booked, and those without a seat.
    """
    known = queue_ids()
    refuse_unknown_queues(rows, known, file=file, reading=reading)
    for row in rows:
        refuse_long(reading, file=file, line=row.line, agent=(row.agent, 64), site=(row.site, 80))
    again = partial(_load, rows, known, zone=zone, file=file, reading=reading, actor=actor, now=now, dry_run=dry_run)
    try:
        return again()
    except IntegrityError:
        return again()  # somebody planned duty while we did: now it can be seen, and is named by row


def _load(
    rows: Sequence[DutyRow],
    known: dict[str, int],
    *,
    zone: str,
    file: str,
    reading: Reading,
    actor: str,
    now: datetime,
    dry_run: bool,
) -> Loaded:
    with one_load(dry_run=dry_run) as cursor:
        stage(cursor, "load_duty", COLUMNS, _cells(rows, known))
        _lock_agents(cursor)
        _refuse_booked(cursor, file=file, reading=reading)
        _refuse_overlaps(cursor, file=file, reading=reading)
        reading.raise_problems()
        refuse_without_seats(cursor, file=file, reading=reading)
        reading.raise_problems()
        agents, departments = _make_agents(cursor, zone)
        sites = _make_sites(cursor, zone)
        lines, levels = merge_skills(cursor, rows, known, file=file, actor=actor, now=now)
        touched = [*_merge(cursor), *((line, False, True) for line in lines)]
        loaded = tally("duty", touched, total=len(rows))
        loaded.also = {"agents": agents, "departments": departments, "sites": sites, "levels": levels}
        return note_load(loaded, file=file, actor=actor, now=now)


def _cells(rows: Sequence[DutyRow], known: dict[str, int]) -> list[tuple[object, ...]]:
    return [
        (
            row.line,
            row.agent,
            row.starts_at,
            row.ends_at,
            known.get(row.queue),
            None if row.site.upper() in {"", FROM_HOME} else row.site,
            known.get(row.queue or (row.skills[0][0] if row.skills else "")),
        )
        for row in rows
    ]


def _lock_agents(cursor: CursorWrapper) -> None:
    """Nobody of the file claims a shift meanwhile (docs/locking.md)."""
    cursor.execute("SELECT id FROM accounts_agent WHERE code IN (SELECT code FROM load_duty)")
    lock_calendars([agent for (agent,) in cursor.fetchall()])


def _refuse_booked(cursor: CursorWrapper, *, file: str, reading: Reading) -> None:
    cursor.execute(
        "SELECT l.line, l.code, lower(b.period), upper(b.period)"
        " FROM load_duty l JOIN accounts_agent a ON a.code = l.code"
        " JOIN marketplace_booking b ON b.agent_id = a.id AND b.period && tstzrange(l.starts_at, l.ends_at)"
        " WHERE b.status = ANY(%s) ORDER BY l.line, b.period",
        [[str(state) for state in BOUND_STATES]],
    )
    for line, agent, starts_at, ends_at in cursor.fetchall():
        what = f"overlaps a shift that {agent} has booked ({_span(starts_at, ends_at)}), pull that booking first"
        reading.complain(file, line, "starts_at", what)


def _span(starts_at: datetime, ends_at: datetime) -> str:
    return f"{starts_at.astimezone(UTC):%Y-%m-%d %H:%M}–{ends_at.astimezone(UTC):%H:%M} UTC"


def _refuse_overlaps(cursor: CursorWrapper, *, file: str, reading: Reading) -> None:
    cursor.execute(
        "SELECT l.line, l.code, lower(d.period), upper(d.period)"
        " FROM load_duty l JOIN accounts_agent a ON a.code = l.code"
        " JOIN marketplace_duty d ON d.agent_id = a.id AND d.period && tstzrange(l.starts_at, l.ends_at)"
        " WHERE d.period <> tstzrange(l.starts_at, l.ends_at) ORDER BY l.line, d.period"
    )
    for line, agent, starts_at, ends_at in cursor.fetchall():
        period = _span(starts_at, ends_at)
        what = f"overlaps the duty that {agent} has already ({period}), use the same times or delete that one first"
        reading.complain(file, line, "starts_at", what)


def _make_agents(cursor: CursorWrapper, zone: str) -> tuple[int, int]:
    """Agents that are new, at home in the department of the queue they start at, or else of their first skill."""
    general, made = ensure_departments(cursor, [DEFAULT_DEPARTMENT]) if _needs_default(cursor) else ({}, 0)
    cursor.execute(
        "INSERT INTO accounts_agent (code, name, kind, department_id, timezone)"
        " SELECT DISTINCT ON (l.code) l.code, l.code, 'internal', coalesce(q.department_id, %s), %s"
        " FROM load_duty l LEFT JOIN marketplace_queue q ON q.id = l.home_queue_id"
        " ORDER BY l.code, q.id IS NULL, l.line ON CONFLICT (code) DO NOTHING",
        [general.get(DEFAULT_DEPARTMENT), zone],
    )
    return int(cursor.rowcount), made


def _needs_default(cursor: CursorWrapper) -> bool:
    """Whether a new agent has no queue to take the department from."""
    cursor.execute(
        "SELECT EXISTS (SELECT FROM load_duty l WHERE NOT EXISTS (SELECT FROM accounts_agent a WHERE a.code = l.code)"
        " GROUP BY l.code HAVING count(l.home_queue_id) = 0)"
    )
    return bool(cursor.fetchone()[0])


def _make_sites(cursor: CursorWrapper, zone: str) -> int:
    cursor.execute(
        "INSERT INTO accounts_site (name, timezone) SELECT DISTINCT site, %s FROM load_duty WHERE site IS NOT NULL"
        " ON CONFLICT (name) DO NOTHING",
        [zone],
    )
    return int(cursor.rowcount)


def _merge(cursor: CursorWrapper) -> list[tuple[int, bool, bool]]:
    """Change duties of the same agent and period, add the others; `(line, created, changed)` of those touched."""
    cursor.execute(
        "CREATE TEMPORARY TABLE wanted_duty ON COMMIT DROP AS"
        " SELECT l.line, a.id AS agent_id, tstzrange(l.starts_at, l.ends_at) AS period, l.queue_id, s.id AS site_id"
        " FROM load_duty l JOIN accounts_agent a ON a.code = l.code LEFT JOIN accounts_site s ON s.name = l.site"
    )
    cursor.execute(
        "UPDATE marketplace_duty d SET queue_id = w.queue_id, site_id = w.site_id FROM wanted_duty w"
        " WHERE d.agent_id = w.agent_id AND d.period = w.period"
        "  AND (d.queue_id, d.site_id) IS DISTINCT FROM (w.queue_id, w.site_id) RETURNING w.line"
    )
    changed = [(line, False, True) for (line,) in cursor.fetchall()]
    cursor.execute(
        "WITH fresh AS (SELECT w.* FROM wanted_duty w WHERE NOT EXISTS"
        "   (SELECT 1 FROM marketplace_duty d WHERE d.agent_id = w.agent_id AND d.period = w.period)),"
        " made AS (INSERT INTO marketplace_duty (agent_id, period, queue_id, site_id, source)"
        "   SELECT agent_id, period, queue_id, site_id, %s FROM fresh ORDER BY line)"
        " SELECT line FROM fresh",
        [DutySource.ROSTER],
    )
    made = [(line, True, False) for (line,) in cursor.fetchall()]
    cursor.execute("DROP TABLE wanted_duty")
    return [*changed, *made]
