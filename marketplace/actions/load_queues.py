"""Load queues from rows of the `queues` file."""

from collections.abc import Collection, Sequence
from datetime import datetime, time
from typing import Any

from django.db.backends.utils import CursorWrapper

from gigcx.ledger.record import record
from marketplace.actions.loading import DEFAULT_DEPARTMENT, Loaded, ensure_departments, note_load, one_load, refuse_long
from marketplace.models import Queue
from marketplace.models.queues import Channel
from marketplace.simulation.files import Reading
from marketplace.simulation.tables import QueueRow

FIGURES = [
    "name",
    "department",
    "channel",
    "target_share",
    "target_seconds",
    "patience_seconds",
    "priority",
    "occupancy_cap",
    "shrinkage",
    "least_agents",
]
HOURS = {"opens", "closes"}


def load_queues(
    *,
    rows: Sequence[QueueRow],
    columns: Collection[str],
    zone: str,
    file: str,
    reading: Reading,
    actor: str,
    now: datetime,
    dry_run: bool = False,
) -> Loaded:
    """Create the queues that are new and change those that the file describes otherwise.

    `columns` are those that the file has: what it does not speak of stays as it is in queues that exist. A queue that
    asks for nothing yet asks for a skill named as its code, level 1. Raises `BadFileError` with every bad row.
    """
    for row in rows:
        _check(row, file=file, reading=reading)
    reading.raise_problems()
    with one_load(dry_run=dry_run) as cursor:
        departments, new_departments = ensure_departments(
            cursor, {row.department or DEFAULT_DEPARTMENT for row in rows}
        )
        present = {queue.code: queue for queue in Queue.objects.select_for_update().order_by("pk")}
        loaded = Loaded("queues")
        fresh, other = [], []
        for row in rows:
            figures = _figures(row, departments, zone)
            queue = present.get(row.queue)
            if queue is None:
                fresh.append(Queue(code=row.queue, **figures))
            elif _differs(queue, _spoken_of(figures, columns)):
                other.append(queue)
        Queue.objects.bulk_create(fresh)
        Queue.objects.bulk_update(other, [*FIGURES, "opens", "closes", "timezone"])
        loaded.created, loaded.changed = len(fresh), len(other)
        loaded.unchanged = len(rows) - len(fresh) - len(other)
        loaded.also = {"departments": new_departments, "skills": ask_for_own_skill(cursor)}
        note_load(loaded, file=file, actor=actor, now=now)
        if loaded.also["skills"]:
            record(kind="competence.changed", actor=actor, at=now, data={"file": file})
    return loaded


def ask_for_own_skill(cursor: CursorWrapper) -> int:
    """Make each queue that asks for nothing ask for a skill named as its code, level 1; how many did."""
    cursor.execute(
        "CREATE TEMPORARY TABLE bare_queue ON COMMIT DROP AS SELECT id, code FROM marketplace_queue q"
        " WHERE NOT EXISTS (SELECT 1 FROM marketplace_queueskill s WHERE s.queue_id = q.id)"
        "  AND NOT EXISTS (SELECT 1 FROM marketplace_queuecertification c WHERE c.queue_id = q.id)"
    )
    cursor.execute("INSERT INTO skills_skill (name) SELECT code FROM bare_queue ON CONFLICT (name) DO NOTHING")
    cursor.execute(
        "INSERT INTO marketplace_queueskill (queue_id, skill_id, level)"
        " SELECT q.id, s.id, 1 FROM bare_queue q JOIN skills_skill s ON s.name = q.code"
    )
    made: int = cursor.rowcount
    cursor.execute("DROP TABLE bare_queue")
    return made


def _check(row: QueueRow, *, file: str, reading: Reading) -> None:
    """What only the database knows: its channels and the lengths it keeps."""
    if row.channel not in Channel.values:
        what = f"“{row.channel}” is not a channel, write {', '.join(Channel.values)}"
        reading.complain(file, row.line, "channel", what)
    refuse_long(
        reading, file=file, line=row.line, queue=(row.queue, 64), name=(row.name, 120), department=(row.department, 80)
    )


def _figures(row: QueueRow, departments: dict[str, int], zone: str) -> dict[str, Any]:
    opens, closes = _clock(row.opens), _clock(row.closes)
    if opens == closes:  # from 00:00 to 24:00
        opens = closes = None
    return {
        "name": row.name or row.queue,
        "department_id": departments[row.department or DEFAULT_DEPARTMENT],
        "channel": row.channel,
        "target_share": row.target_share,
        "target_seconds": row.target_seconds,
        "patience_seconds": row.patience_seconds,
        "priority": row.priority,
        "occupancy_cap": row.occupancy_cap,
        "shrinkage": row.shrinkage,
        "least_agents": row.least_agents,
        "opens": opens,
        "closes": closes,
        "timezone": zone,
    }


def _clock(seconds: int | None) -> time | None:
    """Seconds after midnight as a time; 24:00 is midnight, which closes the day."""
    if seconds is None:
        return None
    minutes, second = divmod(seconds % 86_400, 60)
    return time(*divmod(minutes, 60), second)


def _spoken_of(figures: dict[str, Any], columns: Collection[str]) -> dict[str, Any]:
    """The figures that the file has a column for; the zone goes with the hours."""
    spoken = {name: value for name, value in figures.items() if name.removesuffix("_id") in columns}
    if HOURS & set(columns):
        spoken["timezone"] = figures["timezone"]
    return spoken


def _differs(queue: Queue, figures: dict[str, Any]) -> bool:
    """Take over the figures; whether any was different."""
    different = False
    for name, value in figures.items():
        if getattr(queue, name) != value:
            setattr(queue, name, value)
            different = True
    return different
