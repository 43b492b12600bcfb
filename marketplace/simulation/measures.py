"""What a policy achieved, in the definitions of the vocabulary. A ratio whose denominator is 0 is None."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.simulation.calls import Queue
from marketplace.simulation.floor import Floor


def ratio(numerator: float, denominator: float) -> float | None:
    return numerator / denominator if denominator else None


@dataclass(frozen=True, slots=True)
class QueueOutcome:
    """One queue over the whole run."""

    offered: int
    service_level: float | None
    """Answered within the target seconds ÷ offered."""
    abandonment: float | None
    """Abandoned ÷ offered."""
    mean_wait_seconds: float | None
    """Over all offered; those who abandoned with the time until they gave up."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One policy over the whole run."""

    service_level: float | None
    abandonment: float | None
    mean_wait_seconds: float | None
    occupancy: float | None
    """(Contact + wrap-up time) ÷ (duty − pauses); duty includes the time to finish the last contact after its end."""
    moves: int
    moves_per_agent_hour: float | None
    queues: dict[str, QueueOutcome]


def outcome(floor: Floor, queues: Sequence[Queue]) -> Outcome:
    """What happened on a closed floor."""
    tallies, agents = floor.tallies, [desk.tally for desk in floor.desks]
    offered = sum(tally.offered for tally in tallies)
    duty = sum(agent.duty_seconds - agent.paused_seconds for agent in agents)
    moves = sum(agent.moves for agent in agents)
    return Outcome(
        service_level=ratio(sum(tally.answered_in_target for tally in tallies), offered),
        abandonment=ratio(sum(tally.abandoned for tally in tallies), offered),
        mean_wait_seconds=ratio(sum(tally.wait_seconds for tally in tallies), offered),
        occupancy=ratio(sum(agent.busy_seconds for agent in agents), duty),
        moves=moves,
        moves_per_agent_hour=ratio(moves * 3600, duty),
        queues={
            queue.code: QueueOutcome(
                offered=tally.offered,
                service_level=ratio(tally.answered_in_target, tally.offered),
                abandonment=ratio(tally.abandoned, tally.offered),
                mean_wait_seconds=ratio(tally.wait_seconds, tally.offered),
            )
            for queue, tally in zip(queues, tallies, strict=True)
        },
    )


def gap_closed(level: float | None, *, low: float | None, high: float | None) -> float | None:
    """How far `level` is on the way from `low` to `high`; 1 is all the way."""
    if level is None or low is None or high is None:
        return None
    return ratio(level - low, high - low)
