"""The list of queues: for dispatchers and for switches."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from gigcx.accounts.models import Department, User
from marketplace.api.queues import ByCode
from marketplace.models import Queue

URL = "/api/v1/queues/"
pytestmark = pytest.mark.usefixtures("floor")


def test_queues_are_listed_by_code(caller: Callable[..., APIClient]) -> None:
    Queue.objects.create(code="old", name="Old", department=Department.objects.get(), is_active=False)
    found = caller("telemetry").get(URL).json()
    assert [queue["queue"] for queue in found["results"]] == ["NE", "PS"]
    assert found["results"][0] == {
        "queue": "NE",
        "name": "Queue NE",
        "department": "Bank",
        "channel": "voice",
        "target_share": 0.8,
        "target_seconds": 20.0,
        "priority": 1,
        "occupancy_cap": 0.9,
        "shrinkage": 0.0,
        "least_agents": 0,
    }


def test_queues_come_in_pages(caller: Callable[..., APIClient], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ByCode, "page_size", 1)
    client = caller("telemetry")
    first = client.get(URL).json()
    second = client.get(first["next"]).json()
    assert [page["results"][0]["queue"] for page in (first, second)] == ["NE", "PS"]
    assert second["next"] is None


@pytest.mark.parametrize(("role", "status"), [("dispatcher", 200), ("admin", 200), ("agent", 403)])
def test_queues_are_for_those_who_see_the_board(role: str, status: int) -> None:
    client = APIClient()
    client.force_login(User.objects.create_user("x@example.org", role=role))
    assert client.get(URL).status_code == status


def test_queues_need_a_scope_or_a_person(caller: Callable[..., APIClient]) -> None:
    assert caller("assignments").get(URL).status_code == 403
    assert APIClient().get(URL).status_code == 401
