"""Templates and series of shifts by API: shown first, made whole or not at all, for one's own departments."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from rest_framework.test import APIClient

from gigcx.accounts.models import Site
from marketplace.models import Shift, ShiftTemplate
from tests.factories import NOW, make_agent, make_department, make_queue, make_user
from tests.marketplace.api.callers import caller, post
from tests.marketplace.bookings import make_shift

pytestmark = pytest.mark.django_db(transaction=True)
MONDAY = date(2026, 3, 16)


@pytest.fixture(autouse=True)
def now():
    """The clock stands."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def queue(db):
    return make_queue("cards", timezone="Europe/Rome")


@pytest.fixture
def dov(queue) -> APIClient:
    """Who plans the queue's department."""
    return caller(make_user("dov@example.com", role="dispatcher", departments=(queue.department,)))


def week(**more) -> dict:
    figures = {"department": "Retail", "since": "2026-03-16", "until": "2026-03-29", "weekdays": [0, 6]}
    return figures | more


@pytest.fixture
def template(queue, dov) -> int:
    """Nights from 22:00 to 06:00 by Rome's clock."""
    start = datetime.fromisoformat("2026-03-12T22:00:00+01:00")
    shift = make_shift(queue, start=start, hours=8, places=2)
    return post(dov, "shift-templates/", {"shift": shift.pk, "name": "Night"}).json()["id"]


def test_a_template_is_kept_listed_replaced_and_forgotten(queue, dov, template):
    [row] = dov.get("/api/v1/shift-templates/").json()["results"]
    assert (row["id"], row["name"], row["starts"], row["ends"], row["places"]) == (
        template, "Night", "22:00", "06:00", 2,
    )  # fmt: skip
    other = make_shift(queue, places=5)
    assert post(dov, "shift-templates/", {"shift": other.pk, "name": "Night"}).json()["id"] == template
    assert ShiftTemplate.objects.get().places == 5
    assert dov.delete(f"/api/v1/shift-templates/{template}/").status_code == 204
    assert dov.delete(f"/api/v1/shift-templates/{template}/").status_code == 404


def test_a_series_is_shown_then_made_once_and_the_night_of_the_clock_is_an_hour_shorter(dov, template):
    before = Shift.objects.count()
    shown = post(dov, "shifts/series/", week(template=template, weekdays=[5, 0])).json()
    assert (shown["made"], shown["shifts"], len(shown["wanted"])) == (False, [], 4)
    assert Shift.objects.count() == before
    lengths = [
        datetime.fromisoformat(one["ends_at"]) - datetime.fromisoformat(one["starts_at"]) for one in shown["wanted"]
    ]
    assert [length / timedelta(hours=1) for length in lengths] == [8, 8, 8, 7]
    for _ in range(2):
        made = post(
            dov, "shifts/series/", week(template=template, weekdays=[5, 0], do="draft"), **{"Idempotency-Key": "k"}
        )
        assert len(made.json()["shifts"]) == 4
    assert Shift.objects.count() == before + 4
    assert {shift.status for shift in Shift.objects.filter(pk__in=made.json()["shifts"])} == {"draft"}


def test_a_day_is_copied(queue, dov):
    make_shift(queue, start=datetime.fromisoformat("2026-03-12T09:00:00+01:00"))
    answer = post(dov, "shifts/series/", week(day="2026-03-12", until="2026-03-16", weekdays=[0], do="open"))
    [made] = Shift.objects.filter(pk__in=answer.json()["shifts"])
    assert (made.status, made.starts_at) == ("open", datetime.fromisoformat("2026-03-16T09:00:00+01:00"))


def test_refusals_have_every_reason_and_nothing_is_made(queue, dov, template):
    site = Site.objects.create(name="Milan", seats=1)
    ShiftTemplate.objects.update(work_place="site", site=site)
    before = Shift.objects.count()
    full = post(dov, "shifts/series/", week(template=template, do="open"))
    assert (full.status_code, full.json()["code"]) == (409, "site_seats")
    nothing = post(dov, "shifts/series/", week(template=template, since="2026-03-01", until="2026-03-02", do="draft"))
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_make")
    for wrong in ({"until": "2026-03-01"}, {"until": "2026-12-01"}, {"template": None}, {"weekdays": [7]}):
        assert post(dov, "shifts/series/", week(template=template) | wrong).status_code == 400
    assert Shift.objects.count() == before


def test_others_have_no_part_in_it(queue, template):
    lena = caller(make_user("lena@example.com", role="dispatcher", departments=(make_department("Lending"),)))
    shift = Shift.objects.get()
    assert post(lena, "shift-templates/", {"shift": shift.pk, "name": "Mine"}).status_code == 404
    assert lena.get("/api/v1/shift-templates/").json()["results"] == []
    assert lena.delete(f"/api/v1/shift-templates/{template}/").status_code == 404
    assert post(lena, "shifts/series/", week(template=template, do="draft")).status_code == 404
    theirs = week(template=template, department="Lending", do="draft")
    assert post(lena, "shifts/series/", theirs).status_code == 400
    ada = caller(make_agent(queue, user=make_user("ada@example.com")).user)
    for client, status in ((ada, 403), (APIClient(), 401)):
        assert client.get("/api/v1/shift-templates/").status_code == status
        assert post(client, "shift-templates/", {}).status_code == status
        assert client.delete(f"/api/v1/shift-templates/{template}/").status_code == status
        assert post(client, "shifts/series/", {}).status_code == status
    assert (Shift.objects.count(), ShiftTemplate.objects.get().name) == (1, "Night")
