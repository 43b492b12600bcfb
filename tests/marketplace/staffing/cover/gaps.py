"""Gaps and patterns in few words, and an answer counted up again."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np

from marketplace.staffing.cover import Cover, Gap, Pattern, Premium
from marketplace.staffing.cover import cover as search
from tests.marketplace.staffing.cover.oracle import listed

HOUR = 3600
MONDAY = int(datetime(2026, 3, 9, tzinfo=UTC).timestamp())
NIGHT = Premium(share=0.25, since=22 * HOUR, until=6 * HOUR)
WEEKEND = Premium(share=0.5, weekdays=frozenset({5, 6}))


def cover(**problem):
    """The very cheapest."""
    return search(**({"within": 0.0} | problem))


def gap_of(*rows, start=MONDAY, step=HOUR, zone="UTC", targets=()):
    return Gap(people=np.array(rows), start=start, step_seconds=step, zone=ZoneInfo(zone), targets=targets)


def pattern(hours, *, most=None, pay=2000, **figures):
    figures = {"start_step_seconds": HOUR} | figures
    return Pattern(
        name=f"{hours} h", pay_per_hour=pay, least_seconds=hours * HOUR, most_seconds=(most or hours) * HOUR, **figures
    )


def consistent(answer: Cover, gap: Gap, patterns, **prices):
    """Count the answer up again from its shifts alone."""
    there = np.zeros(gap.people.shape[1], dtype=int)
    for shift in answer.shifts:
        target, kind = gap.everyone[shift.target], patterns[shift.pattern]
        assert target.home_allowed or not kind.at_home
        first, last = (shift.start - gap.start) // gap.step_seconds, (shift.end - gap.start) // gap.step_seconds
        worked = set(range(first, last))
        for begin, end, _ in shift.breaks:
            worked -= set(range((begin - gap.start) // gap.step_seconds, (end - gap.start) // gap.step_seconds))
        ways = listed(gap, kind, extra=target.extra_per_hour)
        assert (worked, set(range(first, last)), shift.cost) in ways
        there[list(worked)] += shift.people
    assert (answer.covered.sum(axis=0) == there).all()
    wanted = np.maximum(0, gap.people)
    assert (answer.missing == np.maximum(0, wanted - answer.covered)).all()
    assert (answer.over == np.maximum(0, answer.covered - wanted)).all()
    assert answer.cost == sum(shift.cost * shift.people for shift in answer.shifts)
    assert answer.objective == answer.cost + answer.missing_cost + answer.over_cost
    assert answer.bound <= answer.objective
