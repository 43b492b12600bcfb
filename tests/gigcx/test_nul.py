"""NUL characters: no text that the database keeps has one, so nobody gets as far as asking it."""

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from gigcx.accounts.models import Role
from tests.admin_site import signed_in
from tests.factories import make_agent, make_department, make_queue, make_user
from tests.marketplace.bookings import make_shift

pytestmark = pytest.mark.django_db
PAGES = {"people": ("q", "queue"), "move": ("q",), "timeline": ("kind",), "planner": ("queue", "status")}
READS = {
    "gap/": ("department",),
    "promises/": ("department",),
    "shifts/open/": ("queue",),
    "shifts/": ("queue", "cursor"),
}


@pytest.fixture
def mina() -> Client:
    make_queue("cards")
    return signed_in(Role.ADMIN)


@pytest.mark.parametrize(("page", "name"), [(page, name) for page, names in PAGES.items() for name in names])
def test_a_page_is_not_asked_with_one(mina: Client, page: str, name: str) -> None:
    assert mina.get(reverse(page), {name: "a\x00b"}).status_code == 400
    assert mina.get(reverse(page), {name: "a%00b"}).status_code == 200  # the words, not the character


@pytest.mark.parametrize(("path", "name"), [(path, name) for path, names in READS.items() for name in names])
def test_the_api_says_so_as_a_problem(path: str, name: str) -> None:
    caller = APIClient(raise_request_exception=False)
    user = make_user("ada@example.com", role=Role.ADMIN, departments=(make_department(),))
    make_agent(make_queue("cards"), user=user)
    caller.force_login(user)
    answer = caller.get(f"/api/v1/{path}", {name: "\x00"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_a_form_is_not_sent_with_one(mina: Client) -> None:
    shift = make_shift(make_queue("loans"))
    address = reverse("save_template", args=[shift.pk])
    assert mina.post(address, {"name": "a\x00b"}).status_code == 400
    assert mina.post(address, {"name": "a"}).status_code == 302


def test_an_address_has_none(client: Client) -> None:
    assert client.get("/board/%00/").status_code == 400
