"""The relay: the one process that drains the outbox, coalesces, and publishes.

A round takes the oldest unpublished entries, gives them positions, sends the tasks they call for, and tells every
web process which pages are concerned, all in one transaction. If it dies before commit the round is done again: an
Entry is published at least once, and whoever acts on one must bear a second time. Business transactions never
notify: commits that do are serialised by PostgreSQL.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator

from django.db import connection, transaction

from gigcx.ledger.models import Entry
from gigcx.ledger.wires import wire

CHANNEL = "gigcx_pages"
ROUND = 5_000
PAYLOAD_BYTES = 7_000  # PostgreSQL allows under 8,000
RELAY_LOCK = 0x67696763_0001

log = logging.getLogger(__name__)

SendTask = Callable[[str, str], None]


def take_relay_lock() -> bool:
    """Become the one relay: a session lock that ends with the connection, however the process dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [RELAY_LOCK])
        return bool(cursor.fetchone()[0])


def relay_works() -> bool:
    """Whether somebody is the relay now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database"
            " WHERE locktype = 'advisory' AND granted AND d.datname = current_database()"
            " AND classid::bigint << 32 | objid::bigint = %s)",
            [RELAY_LOCK],
        )
        return bool(cursor.fetchone()[0])


def publish_round(*, send_task: SendTask) -> int:
    """Publish one round; the number of entries that it held. `send_task(name, trigger)` hands a task to the broker."""
    with transaction.atomic():
        entries = list(
            Entry.objects.filter(position__isnull=True).order_by("id").select_for_update(skip_locked=True)[:ROUND]
        )
        if not entries:
            return 0
        _give_positions(entries)
        tasks, topics = _hearers(entries)
        for name, kind in tasks.items():
            send_task(name, kind)
        _notify(topics, position=entries[-1].position or 0)
    return len(entries)


def _give_positions(entries: list[Entry]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(position), 0) FROM ledger_entry")
        last = cursor.fetchone()[0]
        for offset, entry in enumerate(entries, start=1):
            entry.position = last + offset
        cursor.execute(
            "UPDATE ledger_entry e SET position = n.position"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS n(id, position) WHERE e.id = n.id",
            [[entry.id for entry in entries], [entry.position for entry in entries]],
        )


def _hearers(entries: Iterable[Entry]) -> tuple[dict[str, str], dict[str, None]]:
    """The tasks to send (each with the kind that first called for it) and the topics to wake, without repeats."""
    tasks: dict[str, str] = {}
    topics: dict[str, None] = {}
    for entry in entries:
        if hearer := wire(entry.kind):
            topics.update(dict.fromkeys(hearer.topics(entry)))
            for name in hearer.tasks:
                tasks.setdefault(name, entry.kind)
    return tasks, topics


def _notify(topics: Iterable[str], *, position: int) -> None:
    with connection.cursor() as cursor:
        for payload in _payloads(topics, position=position):
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])


def _payloads(topics: Iterable[str], *, position: int) -> Iterator[str]:
    """Topics cut into messages that PostgreSQL can carry."""
    part: list[str] = []
    size = 0
    for topic in topics:
        if size + len(topic) + 3 > PAYLOAD_BYTES:
            yield json.dumps({"position": position, "topics": part})
            part, size = [], 0
        part.append(topic)
        size += len(topic) + 3
    if part:
        yield json.dumps({"position": position, "topics": part})
