"""However much there is to list, a page asks the database the same number of times."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from marketplace.models import Booking, MarketPolicy, Swap
from tests.marketplace.crowd import one_more_of_everything
from tests.marketplace.views.conftest import Scene

LISTS = {
    "agent": [
        ("open_shifts", ""), ("open_shifts", "?all=1"), ("open_shifts", "?suits=1"), ("offers", ""), ("today", ""),
        ("calendar", "?view=month"), ("calendar", "?view=day"), ("availability", ""), ("me", ""), ("my_skills", ""),
        ("my_time_off", ""), ("busy_calendars", ""), ("preferences", ""), ("reliability", ""), ("new_swap", ""),
    ],
    "dov": [
        ("board", ""), ("queue", ""), ("people", ""), ("timeline", ""), ("demand", ""), ("mix", ""),
        ("planner", "?day=2026-03-11"), ("planner", "?risk=1"), ("shift_plan", ""), ("shift_templates", ""),
        ("shift_sheet", ""), ("swaps", ""), ("appeals", ""), ("time_off_requests", ""), ("time_off_request", ""),
    ],
    "mina": [("skill_requests", ""), ("history", "")],
}  # fmt: skip


def address(scene: Scene, name: str, query: str) -> str:
    first = Booking.objects.filter(agent=scene.ada, status="held").exclude(swaps__isnull=False).order_by("pk").first()
    numbers = {
        "queue": [scene.cards.pk],
        "new_swap": [first.pk],
        "shift_sheet": [Swap.objects.order_by("pk").first().booking.shift_id],
        "time_off_request": [scene.time_off.pk],
    }
    return reverse(name, args=numbers.get(name, [])) + query


@pytest.mark.parametrize(
    ("who", "name", "query"), [(who, name, query) for who, names in LISTS.items() for name, query in names]
)
def test_a_page_asks_as_often_for_three_rows_as_for_one(scene, who, name, query):
    MarketPolicy.objects.get_or_create(pk=1)
    client = scene.client(getattr(scene, who))
    asked = []
    for numbers in ([1], [2, 3]):
        for number in numbers:
            one_more_of_everything(scene.ada, scene.cards, number=number, decider=scene.mina)
        page = address(scene, name, query)
        assert client.get(page).status_code == 200
        with CaptureQueriesContext(connection) as statements:
            client.get(page)
        asked.append([one["sql"] for one in statements])
    more = asked[1][len(asked[0]) :]
    assert len(asked[0]) == len(asked[1]), more
