"""From a booked standby shift to a queue in need: a real tick draws on it first."""

from datetime import timedelta

import pytest

from marketplace.actions.check_in import check_in
from marketplace.actions.presence import pause
from marketplace.actions.tick import tick
from marketplace.models import AgentNow, Move, QueueNow
from tests.factories import NOW, make_agent, make_department, make_queue, on_duty
from tests.marketplace.bookings import hold, make_shift

pytestmark = pytest.mark.django_db
EARLIER = NOW - timedelta(hours=2)


def stand_by(*queues, department=None):
    """An agent who has checked in to a standby shift that began half an hour ago."""
    shift = make_shift(None, department=department or queues[0].department, start=NOW - timedelta(minutes=30))
    booking = hold(shift, make_agent(*queues), now=EARLIER)
    check_in(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=NOW - timedelta(minutes=30))
    return booking.agent


def surge(queue, *, waiting=3):
    QueueNow.objects.create(
        queue=queue, as_of=NOW.timestamp(), waiting=waiting, longest_wait_seconds=40.0 * bool(waiting),
        recent_arrivals=40.0 * bool(waiting), recent_seconds=300.0,
    )  # fmt: skip


def test_muster_gives_standby_no_queue_and_a_quiet_tick_leaves_it_so():
    cards = make_queue("cards")
    agent = stand_by(cards)
    tick(now=NOW, trigger="clock")
    row = AgentNow.objects.get(agent=agent)
    assert (row.queue, row.standby, row.presence) == (None, cards.department_id, 1)


def test_a_surge_draws_on_standby_before_anyone_leaves_a_queue():
    calm, hit = make_queue("calm"), make_queue("hit")
    for _ in range(6):
        on_duty(make_agent(calm, hit), calm)
    agents = [stand_by(calm, hit) for _ in range(2)]
    surge(hit)
    tick(now=NOW, trigger="surge.began")
    moved = list(Move.objects.filter(status="applied").order_by("pk"))
    assert {agent.pk for agent in agents} <= {move.agent_id for move in moved}
    assert {move.source for move in moved if move.agent in agents} == {None}
    assert {row.queue.code for row in AgentNow.objects.filter(agent__in=agents)} == {"hit"}


def test_standby_of_another_department_and_who_is_on_a_break_stay():
    hit = make_queue("hit")
    other = make_department("Lending")
    elsewhere, resting = stand_by(hit), stand_by(hit)
    tick(now=NOW - timedelta(seconds=30), trigger="clock")
    AgentNow.objects.filter(agent=elsewhere).update(standby=other.pk)
    pause(agent_id=resting.pk, reason="lunch", actor="user:2", now=NOW)
    surge(hit)
    tick(now=NOW, trigger="surge.began")
    assert not Move.objects.filter(status="applied").exists()
    assert set(AgentNow.objects.values_list("queue", flat=True)) == {None}
