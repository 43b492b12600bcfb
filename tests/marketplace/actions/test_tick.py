"""One tick: who is moved, what is written, and what stops it."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection

from gigcx.accounts.models import Department
from gigcx.ledger.models import Entry
from marketplace.actions.check_in import check_in
from marketplace.actions.decide import reject
from marketplace.actions.expect import expect
from marketplace.actions.mode import set_mode, set_stopped
from marketplace.actions.propose import LEFT_ALONE
from marketplace.actions.tick import TICK_LOCK, tick
from marketplace.matching import build, solve
from marketplace.matching.record import load
from marketplace.matching.state import Presence
from marketplace.models import AgentNow, Assignment, Forecast, MatcherRun, Move, Policy, Queue, QueueNow
from tests.factories import NOW, make_agent, make_queue, on_duty
from tests.marketplace.bookings import hold, make_shift

pytestmark = pytest.mark.django_db


@pytest.fixture
def surge() -> tuple[Queue, Queue]:
    """Twelve people idle at `calm`; at `hit`, which all may serve, many wait and nobody is there."""
    calm, hit = make_queue("calm"), make_queue("hit")
    for _ in range(12):
        on_duty(make_agent(calm, hit), calm)
    for queue, waiting, arrivals in ((calm, 0, 5.0), (hit, 12, 120.0)):
        QueueNow.objects.create(
            queue=queue,
            as_of=NOW.timestamp(),
            waiting=waiting,
            longest_wait_seconds=40.0 if waiting else 0.0,
            recent_arrivals=arrivals,
            recent_seconds=300.0,
        )
    return calm, hit


def where() -> Counter[str]:
    return Counter(AgentNow.objects.values_list("queue__code", flat=True))


def test_tick_moves_idle_people_to_the_queue_in_need(surge: tuple[Queue, Queue]) -> None:
    done = tick(now=NOW, trigger="surge.began")
    assert done is not None
    assert done.applied == done.planned > 0
    assert where()["hit"] == done.applied
    assert Move.objects.filter(status="applied", run_id=done.run_id).count() == done.applied


def test_tick_writes_history_and_ledger_that_agree_with_the_hot_rows(surge: tuple[Queue, Queue]) -> None:
    done = tick(now=NOW, trigger="clock")
    assert done is not None
    opened = dict(Assignment.objects.filter(period__upper_inf=True).values_list("agent_id", "queue_id"))
    assert opened == dict(AgentNow.objects.values_list("agent_id", "queue_id"))
    for move in Move.objects.filter(run_id=done.run_id):
        entry = Entry.objects.get(kind="move.applied", data__move=move.pk)
        assert entry.subject == f"agent:{move.agent_id}"
        assert entry.data["feed"]["queue"] == "hit"
        assert entry.data["feed"]["move"] == move.pk
        assert entry.data["feed"]["ready"] is True
        assert move.terms["target"]["waiting"] == 12
        assert move.gain > move.loss + move.cost


def test_tick_counts_the_move_and_starts_the_dwell(surge: tuple[Queue, Queue]) -> None:
    tick(now=NOW, trigger="clock")
    moved = AgentNow.objects.filter(queue__code="hit")
    assert {(row.moves, row.moved_at, row.version) for row in moved} == {(1, int(NOW.timestamp()), 3)}
    again = tick(now=NOW + timedelta(seconds=5), trigger="clock")
    assert again is not None
    assert not Move.objects.filter(run_id=again.run_id, source__code="hit").exists()


def test_tick_in_shadow_proposes_once_and_changes_nothing(surge: tuple[Queue, Queue]) -> None:
    Department.objects.update(mode=1)
    before = where()
    first = tick(now=NOW, trigger="mode.changed")
    second = tick(now=NOW, trigger="mode.changed")
    assert first is not None
    assert second is not None
    assert where() == before
    proposed = Move.objects.filter(status="proposed")
    assert proposed.count() == first.planned > 0
    assert {move.mode for move in proposed} == {1}


def test_tick_lets_proposals_expire_that_it_no_longer_makes(surge: tuple[Queue, Queue]) -> None:
    Department.objects.update(mode=1)
    tick(now=NOW, trigger="clock")
    QueueNow.objects.filter(queue__code="hit").update(waiting=0, recent_arrivals=0, longest_wait_seconds=0)
    tick(now=NOW + timedelta(seconds=40), trigger="clock")
    assert set(Move.objects.values_list("status", flat=True)) == {"expired"}


def test_tick_does_not_ask_again_for_whom_a_dispatcher_rejected(surge: tuple[Queue, Queue]) -> None:
    Department.objects.update(mode=2)
    tick(now=NOW, trigger="clock")
    move = Move.objects.filter(status="proposed").earliest("pk")
    reject(move_id=move.pk, actor="user:1", now=NOW)
    tick(now=NOW + timedelta(seconds=5), trigger="clock")
    assert set(Move.objects.filter(agent=move.agent_id).values_list("status", flat=True)) == {"rejected"}
    assert Move.objects.filter(status="proposed").exists()  # somebody else is asked for
    AgentNow.objects.exclude(agent=move.agent_id).update(pinned=1)
    tick(now=NOW + LEFT_ALONE + timedelta(seconds=5), trigger="clock")
    assert Move.objects.filter(agent=move.agent_id, status="proposed").exists()


def test_tick_does_not_pile_up_proposals_as_other_people_become_idle(surge: tuple[Queue, Queue]) -> None:
    Department.objects.update(mode=2)
    QueueNow.objects.filter(queue__code="hit").update(waiting=3, recent_arrivals=12)
    tick(now=NOW, trigger="clock")
    proposed = Move.objects.filter(status="proposed")
    first = set(proposed.values_list("agent_id", flat=True))
    assert len(first) < 12  # others could be asked instead
    busy = proposed.earliest("pk").agent_id
    AgentNow.objects.filter(agent=busy).update(presence=Presence.ON_CONTACT)
    tick(now=NOW + timedelta(seconds=5), trigger="clock")
    assert set(proposed.values_list("agent_id", flat=True)) == first  # busy for a moment: goes when the contact is done


def test_tick_drops_the_proposal_for_someone_who_was_moved_meanwhile(surge: tuple[Queue, Queue]) -> None:
    Department.objects.update(mode=2)
    tick(now=NOW, trigger="clock")
    gone = Move.objects.filter(status="proposed").earliest("pk")
    AgentNow.objects.filter(agent=gone.agent_id).update(queue=make_queue("elsewhere"), pinned=1)
    tick(now=NOW + timedelta(seconds=5), trigger="clock")
    gone.refresh_from_db()
    assert gone.status == "expired"


@pytest.mark.parametrize("stop", ["mode", "switch"])
def test_tick_stops_when_told(surge: tuple[Queue, Queue], stop: str) -> None:
    if stop == "mode":
        set_mode(department_id=Department.objects.get().pk, mode=0, actor="user:1", now=NOW)
    else:
        set_stopped(stopped=True, actor="user:1", now=NOW)
    before = where()
    done = tick(now=NOW, trigger="clock")
    assert done is not None
    assert done.planned == 0
    assert where() == before
    assert not Move.objects.exists()


def test_tick_the_more_careful_department_wins(surge: tuple[Queue, Queue]) -> None:
    other = Department.objects.create(name="Lender", mode=1)
    Queue.objects.filter(code="calm").update(department=other)
    before = where()
    done = tick(now=NOW, trigger="clock")
    assert done is not None
    assert where() == before
    assert set(Move.objects.values_list("status", flat=True)) == {"proposed"}


def test_tick_leaves_a_pinned_person_alone(surge: tuple[Queue, Queue]) -> None:
    AgentNow.objects.update(pinned=1)
    tick(now=NOW, trigger="clock")
    assert where() == {"calm": 12}


def test_expect_writes_what_each_queue_will_do_and_needs(surge: tuple[Queue, Queue]) -> None:
    assert expect(now=NOW) == 2
    calm, hit = QueueNow.objects.get(queue__code="calm"), QueueNow.objects.get(queue__code="hit")
    assert calm.expected_share == pytest.approx(1.0, abs=0.05)
    assert hit.expected_share is not None
    assert hit.expected_share < 0.5
    assert hit.need is not None
    assert calm.need is not None
    assert hit.need > 50 > calm.need
    told = Entry.objects.get(kind="queues.expected")
    assert told.data == {"changed": 2}
    assert expect(now=NOW) == 2
    assert Entry.objects.get(kind="queues.expected") == told  # nothing new, nothing to tell


def test_expect_needs_what_the_pages_of_demand_need(surge: tuple[Queue, Queue]) -> None:
    expect(now=NOW)
    before = QueueNow.objects.get(queue__code="hit").need
    assert before is not None
    Queue.objects.filter(code="calm").update(least_agents=17)
    Queue.objects.filter(code="hit").update(occupancy_cap=0.5)
    expect(now=NOW)
    assert QueueNow.objects.get(queue__code="calm").need == 17
    assert (QueueNow.objects.get(queue__code="hit").need or 0) > 1.5 * before


def test_tick_follows_the_interval_plan_where_changing_over_takes_minutes(surge: tuple[Queue, Queue]) -> None:
    calm, hit = surge
    Policy.objects.update(changeover_seconds=300)
    for queue, mean in ((calm, 5), (hit, 60)):
        Forecast.objects.create(queue=queue, starts_at=NOW, seconds=3600, mean=4 * mean, p10=0, p50=0, p90=0)
    first = tick(now=NOW, trigger="clock")
    assert first is not None
    assert first.applied == first.planned > 0
    assert where()["hit"] == first.applied
    QueueNow.objects.update(waiting=50)
    for minutes in (0.1, 10):
        later = tick(now=NOW + timedelta(minutes=minutes), trigger="clock")
        assert later is not None
        assert later.planned == 0


def test_recorded_tick_replays_to_the_identical_plan(surge: tuple[Queue, Queue]) -> None:
    done = tick(now=NOW, trigger="clock")
    assert done is not None
    run = MatcherRun.objects.get(pk=done.run_id)
    state = load(bytes(run.record.state))
    plan = solve(build(state))
    made = [(int(state.agents.id[m.agent]), int(state.queues.id[m.target]), m.gain, m.loss, m.cost) for m in plan.moves]
    written = list(run.moves.order_by("id").values_list("agent_id", "target_id", "gain", "loss", "cost"))
    assert made == written
    assert plan.objective == run.objective


def test_tick_gives_way_to_one_that_is_under_way(surge: tuple[Queue, Queue]) -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [TICK_LOCK])
        assert tick(now=NOW, trigger="clock") is None
        assert not MatcherRun.objects.exists()
    finally:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")
        other.close()


def test_tick_of_a_second_clock_in_the_same_period_is_none(surge: tuple[Queue, Queue]) -> None:
    assert tick(now=NOW, trigger="clock") is not None
    assert tick(now=NOW + timedelta(seconds=3), trigger="clock") is None
    assert tick(now=NOW + timedelta(seconds=3), trigger="surge.began") is not None
    assert tick(now=NOW + timedelta(seconds=5), trigger="clock") is not None
    assert MatcherRun.objects.count() == 3


def test_tick_on_an_empty_installation_does_nothing() -> None:
    done = tick(now=NOW, trigger="clock")
    assert done is not None
    assert (done.agents, done.planned) == (0, 0)


def test_who_has_a_planned_break_at_once_is_left_where_the_break_is(surge: tuple[Queue, Queue]) -> None:
    calm, hit = surge
    begins = (NOW + timedelta(seconds=20)).timestamp()
    shift = make_shift(calm, start=NOW - timedelta(hours=1), places=4, breaks=[[begins, begins + 900, False]])
    resting = []
    for _ in range(4):
        booking = hold(shift, make_agent(calm, hit), now=NOW - timedelta(days=1))
        check_in(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=NOW - timedelta(hours=1))
        resting.append(booking.agent_id)
    done = tick(now=NOW, trigger="surge.began")
    assert done is not None
    assert done.applied > 0
    assert not Move.objects.filter(agent__in=resting).exists()
    assert set(AgentNow.objects.filter(agent__in=resting).values_list("queue__code", flat=True)) == {"calm"}
