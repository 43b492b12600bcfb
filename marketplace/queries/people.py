"""Who is where: the people on duty, by queue, and what they are doing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Q

from gigcx.accounts.models import Agent
from marketplace.matching.state import Presence
from marketplace.models import AgentNow
from marketplace.queries.board import within
from marketplace.vocabulary import PRESENCE_WORDS

AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Person:
    """One agent on duty."""

    now: AgentNow

    @property
    def agent(self) -> Agent:
        """Who it is."""
        return self.now.agent

    @property
    def presence(self) -> str:
        """The presence as a word of CSS and of tests: `ready`, `on_contact`, …"""
        return Presence(self.now.presence).name.lower()

    @property
    def words(self) -> str:
        """What he or she is doing, with the reason of a pause."""
        words = str(PRESENCE_WORDS[self.now.presence])
        reason = self.now.reason or self.now.wants_reason
        return f"{words}: {reason}" if self.now.presence == Presence.PAUSED and reason else words

    @property
    def wants_pause(self) -> bool:
        """A break was asked for that the switch does not show yet."""
        return self.now.wants != Presence.READY and self.now.presence not in (Presence.PAUSED, Presence.OFFLINE)

    @property
    def since(self) -> datetime:
        """Since when he or she has been doing that."""
        return datetime.fromtimestamp(self.now.presence_since, tz=UTC)

    @property
    def there_since(self) -> datetime:
        """Since when at this queue."""
        return datetime.fromtimestamp(self.now.assigned_at, tz=UTC)

    @property
    def until(self) -> datetime:
        """The end of duty."""
        return datetime.fromtimestamp(self.now.until, tz=UTC)


def people(
    *, department_ids: Sequence[int] | None, search: str = "", queue_id: int | None = None, limit: int = AT_MOST
) -> list[Person]:
    """People on duty at the queues of these departments, or at home there (None: all), by queue and name."""
    rows = AgentNow.objects.filter(Q(within(department_ids, "queue__")) | within(department_ids))
    if queue_id is not None:
        rows = rows.filter(queue_id=queue_id)
    for word in search.split():
        rows = rows.filter(
            Q(agent__name__istartswith=word)
            | Q(agent__name__icontains=f" {word}")
            | Q(agent__code__istartswith=word)
            | Q(queue__name__istartswith=word)
        )
    return [Person(row) for row in rows.select_related("agent", "queue").order_by("queue__name", "agent__name")[:limit]]


def person(*, agent_id: int, department_ids: Sequence[int] | None) -> Person | None:
    """One person on duty, if in view."""
    row = (
        AgentNow.objects.filter(Q(within(department_ids, "queue__")) | within(department_ids), agent_id=agent_id)
        .select_related("agent", "queue")
        .first()
    )
    return Person(row) if row else None
