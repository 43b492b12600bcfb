"""Time off: asked for, granted or refused, withdrawn; granted, no shift can be claimed then."""

from datetime import timedelta

import pytest

from gigcx.ledger.models import Entry
from marketplace.actions.claim import claim
from marketplace.actions.refused import ClaimRefused, Refused
from marketplace.actions.release import undo_claim
from marketplace.actions.time_off import ask_time_off, grant_time_off, refuse_time_off, withdraw_time_off
from marketplace.claiming.hours import Period
from marketplace.models import Availability, Queue, TimeOff
from marketplace.vocabulary import TimeOffState
from tests.factories import NOW, make_agent, make_queue
from tests.marketplace.bookings import TOMORROW, hold, make_shift

pytestmark = pytest.mark.django_db(transaction=True)
WHO = {"actor": "user:2", "now": NOW}
DAY = timedelta(days=1)


@pytest.fixture
def agent(db):
    """Who may serve cards."""
    return make_agent(make_queue("cards"))


def ask(agent, *, days: float = 2, start=TOMORROW) -> TimeOff:
    return ask_time_off(agent_id=agent.pk, period=Period(start, start + days * DAY), reason="wedding", **WHO)


def shift():
    return make_shift(Queue.objects.get())


def test_granted_time_is_free_of_shifts(agent):
    row = grant_time_off(time_off_id=ask(agent).pk, note="enjoy", **WHO)
    blackout = Availability.objects.get()
    assert (row.status, row.note, row.blackout) == (TimeOffState.GRANTED, "enjoy", blackout)
    assert (blackout.kind, blackout.source, blackout.period) == ("blackout", "time_off", row.period)
    with pytest.raises(ClaimRefused) as refusal:
        claim(shift_id=shift().pk, agent_id=agent.pk, **WHO)
    assert refusal.value.reasons == ("blackout",)
    assert list(Entry.objects.order_by("pk").values_list("kind", flat=True)) == ["time_off.asked", "time_off.granted"]


def test_shifts_in_that_time_are_given_back_first(agent):
    booking = hold(shift(), agent)
    row = ask(agent)
    with pytest.raises(Refused) as refusal:
        grant_time_off(time_off_id=row.pk, **WHO)
    assert refusal.value.reasons == ("time_off_booked",)
    row.refresh_from_db()
    assert (row.status, Availability.objects.count()) == (TimeOffState.ASKED, 0)
    undo_claim(booking_id=booking.pk, agent_id=agent.pk, **WHO)
    assert grant_time_off(time_off_id=row.pk, **WHO).status == TimeOffState.GRANTED


@pytest.mark.parametrize(("days", "start"), [(0, TOMORROW), (-1, TOMORROW), (63, TOMORROW), (1, NOW - DAY)])
def test_a_period_without_sense_is_refused(agent, days, start):
    with pytest.raises(Refused) as refusal:
        ask(agent, days=days, start=start)
    assert refusal.value.reasons == ("time_off_period",)
    assert (TimeOff.objects.count(), Entry.objects.count()) == (0, 0)


def test_the_same_time_is_asked_for_once_unless_it_was_refused(agent):
    row = ask(agent)
    with pytest.raises(Refused) as refusal:
        ask(agent, start=TOMORROW + DAY)
    assert refusal.value.reasons == ("time_off_overlap",)
    refuse_time_off(time_off_id=row.pk, note="everybody is away", **WHO)
    row.refresh_from_db()
    assert (row.status, row.note) == (TimeOffState.REFUSED, "everybody is away")
    assert ask(agent).pk


def test_what_is_withdrawn_can_be_worked_again(agent):
    row = grant_time_off(time_off_id=ask(agent).pk, **WHO)
    withdraw_time_off(time_off_id=row.pk, agent_id=agent.pk, **WHO)
    row.refresh_from_db()
    assert (row.status, row.blackout, Availability.objects.count()) == (TimeOffState.WITHDRAWN, None, 0)
    assert claim(shift_id=shift().pk, agent_id=agent.pk, **WHO).new


def test_time_off_that_has_begun_stays(agent):
    row = grant_time_off(time_off_id=ask(agent).pk, **WHO)
    with pytest.raises(Refused) as refusal:
        withdraw_time_off(time_off_id=row.pk, agent_id=agent.pk, actor="user:2", now=TOMORROW)
    assert refusal.value.reasons == ("time_off_begun",)
    assert Availability.objects.count() == 1


def test_what_is_answered_is_not_answered_again(agent):
    row = ask(agent)
    refuse_time_off(time_off_id=row.pk, note="", **WHO)
    for answer in (
        lambda: grant_time_off(time_off_id=row.pk, **WHO),
        lambda: refuse_time_off(time_off_id=row.pk, note="", **WHO),
        lambda: withdraw_time_off(time_off_id=row.pk, agent_id=agent.pk, **WHO),
    ):
        with pytest.raises(Refused) as refusal:
            answer()
        assert refusal.value.reasons == ("time_off_answered",)
    assert not Availability.objects.exists()


def test_nobody_withdraws_the_time_off_of_others(agent):
    row = ask(agent)
    with pytest.raises(TimeOff.DoesNotExist):
        withdraw_time_off(time_off_id=row.pk, agent_id=make_agent().pk, **WHO)
    row.refresh_from_db()
    assert row.status == TimeOffState.ASKED
