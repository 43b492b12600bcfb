"""The page of calendars brought along: by address, by file, read again, taken away."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from marketplace.actions.busy_calendars import read_due_calendars
from marketplace.calendars.read import LARGEST, Unreadable
from marketplace.models import Availability, BusyCalendar
from marketplace.vocabulary import CalendarTrouble
from tests.factories import NOW, make_agent
from tests.marketplace.actions.test_busy_calendars import DENTIST, URL
from tests.marketplace.calendars.test_read import calendar

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client(migrated, scene):
    """Ada, signed in."""
    return scene.client(scene.agent)


def upload(client, content: bytes, name: str = "Work"):
    file = SimpleUploadedFile("x.ics", content)
    return client.post(reverse("read_calendar_file"), {"file-name": name, "file-file": file})


def test_a_calendar_by_address_shows_how_it_is_and_never_its_secret(client):
    assert client.post(reverse("add_calendar"), {"address-name": "Mine", "address-url": URL}).status_code == 302
    html = client.get(reverse("busy_calendars")).content.decode()
    assert "calendar.example.com" in html
    assert "private-abc" not in html

    def refused(_url: str) -> bytes:
        raise Unreadable(CalendarTrouble.REFUSED)

    read_due_calendars(now=NOW, get=refused)
    assert "Copy it again" in client.get(reverse("busy_calendars")).content.decode()


def test_a_file_is_read_at_once(client):
    assert upload(client, calendar(DENTIST)).status_code == 302
    assert "1 busy time" in client.get(reverse("busy_calendars")).content.decode()


@pytest.mark.parametrize(
    ("content", "words"), [(b"hello", "no iCalendar"), (b"x" * (LARGEST + 1), "too large"), (b"", "empty")]
)
def test_a_file_that_is_none_is_refused(client, content, words):
    answer = upload(client, content)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not BusyCalendar.objects.exists()


def test_calendars_are_taken_away_by_their_owner_only(client, scene):
    upload(client, calendar(DENTIST))
    theirs = BusyCalendar.objects.create(agent=make_agent(), name="Mine")
    assert client.post(reverse("change_calendar", args=[theirs.pk]), {"do": "remove"}).status_code == 404
    mine = BusyCalendar.objects.get(agent=scene.ada)
    assert client.post(reverse("change_calendar", args=[mine.pk]), {"do": "remove"}).status_code == 302
    assert (BusyCalendar.objects.get(), Availability.objects.count()) == (theirs, 0)


def test_an_address_that_is_none_is_refused_with_what_was_entered(client):
    answer = client.post(reverse("add_calendar"), {"address-name": "Mine", "address-url": "http://example.com/x"})
    assert answer.status_code == 422
    assert "http://example.com/x" in answer.content.decode()
    assert not BusyCalendar.objects.exists()
