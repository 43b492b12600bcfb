"""Calendars that agents bring: their busy times are kept free of shifts, and nothing else is kept of them."""

import json
from datetime import timedelta

import pytest

from gigcx.ledger.models import Entry
from marketplace.actions.busy_calendars import (
    EVERY,
    MOST,
    SOON,
    add_calendar,
    read_again,
    read_due_calendars,
    read_file,
    remove_calendar,
)
from marketplace.actions.claim import claim
from marketplace.actions.refused import ClaimRefused, Refused
from marketplace.calendars.read import Unreadable
from marketplace.models import Availability, BusyCalendar
from marketplace.vocabulary import CalendarTrouble
from tests.factories import NOW, make_agent, make_queue
from tests.marketplace.bookings import make_shift
from tests.marketplace.calendars.test_read import calendar

pytestmark = pytest.mark.django_db(transaction=True)
WHO = {"actor": "user:2", "now": NOW}
URL = "https://calendar.example.com/private-abc/basic.ics"
DENTIST = "DTSTART:20260311T100000Z\nDTEND:20260311T120000Z\nSUMMARY:Dentist\nDESCRIPTION:root canal"
CHOIR = "DTSTART:20260312T180000Z\nDTEND:20260312T200000Z\nSUMMARY:Choir"


@pytest.fixture
def agent(db):
    """Who may serve cards."""
    return make_agent(make_queue("cards"))


def due(*events: str, minutes: float = 0) -> int:
    now = NOW + timedelta(minutes=minutes)
    return read_due_calendars(now=now, get=lambda _url: calendar(*events))


def failing(trouble: CalendarTrouble):
    def get(_url: str) -> bytes:
        raise Unreadable(trouble)

    return get


def days() -> list[int]:
    return [row.period.lower.day for row in Availability.objects.order_by("period")]


def test_busy_times_of_an_address_bind_claims(agent):
    row = add_calendar(agent_id=agent.pk, name="Mine", url=URL, **WHO)
    assert due(DENTIST, CHOIR) == 1
    assert days() == [11, 12]
    with pytest.raises(ClaimRefused) as refusal:
        claim(shift_id=make_shift(agent.proficiencies.get().skill.queueskill_set.get().queue).pk, agent_id=agent.pk,
              **WHO)  # fmt: skip
    assert refusal.value.reasons == ("blackout",)
    row.refresh_from_db()
    assert (row.read_at, row.due_at, row.trouble) == (NOW, NOW + EVERY, "")


def test_nothing_private_is_kept(agent):
    add_calendar(agent_id=agent.pk, name="Mine", url=URL, **WHO)
    due(DENTIST)
    kept = json.dumps([*Availability.objects.values(), *Entry.objects.values()], default=str)
    for word in ("Dentist", "root canal", "private-abc", "Mine"):
        assert word not in kept


def test_reading_again_replaces_and_an_unchanged_calendar_says_nothing(agent):
    row = add_calendar(agent_id=agent.pk, name="Mine", url=URL, **WHO)
    due(DENTIST)
    assert due(DENTIST, minutes=1) == 0
    for _ in range(2):
        read_again(calendar_id=row.pk, agent_id=agent.pk, **WHO)
        assert due(CHOIR) == 1
    assert days() == [12]
    assert Entry.objects.filter(kind="calendar.read").count() == 2


@pytest.mark.parametrize(("trouble", "again"), [(CalendarTrouble.UNREACHABLE, SOON), (CalendarTrouble.REFUSED, EVERY)])
def test_trouble_is_said_once_and_what_was_read_stays(agent, trouble, again):
    row = add_calendar(agent_id=agent.pk, name="Mine", url=URL, **WHO)
    due(DENTIST)
    for _ in range(2):
        read_again(calendar_id=row.pk, agent_id=agent.pk, **WHO)
        assert read_due_calendars(now=NOW, get=failing(trouble)) == 1
    row.refresh_from_db()
    assert (row.trouble, row.due_at, days()) == (trouble, NOW + again, [11])
    assert Entry.objects.filter(kind="calendar.failed").count() == 1
    read_again(calendar_id=row.pk, agent_id=agent.pk, **WHO)
    due(DENTIST)
    row.refresh_from_db()
    assert row.trouble == ""


def test_a_file_is_read_at_once_and_replaced_by_the_next_of_its_name(agent):
    read_file(agent_id=agent.pk, name="Work", content=calendar(DENTIST), **WHO)
    row = read_file(agent_id=agent.pk, name="Work", content=calendar(CHOIR), **WHO)
    assert (days(), BusyCalendar.objects.count(), row.due_at) == ([12], 1, None)
    with pytest.raises(Refused) as refusal:
        read_file(agent_id=agent.pk, name="Work", content=b"no calendar", **WHO)
    assert (refusal.value.reasons, days()) == (("calendar_unreadable",), [12])


def test_a_calendar_goes_with_its_busy_times_and_no_others(agent):
    row = read_file(agent_id=agent.pk, name="Work", content=calendar(DENTIST), **WHO)
    read_file(agent_id=agent.pk, name="Home", content=calendar(CHOIR), **WHO)
    with pytest.raises(BusyCalendar.DoesNotExist):
        remove_calendar(calendar_id=row.pk, agent_id=make_agent().pk, **WHO)
    remove_calendar(calendar_id=row.pk, agent_id=agent.pk, **WHO)
    assert days() == [12]


def test_what_is_taken_away_while_it_is_read_stays_away(agent):
    row = add_calendar(agent_id=agent.pk, name="Mine", url=URL, **WHO)

    def get(_url: str) -> bytes:
        remove_calendar(calendar_id=row.pk, agent_id=agent.pk, **WHO)
        return calendar(DENTIST)

    read_due_calendars(now=NOW, get=get)
    assert (Availability.objects.count(), BusyCalendar.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("name", "url", "why"),
    [("Mine", "http://example.com/x.ics", "calendar_address"), ("Taken", URL, "calendar_name_taken")],
)
def test_what_cannot_be_added_changes_nothing(agent, name, url, why):
    add_calendar(agent_id=agent.pk, name="Taken", url=URL, **WHO)
    with pytest.raises(Refused) as refusal:
        add_calendar(agent_id=agent.pk, name=name, url=url, **WHO)
    assert refusal.value.reasons == (why,)
    assert (BusyCalendar.objects.count(), Entry.objects.count()) == (1, 1)


def test_five_are_enough(agent):
    for number in range(MOST):
        add_calendar(agent_id=agent.pk, name=str(number), url=URL, **WHO)
    with pytest.raises(Refused) as refusal:
        add_calendar(agent_id=agent.pk, name="one more", url=URL, **WHO)
    assert refusal.value.reasons == ("calendar_too_many",)
