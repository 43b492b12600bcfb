"""Which codes, as files and switches name things, belong to nothing we know."""

from collections.abc import Collection

from gigcx.accounts.models import Agent
from marketplace.models import Queue


def unknown_codes(*, queues: Collection[str], agents: Collection[str]) -> set[tuple[str, str]]:
    """Those that nobody has, as ("queue", code) or ("agent", code)."""
    known_queues = Queue.objects.filter(code__in=queues).values_list("code", flat=True)
    known_agents = Agent.objects.filter(code__in=agents).values_list("code", flat=True)
    return {("queue", code) for code in set(queues).difference(known_queues)} | {
        ("agent", code) for code in set(agents).difference(known_agents)
    }
