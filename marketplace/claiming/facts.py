"""What there is to know about an agent and a shift before saying yes. Instants are aware UTC, periods half-open."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from marketplace.claiming.hours import Period, Planned
from marketplace.claiming.tiers import Tiers


class WorkKind(StrEnum):
    """Where planned work comes from."""

    BOOKING = "booking"
    DUTY = "duty"


@dataclass(frozen=True, slots=True)
class Work:
    """A period `[start, end)` in which the agent works already: a live booking, or a duty not made by one."""

    start: datetime
    end: datetime
    kind: WorkKind = WorkKind.BOOKING
    booking: int | None = None
    """Which booking it is, and of which shift."""
    shift: int | None = None


@dataclass(frozen=True, slots=True)
class Ability:
    """Something held, `[since, until)`: a verified skill with its level, or a certification (level 5). None: no end."""

    what: int
    level: int = 5
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """Something asked for: a skill at a least level, or a certification (level 1)."""

    what: int
    level: int = 1
    name: str = ""


@dataclass(frozen=True, slots=True)
class ShiftFacts:
    """The shift as it is now."""

    start: datetime
    end: datetime
    open: bool
    places: int
    taken: int
    replaceable: int = 0
    """Places whose holder wants to leave and is held until replaced, less those offered to somebody who waits."""
    offer: int | None = None
    """A live offer to this agent: a place of the shift is kept."""
    department: int | None = None
    """Whose shift it is: the queue's department, or that of a standby shift."""
    kinds: frozenset[str] = frozenset()
    """Employment kinds that may claim; empty: all."""
    at_home: bool = False
    home_allowed: bool = True
    seats_left: int | None = None
    """Free seats at the shift's site through the shift, this one's own places left out; None: no limit."""
    draw_until: datetime | None = None
    """Until then everyone may ask, then its places are drawn; None: there is no draw, or it has been."""
    tiers_from: datetime | None = None
    """When it was opened, if it opens by tiers of reliability."""
    claim_from: datetime | None = None
    claim_until: datetime | None = None
    skills: tuple[Ask, ...] = ()
    certifications: tuple[Ask, ...] = ()
    pay: int = 0
    """For the whole shift, premiums and bonus included, in minor units."""


@dataclass(frozen=True)
class AgentFacts:
    """The agent as he or she is now; `work` and `blackouts` reach at least 8 days either side of the shift, and
    farther than the days in a row that the limits allow.

    Whoever asks about many shifts gives them the same one: what follows from it is worked out once.
    """

    kind: str
    zone: ZoneInfo
    department: int | None = None
    active: bool = True
    reliability: float = 1.0
    """From 0 to 1; 1 for those of whom nothing is known."""
    lent: bool = False
    """Whether the home department has consented to work for the shift's department through the shift."""
    work: tuple[Work, ...] = ()
    blackouts: tuple[tuple[datetime, datetime], ...] = ()
    skills: tuple[Ability, ...] = ()
    certifications: tuple[Ability, ...] = ()

    @cached_property
    def planned(self) -> Planned:
        """The work as the rules on working time ask about it."""
        return Planned((Period(work.start, work.end) for work in self.work), zone=self.zone)


@dataclass(frozen=True, slots=True)
class ClaimLimits:
    """The organisation's rules on working time and claiming. None: no such rule."""

    rest: timedelta | None = timedelta(hours=11)
    """Between two stretches of work; a stretch itself is at most 24 hours less this."""
    day: timedelta | None = timedelta(hours=10)
    week: timedelta | None = timedelta(hours=48)
    consecutive_days: int | None = 6
    earliest: timedelta | None = timedelta(days=60)
    """Claims are taken from so long before the start."""
    latest: timedelta = timedelta(0)
    """And until so long before it."""
    undo_seconds: float = 300.0
    """A claim is undone freely for so long."""
    tiers: Tiers = ()
    """When shifts that open by tiers open to whom."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a claim is judged by."""

    agent: AgentFacts
    shift: ShiftFacts
    now: datetime
    implies: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    """(left, right): holding skill left counts as holding right at the same level; closed under transitivity."""
    limits: ClaimLimits = field(default_factory=ClaimLimits)
