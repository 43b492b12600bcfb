"""One tick of the matcher: snapshot → build → solve → apply. Pure in the middle, outside any transaction."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.conf import settings
from django.db.models.functions import Now

from gigcx.database.prepared import prepared
from marketplace.actions.muster import muster
from marketplace.actions.propose import expire_all, propose, rejected_lately
from marketplace.actions.rebalance import rebalance
from marketplace.matching import build, explain, solve
from marketplace.matching.build import live
from marketplace.matching.interval import INTERVAL_SECONDS, build_interval
from marketplace.matching.problem import EMPTY_PLAN, Plan
from marketplace.matching.record import dump
from marketplace.matching.state import Mode, State
from marketplace.models import MatcherRun, RunRecord
from marketplace.snapshot import forecast_mean, take_snapshot

CLOCK = "clock"
TICK_LOCK = 0x67696763_0004
RECORD_AGENTS = 2_000
RECORD_EVERY = timedelta(minutes=1)
SECOND_CLOCK = """
SELECT coalesce((SELECT started_at FROM marketplace_matcherrun WHERE trigger = %s ORDER BY started_at DESC LIMIT 1)
    > %s, false)
"""
RECORDED = """
SELECT count(*) FROM (SELECT FROM marketplace_matcherrun r WHERE started_at > %s AND started_at < %s
    AND EXISTS (SELECT FROM marketplace_runrecord WHERE run_id = r.id) ORDER BY started_at DESC LIMIT 1) AS newest
"""
"""Both look for the newest run, from the end of its index: a plan made for any instant would else read all of them."""


@dataclass(frozen=True)
class Ticked:
    """What one tick did."""

    run_id: int
    agents: int
    planned: int
    applied: int
    stale: int


@contextmanager
def single_flight() -> Iterator[bool]:
    """Whether this is the only tick in the whole installation now. The lock ends with the connection at the latest."""
    mine = _holds("SELECT pg_try_advisory_lock(%s)", [TICK_LOCK])
    try:
        yield mine
    finally:
        if mine:
            prepared("SELECT pg_advisory_unlock(%s)", [TICK_LOCK])


def _holds(statement: str, parameters: Sequence[Any]) -> bool:
    """What a statement answers with yes or no."""
    ((answer,),) = prepared(statement, parameters)
    return bool(answer)


def tick(*, now: datetime, trigger: str) -> Ticked | None:
    """Look at the floor and move people; None if another tick is under way, or the clock's own has just been."""
    with single_flight() as mine:
        if not mine or (trigger == CLOCK and _second_clock(now)):
            return None
        return _tick(now, trigger)


def _second_clock(now: datetime) -> bool:
    """Whether another clock has called for this period's tick: two beats at once (a deployment) make one tick."""
    return _holds(SECOND_CLOCK, [CLOCK, now - timedelta(seconds=0.8 * settings.TICK_SECONDS)])


def _tick(now: datetime, trigger: str) -> Ticked:
    muster(now=now)
    state = _leave_alone(take_snapshot(now=now), now)
    run = MatcherRun(started_at=now, trigger=trigger, agents=len(state.agents), queues=len(state.queues))
    acted = _act(run, state, now)
    if _suggest(run, state, now) or not acted:
        run.finished_at = Now()
        run.save()
    if run.planned and _worth_keeping(run):
        RunRecord.objects.create(run=run, state=dump(state))
    return Ticked(run_id=run.pk, agents=run.agents, planned=run.planned, applied=run.applied, stale=run.stale)


def _leave_alone(state: State, now: datetime) -> State:
    """Whoever a dispatcher has just kept where he or she is counts as pinned: the next tick would only ask again."""
    if not (state.modes == Mode.APPROVE).any():
        return state
    pinned = state.agents.pinned | np.isin(state.agents.id, rejected_lately(now=now))
    return replace(state, agents=replace(state.agents, pinned=pinned))


def _act(run: MatcherRun, state: State, now: datetime) -> bool:
    """Make the moves where the matcher may act alone; whether it had any, and the run was written down with them."""
    if not (state.modes == Mode.AUTO).any():
        return False
    plan = decide(state, mode=Mode.AUTO, now=now)
    run.objective = plan.objective
    terms = explain(plan.moves, state, view=plan.view)
    rebalance(plan=plan, terms=terms, state=state, run=run, now=now, of_interval=not live(state))
    return bool(plan.moves)


def decide(state: State, *, mode: Mode, now: datetime) -> Plan:
    """The plan of this tick. Where people take too long to change over for anything else, that of the next interval,
    once as each interval begins."""
    if live(state):
        return solve(build(state, mode=mode))
    if not _interval_begins(now):
        return EMPTY_PLAN
    rates = forecast_mean(queue_ids=state.queues.id, now=now, seconds=INTERVAL_SECONDS)
    return solve(build_interval(state, rate=rates, mode=mode))


def _interval_begins(now: datetime) -> bool:
    """Whether no tick has been in this interval (of the clock's quarter hours) yet."""
    start = datetime.fromtimestamp(now.timestamp() // INTERVAL_SECONDS * INTERVAL_SECONDS, tz=UTC)
    return not MatcherRun.objects.filter(started_at__gte=start, started_at__lt=now).exists()


def _suggest(run: MatcherRun, state: State, now: datetime) -> bool:
    """Write down what it would do where it may only propose, or only be watched; whether there is such a place."""
    careful = (Mode.APPROVE, Mode.SHADOW)
    used = [mode for mode in careful if (state.modes == mode).any()]
    expire_all(modes=set(careful).difference(used), now=now)
    for mode in used:
        plan = decide(state, mode=mode, now=now)
        run.planned += len(plan.moves)
        run.save()
        terms = explain(plan.moves, state, view=plan.view)
        propose(plan=plan, terms=terms, state=state, run_id=run.pk, now=now, mode=mode)
    return bool(used)


def _worth_keeping(run: MatcherRun) -> bool:
    """Every run that decided something on a floor of ordinary size; one a minute on a very large one."""
    if run.agents <= RECORD_AGENTS:
        return True
    return not _holds(RECORDED, [run.started_at - RECORD_EVERY, run.started_at])
