"""Can this agent take this shift? Every rule is asked, every reason told at once.

Who *may* claim (a signed-in agent, for himself) is for `rules`; here stands what is possible. `refusals` is pure, so it
serves the claim, the list of shifts, waiting lists, draws and both sides of a swap alike.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from marketplace.claiming.competence import lacking_certifications, lacking_skills
from marketplace.claiming.facts import Facts, WorkKind
from marketplace.claiming.hours import DAY, Period
from marketplace.claiming.reasons import ClaimRefusal, Reason
from marketplace.claiming.tiers import opens_at

Rule = Callable[[Facts], Iterable[Reason]]


def refusals(facts: Facts) -> tuple[Reason, ...]:
    """All reasons against the claim, none left out; empty if nothing stands against it."""
    return tuple(reason for rule in RULES for reason in rule(facts))


def is_open(facts: Facts) -> Iterator[Reason]:
    """Drafts and cancelled shifts are not claimed, nor those that have begun."""
    if not facts.shift.open:
        yield Reason(ClaimRefusal.NOT_OPEN)
    if facts.shift.start <= facts.now:
        yield Reason(ClaimRefusal.BEGUN)


def in_time(facts: Facts) -> Iterator[Reason]:
    """Not before claiming starts, not after it ends: by the organisation's rule or the shift's own."""
    shift, limits = facts.shift, facts.limits
    first = shift.claim_from or (shift.start - limits.earliest if limits.earliest is not None else None)
    if first is not None and facts.now < first:
        yield Reason(ClaimRefusal.TOO_EARLY, {"at": first})
    last = shift.claim_until or shift.start - limits.latest
    if last <= facts.now < shift.start:
        yield Reason(ClaimRefusal.TOO_LATE, {"at": last})


def opened_to(facts: Facts) -> Iterator[Reason]:
    """No draw is to come, and the agent's tier has its turn; a place that is kept for the agent is his or hers."""
    shift = facts.shift
    if shift.draw_until is not None:
        yield Reason(ClaimRefusal.DRAW_PENDING, {"at": shift.draw_until})
    if shift.tiers_from is not None and shift.offer is None:
        opens = opens_at(opened=shift.tiers_from, reliability=facts.agent.reliability, tiers=facts.limits.tiers)
        if facts.now < opens:
            yield Reason(ClaimRefusal.TIER_DELAY, {"at": opens})


def has_room(facts: Facts) -> Iterator[Reason]:
    """A free place, one whose holder waits to be replaced, or one that is kept for this agent."""
    shift = facts.shift
    if shift.taken >= shift.places and not shift.replaceable and shift.offer is None:
        yield Reason(ClaimRefusal.FULL)


def wanted(facts: Facts) -> Iterator[Reason]:
    """The agent is active and of a kind that the shift is open to."""
    if not facts.agent.active:
        yield Reason(ClaimRefusal.AGENT_INACTIVE)
    if facts.shift.kinds and facts.agent.kind not in facts.shift.kinds:
        yield Reason(ClaimRefusal.KIND)


def lent(facts: Facts) -> Iterator[Reason]:
    """Internal people work for another department only with the consent of their own."""
    agent = facts.agent
    if agent.kind == "internal" and agent.department != facts.shift.department and not agent.lent:
        yield Reason(ClaimRefusal.NOT_LENT)


def free(facts: Facts) -> Iterator[Reason]:
    """No other work and no blackout at the same time; work that ends as the shift starts is no conflict."""
    start, end = facts.shift.start, facts.shift.end
    codes = {WorkKind.BOOKING: ClaimRefusal.OVERLAP_BOOKING, WorkKind.DUTY: ClaimRefusal.OVERLAP_DUTY}
    for work in facts.agent.work:
        if work.start < end and start < work.end:
            yield Reason(codes[work.kind], {"start": work.start, "end": work.end})
    for since, until in facts.agent.blackouts:
        if since < end and start < until:
            yield Reason(ClaimRefusal.BLACKOUT, {"start": since, "end": until})


def rested(facts: Facts) -> Iterator[Reason]:
    """Between two stretches of work lies the minimum rest; one stretch lasts at most 24 hours less that rest.

    A split day (9–12 and 14–17) is one stretch. Directive 2003/88/EC, article 3, reads so: eleven hours of rest in
    each period of 24 hours.
    """
    rest = facts.limits.rest
    if rest is None:
        return
    shift = _shift(facts)
    stretch = facts.agent.planned.stretch_around(shift, rest=rest)
    longest = max(DAY - rest, shift.length)
    if stretch.length > longest:
        yield Reason(ClaimRefusal.REST, {"hours": _hours(rest), "start": stretch.start, "end": stretch.end})


def within_hours(facts: Facts) -> Iterator[Reason]:
    """Hours a local day, hours a local week, local days in a row."""
    limits, planned, shift = facts.limits, facts.agent.planned, _shift(facts)
    most = planned.most(shift)
    if limits.day is not None and most > limits.day:
        day, hours = planned.longest_day(shift)
        if hours > limits.day:
            yield Reason(ClaimRefusal.DAY_HOURS, {"hours": _hours(limits.day), "would_be": _hours(hours), "day": day})
    if limits.week is not None and most > limits.week:
        hours = planned.longest_week(shift)
        if hours > limits.week:
            yield Reason(ClaimRefusal.WEEK_HOURS, {"hours": _hours(limits.week), "would_be": _hours(hours)})
    if limits.consecutive_days is not None:
        days = planned.days_in_a_row(shift)
        if days > limits.consecutive_days:
            yield Reason(ClaimRefusal.CONSECUTIVE_DAYS, {"days": limits.consecutive_days, "would_be": days})


def has_place_to_work(facts: Facts) -> Iterator[Reason]:
    """A free seat at the site, or that of the one replaced; from home only where the queue may be served from home."""
    shift = facts.shift
    replacing = shift.taken >= shift.places and shift.replaceable > 0
    if shift.seats_left is not None and shift.seats_left + replacing <= 0:
        yield Reason(ClaimRefusal.SITE_FULL)
    if shift.at_home and not shift.home_allowed:
        yield Reason(ClaimRefusal.HOME_NOT_ALLOWED)


def competent(facts: Facts) -> Iterator[Reason]:
    """Every skill, level and certification asked for, valid through the whole shift."""
    agent, shift = facts.agent, facts.shift
    yield from lacking_skills(
        held=agent.skills, asked=shift.skills, implies=facts.implies, start=shift.start, end=shift.end
    )
    yield from lacking_certifications(
        held=agent.certifications, asked=shift.certifications, start=shift.start, end=shift.end
    )


RULES: tuple[Rule, ...] = (
    is_open, in_time, opened_to, has_room, wanted, lent, free, rested, within_hours, has_place_to_work, competent,
)  # fmt: skip
"""Every rule, in the order in which its reasons are told."""


def _shift(facts: Facts) -> Period:
    return Period(facts.shift.start, facts.shift.end)


def _hours(length: timedelta) -> float:
    return round(length / timedelta(hours=1), 2)
