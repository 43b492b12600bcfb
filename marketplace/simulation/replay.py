"""Play recorded or generated calls against duty, once for each policy, and say what each would have achieved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, tzinfo
from math import ceil
from typing import Any

from marketplace.matching.state import Limits
from marketplace.simulation.calls import Rules, World
from marketplace.simulation.expect import Expectation, played
from marketplace.simulation.floor import Floor
from marketplace.simulation.measures import Outcome, gap_closed, outcome
from marketplace.simulation.observe import Observer
from marketplace.simulation.policies import POLICIES, Policy

Progress = Callable[[str, float], None]
"""Told now and then: which policy, and the share of the calls' period played so far."""

PROGRESS_EVERY = 200


@dataclass(frozen=True, slots=True)
class Replay:
    """The answer of `manage.py replay`."""

    calls: int
    seed: int
    policies: dict[str, Outcome]

    @property
    def gap_closed(self) -> dict[str, float | None]:
        """How far the matcher comes on the way from `static` to `routing`, by service level."""
        level = {name: one.service_level for name, one in self.policies.items()}
        closed = gap_closed(level.get("matcher"), low=level.get("static"), high=level.get("routing"))
        return {"static_to_routing": closed}

    def as_json(self) -> dict[str, Any]:
        policies = {name: asdict(one) for name, one in self.policies.items()}
        return {"calls": self.calls, "seed": self.seed, "policies": policies, "gap_closed": self.gap_closed}


def run_replay(
    world: World,
    *,
    policies: Sequence[str],
    expectation: Expectation | None = None,
    limits: Limits | None = None,
    zone: tzinfo = UTC,
    seed: int = 1,
    progress: Progress | None = None,
) -> Replay:
    """Every policy meets the same customers. Without `expectation` the forecast is the part already played."""
    if expectation is None:
        expectation = played(world.contacts, queues=len(world.queues), zone=zone)
    world = _without_duty_before(world)
    outcomes = {}
    for name in policies:
        observer = Observer(
            queues=world.queues,
            duties=world.duties,
            expectation=expectation,
            limits=limits or Limits(),
            zone=zone,
        )
        outcomes[name] = outcome(play(world, POLICIES[name](observer=observer), progress=progress), world.queues)
    return Replay(calls=len(world.contacts), seed=seed, policies=outcomes)


def play(world: World, policy: Policy, *, progress: Progress | None = None) -> Floor:
    """One run to its end: after the last arrival until nobody waits or no duty is left."""
    first = world.contacts[0].arrived_at if world.contacts else 0.0
    last = world.contacts[-1].arrived_at if world.contacts else 0.0
    start = min((duty.starts_at for duty in world.duties), default=first)
    floor = Floor(
        target_seconds=[queue.target_seconds for queue in world.queues],
        agents=len(world.agents),
        contacts=world.contacts,
        duties=world.duties,
        rules=Rules(changeover_seconds=policy.observer.limits.changeover_seconds, serve=policy.serve),
        place=lambda: policy.place(floor),
        start=min(start, first),
    )
    ticks = Ticks(floor, policy)
    while not _over(floor):
        floor.advance(min(ticks.next_at(), floor.agenda.next_at if floor.agenda.arrivals_over else last))
        ticks.decide()
        if progress is not None and ticks.asked % PROGRESS_EVERY == 0:
            progress(policy.name, (floor.now - first) / (last - first) if last > first else 1.0)
    floor.close()
    return floor


def _without_duty_before(world: World) -> World:
    """Duty that ended before the first call has nothing to do with these calls, and must not thin out the figures."""
    first = world.contacts[0].arrived_at if world.contacts else 0.0
    return replace(world, duties=tuple(duty for duty in world.duties if duty.ends_at > first))


def _over(floor: Floor) -> bool:
    return floor.agenda.arrivals_over and not (floor.lines.total and floor.duties_left)


class Ticks:
    """When a policy is asked. Ticks with nothing changed cost nothing.

    A decision depends on the floor, on the estimates and on time. While nobody waits and nothing has happened since the
    last decision (no arrival, end, abandonment, sign-on, changeover over), the backlog is nil and stays so, the
    estimates of arrivals only fade, and whoever was worth moving was moved then. So the next tick that matters is the
    first one at or after the next event, and those between are passed over.
    """

    def __init__(self, floor: Floor, policy: Policy) -> None:
        self.asked = 0
        self._floor = floor
        self._policy = policy
        self._every = policy.every_seconds
        self._due = self._grid(floor.now)
        self._seen = -1

    def next_at(self) -> float:
        """The next tick that can matter; infinity for one who is never asked."""
        return self._due

    def decide(self) -> None:
        """Ask the policy if a tick is due, and send the agents where it says."""
        floor = self._floor
        if self._every is None or floor.now < self._due:
            return
        self.asked += 1
        self._seen = floor.changes
        for agent, queue in self._policy.decide(floor):
            floor.assign(agent=agent, queue=queue)
        self._due = floor.now + self._every
        if not floor.lines.total and floor.changes == self._seen:
            self._due = max(self._due, self._grid(floor.agenda.next_at))

    def _grid(self, at: float) -> float:
        """The first tick at or after an instant; ticks fall on whole multiples of their distance."""
        if self._every is None or at == float("inf"):
            return float("inf")
        return ceil(at / self._every) * self._every
