"""Small covers, worked out by hand: where shifts are placed, what they cost, and what stays missing."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from marketplace.staffing.cover import Break, Target, make
from marketplace.staffing.cover.make import UnusableCoverError
from tests.marketplace.staffing.cover.gaps import HOUR, MONDAY, NIGHT, WEEKEND, consistent, cover, gap_of, pattern

ROME = ZoneInfo("Europe/Rome")


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
