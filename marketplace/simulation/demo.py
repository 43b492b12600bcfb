"""The demo bank: twelve queues, two hundred people, and a busy morning that two surges hit again and again.

Nothing here is anybody's data. The figures are fitted to a real bank's: handle times are lognormal with a coefficient
of variation of 1.2; agents' mean handle times differ by a factor of two; the calls of a half hour between 9 and 12
differ by up to 15 % from their mean; and what a day brings is off by one multiplicative factor, here of 8 %.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from marketplace.simulation.calls import DEFAULT_HANDLE_CV, Contact, Queue, Rules
from marketplace.simulation.demo_people import names
from marketplace.simulation.floor import Floor

MORNING_SECONDS = 3 * 3600
"""The busy morning, 9 to 12, comes round without end, so that a visitor finds it at any hour."""
HALF_HOURS = (0.85, 1.03, 1.10, 1.06, 1.01, 0.95)
"""Demand of each half hour of the morning ÷ the morning's mean."""
DAY_FACTOR_SD = 0.08
LOAD = 0.72
"""Share of the agents' time that ordinary demand takes."""
CYCLE_SECONDS = 15 * 60
"""The two surges repeat after so long."""
WRAP_UP_SECONDS = 8.0
CHANGEOVER_SECONDS = 5.0
AGENTS = 200


@dataclass(frozen=True, slots=True)
class Surge:
    """Demand of one queue multiplied for a while, seconds after the start of each cycle; the largest holds."""

    queue: str
    factor: float
    begins: float
    ends: float


SURGES = (
    Surge(queue="cards-lost", factor=8.0, begins=45, ends=105),
    Surge(queue="cards-lost", factor=4.0, begins=45, ends=315),
    Surge(queue="mobile", factor=7.0, begins=360, ends=420),
    Surge(queue="mobile", factor=2.6, begins=360, ends=640),
)
"""Each begins with a shock, as after a theft on the news or a failed update: many call in the first minute."""


@dataclass(frozen=True, slots=True)
class DemoAgent:
    """A person of the demo."""

    code: str
    name: str
    email: str
    kind: str
    department: str
    timezone: str
    skills: tuple[tuple[str, int], ...]
    """(queue code, level 1–5)."""
    queue: str
    """Where the person starts."""
    at_home: bool
    pace: float
    """Multiplies handle times."""


@dataclass(frozen=True, slots=True)
class DemoBank:
    """Who calls and who works."""

    departments: tuple[str, ...]
    queues: tuple[Queue, ...]
    loads: tuple[float, ...]
    """Agents that each queue's ordinary demand keeps busy."""
    agents: tuple[DemoAgent, ...]

    def forecast(self, *, queue: int, at: float) -> float:
        """Contacts a second expected at the instant `at`, epoch seconds; the clock decides, not the start."""
        half_hour = int(at % MORNING_SECONDS // 1800)
        return self.loads[queue] / (self.queues[queue].handle_seconds + WRAP_UP_SECONDS) * HALF_HOURS[half_hour]


# code, name, department, channel, share of the load, handle seconds, target seconds, patience, priority
_QUEUES = (
    ("cards-lost", "Cards — lost & stolen", "Cards & payments", "voice", 0.075, 130.0, 20.0, 150.0, 2),
    ("cards", "Card service", "Cards & payments", "voice", 0.10, 230.0, 20.0, 180.0, 1),
    ("payments", "Payments & transfers", "Cards & payments", "voice", 0.085, 210.0, 20.0, 180.0, 1),
    ("mobile", "Mobile banking", "Retail banking", "voice", 0.11, 240.0, 20.0, 180.0, 1),
    ("accounts", "Current accounts", "Retail banking", "voice", 0.14, 200.0, 20.0, 180.0, 1),
    ("savings", "Savings", "Retail banking", "voice", 0.10, 220.0, 20.0, 200.0, 1),
    ("branch", "Branch overflow", "Retail banking", "voice", 0.08, 170.0, 30.0, 200.0, 1),
    ("premium", "Premium", "Retail banking", "voice", 0.05, 260.0, 15.0, 120.0, 3),
    ("chat", "Chat — general", "Retail banking", "chat", 0.08, 300.0, 45.0, 300.0, 1),
    ("mortgage", "Mortgage advice", "Lending & insurance", "voice", 0.06, 380.0, 30.0, 240.0, 1),
    ("loans", "Loans", "Lending & insurance", "voice", 0.065, 310.0, 20.0, 220.0, 1),
    ("claims", "Insurance claims", "Lending & insurance", "voice", 0.055, 330.0, 30.0, 240.0, 1),
)
_LENT = {"Retail banking": "cards-lost", "Cards & payments": "mobile", "Lending & insurance": "accounts"}
"""Which queue people of a department have been retrained for beyond it."""


def demo_bank(seed: int = 1) -> DemoBank:
    """The bank; the same seed gives the same people."""
    random = Random(seed)  # noqa: S311 - a model, no secret
    queues = tuple(
        Queue(
            code=code,
            name=name,
            department=department,
            channel=channel,
            target_share=0.8,
            target_seconds=target,
            patience_seconds=patience,
            priority=priority,
            handle_seconds=handle,
        )
        for code, name, department, channel, _, handle, target, patience, priority in _QUEUES
    )
    shares = [row[4] for row in _QUEUES]
    loads = tuple(LOAD * AGENTS * share / sum(shares) for share in shares)
    starts = [queue for queue, share in enumerate(shares) for _ in range(round(AGENTS * share / sum(shares)))]
    people = names(random, count=len(starts))
    random.shuffle(starts)
    agents = [_ada(queues)]
    agents += [
        _agent(random, number=number, name=name, start=queues[start], queues=queues)
        for number, (name, start) in enumerate(zip(people[1:], starts[1:], strict=True), start=2)
    ]
    departments = tuple(dict.fromkeys(queue.department for queue in queues))
    return DemoBank(departments=departments, queues=queues, loads=loads, agents=tuple(agents))


def _ada(queues: tuple[Queue, ...]) -> DemoAgent:
    """The agent whom a visitor signs in as: at Savings, and the best help that the first surge can get."""
    return DemoAgent(
        code="d001",
        name="Ada Conti",
        email="ada@example.org",
        kind="internal",
        department=next(queue.department for queue in queues if queue.code == "savings"),
        timezone="Europe/Rome",
        skills=(("accounts", 4), ("cards-lost", 5), ("savings", 5)),
        queue="savings",
        at_home=False,
        pace=0.9,
    )


def _agent(random: Random, *, number: int, name: str, start: Queue, queues: tuple[Queue, ...]) -> DemoAgent:
    """A person at home in one queue, able to help in one to three more, mostly of the same department."""
    near = [queue.code for queue in queues if queue.department == start.department and queue != start]
    others = random.sample(near, k=min(len(near), random.choice((1, 1, 2, 2, 3))))
    if random.random() < 0.35:
        others.append(_LENT[start.department])
    skills = {code: random.choice((2, 3, 3, 4)) for code in others} | {start.code: random.choice((3, 4, 4, 5))}
    first, _, last = name.partition(" ")
    return DemoAgent(
        code=f"d{number:03}",
        name=name,
        email=f"{first}.{last}.{number}@example.org".lower().replace(" ", "-"),
        kind="external" if random.random() < 0.3 else "internal",
        department=start.department,
        timezone="Europe/Rome" if random.random() < 0.8 else "Europe/Lisbon",
        skills=tuple(sorted(skills.items())),
        queue=start.code,
        at_home=random.random() < 0.3,
        pace=math.exp(random.uniform(-0.35, 0.35)),
    )


def demo_floor(bank: DemoBank, *, start: float, seed: int) -> Floor:
    """The bank's floor from `start` on, with customers without end; agents sign on when the switch is told to."""
    return Floor(
        target_seconds=[queue.target_seconds for queue in bank.queues],
        agents=len(bank.agents),
        contacts=customers(bank, start=start, seed=seed),
        rules=Rules(changeover_seconds=CHANGEOVER_SECONDS, wrap_up_seconds=WRAP_UP_SECONDS),
        pace=[agent.pace for agent in bank.agents],
        start=start,
    )


def customers(bank: DemoBank, *, start: float, seed: int) -> Iterator[Contact]:
    """Arrivals in order, without end: a Poisson process thinned to forecast × the day's factor × surges."""
    random = Random(seed)  # noqa: S311 - a model, no secret
    day = math.exp(random.gauss(0.0, DAY_FACTOR_SD))
    height = [_highest(bank, queue) * day for queue in range(len(bank.queues))]
    total = sum(height)
    spread = math.sqrt(math.log(1 + DEFAULT_HANDLE_CV**2))
    at = start
    while True:
        at += random.expovariate(total)
        queue = random.choices(range(len(height)), weights=height)[0]
        rate = bank.forecast(queue=queue, at=at) * day * surge_factor(bank.queues[queue].code, seconds=at - start)
        if random.random() * height[queue] >= rate:
            continue
        kind = bank.queues[queue]
        yield Contact(
            queue=queue,
            arrived_at=at,
            handle_seconds=kind.handle_seconds * math.exp(random.gauss(-spread * spread / 2, spread)),
            patience_seconds=random.expovariate(1 / kind.patience_seconds),
        )


def surge_factor(code: str, *, seconds: float) -> float:
    """What multiplies a queue's demand so long after the start."""
    within = seconds % CYCLE_SECONDS
    factors = [surge.factor for surge in SURGES if surge.queue == code and surge.begins <= within < surge.ends]
    return max(factors, default=1.0)


def _highest(bank: DemoBank, queue: int) -> float:
    most = max((surge.factor for surge in SURGES if surge.queue == bank.queues[queue].code), default=1.0)
    return most * max(bank.forecast(queue=queue, at=half_hour * 1800.0) for half_hour in range(len(HALF_HOURS)))
