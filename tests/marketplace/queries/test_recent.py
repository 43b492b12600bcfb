"""The level now, and the half-hour behind it."""

from datetime import timedelta

import numpy as np
import pytest

from marketplace.models import Forecast, Interval
from marketplace.queries.recent import Tally, read_histories
from tests.factories import NOW, make_department, make_queue

pytestmark = pytest.mark.django_db


def interval(queue, *, minutes_ago, seconds=60, offered=10, in_target=8, abandoned=0, as_of=None):
    start = NOW - timedelta(minutes=minutes_ago)
    return Interval.objects.create(
        queue=queue,
        starts_at=start,
        seconds=seconds,
        offered=offered,
        answered=offered - abandoned,
        answered_in_target=in_target,
        abandoned=abandoned,
        as_of=as_of or start + timedelta(seconds=seconds),
    )


def history(queue):
    return read_histories(department_ids=None, now=NOW)[queue.pk]


def test_level_is_answered_in_target_over_offered_of_the_last_fifteen_minutes():
    queue = make_queue("cards")
    interval(queue, minutes_ago=15, offered=10, in_target=9)
    interval(queue, minutes_ago=1, offered=10, in_target=4)
    interval(queue, minutes_ago=16, offered=100, in_target=0)
    assert history(queue).tally == Tally(offered=20, in_target=13, abandoned=0)
    assert history(queue).tally.level == 0.65


def test_level_counts_an_interval_half_inside_by_half():
    queue = make_queue("cards")
    interval(queue, minutes_ago=20, seconds=600, offered=10, in_target=8, abandoned=2)
    assert history(queue).tally == Tally(offered=5, in_target=4, abandoned=1)


def test_level_is_null_where_nothing_was_offered():
    queue = make_queue("cards")
    interval(queue, minutes_ago=3, offered=0, in_target=0)
    assert history(queue).tally.level is None


def test_level_leaves_out_who_still_waits_within_the_target():
    tally = Tally(offered=10, in_target=8).with_waiting(waiting=2, longest_wait_seconds=12, target_seconds=20)
    assert tally.offered == 8
    assert tally.level == 1.0


def test_level_counts_who_waits_past_the_target_as_offered_and_missed():
    tally = Tally(offered=14, in_target=8).with_waiting(waiting=4, longest_wait_seconds=40, target_seconds=20)
    # half of four have waited past the target; the other two are undecided
    assert tally.offered == 12
    assert Tally().with_waiting(waiting=1, longest_wait_seconds=21, target_seconds=20).level == 0.0


def test_rate_is_unknown_where_nothing_was_reported():
    queue = make_queue("cards")
    for minutes_ago in range(10, 0, -1):
        interval(queue, minutes_ago=minutes_ago, offered=6)
    rate = history(queue).rate
    assert np.isnan(rate[0])
    assert rate[-1] == pytest.approx(6.0)


def test_band_is_the_forecast_as_contacts_a_minute():
    queue = make_queue("cards")
    Forecast.objects.create(
        queue=queue, starts_at=NOW - timedelta(minutes=15), seconds=900, mean=45, p10=30, p50=45, p90=60
    )
    band = history(queue)
    assert (band.low[-2], band.high[-2]) == (2.0, 4.0)
    assert np.isnan(band.high[0])


def test_histories_hold_only_the_queues_of_the_departments():
    here, there = make_queue("cards"), make_queue("loans", department=make_department("Lending"))
    interval(here, minutes_ago=1)
    interval(there, minutes_ago=1)
    assert set(read_histories(department_ids=[here.department_id], now=NOW)) == {here.pk}
