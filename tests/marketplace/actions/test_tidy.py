"""What is tidied: a switch's minutes become quarters of an hour before forecasts stop looking at them."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.actions.tidy import ROLLED_UP, tidy
from marketplace.models import Interval, Queue
from tests.factories import make_queue

NOW = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)


def minutes(queue: Queue, *, since: datetime, number: int) -> None:
    for minute in range(number):
        at = since + timedelta(minutes=minute)
        Interval.objects.create(
            queue=queue, starts_at=at, seconds=60, offered=3, answered=2, handle_seconds=100, as_of=at
        )


# an action that is durable wants a transaction of its own
@pytest.mark.django_db(transaction=True)
def test_old_minutes_become_quarters_and_no_contact_is_lost() -> None:
    queue = make_queue("NE")
    old = NOW - ROLLED_UP - timedelta(days=1)
    minutes(queue, since=old, number=60)
    minutes(queue, since=NOW - timedelta(days=1), number=15)
    tidy(now=NOW)
    rows = list(Interval.objects.filter(starts_at__lt=NOW - ROLLED_UP).order_by("starts_at"))
    assert [(row.starts_at, row.seconds, row.offered, row.answered, row.handle_seconds) for row in rows] == [
        (old + timedelta(minutes=15 * quarter), 900, 45, 30, 1500) for quarter in range(4)
    ]
    assert Interval.objects.filter(seconds=60).count() == 15
    before = list(Interval.objects.order_by("pk").values())
    tidy(now=NOW)
    assert list(Interval.objects.order_by("pk").values()) == before


@pytest.mark.django_db(transaction=True)
def test_quarter_that_was_hardly_reported_stays_as_it_is() -> None:
    minutes(make_queue("NE"), since=NOW - ROLLED_UP - timedelta(days=1), number=11)
    tidy(now=NOW)
    assert set(Interval.objects.values_list("seconds", flat=True)) == {60}
