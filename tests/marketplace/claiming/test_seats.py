"""Seats: who is too many, and that nobody is once the last of them are gone."""

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.claiming.seats import busiest, crowded, without_a_seat

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def span(start: int, length: int):
    return NOON + start * HOUR, NOON + (start + length) * HOUR


def test_the_last_rows_that_are_too_many_at_once_are_named_with_the_first_full_instant():
    rows = [span(0, 4), span(2, 4), span(3, 1), span(4, 2)]
    others = [(*span(1, 2), 1)]
    assert without_a_seat(rows, others=others, seats=2) == {1: (NOON + 2 * HOUR, 3)}
    assert without_a_seat(rows, others=others, seats=3) == {}
    assert set(without_a_seat(rows, others=others, seats=0)) == {0, 1, 2, 3}


def test_who_leaves_as_another_comes_frees_the_seat():
    assert without_a_seat([span(0, 2), span(2, 2)], others=[], seats=1) == {}


def test_every_period_with_too_many_is_named_with_the_most():
    sittings = [(*span(0, 4), 2), (*span(1, 1), 1), (*span(2, 1), 2), (*span(6, 1), 3)]
    assert crowded(sittings, seats=2) == [(*span(1, 2), 4), (*span(6, 1), 3)]
    assert crowded(sittings, seats=4) == []
    assert crowded([], seats=0) == []


spans = st.builds(span, st.integers(0, 10), st.integers(1, 5))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(spans, max_size=8), others=st.lists(st.tuples(spans, st.integers(1, 3)), max_size=4),
       seats=st.integers(0, 6))  # fmt: skip
def test_without_those_named_it_fits_wherever_it_fitted_before(rows, others, seats):
    taken = [(*period, people) for period, people in others]
    found = without_a_seat(rows, others=taken, seats=seats)
    kept = [(*row, 1) for number, row in enumerate(rows) if number not in found]
    for start, end in rows:
        most, _ = busiest(taken + kept, start=start, end=end)
        before, _ = busiest(taken, start=start, end=end)
        assert most <= max(seats, before)
    for number, (at, people) in found.items():
        assert rows[number][0] <= at < rows[number][1]
        assert people > seats
