"""Days at level demand, played on the floor: what a stated need is checked against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, default_rng

from marketplace.matching.state import FloatArray, IntArray, Limits
from marketplace.simulation.calls import Contact, Duty, Queue, Rules, World
from marketplace.simulation.expect import Known
from marketplace.simulation.floor import Floor
from marketplace.simulation.observe import Observer
from marketplace.simulation.policies import POLICIES
from marketplace.simulation.replay import Ticks
from marketplace.simulation.world import START
from marketplace.staffing.groups import Workforce
from marketplace.staffing.intervals import PERIOD_SECONDS

WARM_SECONDS = 3_600.0
"""Played before the day and not counted: a floor that opens empty would flatter it."""


@dataclass(frozen=True, slots=True, eq=False)
class Centre:
    """Queues at level demand, and who may serve them. One element a queue; rates are contacts per second."""

    rate: FloatArray
    handle: FloatArray
    patience: FloatArray
    target_seconds: float
    workforce: Workforce


def generated_centre(*, kind: str, queues: int, load: float, seed: int, target_seconds: float = 20.0) -> Centre:
    """A centre with `load` agents' work, 30 % more people, and one of the webs of skills of SKILL_WEBS."""
    rng = default_rng(seed)
    handle = rng.uniform(180, 420, queues)
    part = rng.uniform(0.5, 1.5, queues)
    work = part / part.sum() * load
    homes = rng.choice(queues, int(1.3 * load), p=work / work.sum())
    web = SKILL_WEBS[kind]
    profiles = [web(rng, int(home), queues) for home in homes]
    return Centre(
        rate=work / handle,
        handle=handle,
        patience=np.full(queues, 120.0),
        target_seconds=target_seconds,
        workforce=Workforce.of(profiles, queues=queues),
    )


def _ring(rng: Generator, home: int, queues: int) -> set[int]:
    """Two to six skills: home, its neighbours on a ring, and some anywhere."""
    wanted, held, step = min(int(rng.integers(2, 7)), queues), {home}, 1
    while len(held) < wanted:
        near = rng.random() >= 0.3
        held.add((home + (step + 1) // 2 * (1 if step % 2 else -1)) % queues if near else int(rng.integers(queues)))
        step += near
    return held


def _next_too(_rng: Generator, home: int, queues: int) -> set[int]:
    return {home, (home + 1) % queues}


def _next_for_half(rng: Generator, home: int, queues: int) -> set[int]:
    return {home, (home + 1) % queues} if rng.random() < 0.5 else {home}


def _all_for_some(rng: Generator, home: int, queues: int) -> set[int]:
    return set(range(queues)) if rng.random() < 0.15 else {home}


def _any_for_few(rng: Generator, home: int, queues: int) -> set[int]:
    return {home, int(rng.integers(queues))} if rng.random() < 0.2 else {home}


SKILL_WEBS: dict[str, Callable[[Generator, int, int], set[int]]] = {
    "ring": _ring,
    "chain": _next_too,
    "half": _next_for_half,
    "generalists": _all_for_some,
    "few": _any_for_few,
}
"""Which queues someone may serve whose own is `home`: two to six neighbours and others; home and the next; the same
for every second person; 15 % who may serve all; one in five with a second skill anywhere."""


def level_day(
    *, centre: Centre, staff: IntArray, seed: int, policy: str = "routing", changeover_seconds: float = 5.0
) -> tuple[IntArray, IntArray]:
    """Contacts offered and answered in target, by queue, in a day of PERIOD_SECONDS with so many of each group."""
    rng = default_rng(seed)
    count = len(centre.rate)
    end = START + WARM_SECONDS + PERIOD_SECONDS
    world = _world(centre, staff, rng, end=end)
    observer = Observer(
        queues=world.queues,
        duties=world.duties,
        expectation=Known(lambda _: centre.rate),
        limits=Limits(changeover_seconds=changeover_seconds),
    )
    chosen = POLICIES[policy](observer=observer)
    floor = Floor(
        target_seconds=[centre.target_seconds] * count,
        agents=len(world.agents),
        contacts=world.contacts,
        duties=world.duties,
        rules=Rules(changeover_seconds=changeover_seconds, serve=chosen.serve),
        place=lambda: chosen.place(floor),
        start=START,
    )
    ticks = Ticks(floor, chosen)
    before = None
    while floor.now < end:
        stop = end if before else START + WARM_SECONDS
        floor.advance(min(ticks.next_at(), stop))
        if before is None and floor.now >= stop:
            before = [tally.copy() for tally in floor.tallies]
        ticks.decide()
    day = [now.since(then) for now, then in zip(floor.tallies, before or [], strict=True)]
    return np.array([tally.offered for tally in day]), np.array([tally.answered_in_target for tally in day])


def _world(centre: Centre, staff: IntArray, rng: Generator, *, end: float) -> World:
    seconds = end - START
    contacts = []
    for queue, rate in enumerate(centre.rate.tolist()):
        number = rng.poisson(rate * seconds)
        rows = zip(
            rng.uniform(START, end, number).tolist(),
            rng.exponential(centre.handle[queue], number).tolist(),
            rng.exponential(centre.patience[queue], number).tolist(),
            strict=True,
        )
        contacts += [Contact(queue, at, served, waits) for at, served, waits in rows]
    profiles = [
        tuple((int(queue), 5) for queue in np.flatnonzero(row))
        for row, number in zip(centre.workforce.eligible, staff.tolist(), strict=True)
        for _ in range(number)
    ]
    profiles = [profiles[place] for place in rng.permutation(len(profiles))]
    return World(
        queues=tuple(
            Queue(
                code=f"Q{queue:02}",
                target_seconds=centre.target_seconds,
                patience_seconds=float(centre.patience[queue]),
                handle_seconds=float(centre.handle[queue]),
            )
            for queue in range(len(centre.rate))
        ),
        agents=tuple(f"A{agent:03}" for agent in range(len(profiles))),
        duties=tuple(
            Duty(agent=agent, starts_at=START, ends_at=end + 1, skills=skills) for agent, skills in enumerate(profiles)
        ),
        contacts=tuple(sorted(contacts, key=lambda contact: contact.arrived_at)),
    )


def fewer(staff: IntArray, *, share: float) -> IntArray:
    """`share` of the staff, rounded down in all and spread evenly over the groups."""
    total = int(share * int(staff.sum()) + 1e-9)
    sums = np.cumsum(staff) * (total / max(int(staff.sum()), 1))
    cut: IntArray = np.diff(np.floor(sums + 1e-9), prepend=0.0).astype(np.int64)
    return cut
