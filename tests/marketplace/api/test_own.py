"""Availability, calendar and requests by API: the same actions, the same refusals, and nobody else's rows."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from rest_framework.test import APIClient

from gigcx.accounts.models import Agent, User
from marketplace.models import Availability, BusyCalendar, CalendarFeed, Preference, TimeOff, WeeklyAvailability
from skills.models import Proficiency, Skill, SkillRequest
from tests.factories import NOW, make_agent, make_department, make_queue, make_user
from tests.marketplace.bookings import TOMORROW, hold, make_shift

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def now():
    """The clock stands."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ada(db) -> Agent:
    """Who may serve cards."""
    return make_agent(make_queue("cards"), user=make_user("ada@example.com"))


def caller(user: User | None) -> APIClient:
    client = APIClient(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


@pytest.fixture
def api(ada) -> APIClient:
    """Ada calls."""
    return caller(ada.user)


def send(api: APIClient, path: str, body: dict | None = None, method: str = "post"):
    return getattr(api, method)(f"/api/v1/{path}", body or {}, format="json")


def hours(start: datetime, length: float) -> dict[str, str]:
    return {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=length)).isoformat()}


def test_weekly_hours_are_offered_and_withdrawn(api, ada):
    body = {"do": "offer", "weekly": [{"weekday": 6, "start": "22:00", "end": "06:00"}]}
    kept = [{"weekday": 6, "start": "22:00", "end": "06:00", "since": None, "until": None}]
    assert send(api, "availability/weekly/", body).json() == kept
    assert api.get("/api/v1/availability/weekly/").json() == kept
    assert send(api, "availability/weekly/", body | {"do": "withdraw"}).json() == []
    assert not WeeklyAvailability.objects.exists()


def test_weekly_hours_that_end_before_they_begin_are_refused(api):
    backwards = {"weekday": 6, "start": "09:00", "end": "10:00", "since": "2026-03-20", "until": "2026-03-20"}
    answer = send(api, "availability/weekly/", {"do": "offer", "weekly": [backwards]})
    assert (answer.status_code, answer.json()["code"]) == (422, "availability_period")
    assert not WeeklyAvailability.objects.exists()


def test_text_that_no_database_keeps_is_refused_wherever_it_stands(api):
    text = "a\x00b"
    for body in ({"queues": [text], "sites": []}, {"queues": [], "sites": [], "work_place": text}):
        answer = send(api, "preferences/", body, "put")
        assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")
    assert not Preference.objects.exists()


def test_single_periods_are_set_and_listed_by_page(api):
    for kind in ("available", "blackout"):
        assert send(api, "availability/", {"kind": kind, **hours(TOMORROW, 2)}).status_code == 204
    [row] = api.get("/api/v1/availability/").json()["results"]
    assert (row["kind"], row["starts_at"]) == ("blackout", "2026-03-11T10:00:00Z")
    send(api, "availability/", {"kind": None, **hours(TOMORROW, 2)})
    assert api.get("/api/v1/availability/").json()["results"] == []


def test_a_refusal_has_every_reason_under_its_code(api, ada):
    hold(make_shift(ada.proficiencies.get().skill.queueskill_set.get().queue), ada)
    answer = send(api, "availability/", {"kind": "blackout", **hours(TOMORROW, 2)})
    assert (answer.status_code, answer.json()["code"]) == (409, "availability_booked")
    assert [error["where"] for error in answer.json()["errors"]] == ["availability_booked"]
    answer = send(api, "availability/", {"kind": "available", **hours(TOMORROW, -2)})
    assert (answer.status_code, answer.json()["code"]) == (422, "availability_period")
    assert not Availability.objects.exists()


def test_preferences_are_kept_whole(api, ada):
    assert api.get("/api/v1/preferences/").json() == {}
    body = {"hours_wanted": 20, "queues": ["cards"], "sites": [], "work_place": ""}
    assert send(api, "preferences/", body, "put").json()["queues"] == ["cards"]
    answer = send(api, "preferences/", body | {"most_hours": 10}, "put")
    assert (answer.status_code, Preference.objects.get().most_hours) == (422, None)


def test_the_calendar_says_what_is_on(api, ada):
    booking = hold(make_shift(ada.proficiencies.get().skill.queueskill_set.get().queue), ada)
    [item] = api.get("/api/v1/calendar/").json()
    assert (item["kind"], item["booking"], item["status"]) == ("booking", booking.pk, "held")
    assert api.get("/api/v1/calendar/", hours(TOMORROW + timedelta(days=3), 9)).json() == []
    assert api.get("/api/v1/calendar/?starts_at=soon").status_code == 400


def test_a_feed_is_made_and_ended(api):
    url = send(api, "calendar/feed/").json()["url"]
    assert Client().get(url).status_code == 200
    assert api.delete("/api/v1/calendar/feed/").status_code == 204
    assert (Client().get(url).status_code, CalendarFeed.objects.count()) == (404, 0)


def test_time_off_goes_from_asked_to_granted_in_its_department_only(api, ada):
    asked = send(api, "time-off/", {"reason": "trip", **hours(TOMORROW, 48)}).json()
    again = send(api, "time-off/", hours(TOMORROW, 1))
    assert (again.status_code, again.json()["code"]) == (409, "time_off_overlap")
    path = f"time-off/{asked['id']}/answer/"
    stranger = caller(make_user("lena@example.com", role="dispatcher", departments=(make_department("Lending"),)))
    assert send(stranger, path, {"grant": True}).status_code == 404
    assert stranger.get("/api/v1/time-off/").json()["results"] == []
    assert send(api, path, {"grant": True}).status_code == 403
    dov = caller(make_user("dov@example.com", role="dispatcher", departments=(ada.department,)))
    assert send(dov, path, {"grant": True, "note": "enjoy"}).json()["status"] == "granted"
    assert send(dov, path, {"grant": False}).json()["code"] == "time_off_answered"
    assert send(api, f"time-off/{asked['id']}/withdraw/").status_code == 204
    assert not Availability.objects.exists()


def test_a_skill_goes_from_declared_to_verified(api, ada):
    Skill.objects.create(name="mortgages")
    asked = send(api, "skill-requests/", {"skill": "mortgages", "level": 4, "evidence": "two years"}).json()
    assert send(api, "skill-requests/", {"skill": "mortgages", "level": 5}).status_code == 422
    path = f"skill-requests/{asked['id']}/answer/"
    assert send(api, path, {"level": 5}).status_code == 403
    mina = caller(make_user("mina@example.com", role="admin"))
    assert send(mina, path, {"level": None}).status_code == 422
    assert send(mina, path, {"level": 3}).json()["status"] == "verified"
    assert Proficiency.objects.get(agent=ada, skill__name="mortgages").level == 3


def test_a_calendar_is_brought_and_its_address_is_not_told(api):
    body = {"name": "Mine", "url": "https://example.com/secret.ics"}
    row = send(api, "busy-calendars/", body).json()
    assert "url" not in row
    assert "secret" not in api.get("/api/v1/busy-calendars/").content.decode()
    assert send(api, "busy-calendars/", body).json()["code"] == "calendar_name_taken"
    assert api.delete(f"/api/v1/busy-calendars/{row['id']}/").status_code == 204


def test_rows_of_others_are_not_there(api):
    other = make_agent()
    time_off = TimeOff.objects.create(agent=other, period=(TOMORROW, TOMORROW + timedelta(days=1)), asked_at=NOW)
    skill = SkillRequest.objects.create(agent=other, skill=Skill.objects.create(name="x"), level=1, asked_at=NOW)
    busy = BusyCalendar.objects.create(agent=other, name="Mine")
    assert send(api, f"time-off/{time_off.pk}/withdraw/").status_code == 404
    assert send(api, f"skill-requests/{skill.pk}/withdraw/").status_code == 404
    assert api.delete(f"/api/v1/busy-calendars/{busy.pk}/").status_code == 404
    for path in ("time-off", "skill-requests", "busy-calendars"):
        assert api.get(f"/api/v1/{path}/").json()["results"] == []


PATHS = ["availability/", "availability/weekly/", "preferences/", "calendar/", "busy-calendars/"]


@pytest.mark.parametrize("path", PATHS)
def test_only_agents_call_these(path):
    assert caller(None).get(f"/api/v1/{path}").status_code in {401, 403}
    assert caller(make_user("mina@example.com", role="admin")).get(f"/api/v1/{path}").status_code == 403


@pytest.mark.parametrize("path", ["availability/", "availability/weekly/", "calendar/feed/", "time-off/",
                                  "skill-requests/", "busy-calendars/"])  # fmt: skip
def test_nobody_else_writes(path):
    assert send(caller(None), path).status_code in {401, 403}
    assert send(caller(make_user("mina@example.com", role="admin")), path).status_code == 403


def test_a_write_that_is_sent_twice_has_one_effect(api):
    for _ in range(2):
        answer = api.post("/api/v1/time-off/", hours(TOMORROW, 2), format="json", headers={"Idempotency-Key": "k"})
        assert answer.status_code == 201
    assert TimeOff.objects.count() == 1


ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20260301T000000Z
DTSTART:20260312T090000Z
DTEND:20260312T100000Z
END:VEVENT
END:VCALENDAR
"""


def test_a_calendar_is_brought_as_a_file_and_one_with_an_address_read_again(api, ada):
    made = send(api, "busy-calendars/file/", {"name": "Mine", "ics": ICS})
    assert (made.status_code, Availability.objects.get().kind) == (201, "blackout")
    wrong = send(api, "busy-calendars/file/", {"name": "Other", "ics": "no calendar"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "calendar_unreadable")
    assert BusyCalendar.objects.count() == 1
    assert send(api, f"busy-calendars/{made.json()['id']}/read/").status_code == 404
    far = send(api, "busy-calendars/", {"name": "Far", "url": "https://example.com/x.ics"}).json()["id"]
    BusyCalendar.objects.update(due_at=NOW + timedelta(hours=4))
    assert send(api, f"busy-calendars/{far}/read/").status_code == 204
    assert BusyCalendar.objects.get(pk=far).due_at == NOW
    other = BusyCalendar.objects.create(agent=make_agent(), name="Theirs", url="https://example.com/y.ics")
    assert send(api, f"busy-calendars/{other.pk}/read/").status_code == 404
