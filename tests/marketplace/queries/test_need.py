"""What the need of a queue is worked out from."""

from datetime import UTC, datetime

import numpy as np
import pytest

from marketplace.matching.state import Presence
from marketplace.models import AgentNow, QueueNow
from marketplace.queries.grid import Grid
from marketplace.queries.need import handle_seconds, handle_seconds_ahead, people_needed
from tests.factories import NOW, make_agent, make_queue, on_duty

pytestmark = pytest.mark.django_db


def test_handle_time_counts_contacts_that_still_run() -> None:
    filling, quiet = make_queue("filling", handle_seconds=180), make_queue("quiet", handle_seconds=240)
    for _ in range(2):
        on_duty(make_agent(filling), filling, presence=Presence.ON_CONTACT)
    AgentNow.objects.update(presence_since=int(NOW.timestamp()) - 400)
    QueueNow.objects.create(queue=filling, as_of=NOW.timestamp(), handle_sum=20, handle_count=3)
    one_ended = (10 * 180 + 20 + 2 * 400) / (10 + 1)
    assert handle_seconds([quiet, filling]).tolist() == pytest.approx([240, one_ended])


def test_a_contact_that_the_switch_forgot_says_nothing_of_handle_times() -> None:
    queue = make_queue("filling", handle_seconds=180)
    on_duty(make_agent(queue), queue, presence=Presence.ON_CONTACT)
    AgentNow.objects.update(presence_since=0)
    QueueNow.objects.create(queue=queue, as_of=NOW.timestamp())
    assert handle_seconds([queue]).tolist() == [180]


def test_little_measured_is_drawn_to_what_is_usual() -> None:
    queue = make_queue("cards", handle_seconds=180, usual_handle_seconds=300)
    QueueNow.objects.create(queue=queue, as_of=NOW.timestamp(), handle_sum=1_000, handle_count=10)
    assert handle_seconds([queue]).tolist() == [(10 * 300 + 1_000) / 20]


@pytest.mark.parametrize(
    ("now", "of_today"),
    [
        (datetime(2026, 3, 28, 23, 10, tzinfo=UTC), 23),  # ten past midnight in Rome, on the day of 23 hours
        (datetime(2026, 10, 24, 22, 10, tzinfo=UTC), 25),  # the same on the day of 25
    ],
)
def test_what_was_lately_measured_holds_until_the_queues_midnight(now: datetime, of_today: int) -> None:
    rome, apia = make_queue("rome", timezone="Europe/Rome", usual_handle_seconds=200), make_queue("apia")
    apia.timezone, apia.handle_seconds = "Pacific/Apia", 100.0
    grid = Grid(start=int(now.timestamp()) - 600, step_seconds=3600, cells=30)
    ahead = handle_seconds_ahead([rome, apia], lately=np.array([73.0, 400.0]), grid=grid, now=now)
    assert ahead[0].tolist() == [73.0] * of_today + [200.0] * (30 - of_today)
    assert (ahead[1, 0], ahead[1, -1]) == (400.0, 100.0)


def test_need_takes_each_cells_own_handle_time() -> None:
    queue = make_queue("cards")
    rate = np.full((3, 1, 4), 0.05)
    rate[2] *= 2
    handle = np.array([[100.0, 100.0, 300.0, 300.0]])
    need = people_needed(queues=[queue], rate=rate, handle=handle)
    short, long = (people_needed(queues=[queue], rate=rate, handle=np.array([one])) for one in (100.0, 300.0))
    assert need[..., :2].tolist() == short[..., :2].tolist()
    assert need[..., 2:].tolist() == long[..., 2:].tolist()
    assert (short < long).all()
