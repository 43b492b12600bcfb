"""Pauses on record: from the agent's word and the switch's, ended by both, and what they do to the time worked."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from marketplace.actions.check_in import check_in
from marketplace.actions.ingest import AgentReport, ingest
from marketplace.actions.muster import muster
from marketplace.actions.presence import pause, ready, sign_off
from marketplace.actions.refused import Refused
from marketplace.matching.state import Presence
from marketplace.models import Pause
from marketplace.vocabulary import BookingState
from tests.factories import NOW, make_agent, make_batch, make_queue, on_duty
from tests.marketplace.bookings import TOMORROW, hold, make_shift

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)
ROME = ZoneInfo("Europe/Rome")


@pytest.fixture
def agent():
    """At a queue, ready."""
    queue = make_queue("cards")
    return on_duty(make_agent(queue), queue).agent


def says(agent, presence, at, reason=""):
    """The switch reports."""
    report = AgentReport(agent=agent.code, at=at, presence=presence, reason=reason, queue=None)
    ingest(batch=make_batch(report, at=at), actor="switch", now=at)


def record():
    """Each pause in minutes from `NOW`, with its reason."""
    return [
        (
            (one.period.lower - NOW) / MINUTE,
            None if one.period.upper is None else (one.period.upper - NOW) / MINUTE,
            one.reason,
        )
        for one in Pause.objects.order_by("period")
    ]


def test_the_agents_word_begins_it_and_the_switch_ends_it_when_both_agree(agent):
    pause(agent_id=agent.pk, reason="lunch", actor="user:2", now=NOW)
    says(agent, Presence.PAUSED, NOW + MINUTE, "lunch")
    ready(agent_id=agent.pk, actor="user:2", now=NOW + 20 * MINUTE)
    assert record() == [(0, None, "lunch")]
    says(agent, Presence.READY, NOW + 21 * MINUTE)
    assert record() == [(0, 21, "lunch")]


def test_who_asks_on_a_contact_is_not_away_until_it_is_done(agent):
    says(agent, Presence.ON_CONTACT, NOW)
    pause(agent_id=agent.pk, reason="break", actor="user:2", now=NOW + MINUTE)
    assert record() == []
    says(agent, Presence.WRAP_UP, NOW + 2 * MINUTE)
    assert record() == []
    says(agent, Presence.PAUSED, NOW + 3 * MINUTE, "break")
    assert record() == [(3, None, "break")]


def test_a_pause_at_the_phone_alone_is_kept_and_one_reason_follows_another(agent):
    says(agent, Presence.PAUSED, NOW, "break")
    says(agent, Presence.PAUSED, NOW + 5 * MINUTE, "break")
    says(agent, Presence.PAUSED, NOW + 10 * MINUTE, "meeting")
    says(agent, Presence.ON_CONTACT, NOW + 30 * MINUTE)
    assert record() == [(0, 10, "break"), (10, 30, "meeting")]


def test_signed_out_at_the_phone_after_asking_is_still_a_break(agent):
    pause(agent_id=agent.pk, reason="break", actor="user:2", now=NOW)
    says(agent, Presence.OFFLINE, NOW + MINUTE)
    assert record() == [(0, None, "break")]
    ready(agent_id=agent.pk, actor="user:2", now=NOW + 9 * MINUTE)
    assert record() == [(0, 9, "break")]


def test_a_pause_taken_back_at_once_never_was(agent):
    pause(agent_id=agent.pk, reason="break", actor="user:2", now=NOW)
    ready(agent_id=agent.pk, actor="user:2", now=NOW)
    assert record() == []


def test_a_late_report_from_the_switch_does_not_reach_back_over_what_is_written(agent):
    pause(agent_id=agent.pk, reason="break", actor="user:2", now=NOW)
    ready(agent_id=agent.pk, actor="user:2", now=NOW + 5 * MINUTE)
    says(agent, Presence.PAUSED, NOW + 4 * MINUTE, "break")
    assert record() == [(0, 5, "break"), (5, None, "break")]


def test_the_end_of_duty_ends_it(agent):
    pause(agent_id=agent.pk, reason="break", actor="user:2", now=NOW)
    muster(now=NOW + timedelta(hours=9))
    assert record() == [(0, 3 * 60, "break")]


def test_signing_off_ends_it(agent):
    pause(agent_id=agent.pk, reason="break", actor="user:2", now=NOW)
    sign_off(agent_id=agent.pk, actor="user:2", now=NOW + 4 * MINUTE)
    assert record() == [(0, 4, "break")]


def test_who_is_not_on_duty_pauses_nothing():
    with pytest.raises(Refused):
        pause(agent_id=make_agent().pk, reason="break", actor="user:2", now=NOW)
    assert not Pause.objects.exists()


def test_the_database_refuses_two_at_once(agent):
    pause(agent_id=agent.pk, reason="break", actor="user:2", now=NOW)
    row = Pause.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Pause.objects.create(agent=agent, duty=row.duty, period=(NOW + MINUTE, NOW + 2 * MINUTE))


def worked(start, end, breaks, taken, *, standby=False):
    """The seconds on a booking of a shift whose agent pressed Break and Ready at these instants."""
    queue = make_queue("cards")
    hours = (end - start).total_seconds() / 3600
    department = queue.department if standby else None
    shift = make_shift(None if standby else queue, department=department, start=start, hours=hours, breaks=breaks)
    booking = hold(shift, make_agent(queue), now=start - timedelta(days=2))
    check_in(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=start)
    muster(now=start)
    for begin, stop in taken:
        pause(agent_id=booking.agent_id, reason="break", actor="user:2", now=begin)
        ready(agent_id=booking.agent_id, actor="user:2", now=stop)
    muster(now=end)
    booking.refresh_from_db()
    assert booking.status == BookingState.WORKED
    return booking.worked_seconds


@pytest.mark.parametrize("standby", [False, True])
def test_an_unpaid_break_is_taken_off_as_it_was_taken(standby):
    noon = TOMORROW + timedelta(hours=2)
    breaks = [[noon.timestamp(), (noon + 30 * MINUTE).timestamp(), False]]
    taken = [(noon + 6 * MINUTE, noon + 26 * MINUTE)]
    end = TOMORROW + timedelta(hours=4)
    assert worked(TOMORROW, end, breaks, taken, standby=standby) == (4 * 60 - 20) * 60


@pytest.mark.parametrize(
    ("night", "hours"), [(datetime(2026, 3, 28, 23, tzinfo=ROME), 7), (datetime(2026, 10, 24, 23, tzinfo=ROME), 9)]
)
def test_the_nights_in_which_clocks_change_pay_the_time_that_passes(night, hours):
    start, end = night, night + timedelta(hours=8)
    begin = night + timedelta(hours=2.5)
    breaks = [[begin.timestamp(), begin.timestamp() + 3600, False]]
    since = datetime.fromtimestamp(begin.timestamp() + 1500, ZoneInfo("UTC"))
    assert worked(start, end, breaks, [(since, since + 45 * MINUTE)]) == hours * 3600 - 45 * 60
