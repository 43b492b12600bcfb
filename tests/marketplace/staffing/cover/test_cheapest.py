"""As cheap as two other ways find, whatever is asked."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.staffing.cover import Break, Target
from tests.marketplace.staffing.cover.gaps import HOUR, MONDAY, NIGHT, WEEKEND, consistent, cover, gap_of, pattern
from tests.marketplace.staffing.cover.oracle import cheapest, tried

GAPS = st.lists(st.integers(-1, 3), min_size=4, max_size=6)


@given(gap=GAPS, missing=st.integers(500, 8_000), over=st.integers(0, 900))
@settings(max_examples=15, deadline=None)
def test_as_cheap_as_trying_everything(gap, missing, over):
    missing, over = missing * 4, over * 4
    patterns = [pattern(3, pay=2000), pattern(2, pay=2400, at_home=True, cost_per_shift=100, last_start=HOUR)]
    gap = gap_of([min(two, 2) for two in gap])
    found = cover(gap=gap, patterns=patterns, missing_per_hour=missing, over_per_hour=over)
    assert found.is_optimal
    assert found.objective == tried(gap, patterns, missing_per_hour=missing, over_per_hour=over)
    consistent(found, gap, patterns)


@st.composite
def problems(draw):
    queues, steps = draw(st.integers(1, 3)), draw(st.integers(6, 16))
    people = draw(
        st.lists(st.lists(st.integers(-2, 5), min_size=steps, max_size=steps), min_size=queues, max_size=queues)
    )
    targets = [Target(queues=(row,), home_allowed=draw(st.booleans())) for row in range(queues)]
    if queues > 1 and draw(st.booleans()):
        targets.append(
            Target(queues=tuple(range(draw(st.integers(2, queues)))), extra_per_hour=draw(st.integers(0, 500)))
        )
    start = MONDAY + HOUR * draw(st.integers(0, 167))
    gap = gap_of(*people, start=start, zone=draw(st.sampled_from(["UTC", "Europe/Rome"])), targets=tuple(targets))
    lunch = Break(
        seconds=HOUR,
        after_seconds=HOUR,
        before_end_seconds=HOUR,
        paid=draw(st.booleans()),
        from_length_seconds=4 * HOUR,
    )
    patterns = [
        pattern(3, most=5, pay=draw(st.integers(1500, 2500)), breaks=(lunch,), premiums=(NIGHT, WEEKEND)),
        pattern(2, pay=draw(st.integers(1500, 3000)), at_home=True, cost_per_shift=draw(st.integers(0, 900))),
    ]
    seats = draw(st.none() | st.lists(st.integers(0, 6), min_size=steps, max_size=steps).map(np.array))
    prices = {
        "missing_per_hour": np.array(draw(st.lists(st.integers(0, 9_000), min_size=queues, max_size=queues))),
        "over_per_hour": draw(st.integers(0, 1_000)),
        "seats": seats,
    }
    return gap, patterns, prices


@given(problems())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_as_cheap_as_another_solver_finds(problem):
    gap, patterns, prices = problem
    found = cover(gap=gap, patterns=patterns, **prices)
    least = cheapest(gap, patterns, **prices)
    assert found.bound <= least + 1e-6
    assert found.is_optimal
    assert found.objective == pytest.approx(least)
    consistent(found, gap, patterns)
    if prices["seats"] is not None:
        sitting = np.zeros(gap.people.shape[1], dtype=int)
        for shift in found.shifts:
            if not patterns[shift.pattern].at_home:
                sitting[(shift.start - gap.start) // HOUR : (shift.end - gap.start) // HOUR] += shift.people
        assert (sitting <= prices["seats"]).all()


@given(problems())
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_more_missing_never_costs_less_and_more_choice_never_more(problem):
    gap, patterns, prices = problem
    found = cover(gap=gap, patterns=patterns, **prices).objective
    more = gap_of(*(gap.people + 1), start=gap.start, zone=str(gap.zone), targets=gap.targets)
    assert (
        cover(gap=more, patterns=patterns, **(prices | {"over_per_hour": 0})).objective
        >= cover(gap=gap, patterns=patterns, **(prices | {"over_per_hour": 0})).objective
    )
    richer = [*patterns, pattern(6, pay=1800)]
    assert cover(gap=gap, patterns=richer, **prices).objective <= found
