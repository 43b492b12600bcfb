"""Write down what the matcher would do where it may not act alone: shadow moves and proposals to a dispatcher."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction

from gigcx.database.prepared import prepared
from marketplace.actions.rebalance import Judged, write_moves
from marketplace.matching.problem import Plan
from marketplace.matching.state import NOWHERE, Mode, State
from marketplace.models import Move
from marketplace.vocabulary import MoveState

EXPIRE_ALL = """
UPDATE marketplace_move SET status = 'expired', decided_at = %s WHERE status = 'proposed' AND mode = ANY(%s::smallint[])
"""
STANDING = """
SELECT move.id, move.agent_id, move.source_id, move.target_id, move.created_at,
    here.agent_id IS NOT NULL AND here.queue_id IS NOT DISTINCT FROM move.source_id
FROM marketplace_move move LEFT JOIN marketplace_agentnow here ON here.agent_id = move.agent_id
WHERE move.status = 'proposed' AND move.mode = %s ORDER BY move.id FOR UPDATE OF move
"""
STANDS_SECONDS = 30
"""A proposal that later ticks no longer make stays so long on the board, so that it can be read."""
LEFT_ALONE = timedelta(minutes=10)
"""So long nobody is proposed again whose move a dispatcher rejected."""
READ_BACK = timedelta(hours=1)
"""Where rejections are looked for: a proposal does not stand so long before it is decided on."""


class _Standing(NamedTuple):
    """An open proposal."""

    move: int
    agent: int
    source: int | None
    target: int
    created_at: datetime
    holds: bool
    """Whether the agent is still where the move would begin."""

    @property
    def way(self) -> tuple[int | None, int]:
        return self.source, self.target


@transaction.atomic(durable=True)
def propose(
    *, plan: Plan, terms: Sequence[dict[str, Any]], state: State, run_id: int, now: datetime, mode: Mode
) -> int:
    """Bring the open proposals of this mode in line with the plan; the number of new ones.

    A proposal that the plan repeats stands as it is; one that it no longer makes expires after a while. Until then it
    stands for one that the plan makes instead between the same queues: who is idle changes with every tick, and each
    would add a name to the list without anyone more being needed.
    """
    standing = _standing(mode)
    wanted = {
        (int(state.agents.id[move.agent]), int(state.queues.id[move.target])): Judged(move, term, ())
        for move, term in zip(plan.moves, terms, strict=True)
    }
    limit = now - timedelta(seconds=STANDS_SECONDS)
    passed = {key: one for key, one in standing.items() if key not in wanted}
    over = [one.move for one in passed.values() if one.created_at < limit or not one.holds]
    instead = Counter(one.way for one in passed.values() if one.created_at >= limit and one.holds)
    new = []
    for key, judged in wanted.items():
        way = (_queue_id(state, judged.move.source), key[1])
        if key in standing or instead[way] > 0:
            instead[way] -= key not in standing
        else:
            new.append(judged)
    write_moves(new, status=MoveState.PROPOSED, state=state, run_id=run_id, now=now, mode=mode)
    expire(over, now=now)
    return len(new)


def rejected_lately(*, now: datetime) -> list[int]:
    """Agents who are left where they are for a while, because a dispatcher said no to a move of theirs."""
    rejected = Move.objects.filter(status=MoveState.REJECTED, created_at__gt=now - READ_BACK)
    return list(rejected.filter(decided_at__gt=now - LEFT_ALONE).values_list("agent_id", flat=True))


def _standing(mode: Mode) -> dict[tuple[int, int], _Standing]:
    """The open proposals of this mode by agent and target, under lock."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING, [int(mode)])
        rows = [_Standing(*row) for row in cursor.fetchall()]
    return {(one.agent, one.target): one for one in rows}


def _queue_id(state: State, queue: int) -> int | None:
    return None if queue == NOWHERE else int(state.queues.id[queue])


def expire(move_ids: Sequence[int], *, now: datetime) -> None:
    """Nobody wanted these proposals in time."""
    Move.objects.filter(pk__in=move_ids, status=MoveState.PROPOSED).update(status=MoveState.EXPIRED, decided_at=now)


def expire_all(*, modes: Collection[Mode], now: datetime) -> None:
    """No department is in these modes any more: what was proposed under them is no longer on offer."""
    prepared(EXPIRE_ALL, [now, [int(mode) for mode in modes]])
