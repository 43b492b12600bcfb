"""The matcher, the dispatcher's hand, telemetry and the clock on the same people at the same moment."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db.models import Count

from gigcx.ledger.models import Entry
from marketplace.actions.dispatch import dispatch
from marketplace.actions.ingest import AgentReport, ingest
from marketplace.actions.muster import muster
from marketplace.actions.pin import set_pinned
from marketplace.actions.presence import pause, sign_off
from marketplace.actions.rebalance import Rebalanced, rebalance
from marketplace.actions.tick import Ticked, tick
from marketplace.matching import build, explain, solve
from marketplace.matching.state import Presence
from marketplace.models import AgentNow, Assignment, MatcherRun, Move, Queue, QueueNow
from marketplace.snapshot import take_snapshot
from tests.factories import NOW, make_agent, make_batch, make_duty, make_queue, on_duty

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
Race = Callable[..., list[Any]]


@pytest.fixture
def surge(transactional_db: None) -> tuple[Queue, Queue, Queue]:
    """Eight people idle at `calm`, many waiting at `hit`, and a third queue for a dispatcher's own idea."""
    calm, hit, other = make_queue("calm"), make_queue("hit"), make_queue("other")
    for _ in range(8):
        on_duty(make_agent(calm, hit, other), calm)
    QueueNow.objects.create(queue=calm, as_of=NOW.timestamp(), recent_arrivals=1, recent_seconds=300)
    QueueNow.objects.create(
        queue=hit,
        as_of=NOW.timestamp(),
        waiting=20,
        longest_wait_seconds=60,
        recent_arrivals=200,
        recent_seconds=300,
    )
    return calm, hit, other


def rebalance_now(run: MatcherRun) -> Rebalanced:
    state = take_snapshot(now=NOW)
    plan = solve(build(state))
    return rebalance(plan=plan, terms=explain(plan.moves, state), state=state, run=run, now=NOW)


def assert_consistent() -> None:
    """Never two open assignments, and hot rows, history and ledger say the same."""
    doubled = Assignment.objects.filter(period__upper_inf=True).values("agent").annotate(n=Count("id")).filter(n__gt=1)
    assert not doubled.exists()
    opened = dict(Assignment.objects.filter(period__upper_inf=True).values_list("agent_id", "queue__code"))
    assert opened == dict(AgentNow.objects.filter(queue__isnull=False).values_list("agent_id", "queue__code"))
    said: dict[int, str | None] = {}
    kinds = ["assignment.opened", "assignment.closed", "move.applied"]
    for subject, data in Entry.objects.filter(kind__in=kinds).order_by("id").values_list("subject", "data"):
        said[int(subject.removeprefix("agent:"))] = data.get("feed", data)["queue"]
    assert {agent: queue for agent, queue in said.items() if queue} == opened


@pytest.mark.parametrize("round_", range(5))
def test_hand_against_matcher_the_hand_wins(surge: tuple[Queue, Queue, Queue], race: Race, round_: int) -> None:
    _, _, other = surge
    agents = list(AgentNow.objects.order_by("agent_id").values_list("agent_id", flat=True))[:4]
    run = MatcherRun(started_at=NOW, trigger="test")
    results = race(
        [
            partial(rebalance_now, run),
            *[partial(dispatch, agent_id=a, queue_id=other.pk, actor="user:1", now=NOW) for a in agents],
        ]
    )
    assert isinstance(results[0], Rebalanced)
    assert all(isinstance(result, Move) for result in results[1:]), results
    assert set(AgentNow.objects.filter(agent_id__in=agents).values_list("queue_id", flat=True)) == {other.pk}
    made, stale = Move.objects.filter(run=run, status="applied"), Move.objects.filter(run=run, status="stale")
    assert (made.count(), stale.count()) == (results[0].applied, results[0].stale)
    assert_consistent()


def test_the_same_plan_applied_by_many_is_applied_once(surge: tuple[Queue, Queue, Queue], race: Race) -> None:
    state = take_snapshot(now=NOW)
    plan = solve(build(state))
    terms = explain(plan.moves, state)
    runs = [MatcherRun(started_at=NOW, trigger="test") for _ in range(6)]
    results = race([partial(rebalance, plan=plan, terms=terms, state=state, run=run, now=NOW) for run in runs])
    assert sum(result.applied for result in results) == len(plan.moves) > 0
    assert sum(result.stale for result in results) == 5 * len(plan.moves)
    assert set(AgentNow.objects.values_list("moves", flat=True)) <= {0, 1}
    assert_consistent()


def test_ticks_at_once_are_one_tick(surge: tuple[Queue, Queue, Queue], race: Race) -> None:
    results = race([partial(tick, now=NOW, trigger="clock")] * 8)
    ran = [result for result in results if isinstance(result, Ticked)]
    assert all(result is None or isinstance(result, Ticked) for result in results), results
    assert sum(run.applied for run in ran) == Move.objects.filter(status="applied").count() > 0
    assert set(AgentNow.objects.values_list("moves", flat=True)) <= {0, 1}
    assert_consistent()


def test_pin_against_matcher_pinned_stays_or_is_pinned_there(surge: tuple[Queue, Queue, Queue], race: Race) -> None:
    run = MatcherRun(started_at=NOW, trigger="test")
    agents = list(AgentNow.objects.values_list("agent_id", flat=True))
    pins = [partial(set_pinned, agent_id=agent, pinned=True, actor="user:1", now=NOW) for agent in agents[:5]]
    results = race([partial(rebalance_now, run), *pins])
    assert not [result for result in results if isinstance(result, Exception)]
    for row in AgentNow.objects.filter(pinned=1):
        assert Assignment.objects.get(agent_id=row.agent_id, period__upper_inf=True).pinned
    assert_consistent()


def test_musters_at_once_take_each_person_on_once(race: Race) -> None:
    queue = make_queue("NE")
    for _ in range(10):
        make_duty(make_agent(queue), queue=queue)
    results = race([partial(muster, now=NOW)] * 6)
    assert sum(result.began for result in results) == 10
    assert Entry.objects.filter(kind="duty.began").count() == 10
    assert_consistent()


def test_end_of_duty_against_sign_off_ends_once(race: Race) -> None:
    queue = make_queue("NE")
    agents = [make_agent(queue) for _ in range(5)]
    for agent in agents:
        make_duty(agent, queue=queue)
    muster(now=NOW)
    over = NOW + timedelta(hours=3)
    race(
        [
            partial(muster, now=over),
            *[partial(sign_off, agent_id=agent.pk, actor="user:1", now=over) for agent in agents],
        ]
    )
    assert not AgentNow.objects.exists()
    assert Entry.objects.filter(kind="duty.ended").count() == 5
    assert Entry.objects.filter(kind="assignment.closed").count() == 5
    assert_consistent()


def test_telemetry_against_matcher_and_agents_ends_in_no_deadlock(
    surge: tuple[Queue, Queue, Queue], race: Race
) -> None:
    run = MatcherRun(started_at=NOW, trigger="test")
    agents = list(AgentNow.objects.select_related("agent"))
    reports = [AgentReport(agent=row.agent.code, at=NOW, presence=Presence.READY, queue="calm") for row in agents]
    batches = [make_batch(*(reports if even else reversed(reports))) for even in (True, False, True, False)]
    results = race(
        [
            partial(rebalance_now, run),
            *[partial(ingest, batch=batch, actor="token:1", now=NOW) for batch in batches],
            *[partial(pause, agent_id=row.agent_id, reason="lunch", actor="user:1", now=NOW) for row in agents[:3]],
        ]
    )
    assert not [result for result in results if isinstance(result, Exception)], results
    assert_consistent()


def test_a_batch_sent_by_many_at_once_counts_once(surge: tuple[Queue, Queue, Queue], race: Race) -> None:
    row = AgentNow.objects.select_related("agent").order_by("agent_id")[0]
    batch = make_batch(AgentReport(agent=row.agent.code, at=NOW, presence=Presence.PAUSED))
    results = race([partial(ingest, batch=batch, actor="token:1", now=NOW)] * 8)
    assert sum(not result.duplicate for result in results) == 1
    assert Entry.objects.filter(kind="telemetry.taken").count() == 1
