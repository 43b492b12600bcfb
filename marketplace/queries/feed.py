"""What switches must obey: the open assignments, and every change of them in the order of the ledger."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection
from django.db.models import Max, Q

from gigcx.ledger.models import Entry

OWN = Q(kind__in=("assignment.opened", "assignment.closed", "presence.wanted"))
MOVED = Q(kind="move.applied", data__feed__isnull=False)
"""One Entry tells of the move and, under `feed`, what the switches must obey."""
PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of one agent. `queue` None: serve none, be signed off. Instants are ISO 8601 in UTC."""

    agent: str
    queue: str | None
    since: str
    until: str | None
    """The end of duty."""
    move: int | None
    """The move that brought it about, None for a first placement or a dispatcher's wish without one."""
    ready: bool
    """False: pause after the present contact."""
    reason: str
    cursor: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A piece of the feed and the cursor after it."""

    results: list[Wanted]
    next: str

    def as_json(self) -> dict[str, Any]:
        """As the API answers it."""
        return {"results": [asdict(wanted) for wanted in self.results], "next": self.next}


def everything() -> Feed:
    """All open assignments, and a cursor from which no change is missed.

    The position is read before the assignments: what changes in between comes again in the feed, and saying the same
    twice does no harm.
    """
    position = last_position()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT g.code, q.code, lower(s.period), to_timestamp(a.until), s.move_id,"
            "   coalesce(a.wants = 1, true), coalesce(a.wants_reason, '')"
            " FROM marketplace_assignment s JOIN accounts_agent g ON g.id = s.agent_id"
            " JOIN marketplace_queue q ON q.id = s.queue_id"
            " LEFT JOIN marketplace_agentnow a ON a.agent_id = s.agent_id"
            " WHERE upper_inf(s.period) ORDER BY g.code"
        )
        results = [
            Wanted(agent, queue, since.isoformat(), until and until.isoformat(), move, ready, reason, str(position))
            for agent, queue, since, until, move, ready, reason in cursor.fetchall()
        ]
    return Feed(results, str(position))


class UnknownCursor(Exception):  # noqa: N818 - what it is
    """A position that the ledger has not reached: the caller followed another installation, or an older database."""


def changes(*, after: int) -> Feed:
    """The changes after a position, oldest first, at most `PAGE` of them; `next` stays where there are none.

    Raises `UnknownCursor`.
    """
    entries = Entry.objects.filter(OWN | MOVED, position__gt=after).order_by("position")
    results = [
        Wanted(**data.get("feed", data), cursor=str(position))
        for position, data in entries.values_list("position", "data")[:PAGE]
    ]
    if not results and after > last_position():
        raise UnknownCursor
    return Feed(results, results[-1].cursor if results else str(after))


def last_position() -> int:
    """How far the ledger is published."""
    last: int | None = Entry.objects.aggregate(last=Max("position"))["last"]
    return last or 0
