"""Which pause was which planned break, and how much of a duty is unpaid."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.claiming.breaks import Pause, side_by_side, unpaid_seconds
from marketplace.claiming.pay import paid_seconds

START = datetime(2026, 3, 10, 8, tzinfo=UTC)
END = START + timedelta(hours=8)
ROME = ZoneInfo("Europe/Rome")


def at(hour: float) -> float:
    """Seconds since the epoch, so many hours after the start."""
    return (START + timedelta(hours=hour)).timestamp()


MORNING, NOON = (at(2), at(2.25), True), (at(4), at(4.5), False)


def lines(*pauses: Pause):
    """Which pauses belong to the morning break, to lunch, and to none."""
    found = side_by_side([NOON, MORNING], pauses)
    return [one.taken for one in found if one.planned] + [
        [pause for one in found if not one.planned for pause in one.taken]
    ]


@pytest.mark.parametrize(
    ("pause", "which"),
    [
        (Pause(at(2.1), at(2.35)), 0),
        (Pause(at(1.2), at(1.4), "Break"), 0),
        (Pause(at(4.4), at(5)), 1),
        (Pause(at(5.4), None, "lunch"), 1),
        (Pause(at(2.9), at(3)), 0),
        (Pause(at(3.2), at(3.4)), 1),
        (Pause(at(6), at(6.2)), 2),
    ],
)
def test_a_pause_belongs_to_the_break_it_overlaps_else_to_the_nearest_within_the_hour(pause, which):
    found = lines(pause)
    assert [bool(taken) for taken in found] == [number == which for number in range(3)]
    assert found[which] == [pause]


def test_a_pause_for_work_is_no_break():
    assert lines(Pause(at(4), at(4.5), "training")) == [[], [], []]


def unpaid(*pauses: Pause, end: datetime = END) -> float:
    return unpaid_seconds(start=START, end=end, planned=[MORNING, NOON], pauses=pauses) / 3600


def test_an_unpaid_break_counts_as_it_was_taken_and_as_planned_where_it_was_not():
    assert unpaid() == 0.5
    assert unpaid(Pause(at(4.1), at(4.35))) == pytest.approx(0.25)
    assert unpaid(Pause(at(4), at(4.2)), Pause(at(4.6), at(5))) == pytest.approx(0.6)
    assert unpaid(Pause(at(4), at(4.5), "training")) == 0.5


def test_a_paid_break_and_one_that_nobody_planned_cost_nothing():
    assert unpaid(Pause(at(2), at(2.5)), Pause(at(6), at(6.25))) == 0.5


def test_a_break_that_still_lasts_ends_with_the_duty():
    assert unpaid(Pause(at(4), None), end=START + timedelta(hours=4.75)) == 0.75
    assert unpaid(end=START + timedelta(hours=3)) == 0


def test_one_long_pause_over_two_breaks_counts_once():
    two = [(at(4), at(4.25), False), (at(4.5), at(4.75), False)]
    pauses = [Pause(at(4), at(4.75))]
    assert unpaid_seconds(start=START, end=END, planned=two, pauses=pauses) == 0.75 * 3600


@pytest.mark.parametrize("night", [datetime(2026, 3, 28, 23, tzinfo=ROME), datetime(2026, 10, 24, 23, tzinfo=ROME)])
def test_the_nights_in_which_clocks_change(night):
    """From 23:00 to 07:00 by the wall clock, with an unpaid break from half past one for an hour that passes."""
    start, end = night, night + timedelta(hours=8)
    begin = (night + timedelta(hours=2.5)).timestamp()
    late = [Pause(begin + 600, begin + 600 + 3000)]
    spent = (end.timestamp() - start.timestamp()) / 3600
    assert spent == (7 if night.month == 3 else 9)
    planned = [(begin, begin + 3600, False)]
    assert unpaid_seconds(start=start, end=end, planned=planned) == 3600
    assert unpaid_seconds(start=start, end=end, planned=planned, pauses=late) == 3000


spans = st.tuples(st.integers(0, 30_000), st.integers(1, 5_000))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    planned=st.lists(st.tuples(spans, st.booleans()), max_size=3),
    pauses=st.lists(st.tuples(spans, st.sampled_from(["break", "training"])), max_size=4),
)
def test_unpaid_time_is_never_more_than_the_duty_and_without_pauses_it_is_what_was_promised(planned, pauses):
    since = START.timestamp()
    breaks = [(since + begin, since + begin + length, paid) for (begin, length), paid in planned]
    taken = [Pause(since + begin, since + begin + length, why) for (begin, length), why in pauses]
    length = (END - START).total_seconds()
    found = unpaid_seconds(start=START, end=END, planned=breaks, pauses=taken)
    assert 0 <= found <= length
    everything = side_by_side(breaks, taken)
    assert sorted(pause.start for one in everything for pause in one.taken) == sorted(
        pause.start for pause in taken if pause.is_break
    )
    if not any(pause.is_break for pause in taken) and len(breaks) < 2:
        assert length - found == paid_seconds(start=START, end=END, breaks=breaks)
