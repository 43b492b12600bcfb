"""What people promised and kept, from the ledger alone."""

from collections.abc import Collection
from datetime import datetime

from gigcx.ledger.models import Entry
from marketplace.claiming.reliability import WINDOW, Outcome, Promise, reliability

LATE_SECONDS = 300
"""Whoever checks in later than this after the start is late."""
KINDS = ("booking.checked_in", "booking.worked", "booking.no_show", "appeal.upheld")


def promises_of(*, agent_ids: Collection[int], now: datetime) -> dict[int, list[Promise]]:
    """For each agent the promises of the last 180 days, oldest first; one statement.

    A booking counts once, by the last that was written of it. An appeal that was upheld takes its mark away.
    """
    subjects = [f"agent:{agent}" for agent in agent_ids]
    entries = Entry.objects.filter(subject__in=subjects, kind__in=KINDS, at__gte=now - WINDOW, at__lte=now)
    found: dict[int, dict[int, Promise]] = {agent: {} for agent in agent_ids}
    late: set[int] = set()
    for entry in entries.order_by("pk"):
        mine, booking = found[int(entry.subject.removeprefix("agent:"))], entry.data["booking"]
        match entry.kind:
            case "booking.checked_in":
                late.update([booking] if entry.data.get("late_seconds", 0) > LATE_SECONDS else [])
                mine.pop(booking, None)
            case "booking.worked":
                mine[booking] = Promise(booking, entry.at, Outcome.LATE if booking in late else Outcome.KEPT)
            case "booking.no_show":
                mine[booking] = Promise(booking, entry.at, Outcome.MISSED)
            case "appeal.upheld":
                late.discard(booking)
                _forgive(mine, booking)
    return {agent: list(mine.values()) for agent, mine in found.items()}


def reliability_of(*, agent_ids: Collection[int], now: datetime) -> dict[int, float]:
    """How reliable each of the agents is, 0–1; one statement."""
    return {agent: reliability(mine, now=now) for agent, mine in promises_of(agent_ids=agent_ids, now=now).items()}


def _forgive(mine: dict[int, Promise], booking: int) -> None:
    """What was missed is no promise any more, what was late is kept."""
    promise = mine.pop(booking, None)
    if promise is not None and promise.outcome == Outcome.LATE:
        mine[booking] = Promise(booking, promise.at, Outcome.KEPT)
