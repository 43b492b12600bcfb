"""What the model plays: queues, contacts and duty, as plain values.

Instants are seconds since the epoch, durations seconds. Queues and agents are named by their index; the tuples of a
`World` give the index its meaning.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from random import Random

from marketplace.matching.state import NOWHERE

DEFAULT_HANDLE_SECONDS = 180.0
DEFAULT_HANDLE_CV = 1.2
"""Standard deviation ÷ mean of handle times where nothing better is known."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One customer, drawn once: every policy meets the same arrival, handle time and patience."""

    queue: int
    arrived_at: float
    handle_seconds: float
    patience_seconds: float = math.inf


@dataclass(frozen=True, slots=True)
class Queue:
    """A stream of contacts of one kind, with the defaults of the `queues` file."""

    code: str
    name: str = ""
    department: str = ""
    channel: str = "voice"
    target_share: float = 0.80
    target_seconds: float = 20.0
    patience_seconds: float = 180.0
    priority: int = 1
    opens: int | None = None
    """Seconds after local midnight; None: always open."""
    closes: int | None = None
    handle_seconds: float = DEFAULT_HANDLE_SECONDS
    """The mean that is assumed until contacts have been measured."""


@dataclass(frozen=True, slots=True)
class Duty:
    """A period `[starts_at, ends_at)` in which an agent is at work."""

    agent: int
    starts_at: float
    ends_at: float
    skills: tuple[tuple[int, int], ...]
    """(queue, level 1–5), ascending by queue."""
    queue: int = NOWHERE
    """Where the agent starts; `NOWHERE` leaves it to the policy."""
    at_home: bool = False
    """Works from home in this duty."""

    @property
    def eligible(self) -> tuple[int, ...]:
        return tuple(queue for queue, _ in self.skills)


@dataclass(frozen=True, slots=True)
class World:
    """Everything a replay needs: who calls, who works, and for which queues."""

    queues: tuple[Queue, ...]
    agents: tuple[str, ...]
    duties: tuple[Duty, ...]
    contacts: tuple[Contact, ...]
    """In order of arrival."""


class Serve(Enum):
    """From which queues an idle agent takes the next contact."""

    ASSIGNED = "assigned"
    """Only from the queue of the assignment: the product's model."""
    SKILLS = "skills"
    """From every queue the agent has the skill for: routing contact by contact."""
    EVERYTHING = "everything"
    """From every queue, skilled or not: the pooled bound."""


Again = Callable[[Contact, float], "Contact | None"]
"""Given one who abandoned and when: the same customer's next attempt, or None."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How the floor works. The defaults are those of a replay; the rest is for published models and the demo."""

    changeover_seconds: float = 5.0
    wrap_up_seconds: float = 0.0
    """After each contact, before the next; handle times of a file already contain it."""
    serve: Serve = Serve.ASSIGNED
    any_idle: Random | None = None
    """Any of the idle agents is chosen, drawn from here, instead of the one idle longest."""
    places: int | None = None
    """Contacts that can wait in all queues together; one more is blocked. None: no limit."""
    lines: int | None = None
    """Contacts that can be waiting or served together; one more is blocked. None: no limit."""
    again: Again | None = None
