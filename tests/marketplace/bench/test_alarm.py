"""`bench alarm`: on real processes, and how its figures are made."""

import pytest

from marketplace.bench.alarm import Made, run, shown_after
from marketplace.bench.scratch import scratch_database


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_alarm_is_answered_on_a_whole_installation() -> None:
    with scratch_database():
        found = run(alarms=1, pages=4)
    assert found["alarms"] >= 1
    assert found["moved"] <= found["alarms"]
    assert 0 < found["answer_p50_ms"] <= found["answer_p95_ms"] <= found["answer_max_ms"]
    assert found["pages"] == 4


def test_page_is_counted_from_the_decision_to_the_name() -> None:
    made = [Made(agent=1, place="Cards", decided_at=10.0), Made(agent=2, place="Cards", decided_at=10.0)]
    seen = {1: [(9.0, "Cards"), (10.2, "Savings"), (10.4, "Cards"), (10.9, "Cards")], 2: [(10.1, "Cards")]}
    shown, overtaken, missed = shown_after(made, seen)
    assert sorted(shown) == pytest.approx([0.1, 0.4])
    assert (overtaken, missed) == (0, 0)


def test_page_that_never_shows_a_move_is_missed_unless_the_next_move_came_first() -> None:
    made = [
        Made(agent=1, place="Cards", decided_at=10.0),
        Made(agent=1, place="Savings", decided_at=10.1),
        Made(agent=1, place="Cards", decided_at=20.0),
        Made(agent=3, place="Cards", decided_at=20.0),
    ]
    seen = {1: [(10.3, "Savings"), (20.0, "Savings")], 2: []}
    shown, overtaken, missed = shown_after(made, seen)
    assert shown == pytest.approx([0.2])
    assert (overtaken, missed) == (1, 1)  # nobody looks at the page of the third agent
