"""Generated surge days: the measured scenario of the matcher, from a seed.

Queues lie on a ring. Each agent has a home queue and one to five more skills, most of them next to home on the ring
and some anywhere. Load waves through the day as the forecast knows; then two queues are hit by a surge unknown to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, default_rng

from marketplace.matching.state import FloatArray, IntArray
from marketplace.simulation.calls import Contact, Duty, Queue, World
from marketplace.simulation.customers import draw_handle_seconds
from marketplace.simulation.expect import Known

Curve = Callable[[float], FloatArray]

START = 1_800_000_000
"""A fixed instant for days that happen nowhere: 2027-01-15 08:00 UTC."""


@dataclass(frozen=True, slots=True)
class SurgeDay:
    """What to generate. The defaults are the acceptance scenario: 20 queues × 400 agents, 4 hours."""

    queues: int = 20
    agents: int = 400
    hours: float = 4.0
    load: float = 0.85
    """Expected work ÷ agents, without the surge."""
    wave: float = 0.25
    """Amplitude of each queue's wave about its mean, with a period of `wave_hours` and a phase of its own."""
    wave_hours: float = 2.0
    surge: float = 3.0
    """What the surge multiplies the rate of a queue by; 1 for a day without."""
    surge_queues: int = 2
    surge_starts_hours: float = 1.5
    surge_hours: float = 0.75
    patience_seconds: float = 120.0
    handle_seconds: tuple[float, float] = (180.0, 420.0)
    """Mean handle times of the queues lie evenly between these."""
    handle_cv: float = 1.0
    """1: exponential handle times; otherwise lognormal."""
    skills: tuple[int, int] = (2, 6)
    far_share: float = 0.3
    """Share of the further skills that lie anywhere, not next on the ring."""


def surge_day(day: SurgeDay, *, seed: int) -> tuple[World, Known]:
    """The world and the forecast that everybody had for it. The same seed gives the same day."""
    rng = default_rng(seed)
    handle = np.linspace(*day.handle_seconds, day.queues)
    rng.shuffle(handle)
    share = rng.uniform(0.5, 1.5, day.queues)
    work = share / share.sum() * day.load * day.agents  # agents busy per queue, expected
    rate = work / handle
    phase = rng.uniform(0, 1, day.queues)

    def curve(at: float) -> FloatArray:
        hours = (at - START) / 3600
        waves: FloatArray = rate * (1 + day.wave * np.sin(2 * np.pi * (hours / day.wave_hours + phase)))
        return waves

    homes = _homes(work, day.agents)
    world = World(
        queues=tuple(
            Queue(code=f"Q{queue:02}", patience_seconds=day.patience_seconds, handle_seconds=float(handle[queue]))
            for queue in range(day.queues)
        ),
        agents=tuple(f"A{agent:03}" for agent in range(day.agents)),
        duties=tuple(_duty(rng, day, agent=agent, home=int(home)) for agent, home in enumerate(homes)),
        contacts=tuple(_contacts(rng, day, curve=curve, handle=handle)),
    )
    return world, Known(curve)


def _homes(work: FloatArray, agents: int) -> IntArray:
    """Square-root staffing of the mean load: each queue gets its work, and a share of the spare agents by √work."""
    wanted = work + (agents - work.sum()) * np.sqrt(work) / np.sqrt(work).sum()
    whole = np.floor(wanted).astype(np.int64)
    short = agents - int(whole.sum())
    whole[np.argsort(whole - wanted, kind="stable")[:short]] += 1
    homes: IntArray = np.repeat(np.arange(len(work)), whole)
    return homes


def _duty(rng: Generator, day: SurgeDay, *, agent: int, home: int) -> Duty:
    queues = {home}
    wanted = min(int(rng.integers(day.skills[0], day.skills[1] + 1)), day.queues)
    step = 1
    while len(queues) < wanted:
        if rng.random() < day.far_share:
            queues.add(int(rng.integers(day.queues)))
        else:
            queues.add((home + (step + 1) // 2 * (1 if step % 2 else -1)) % day.queues)
            step += 1
    return Duty(
        agent=agent,
        starts_at=START,
        ends_at=START + day.hours * 3600,
        skills=tuple((queue, 5) for queue in sorted(queues)),
        queue=home,
    )


def _contacts(rng: Generator, day: SurgeDay, *, curve: Curve, handle: FloatArray) -> list[Contact]:
    """Poisson arrivals with the rates of the curve and the surge, by thinning a stream at the highest rate."""
    seconds = day.hours * 3600
    hit = set(rng.choice(day.queues, day.surge_queues, replace=False).tolist())
    starts = START + day.surge_starts_hours * 3600
    highest = np.max([curve(START + minute * 60) for minute in range(int(day.hours * 60) + 1)], axis=0) * 1.01
    contacts = []
    for queue in range(day.queues):
        factor = day.surge if queue in hit else 1.0
        top = float(highest[queue]) * max(factor, 1.0)
        instants = START + np.sort(rng.uniform(0, seconds, rng.poisson(top * seconds)))
        keep = rng.uniform(0, top, len(instants))
        served = draw_handle_seconds(rng, mean=float(handle[queue]), cv=day.handle_cv, count=len(instants))
        patience = rng.exponential(day.patience_seconds, len(instants))
        for at, level, handle_seconds, waits in zip(instants.tolist(), keep, served, patience, strict=True):
            surging = starts <= at < starts + day.surge_hours * 3600
            if level < curve(at)[queue] * (factor if surging else 1.0):
                contacts.append(Contact(queue, at, float(handle_seconds), float(waits)))
    return sorted(contacts, key=lambda contact: contact.arrived_at)
