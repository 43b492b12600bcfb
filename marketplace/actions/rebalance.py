"""Apply a plan: under lock, against the floor as it is now, each move by compare-and-set; what is stale is dropped."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from gigcx.database.prepared import prepared
from marketplace.actions.column import column
from marketplace.actions.reassign import Change, lock_agents, make_moves
from marketplace.matching import accept
from marketplace.matching.problem import Move, Plan
from marketplace.matching.state import Mode, Refusal, State
from marketplace.models import MatcherRun
from marketplace.snapshot import refresh_agents
from marketplace.vocabulary import MoveState

ACTOR = "matcher"
WRITE_MOVES = """
INSERT INTO marketplace_move (run_id, agent_id, source_id, target_id, status, mode, gain, loss, cost, terms, refusals,
    created_at, decided_at, until, actor, reason)
SELECT %s, agent, source, target, %s, %s, gain, loss, cost,
    terms || jsonb_build_object('target', side -> target::text, 'source', side -> source::text),
    string_to_array(refusals, ','), %s, %s, to_timestamp(until), %s, ''
FROM (SELECT %s::jsonb AS side) AS queues, ROWS FROM (
    unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::float8[], %s::float8[], %s::float8[], %s::text[],
        %s::float8[]),
    jsonb_array_elements(%s::jsonb)
) WITH ORDINALITY AS m(agent, source, target, gain, loss, cost, refusals, until, terms, nr)
ORDER BY nr RETURNING id, agent_id
"""
"""Terms come as one document, since an array of them would be escaped and parsed twice, and those of a queue, which all
its moves share, only once."""
SIDES = ("target", "source")
"""The terms that are of a queue."""
TELL_UNMADE = """
INSERT INTO ledger_entry (at, kind, actor, subject, data)
SELECT %s, %s, %s, 'agent:' || m.agent_id, jsonb_build_object('move', m.id, 'agent', m.agent_id,
    'source', m.source_id, 'target', m.target_id, 'run', m.run_id)
FROM marketplace_move m WHERE m.id = ANY(%s::bigint[]) ORDER BY m.id
"""
OPEN_RUN = """
INSERT INTO marketplace_matcherrun (started_at, trigger, agents, queues, objective, planned, applied, stale)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
"""
END_RUN = "UPDATE marketplace_matcherrun SET finished_at = statement_timestamp() WHERE id = %s"


@dataclass(frozen=True)
class Rebalanced:
    """How many moves were made and how many the world had overtaken."""

    applied: int
    stale: int


@dataclass(frozen=True, slots=True)
class Judged:
    """A planned move and why it can't be made, if so."""

    move: Move
    terms: dict[str, Any]
    refusals: tuple[Refusal, ...]


@transaction.atomic(durable=True)
def rebalance(
    *,
    plan: Plan,
    terms: Sequence[dict[str, Any]],
    state: State,
    run: MatcherRun,
    now: datetime,
    of_interval: bool = False,
) -> Rebalanced:
    """Make the plan's moves that still hold; write the others down as stale. `terms` explains each move in numbers.

    `of_interval`: the plan is one of the next interval, whose limits are its own. `run` is saved with its figures in
    the same transaction and ends with it, unless there is nothing to make.
    """
    if not plan.moves:
        return Rebalanced(applied=0, stale=0)
    agent_ids = [int(state.agents.id[move.agent]) for move in plan.moves]
    lock_agents(agent_ids)
    fresh = refresh_agents(state, agent_ids, now=now)
    judged = judge(plan, terms=terms, planned_on=state, fresh=fresh, of_interval=of_interval)
    good = [one for one in judged if not one.refusals]
    stale = [one for one in judged if one.refusals]
    run.planned, run.applied, run.stale = len(judged), len(good), len(stale)
    _open(run)
    ids = write_moves(good, status=MoveState.APPLIED, state=fresh, run_id=run.pk, now=now, mode=Mode.AUTO)
    write_moves(stale, status=MoveState.STALE, state=fresh, run_id=run.pk, now=now, mode=Mode.AUTO)
    changes = [
        Change(
            agent_id=int(fresh.agents.id[one.move.agent]),
            queue_id=int(fresh.queues.id[one.move.target]),
            move_id=move_id,
            by_matcher=True,
        )
        for one, move_id in zip(good, ids, strict=True)
    ]
    arrives = now + timedelta(seconds=fresh.limits.changeover_seconds)
    make_moves(changes, now=now, arrives_at=arrives, actor=ACTOR)
    prepared(END_RUN, [run.pk])
    return Rebalanced(applied=len(good), stale=len(stale))


def _open(run: MatcherRun) -> None:
    """Write the run down, for its moves to name it."""
    figures = [run.agents, run.queues, run.objective, run.planned, run.applied, run.stale]
    ((run.pk,),) = prepared(OPEN_RUN, [run.started_at, run.trigger, *figures])


def judge(
    plan: Plan,
    *,
    terms: Sequence[dict[str, Any]],
    planned_on: State,
    fresh: State,
    of_interval: bool = False,
) -> list[Judged]:
    """Compare and set: an agent whose assignment changed since the plan is left alone; the rest must pass `accept`."""
    current = [fresh.agents.version[m.agent] == planned_on.agents.version[m.agent] for m in plan.moves]
    holding = [move for move, same in zip(plan.moves, current, strict=True) if same]
    view = plan.view if fresh is planned_on else None
    verdicts = iter(accept(holding, fresh, of_interval=of_interval, view=view))
    return [
        Judged(move=move, terms=term, refusals=next(verdicts) if same else (Refusal.STALE,))
        for move, term, same in zip(plan.moves, terms, current, strict=True)
    ]


def write_moves(
    judged: Sequence[Judged], *, status: MoveState, state: State, run_id: int, now: datetime, mode: Mode
) -> list[int]:
    """Insert the moves in one statement; their ids in the order given.

    Moves that are made get their Entry from `make_moves`, with what the switches must obey; the others get it here.
    """
    if not judged:
        return []
    decided = None if status == MoveState.PROPOSED else now
    written = prepared(WRITE_MOVES, [run_id, str(status), int(mode), now, decided, ACTOR, *_columns(judged, state)])
    by_agent = {agent: move for move, agent in written}
    if status != MoveState.APPLIED:
        prepared(TELL_UNMADE, [now, f"move.{status}", ACTOR, column(by_agent.values())])
    return [by_agent[int(state.agents.id[one.move.agent])] for one in judged]


def _columns(judged: Sequence[Judged], state: State) -> list[list[str] | str]:
    """What `WRITE_MOVES` puts together: the terms of each queue, one array a column, and the other terms."""
    moves, queues = [one.move for one in judged], state.queues.id.tolist()
    who = [move.agent for move in moves]
    of_queue = {queues[one.move.target]: one.terms["target"] for one in judged}
    of_queue |= {queues[one.move.source]: one.terms["source"] for one in judged if not one.move.from_nowhere}
    return [
        json.dumps(of_queue),
        column(state.agents.id[who].tolist()),
        column(None if move.from_nowhere else queues[move.source] for move in moves),
        column(queues[move.target] for move in moves),
        column(move.gain for move in moves),
        column(move.loss for move in moves),
        column(move.cost for move in moves),
        [",".join(one.refusals) for one in judged],
        column(state.agents.until[who].tolist()),
        json.dumps([{name: term for name, term in one.terms.items() if name not in SIDES} for one in judged]),
    ]
