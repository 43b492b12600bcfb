"""What a contact usually takes, from what was counted."""

from datetime import timedelta

import pytest

from marketplace.actions.measure_handle_times import measure_handle_times
from marketplace.models import Interval, Queue
from tests.factories import NOW, make_queue

pytestmark = pytest.mark.django_db


def count(queue: Queue, *, days_ago: float, **totals: float) -> None:
    Interval.objects.create(
        queue=queue, starts_at=NOW - timedelta(days=days_ago), seconds=900, as_of=NOW, **{"offered": 0, **totals}
    )


def usual(queue: Queue) -> float | None:
    queue.refresh_from_db()
    return queue.usual_handle_seconds


def test_all_seconds_over_all_contacts_of_the_last_four_weeks() -> None:
    queue = make_queue("cards", handle_seconds=180)
    count(queue, days_ago=1, offered=35, answered=30, abandoned=5, handle_seconds=9_000)
    count(queue, days_ago=2, offered=12, answered=10, abandoned=2, handle_seconds=0)  # they ended in the next one
    count(queue, days_ago=27, offered=50, handle_seconds=9_000)  # from a file: what was offered
    count(queue, days_ago=26, offered=900)  # from a file without handle times
    count(queue, days_ago=29, offered=500, answered=500, handle_seconds=500_000)
    assert measure_handle_times(now=NOW) == 1
    assert usual(queue) == pytest.approx((10 * 180 + 9_000 + 9_000) / (10 + 30 + 10 + 50), abs=0.05)
    assert measure_handle_times(now=NOW) == 0


def test_queue_of_which_nothing_is_known_keeps_what_it_has() -> None:
    silent, lost = make_queue("silent"), make_queue("lost", usual_handle_seconds=240)
    count(silent, days_ago=1, offered=40)
    count(lost, days_ago=1, offered=40, abandoned=40)
    assert measure_handle_times(now=NOW) == 0
    assert (usual(silent), usual(lost)) == (None, 240)
