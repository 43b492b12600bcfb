"""Taking over a colleague's place: the rules of a claim, but for what binds claims alone."""

from dataclasses import replace

from marketplace.claiming.eligibility import refusals
from marketplace.claiming.facts import Facts
from marketplace.claiming.places import with_a_place
from marketplace.claiming.reasons import ClaimRefusal, Reason

CLAIMS_ONLY = frozenset({ClaimRefusal.FULL, ClaimRefusal.TOO_EARLY, ClaimRefusal.TOO_LATE})
"""The place changes hands, so it is there; and a swap is never too early or too late until the shift begins."""


def against_taking_over(facts: Facts, *, instead_of: int | None) -> tuple[Reason, ...]:
    """All reasons against taking the place over; `instead_of` is the own booking given away for it, if there is one."""
    work = tuple(work for work in facts.agent.work if instead_of is None or work.booking != instead_of)
    judged = with_a_place(replace(facts, agent=replace(facts.agent, work=work)))
    return tuple(reason for reason in refusals(judged) if reason.code not in CLAIMS_ONLY)
