"""Load people from rows of the `people` file: agents, their sign-ins, departments and proficiencies."""

from collections.abc import Sequence
from datetime import datetime

from django.db.backends.utils import CursorWrapper

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
from marketplace.actions.reassign import lock_agents
from marketplace.simulation.files import Reading
from marketplace.simulation.tables import PersonRow

COLUMNS = {
    "line": "int",
    "code": "text",
    "name": "text",
    "email": "text",
    "kind": "text",
    "department_id": "bigint",
    "timezone": "text",
}


def load_people(
    *, rows: Sequence[PersonRow], file: str, reading: Reading, actor: str, now: datetime, dry_run: bool = False
) -> Loaded:
    """Create and change agents as the rows say. Each signs in with the address given, once an admin set a password.

    Skills that no row names stay as they are. Raises `BadFileError` with every bad row, among them those whose address
    is somebody else's in the database.
    """
    known = queue_ids()
    refuse_unknown_queues(rows, known, file=file, reading=reading)
    for row in rows:
        refuse_long(
            reading,
            file=file,
            line=row.line,
            agent=(row.agent, 64),
            name=(row.name, 120),
            email=(row.email, 254),
            department=(row.department, 80),
        )
    with one_load(dry_run=dry_run) as cursor:
        departments, new_departments = ensure_departments(cursor, {_department(row) for row in rows})
        stage(cursor, "load_people", COLUMNS, _cells(rows, departments))
        _refuse_taken(cursor, file=file, reading=reading)
        reading.raise_problems()
        touched = [*_change_addresses(cursor)]
        sign_ins = _make_users(cursor, now)
        touched += _merge_agents(cursor)
        lines, levels = merge_skills(cursor, rows, known, file=file, actor=actor, now=now)
        touched += [(line, False, True) for line in lines]
        loaded = tally("people", touched, total=len(rows))
        loaded.also = {"sign_ins": sign_ins, "departments": new_departments, "levels": levels}
        return note_load(loaded, file=file, actor=actor, now=now)


def _department(row: PersonRow) -> str:
    return row.department or DEFAULT_DEPARTMENT


def _cells(rows: Sequence[PersonRow], departments: dict[str, int]) -> list[tuple[object, ...]]:
    return [
        (row.line, row.agent, row.name, row.email.lower(), row.kind, departments[_department(row)], row.timezone)
        for row in rows
    ]


def _refuse_taken(cursor: CursorWrapper, *, file: str, reading: Reading) -> None:
    """Addresses of users who are another agent, or, where the agent signs in already, of anybody else."""
    cursor.execute(
        "SELECT l.line, l.email FROM load_people l JOIN accounts_user u ON u.email = l.email"
        " LEFT JOIN accounts_agent mine ON mine.code = l.code LEFT JOIN accounts_agent owner ON owner.user_id = u.id"
        " WHERE (owner.id IS NOT NULL AND owner.code <> l.code) OR (mine.user_id IS NOT NULL AND mine.user_id <> u.id)"
        " ORDER BY l.line"
    )
    for line, email in cursor.fetchall():
        reading.complain(file, line, "email", f"{email} belongs to somebody else, correct it or change theirs first")


def _change_addresses(cursor: CursorWrapper) -> list[tuple[int, bool, bool]]:
    """New addresses for those who sign in already; the old ones stop working."""
    cursor.execute(
        "UPDATE accounts_user u SET email = l.email FROM load_people l JOIN accounts_agent a ON a.code = l.code"
        " WHERE u.id = a.user_id AND u.email <> l.email RETURNING l.line, u.id"
    )
    changed = cursor.fetchall()
    cursor.execute("DELETE FROM account_emailaddress WHERE user_id = ANY(%s)", [[user for _, user in changed]])
    return [(line, False, True) for line, _ in changed]


def _make_users(cursor: CursorWrapper, now: datetime) -> int:
    """A user for each new address, with a password that nothing matches."""
    cursor.execute(
        "INSERT INTO accounts_user"
        "  (password, is_superuser, email, name, role, timezone, theme, is_active, session_epoch, date_joined)"
        " SELECT '!' || replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), false, l.email, l.name,"
        "  'agent', l.timezone, '', true, 0, %s"
        " FROM load_people l WHERE NOT EXISTS (SELECT 1 FROM accounts_user u WHERE u.email = l.email) ORDER BY l.line",
        [now],
    )
    return int(cursor.rowcount)


def _merge_agents(cursor: CursorWrapper) -> list[tuple[int, bool, bool]]:
    """Create and change agents; `(line, created, changed)` of those touched. Hot rows follow their department."""
    cursor.execute(
        "SELECT n.agent_id FROM load_people l JOIN accounts_agent a ON a.code = l.code"
        " JOIN marketplace_agentnow n ON n.agent_id = a.id WHERE n.department_id <> l.department_id"
    )
    lent = [agent for (agent,) in cursor.fetchall()]
    cursor.execute(
        "WITH merged AS (INSERT INTO accounts_agent (code, name, kind, department_id, timezone, user_id)"
        "  SELECT l.code, l.name, l.kind, l.department_id, l.timezone, u.id"
        "  FROM load_people l JOIN accounts_user u ON u.email = l.email ORDER BY l.code"
        "  ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind,"
        "   department_id = excluded.department_id, timezone = excluded.timezone, user_id = excluded.user_id"
        "  WHERE (accounts_agent.name, accounts_agent.kind, accounts_agent.department_id, accounts_agent.timezone,"
        "    accounts_agent.user_id) IS DISTINCT FROM"
        "   (excluded.name, excluded.kind, excluded.department_id, excluded.timezone, excluded.user_id)"
        "  RETURNING code, xmax = 0 AS created)"
        " SELECT l.line, m.created, true FROM merged m JOIN load_people l ON l.code = m.code"
    )
    touched = list(cursor.fetchall())
    if lent:
        lock_agents(lent)
        cursor.execute(
            "UPDATE marketplace_agentnow n SET department_id = a.department_id FROM accounts_agent a"
            " WHERE a.id = n.agent_id AND n.agent_id = ANY(%s)",
            [lent],
        )
    return touched
