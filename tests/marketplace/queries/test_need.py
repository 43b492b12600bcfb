"""What the need of a queue is worked out from."""

import pytest

from marketplace.matching.state import Presence
from marketplace.models import AgentNow, QueueNow
from marketplace.queries.need import handle_seconds
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
