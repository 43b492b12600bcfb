"""What the documents mean that the statements behind `claim_facts` answer with."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from marketplace.claiming.facts import Ability, AgentFacts, Ask, ClaimLimits, Facts, ShiftFacts, Work, WorkKind
from marketplace.claiming.pay import promised_pay
from marketplace.vocabulary import ShiftState, WorkPlace

Document = Mapping[str, Any]


class Asks(NamedTuple):
    """What a shift asks for, its queue's part included; each thing once."""

    skills: tuple[Ask, ...]
    certifications: tuple[Ask, ...]

    @classmethod
    def of(cls, skills: str, certifications: str) -> "Asks":
        """From the texts about both."""
        return cls(_asked(skills), _asked(certifications))


class Rules(NamedTuple):
    """What holds for every claim."""

    implies: frozenset[tuple[int, int]]
    limits: ClaimLimits

    @classmethod
    def of(cls, implies: Iterable[tuple[int, int]], policy: Document | None) -> "Rules":
        """From the documents about both."""
        return cls(closed(tuple((left, right) for left, right in implies)), limits_of(policy))


def shift_of(document: Document, asks: Asks, *, seats_left: int | None) -> ShiftFacts:
    """The document about a shift."""
    start, end = _instants(document["period"])
    return ShiftFacts(
        start=start,
        end=end,
        open=document["status"] == ShiftState.OPEN,
        places=document["places"],
        taken=document["taken"],
        replaceable=document["replaceable"],
        department=document["department"],
        kinds=frozenset(document["kinds"]),
        at_home=document["work_place"] == WorkPlace.HOME,
        home_allowed=document["home_allowed"],
        seats_left=seats_left,
        draw_until=_instant(document["draw_until"]),
        tiers_from=_instant(document["tiers_from"]),
        claim_from=_instant(document["claim_from"]),
        claim_until=_instant(document["claim_until"]),
        skills=asks.skills,
        certifications=asks.certifications,
        pay=promised_pay(
            pay=document["pay"], bonus_per_hour=document["bonus"], start=start, end=end, breaks=document["breaks"]
        ),
    )


@dataclass(frozen=True, slots=True)
class Loan:
    """The home department's consent to work for a department (None: any) in a period."""

    borrower: int | None
    since: datetime
    until: datetime | None

    def holds(self, shift: ShiftFacts) -> bool:
        """Whether it reaches through the whole shift."""
        wanted = self.borrower is None or self.borrower == shift.department
        return wanted and self.since <= shift.start and (self.until is None or shift.end <= self.until)


class AgentRow:
    """The document about an agent, read once for all shifts."""

    def __init__(self, document: Document, rules: Rules) -> None:
        self.rules = rules
        self._offers = {shift: kept for shift, *kept in document["offers"]}
        self._loans = [_loan(loan) for loan in document["loans"]]
        kind, zone, department, active = document["about"]
        bookings, duties = document["bookings"], document["duties"]
        booked = {duty for *_, duty in bookings}
        work = [Work(*_instants(span[:2]), WorkKind.BOOKING, *span[2:4]) for span in bookings]
        work += [
            Work(*_instants(span), WorkKind.DUTY) for duty, *span in duties if duty not in booked and span[0] < span[1]
        ]
        self._facts = {
            "kind": kind,
            "zone": ZoneInfo(zone),
            "department": department,
            "active": active,
            "work": tuple(work),
            "blackouts": tuple(_instants(span) for span in document["blackouts"]),
            "skills": tuple(_ability(one) for one in document["skills"]),
            "certifications": tuple(_ability(one) for one in document["certificates"]),
        }

    def facts(self, shifts: Mapping[int, ShiftFacts], *, reliability: float = 1.0, now: datetime) -> dict[int, Facts]:
        """What a claim of each of the shifts is judged by."""
        # the same facts for all shifts: what follows from them is worked out once
        here, away = (AgentFacts(**self._facts, reliability=reliability, lent=lent) for lent in (False, True))
        return {
            pk: Facts(
                agent=away if any(loan.holds(shift) for loan in self._loans) else here,
                shift=_kept(shift, *self._offers[pk]) if pk in self._offers else shift,
                now=now,
                implies=self.rules.implies,
                limits=self.rules.limits,
            )
            for pk, shift in shifts.items()
        }


def limits_of(policy: Document | None) -> ClaimLimits:
    """The market policy as the rules read it; the defaults where there is no row."""
    if policy is None:
        return ClaimLimits()
    return ClaimLimits(
        rest=_hours(policy["rest_hours"]),
        day=_hours(policy["hours_per_day"]),
        week=_hours(policy["hours_per_week"]),
        consecutive_days=policy["consecutive_days"],
        earliest=None if policy["earliest_claim_days"] is None else timedelta(days=policy["earliest_claim_days"]),
        latest=timedelta(minutes=policy["latest_claim_minutes"]),
        undo_seconds=policy["undo_seconds"],
        tiers=tuple((least, timedelta(minutes=minutes)) for least, minutes in policy["tiers"]),
    )


@lru_cache(maxsize=8)
def closed(pairs: Iterable[tuple[int, int]]) -> frozenset[tuple[int, int]]:
    """The pairs of skills and all that follow from them; the table is small and seldom changes."""
    found = {(left, right) for left, right in pairs}
    while more := {(a, d) for a, b in found for c, d in found if b == c and a != d} - found:
        found |= more
    return frozenset(found)


def _kept(shift: ShiftFacts, offer: int, replaces: bool) -> ShiftFacts:
    """Whoever takes a place over takes over its seat."""
    seats = None if shift.seats_left is None else shift.seats_left + replaces
    return replace(shift, offer=offer, seats_left=seats)


@lru_cache(maxsize=4096)
def _asked(asks: str) -> tuple[Ask, ...]:
    """Each thing asked once, at the highest level that queue or shift asks for, by name. Most shifts of a queue ask
    the same, so it is read once."""
    found: dict[int, Ask] = {}
    for what, level, name in json.loads(asks):
        if what not in found or found[what].level < level:
            found[what] = Ask(what, level, name)
    return tuple(sorted(found.values(), key=lambda ask: ask.name))


def _ability(row: list[Any]) -> Ability:
    what, level, since, until = row
    return Ability(what, level, _instant(since), _instant(until))


def _loan(row: list[Any]) -> Loan:
    borrower, since, until, recalled = row
    ends = [end for end in (until, recalled) if end is not None]
    return Loan(borrower, datetime.fromtimestamp(since, UTC), _instant(min(ends)) if ends else None)


def _instants(span: list[float]) -> tuple[datetime, datetime]:
    return datetime.fromtimestamp(span[0], UTC), datetime.fromtimestamp(span[1], UTC)


def _instant(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _hours(hours: float | None) -> timedelta | None:
    return None if hours is None else timedelta(hours=hours)
