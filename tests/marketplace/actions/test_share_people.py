"""What people who may serve several queues save, from the forecast to the need on screen."""

from datetime import timedelta

import numpy as np
import pytest

from marketplace.actions.share_people import share_people
from marketplace.models import Forecast, Queue
from marketplace.queries.need import people_needed
from tests.factories import NOW, make_agent, make_queue

pytestmark = pytest.mark.django_db


def expect(queue: Queue, *, mean: float) -> None:
    for hour in range(1, 5):
        Forecast.objects.create(
            queue=queue, starts_at=NOW + timedelta(hours=hour), seconds=1800, mean=mean, p10=mean, p50=mean, p90=mean
        )


def test_queues_that_share_people_need_fewer_together() -> None:
    cards, loans, mail = (make_queue(code, handle_seconds=240) for code in ("cards", "loans", "mail"))
    for queue in (cards, loans, mail):
        expect(queue, mean=60)
    for _ in range(12):
        make_agent(cards, loans)
    for _ in range(6):
        make_agent(mail)
    queues = [cards, loans, mail]
    rate = np.full((3, 2), 60 / 1800)
    alone = people_needed(queues=queues, rate=rate)
    assert share_people(now=NOW) == 2
    queues = list(Queue.objects.order_by("pk"))
    shared = people_needed(queues=queues, rate=rate)
    assert (shared[2] == alone[2]).all()
    assert 60 / 1800 * 240 * 2 < shared[:2, 0].sum() < alone[:2, 0].sum()
    assert [queue.own_safety < 1 for queue in queues] == [True, True, False]


def test_nothing_is_shared_that_the_occupancy_cap_asks_for() -> None:
    queues = [make_queue(code, handle_seconds=240, own_safety=0.0, occupancy_cap=0.8) for code in ("cards", "loans")]
    rate = np.full((2, 1), 0.1)
    assert people_needed(queues=queues, rate=rate).sum() == 60
    least = [make_queue("mail", own_safety=0.0, least_agents=3)]
    assert people_needed(queues=least, rate=np.array([[1e-6, np.nan]])).tolist() == [[3, 0]]


def test_without_a_forecast_each_queue_stands_alone() -> None:
    queue = make_queue("cards")
    make_agent(queue)
    assert share_people(now=NOW) == 0
    queue.refresh_from_db()
    assert queue.own_safety == 1
