"""However much there is to list, the API asks the database the same number of times."""

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from marketplace.models import MarketPolicy
from tests.factories import NOW, make_agent, make_queue, make_user
from tests.marketplace.crowd import one_more_of_everything

LISTS = {
    "eve@example.com": [
        ("open_shifts_api", ""), ("open_shifts_api", "?all=1"), ("bookings", ""), ("offers_api", ""),
        ("waiting_api", ""), ("swaps_api", ""), ("reliability_api", ""), ("availability_api", ""),
        ("preferences_api", ""), ("calendar_api", "?since=2026-03-10&days=14"), ("time_off_api", ""),
        ("skill_requests_api", ""), ("busy_calendars_api", ""),
    ],
    "mina@example.com": [
        ("shifts", ""), ("at_risk_api", ""), ("lendings", ""), ("swaps_awaiting_api", ""),
        ("time_off_api", ""), ("skill_requests_api", ""), ("queues", ""),
        ("events_api", "?queue=cards"), ("supplies_api", ""),
    ],
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "name", "query"), [(who, name, query) for who, names in LISTS.items() for name, query in names]
)
def test_a_list_asks_as_often_for_three_rows_as_for_one(who, name, query):
    MarketPolicy.objects.get_or_create(pk=1)
    mina = make_user("mina@example.com", role="admin")
    queue = make_queue("cards")
    eve = make_agent(queue, code="eve", user=make_user("eve@example.com"))
    client = Client()
    client.force_login(mina if who.startswith("mina") else eve.user)
    asked = []
    with time_machine.travel(NOW, tick=False):
        for numbers in ([1], [2, 3]):
            for number in numbers:
                one_more_of_everything(eve, queue, number=number, decider=mina)
            answer = client.get(reverse(name) + query)
            assert answer.status_code == 200, answer.content
            with CaptureQueriesContext(connection) as statements:
                client.get(reverse(name) + query)
            asked.append([one["sql"] for one in statements])
    more = asked[1][len(asked[0]) :]
    assert len(asked[0]) == len(asked[1]), more
