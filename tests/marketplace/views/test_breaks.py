"""Breaks on the agent's page and on the dispatcher's sheet: planned beside taken."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from marketplace.actions.check_in import check_in
from marketplace.actions.muster import muster
from marketplace.actions.presence import pause, ready
from marketplace.matching.state import Presence
from marketplace.models import AgentNow
from tests.factories import NOW, make_agent, make_user
from tests.marketplace.bookings import hold, make_shift

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
BEGUN = NOW - HOUR


@pytest.fixture
def booking(scene):
    """Eve has worked for an hour; a break of a quarter of an hour is planned at 10:15."""
    eve = make_agent(scene.cards, user=make_user("eve@example.com"))
    breaks = [[(NOW + 15 * MINUTE).timestamp(), (NOW + 30 * MINUTE).timestamp(), False]]
    booking = hold(make_shift(scene.cards, start=BEGUN, breaks=breaks), eve, now=NOW - timedelta(days=1))
    check_in(booking_id=booking.pk, agent_id=eve.pk, actor="user:2", now=BEGUN)
    muster(now=BEGUN)
    return booking


def today(scene, booking, at):
    with time_machine.travel(at, tick=False):
        return scene.client(booking.agent.user).get(reverse("today")).content.decode()


def test_the_agent_reads_what_is_planned_what_is_left_and_what_was_taken(scene, booking):
    assert "Break 10:15–10:30" in today(scene, booking, NOW)
    assert "take it now, until 10:30" in today(scene, booking, NOW + 15 * MINUTE)
    pause(agent_id=booking.agent_id, reason="break", actor="user:2", now=NOW + 21 * MINUTE)
    assert "Your break lasts until 10:36: 9 minutes left." in today(scene, booking, NOW + 27 * MINUTE)
    assert "Your break was planned until 10:36." in today(scene, booking, NOW + 40 * MINUTE)
    ready(agent_id=booking.agent_id, actor="user:2", now=NOW + 36 * MINUTE)
    text = today(scene, booking, NOW + 50 * MINUTE)
    assert "taken 10:21–10:36" in text
    assert "not taken" not in text


def test_the_dispatcher_sees_planned_against_taken_by_person(scene, booking):
    late = make_agent(scene.cards)
    pause(agent_id=booking.agent_id, reason="lunch", actor="user:2", now=NOW + 21 * MINUTE)
    with time_machine.travel(NOW + 31 * MINUTE, tick=False):
        address = reverse("shift_sheet", args=[booking.shift_id])
        text = scene.client(scene.dov).get(address).content.decode()
        assert "taken since 10:21" in text
        assert late.name not in text
        assert scene.client(scene.lena).get(address).status_code == 404


def test_a_break_that_nobody_took_is_named(scene, booking):
    assert "not taken" in today(scene, booking, NOW + 31 * MINUTE)


def test_a_break_asked_for_on_a_contact_comes_next_and_one_while_idle_is_on_at_once(scene):
    def asked(presence):
        AgentNow.objects.filter(agent=scene.ada).update(presence=presence)
        return scene.client(scene.agent).post(reverse("pause"), {"reason": "lunch"}).content.decode()

    text = asked(Presence.ON_CONTACT)
    assert "Break next" in text
    assert "Your break begins when the contact is done." in text
    ready(agent_id=scene.ada.pk, actor="user:2", now=NOW)
    text = asked(Presence.READY)
    assert "Break next" not in text
    assert "On a break since 10:00." in text
