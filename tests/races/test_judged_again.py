"""A claim is judged without a lock: whoever is refused waits for nobody, and what changes meanwhile is judged again."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from time import monotonic

import pytest
from django.db import connection, connections, transaction

from gigcx.accounts.models import Agent
from gigcx.ledger.models import Entry
from marketplace.actions.claim import Claimed, claim, lock_agent, lock_calendars, lock_shift, take
from marketplace.actions.refused import ClaimRefused
from marketplace.models import Booking, Queue, Shift
from tests.factories import NOW, make_agent, make_queue
from tests.marketplace.bookings import TOMORROW, hold, make_shift

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
SOMEBODY_WAITS = "SELECT EXISTS (SELECT FROM pg_locks WHERE transactionid = pg_current_xact_id()::xid AND NOT granted)"
LONGEST = 60.0
"""Seconds after which something hangs."""
Another = Callable[[Shift, Agent], "Future[Claimed]"]


@pytest.fixture
def another() -> Iterator[Another]:
    """Claim on another connection, in a thread."""

    def claims(shift: Shift, agent: Agent) -> Claimed:
        try:
            return claim(shift_id=shift.pk, agent_id=agent.pk, actor="user:2", now=NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as thread:
        yield lambda shift, agent: thread.submit(claims, shift, agent)


@pytest.fixture
def queue(transactional_db: None) -> Queue:
    return make_queue("cards")


def until_somebody_waits() -> None:
    """For a lock that this transaction holds."""
    latest = monotonic() + LONGEST
    with connection.cursor() as cursor:
        while monotonic() < latest:
            cursor.execute(SOMEBODY_WAITS)
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits")


def codes(claimed: "Future[Claimed]") -> set[str]:
    """Why it was refused."""
    with pytest.raises(ClaimRefused) as refusal:
        claimed.result(timeout=LONGEST)
    return set(refusal.value.reasons)


def test_who_is_refused_waits_for_no_lock(queue: Queue, another: Another) -> None:
    shift, agent = make_shift(queue), make_agent(make_queue("loans"))
    hold(shift, make_agent(queue))
    with transaction.atomic():
        lock_agent(agent.pk)
        lock_shift(shift.pk)
        assert codes(another(shift, agent)) == {"shift_full", "skill_missing"}


def test_another_booking_meanwhile_counts(queue: Queue, another: Another) -> None:
    agent, day = make_agent(queue), TOMORROW.replace(hour=0)
    early, late = (make_shift(queue, start=day + timedelta(hours=hours), hours=6) for hours in (4, 11))
    with transaction.atomic():
        lock_agent(agent.pk)
        claimed = another(late, agent)
        until_somebody_waits()
        take(shift_id=early.pk, agent_id=agent.pk, actor="user:2", now=NOW)
    assert codes(claimed) == {"day_hours"}
    late.refresh_from_db()
    assert (late.taken, Booking.objects.get().shift_id) == (0, early.pk)
    assert Entry.objects.filter(kind="booking.held").count() == 1


def test_the_last_place_is_gone(queue: Queue, another: Another) -> None:
    shift, first, second = make_shift(queue), make_agent(queue), make_agent(queue)
    with transaction.atomic():
        take(shift_id=shift.pk, agent_id=first.pk, actor="user:2", now=NOW)
        claimed = another(shift, second)
        until_somebody_waits()
    assert codes(claimed) == {"shift_full"}
    shift.refresh_from_db()
    assert (shift.taken, Booking.objects.get().agent_id) == (1, first.pk)


def test_a_place_is_held_for_the_hours_that_the_shift_has_by_then(queue: Queue, another: Another) -> None:
    shift, agent = make_shift(queue), make_agent(queue)
    with transaction.atomic():
        lock_shift(shift.pk)
        claimed = another(shift, agent)
        until_somebody_waits()
        later = shift.ends_at + timedelta(hours=1)
        Shift.objects.filter(pk=shift.pk).update(ends_at=later, pay=9000)
    assert claimed.result(timeout=LONGEST).new
    booking = Booking.objects.get()
    assert (booking.period.upper, booking.pay) == (later, 9000)
    shift.refresh_from_db()
    assert shift.taken == 1


def test_a_lock_raises_the_version_of_each_calendar_and_of_no_other(queue: Queue) -> None:
    agents = [make_agent(queue) for _ in range(3)]
    with transaction.atomic():
        lock_calendars([agents[2].pk, agents[0].pk])
    assert [Agent.objects.get(pk=agent.pk).calendar_version for agent in agents] == [1, 0, 1]
