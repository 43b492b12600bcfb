"""The search: as cheap as what other ways find, honest about its bound, the same every time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.staffing.cover import Break, Cover, Gap, Pattern, Premium, Target, make, program
from marketplace.staffing.cover import cover as search
from marketplace.staffing.cover.make import UnusableCoverError
from tests.marketplace.staffing.cover.oracle import cheapest, listed, tried

HOUR = 3600
ROME = ZoneInfo("Europe/Rome")
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


def test_a_shift_is_placed_where_people_are_missing():
    gap = gap_of([0, 0, 2, 2, 2, 2, 0, 0])
    found = cover(gap=gap, patterns=[pattern(4)], missing_per_hour=10_000)
    (shift,) = found.shifts
    assert (shift.start, shift.end, shift.people, shift.cost) == (MONDAY + 2 * HOUR, MONDAY + 6 * HOUR, 2, 8000)
    assert (found.cost, found.objective, found.bound, found.is_optimal) == (16_000, 16_000, 16_000, True)


def test_what_costs_more_than_it_saves_stays_missing():
    gap = gap_of([0, 0, 1, 0, 0, 0])
    found = cover(gap=gap, patterns=[pattern(4)], missing_per_hour=7_999)
    assert (found.shifts, found.missing.sum(), found.objective, found.is_optimal) == ((), 1, 7_999, True)
    assert cover(gap=gap, patterns=[pattern(4)], missing_per_hour=8_001).missing.sum() == 0


def test_surplus_is_no_gap_but_work_there_may_cost():
    gap = gap_of([-3, -3, 1, 1, 1, -3])
    free = cover(gap=gap, patterns=[pattern(4)], missing_per_hour=9_000)
    dear = cover(gap=gap, patterns=[pattern(4)], missing_per_hour=9_000, over_per_hour=500)
    assert (free.objective, dear.objective, dear.over_cost) == (8_000, 8_500, 500)


def test_breaks_move_to_where_people_can_be_spared():
    lunch = Break(seconds=HOUR, after_seconds=2 * HOUR, before_end_seconds=2 * HOUR)
    gap = gap_of([1, 1, 1, 1, 0, 1, 1, 1])
    found = cover(gap=gap, patterns=[pattern(8, breaks=(lunch,))], missing_per_hour=9_000)
    assert found.shifts[0].breaks == ((MONDAY + 4 * HOUR, MONDAY + 5 * HOUR, False),)
    assert (found.cost, found.missing.sum(), found.over.sum()) == (14_000, 0, 0)


def test_paid_breaks_are_paid():
    rest = Break(seconds=HOUR, after_seconds=0, before_end_seconds=0, paid=True)
    found = cover(gap=gap_of([0, 1, 1, 1]), patterns=[pattern(4, breaks=(rest,))], missing_per_hour=9_000)
    assert (found.cost, found.shifts[0].breaks) == (8_000, ((MONDAY, MONDAY + HOUR, True),))


def test_premiums_are_paid_by_the_local_clock_over_midnight():
    friday_night = int(datetime(2026, 3, 13, 21, tzinfo=UTC).timestamp())  # 22 h in Rome
    gap = gap_of([1] * 4, start=friday_night, zone="Europe/Rome")
    (shift,) = cover(gap=gap, patterns=[pattern(4, premiums=(NIGHT, WEEKEND))], missing_per_hour=90_000).shifts
    # 22-24 on Friday with the night's quarter, 0-2 on Saturday with both
    assert shift.cost == 2 * 2500 + 2 * 3500


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 28), 23), ((2026, 10, 24), 25)])
def test_starts_keep_their_local_time_over_a_clock_change(day, hours):
    midnight = int(datetime(*day, tzinfo=ROME).timestamp())
    gap = gap_of([0] * 24 + [1] * (hours + 24), start=midnight, zone="Europe/Rome")
    eight = pattern(4, first_start=8 * HOUR, last_start=8 * HOUR)
    found = cover(gap=gap, patterns=[eight], missing_per_hour=90_000)
    starts = [datetime.fromtimestamp(shift.start, ROME) for shift in found.shifts]
    assert [(at.day - day[2], at.hour) for at in starts] == [(1, 8), (2, 8)]
    consistent(found, gap, [eight])


def test_queues_not_for_home_get_site_shifts():
    office, home = pattern(4, pay=2000), pattern(3, pay=1500, at_home=True)
    targets = (Target(queues=(0,)), Target(queues=(1,), home_allowed=False))
    gap = gap_of([1, 1, 1, 0], [1, 1, 1, 0], targets=targets)
    found = cover(gap=gap, patterns=[office, home], missing_per_hour=9_000)
    assert {(shift.target, shift.pattern) for shift in found.shifts} == {(0, 1), (1, 0)}


def test_one_shift_serves_two_queues_in_turn():
    targets = (Target(queues=(0,)), Target(queues=(1,)), Target(queues=(0, 1), extra_per_hour=200))
    gap = gap_of([1, 1, 0, 0], [0, 0, 1, 1], targets=targets)
    found = cover(gap=gap, patterns=[pattern(4)], missing_per_hour=9_000)
    (shift,) = found.shifts
    assert (shift.target, found.objective, found.missing.sum(), found.is_optimal) == (2, 8_800, 0, True)
    assert (found.covered == gap.people).all()


def test_seats_are_kept_and_the_rest_goes_home():
    office, home = pattern(4, pay=2000), pattern(4, pay=2500, at_home=True)
    gap = gap_of([3, 3, 3, 3], [2, 2, 2, 2])
    found = cover(gap=gap, patterns=[office, home], missing_per_hour=9_000, seats=np.full(4, 2))
    assert sum(shift.people for shift in found.shifts if shift.pattern == 0) == 2
    assert (found.objective, found.is_optimal) == (2 * 8_000 + 3 * 10_000, True)


def test_many_queues_take_seats_one_after_the_other_with_a_bound(monkeypatch):
    monkeypatch.setattr(make, "LARGEST_JOINT", 0)
    patterns = [pattern(4, pay=2000), pattern(4, pay=2500, at_home=True)]
    gap = gap_of([3, 3, 3, 3], [2, 2, 2, 2])
    found = cover(gap=gap, patterns=patterns, missing_per_hour=[9_000, 8_000], seats=np.full(4, 2))
    assert sum(shift.people for shift in found.shifts if shift.pattern == 0) == 2
    # the bound is that of as many seats as one likes
    assert (found.objective, found.bound, found.is_optimal) == (46_000, 40_000, False)
    assert found.relative_gap == pytest.approx(0.15)
    consistent(found, gap, patterns)


def test_nothing_missing_costs_nothing():
    found = cover(gap=gap_of([0, -2, 0]), patterns=[pattern(2)], missing_per_hour=9_000)
    assert (found.shifts, found.objective, found.relative_gap) == ((), 0, 0.0)


def test_without_patterns_everybody_stays_missing():
    found = cover(gap=gap_of([0, 2, 0]), patterns=[], missing_per_hour=9_000)
    assert (found.shifts, found.objective, found.bound) == ((), 18_000, 18_000)


def test_what_means_nothing_is_refused_with_every_reason():
    bad = pattern(4, first_start=-1, start_step_seconds=1800)
    with pytest.raises(UnusableCoverError) as refusal:
        cover(gap=gap_of([1, 1]), patterns=[bad, pattern(4, pay=0)], missing_per_hour=-1, seats=np.array([1]))
    assert len(refusal.value.faults) == 5
    many = tuple(Break(seconds=900, after_seconds=0, before_end_seconds=0) for _ in range(3))
    with pytest.raises(UnusableCoverError, match="ways to place"):
        cover(gap=gap_of([1, 1], step=900), patterns=[pattern(8, breaks=many)], missing_per_hour=1)
    with pytest.raises(UnusableCoverError, match="whole numbers"):
        cover(gap=gap_of([0.5, 1]), patterns=[], missing_per_hour=1)


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
    found = cover(gap=gap, patterns=patterns, **prices).objective - _over_free(gap, prices)
    more = gap_of(*(gap.people + 1), start=gap.start, zone=str(gap.zone), targets=gap.targets)
    assert (
        cover(gap=more, patterns=patterns, **(prices | {"over_per_hour": 0})).objective
        >= cover(gap=gap, patterns=patterns, **(prices | {"over_per_hour": 0})).objective
    )
    richer = [*patterns, pattern(6, pay=1800)]
    assert cover(gap=gap, patterns=richer, **prices).objective <= found


def _over_free(gap, prices):
    return 0


def week(seed=1):
    """A queue's week by quarters of an hour, open all day."""
    random = np.random.default_rng(seed)
    hour = np.arange(672) % 96 / 4
    shape = 0.25 + np.exp(-(((hour - 10.5) / 2.2) ** 2)) + 0.8 * np.exp(-(((hour - 15.5) / 2.5) ** 2))
    return np.ceil(9 * shape * random.lognormal(0, 0.1, 672)).astype(int)


LUNCH = Break(seconds=1800, after_seconds=2 * HOUR, before_end_seconds=2 * HOUR, from_length_seconds=6 * HOUR)
REAL = [
    pattern(
        4, most=8, length_step_seconds=2 * HOUR, breaks=(LUNCH,), premiums=(NIGHT, WEEKEND), start_step_seconds=1800
    ),
    pattern(2, most=3, pay=1800, at_home=True, first_start=9 * HOUR, last_start=17 * HOUR, start_step_seconds=1800),
]


def test_days_are_optimal_and_the_same_again():
    gap = gap_of(week(5)[:96], week(6)[:96], step=900)
    first = cover(gap=gap, patterns=REAL, missing_per_hour=6_000)
    assert first.is_optimal
    consistent(first, gap, REAL)
    assert cover(gap=gap, patterns=REAL, missing_per_hour=6_000, workers=2).shifts == first.shifts


def test_many_days_are_close_after_going_through_them():
    gap = gap_of(week(5)[:240], step=900)
    found = search(gap=gap, patterns=REAL, missing_per_hour=6_000, seconds=0.0)
    assert found.relative_gap < 0.005
    consistent(found, gap, REAL)


def test_going_through_days_keeps_groups_and_seats_right():
    targets = (Target(queues=(0,)), Target(queues=(1,)), Target(queues=(0, 1), extra_per_hour=100))
    half = np.maximum(0, week(2)[:144] - 4)
    gap = gap_of(half, np.roll(half, 30), step=900, targets=targets)
    found = search(gap=gap, patterns=REAL, missing_per_hour=6_000, seconds=0.0, seats=np.full(144, 12))
    assert any(shift.target == 2 for shift in found.shifts)
    consistent(found, gap, REAL)


def test_with_no_seconds_to_spend_there_is_an_answer_and_its_bound_is_true():
    gap = gap_of(week(5)[:96], step=900)
    lazy = cover(gap=gap, patterns=REAL, missing_per_hour=6_000, seconds=0.0)
    best = cover(gap=gap, patterns=REAL, missing_per_hour=6_000)
    assert best.is_optimal
    assert lazy.bound <= best.objective <= lazy.objective
    consistent(lazy, gap, REAL)


def test_columns_come_in_by_their_price_where_there_are_many(monkeypatch):
    gap = gap_of(week(3)[:96], step=900)
    whole = cover(gap=gap, patterns=REAL, missing_per_hour=6_000)
    monkeypatch.setattr(program, "AT_ONCE", 0)
    monkeypatch.setattr(program, "ADDED", 40)
    assert cover(gap=gap, patterns=REAL, missing_per_hour=6_000).objective == whole.objective


def test_progress_is_told_part_by_part():
    heard = []
    closed = [1] * 8 + [0] * 8
    cover(
        gap=gap_of(closed * 2, [0] * 32, closed * 2), patterns=[pattern(4)], missing_per_hour=9_000,
        progress=lambda done, of: heard.append((done, of)),
    )  # fmt: skip
    assert heard == [(1, 4), (2, 4), (3, 4), (4, 4)]
