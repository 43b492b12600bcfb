"""What the `skills` cells of people and duty rows mean: `QUEUE:LEVEL` as proficiencies, verified by the load."""

from collections.abc import Iterable
from datetime import datetime

from django.db.backends.utils import CursorWrapper

from gigcx.ledger.record import record
from marketplace.actions.loading import stage
from marketplace.models import Queue
from marketplace.simulation.files import Reading
from marketplace.simulation.tables import DutyRow, PersonRow


def queue_ids() -> dict[str, int]:
    """Every queue's id by its code."""
    return dict(Queue.objects.values_list("code", "pk"))


def refuse_unknown_queues(
    rows: Iterable[PersonRow | DutyRow], known: dict[str, int], *, file: str, reading: Reading
) -> None:
    """Complain about each queue in a `skills` or `queue` cell that does not exist."""
    for row in rows:
        for queue, _level in row.skills:
            if queue not in known:
                reading.complain(file, row.line, "skills", _unknown(queue))
        if isinstance(row, DutyRow) and row.queue and row.queue not in known:
            reading.complain(file, row.line, "queue", _unknown(row.queue))


def _unknown(queue: str) -> str:
    return f"queue {queue} is unknown, correct it or load the queue first"


def merge_skills(
    cursor: CursorWrapper,
    rows: Iterable[PersonRow | DutyRow],
    known: dict[str, int],
    *,
    file: str,
    actor: str,
    now: datetime,
) -> tuple[set[int], int]:
    """Give agents the levels that the rows state; the lines that changed something, and how many levels were set.

    `QUEUE:LEVEL` speaks of the skill named as the queue where it asks for that one, else of all skills it asks for.
    Where rows of one agent disagree the highest level counts. Skills that no row names stay as they are.
    """
    columns = {"line": "int", "agent": "text", "queue_id": "bigint", "level": "smallint"}
    cells = ((row.line, row.agent, known[queue], level) for row in rows for queue, level in row.skills)
    stage(cursor, "load_skill", columns, cells)
    cursor.execute(
        "WITH meant AS (SELECT s.queue_id, s.skill_id, k.name = q.code AS own,"
        "    bool_or(k.name = q.code) OVER (PARTITION BY s.queue_id) AS has_own"
        "   FROM marketplace_queueskill s JOIN skills_skill k ON k.id = s.skill_id"
        "   JOIN marketplace_queue q ON q.id = s.queue_id)"
        " INSERT INTO skills_proficiency (agent_id, skill_id, level, verified_at)"
        " SELECT a.id, m.skill_id, max(l.level), %s FROM load_skill l JOIN accounts_agent a ON a.code = l.agent"
        "  JOIN meant m ON m.queue_id = l.queue_id AND (m.own OR NOT m.has_own)"
        " GROUP BY a.id, m.skill_id ORDER BY a.id, m.skill_id"
        " ON CONFLICT (agent_id, skill_id) DO UPDATE SET level = excluded.level, verified_at = excluded.verified_at"
        "  WHERE skills_proficiency.level <> excluded.level OR skills_proficiency.verified_at IS NULL"
        " RETURNING agent_id",
        [now],
    )
    agents = [agent for (agent,) in cursor.fetchall()]
    if agents:
        record(kind="competence.changed", actor=actor, at=now, data={"file": file, "levels": len(agents)})
    cursor.execute(
        "SELECT DISTINCT l.line FROM load_skill l JOIN accounts_agent a ON a.code = l.agent WHERE a.id = ANY(%s)",
        [agents],
    )
    return {line for (line,) in cursor.fetchall()}, len(agents)
