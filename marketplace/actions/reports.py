"""What a switch reports: the values of a telemetry batch, as the API has checked them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from marketplace.matching.state import Presence


@dataclass(frozen=True, slots=True)
class QueueReport:
    """A queue at the instant `at`; the interval's figures are its totals so far (None: no interval reported)."""

    queue: str
    at: datetime
    waiting: int
    longest_wait_seconds: float
    interval_start: datetime | None = None
    interval_seconds: int = 60
    offered: int = 0
    answered: int = 0
    answered_in_target: int = 0
    abandoned: int = 0
    handle_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class AgentReport:
    """What an agent does at the instant `at`, and for which queue the switch has him or her."""

    agent: str
    at: datetime
    presence: Presence
    reason: str = ""
    queue: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """One telemetry batch; the id makes sending it twice the same as once."""

    id: UUID
    sent_at: datetime
    queues: tuple[QueueReport, ...] = ()
    agents: tuple[AgentReport, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken of a batch."""

    queues: int
    agents: int
    duplicate: bool = False
    off_duty: tuple[str, ...] = ()
    """Agents known but not on duty: their reports count for nothing, and the switch is told."""


def unknown_code(*, where: str, kind: str, code: str) -> dict[str, str]:
    """The fault of a row (at `where`) that names a queue or an agent that nobody knows."""
    return {"where": where, "detail": f"No {kind} has the code {code!r}. Create it, or correct the code."}


class BadRows(Exception):  # noqa: N818 - the batch is refused, nothing failed
    """Rows that can't be taken, each with where it is and what is wrong; the batch is refused whole."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        self.errors = errors
        super().__init__(f"{len(errors)} bad rows")
