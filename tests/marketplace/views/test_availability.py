"""The page on which agents say when they can work: each form does what it says, for its own agent only."""

from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse

from gigcx.accounts.models import Agent
from marketplace.claiming.weekly import Weekly
from marketplace.models import Availability, WeeklyAvailability
from marketplace.queries.availability import weekly_of
from marketplace.views.availability import spans_of
from tests.factories import NOW, make_agent

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/me/availability/"


@pytest.fixture
def ada(migrated, scene):
    """Ada signed in, in Rome; without script."""
    Agent.objects.filter(pk=scene.ada.pk).update(timezone="Europe/Rome")
    client = scene.client(scene.agent)
    client.defaults.pop("HTTP_HX_REQUEST", None)
    return client


def test_hours_in_a_row_are_one_span_and_nonsense_is_left_out():
    texts = ["2026-03-16T09", "2026-03-16T10", "2026-03-16T12", "2026-03-17T23", "x", "2026-99-01T01"]
    assert spans_of(texts) == [
        (date(2026, 3, 16), Weekly(0, time(9), time(11))),
        (date(2026, 3, 16), Weekly(0, time(12), time(13))),
        (date(2026, 3, 17), Weekly(1, time(23), time(0))),
    ]


def test_hours_are_painted_with_a_plain_form(ada, scene):
    form = {"week": "2026-03-16", "brush": "weekly", "at": ["2026-03-16T09", "2026-03-16T10"]}
    response = ada.post(reverse("paint_availability"), form)
    assert (response.status_code, response["Location"]) == (302, f"{PAGE}?week=2026-03-16")
    assert weekly_of(agent_id=scene.ada.pk) == [Weekly(0, time(9), time(11))]


def test_with_script_only_the_week_comes_back(scene):
    form = {"week": "2026-03-16", "brush": "blackout", "at": "2026-03-16T09"}
    response = scene.client(scene.agent).post(reverse("paint_availability"), form)
    assert "<html" not in response.content.decode()
    assert 'class="blackout"' in response.content.decode()


def test_exact_hours_are_offered_and_withdrawn(ada, scene):
    form = {"weekdays": ["0", "6"], "start": "22:30", "end": "06:15", "since": "2026-03-01", "until": "2026-03-31"}
    assert ada.post(reverse("set_weekly"), form).status_code == 302
    rows = weekly_of(agent_id=scene.ada.pk)
    assert rows == [Weekly(day, time(22, 30), time(6, 15), date(2026, 3, 1), date(2026, 4, 1)) for day in (0, 6)]
    ada.post(reverse("set_weekly"), form | {"do": "withdraw"})
    assert weekly_of(agent_id=scene.ada.pk) == []


def test_a_single_period_is_read_by_the_agents_clock(ada, scene):
    form = {"kind": "blackout", "start": "2026-03-29T00:00", "end": "2026-03-30T00:00", "note": "wedding"}
    assert ada.post(reverse("set_once"), form).status_code == 302
    row = Availability.objects.get(agent=scene.ada)
    assert (row.period.upper - row.period.lower, row.note) == (timedelta(hours=23), "wedding")
    assert ada.post(reverse("drop_once", args=[row.pk])).status_code == 302
    assert not Availability.objects.exists()


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("set_weekly", {"weekdays": [], "start": "09:00", "end": "10:00"}),
        ("set_weekly", {"weekdays": ["0"], "start": "9 o'clock", "end": "10:00"}),
        ("set_weekly", {"weekdays": ["0"], "start": "09:00", "end": "10:00", "since": "2026-03-02",
                        "until": "2026-03-01"}),
        ("set_once", {"kind": "available", "start": "2026-03-16T10:00", "end": "2026-03-16T10:00"}),
        ("set_once", {"kind": "work", "start": "2026-03-16T10:00", "end": "2026-03-16T11:00"}),
        ("set_once", {"kind": "available", "start": "2026-03-16T10:00", "end": "2027-03-16T10:00"}),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said_and_changes_nothing(ada, name, form):
    response = ada.post(reverse(name), form)
    assert response.status_code == 422
    assert "problem" in response.content.decode()
    assert not WeeklyAvailability.objects.exists()
    assert not Availability.objects.exists()


def test_rows_of_others_stay(ada):
    other = make_agent()
    weekly = WeeklyAvailability.objects.create(agent=other, weekday=0, start=time(9), end=time(10))
    once = Availability.objects.create(agent=other, kind="available", period=(NOW, NOW + timedelta(hours=1)))
    ada.post(reverse("drop_weekly", args=[weekly.pk]))
    ada.post(reverse("drop_once", args=[once.pk]))
    assert (WeeklyAvailability.objects.count(), Availability.objects.count()) == (1, 1)


def test_skipped_hours_cannot_be_painted_and_any_week_can_be_shown(ada):
    html = ada.get(f"{PAGE}?week=2026-03-29").content.decode()
    assert html.count('class="skipped" disabled') == 1
    for week in ("0001-01-01", "9999-12-31", "soon"):
        assert ada.get(f"{PAGE}?week={week}").status_code == 200


def test_statements_do_not_grow_with_what_was_said(ada, scene, django_assert_max_num_queries):
    for rows in (1, 20):
        for number in range(rows):
            start = NOW + timedelta(days=1, hours=2 * number)
            Availability.objects.create(agent=scene.ada, kind="available", period=(start, start + timedelta(hours=1)))
        with django_assert_max_num_queries(10):
            assert ada.get(PAGE).status_code == 200


def test_the_zone_is_that_of_the_agent(ada, scene):
    at = datetime.fromisoformat("2026-03-16T08:00+00:00")
    Availability.objects.create(agent=scene.ada, kind="available", period=(at, at + timedelta(hours=1)))
    assert "Mon 16 Mar 09:00–10:00" in ada.get(PAGE).content.decode()
