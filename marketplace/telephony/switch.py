"""The seam: what a telephony system must be able to do to be joined to gigcx.

Wishes are desired states, not commands: saying one twice does no harm, and the last word about an agent counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NotRequired, Protocol, TypedDict


class QueueRow(TypedDict):
    """A queue in telemetry: how it is at `at`, and the totals so far of one interval. Instants are ISO 8601."""

    queue: str
    at: str
    waiting: int
    longest_wait_seconds: float
    interval_start: str
    interval_seconds: int
    offered: int
    answered: int
    answered_in_target: int
    abandoned: int
    handle_seconds: float


class AgentRow(TypedDict):
    """An agent in telemetry."""

    agent: str
    at: str
    presence: str
    reason: NotRequired[str]
    queue: NotRequired[str | None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What gigcx wants of one agent."""

    agent: str
    queue: str | None
    """None: serve nothing, be signed off."""
    ready: bool = True
    """False: pause after the present contact."""
    reason: str = ""


class Switch(Protocol):
    """A telephony system. Every method may be called from any thread, and none waits for long."""

    def queue_rows(self, *, since: float) -> list[QueueRow]:
        """Every queue now, and the final totals of each interval that ended after `since`, in epoch seconds."""

    def agent_rows(self, *, all_of_them: bool) -> list[AgentRow]:
        """Agents whose presence or queue changed since the last call, or everyone."""

    def obey(self, wishes: Iterable[Wish], *, all_of_them: bool) -> None:
        """Take the wishes over; with `all_of_them` whoever is not named is to serve nothing."""
