"""Duty begins and ends by the clock; hot rows, assignments and ledger follow."""

from datetime import timedelta

import pytest

from gigcx.ledger.models import Entry
from marketplace.actions.muster import muster
from marketplace.actions.presence import sign_off, sign_on
from marketplace.actions.refused import Refused
from marketplace.models import AgentNow, Assignment, Duty
from tests.factories import NOW, make_agent, make_duty, make_queue

pytestmark = pytest.mark.django_db


def test_muster_takes_people_on_at_the_queue_that_duty_names() -> None:
    queue = make_queue("NE")
    agent = make_agent(queue)
    make_duty(agent, queue=queue)
    assert muster(now=NOW).began == 1
    row = AgentNow.objects.get()
    assert (row.agent_id, row.queue_id, row.presence, row.moves) == (agent.pk, queue.pk, 0, 0)
    assert row.until == int((NOW + timedelta(hours=3)).timestamp())
    assert Assignment.objects.get(period__upper_inf=True).queue_id == queue.pk


def test_muster_spreads_those_without_a_queue_over_what_they_may_serve() -> None:
    first, second = make_queue("NE"), make_queue("NW")
    for _ in range(4):
        make_duty(make_agent(first, second))
    nobody = make_agent()
    make_duty(nobody)
    muster(now=NOW)
    places = list(AgentNow.objects.exclude(agent=nobody).values_list("queue__code", flat=True))
    assert sorted(places) == ["NE", "NE", "NW", "NW"]
    assert AgentNow.objects.get(agent=nobody).queue_id is None


def test_muster_twice_is_once() -> None:
    queue = make_queue("NE")
    make_duty(make_agent(queue), queue=queue)
    muster(now=NOW)
    entries = Entry.objects.count()
    again = muster(now=NOW + timedelta(seconds=5))
    assert (again.began, again.ended) == (0, 0)
    assert Entry.objects.count() == entries


def test_muster_ends_what_is_over_and_closes_the_assignment() -> None:
    queue = make_queue("NE")
    make_duty(make_agent(queue), queue=queue)
    muster(now=NOW)
    end = NOW + timedelta(hours=3)
    assert muster(now=end - timedelta(seconds=1)).ended == 0
    assert muster(now=end).ended == 1
    assert not AgentNow.objects.exists()
    assert Assignment.objects.get().period.upper == end
    closed = Entry.objects.get(kind="assignment.closed")
    assert closed.data["queue"] is None
    assert closed.data["ready"] is False


def test_muster_takes_on_again_at_once_when_one_duty_meets_the_next() -> None:
    queue, other = make_queue("NE"), make_queue("NW")
    agent = make_agent(queue, other)
    make_duty(agent, queue=queue)
    make_duty(agent, queue=other, start=NOW + timedelta(hours=3))
    muster(now=NOW)
    met = muster(now=NOW + timedelta(hours=3))
    assert (met.ended, met.began) == (1, 1)
    assert AgentNow.objects.get().queue_id == other.pk


def test_muster_follows_a_duty_that_was_made_longer() -> None:
    queue = make_queue("NE")
    duty = make_duty(make_agent(queue), queue=queue)
    muster(now=NOW)
    duty.period = (duty.period[0], duty.period[1] + timedelta(hours=1))
    duty.save()
    assert muster(now=NOW + timedelta(hours=3)).ended == 0
    assert muster(now=NOW + timedelta(hours=4)).ended == 1


def test_sign_off_ends_duty_and_sign_on_resumes_it() -> None:
    queue = make_queue("NE")
    agent = make_agent(queue)
    make_duty(agent, queue=queue)
    muster(now=NOW)
    sign_off(agent_id=agent.pk, actor="user:1", now=NOW + timedelta(minutes=1))
    assert not AgentNow.objects.exists()
    muster(now=NOW + timedelta(minutes=2))
    assert not AgentNow.objects.exists()
    sign_on(agent_id=agent.pk, actor="user:1", now=NOW + timedelta(minutes=3))
    assert muster(now=NOW + timedelta(minutes=4)).began == 1
    assert AgentNow.objects.get().queue_id == queue.pk


def test_sign_off_off_duty_is_refused_and_changes_nothing() -> None:
    agent = make_agent()
    make_duty(agent, start=NOW + timedelta(hours=1))
    with pytest.raises(Refused) as refusal:
        sign_off(agent_id=agent.pk, actor="user:1", now=NOW)
    assert refusal.value.reasons == ("not_on_duty",)
    assert Duty.objects.get().signed_off_at is None
    assert not Entry.objects.exists()
