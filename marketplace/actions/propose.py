"""Write down what the matcher would do where it may not act alone: shadow moves and proposals to a dispatcher."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from gigcx.database.prepared import prepared
from marketplace.actions.rebalance import Judged, write_moves
from marketplace.matching.problem import Plan
from marketplace.matching.state import Mode, State
from marketplace.models import Move
from marketplace.vocabulary import MoveState

EXPIRE_ALL = """
UPDATE marketplace_move SET status = 'expired', decided_at = %s WHERE status = 'proposed' AND mode = ANY(%s::smallint[])
"""
STANDS_SECONDS = 30
"""A proposal that later ticks no longer make stays so long on the board, so that it can be read."""


@transaction.atomic(durable=True)
def propose(
    *, plan: Plan, terms: Sequence[dict[str, Any]], state: State, run_id: int, now: datetime, mode: Mode
) -> int:
    """Bring the open proposals of this mode in line with the plan; the number of new ones.

    A proposal that the plan repeats stands as it is; one that it no longer makes expires after a while.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, agent_id, target_id, created_at FROM marketplace_move"
            " WHERE status = 'proposed' AND mode = %s ORDER BY id FOR UPDATE",
            [int(mode)],
        )
        standing = {(agent, target): (move, created) for move, agent, target, created in cursor.fetchall()}
    wanted = {
        (int(state.agents.id[move.agent]), int(state.queues.id[move.target])): Judged(move, term, ())
        for move, term in zip(plan.moves, terms, strict=True)
    }
    new = [judged for key, judged in wanted.items() if key not in standing]
    write_moves(new, status=MoveState.PROPOSED, state=state, run_id=run_id, now=now, mode=mode)
    limit = now - timedelta(seconds=STANDS_SECONDS)
    expire([move for key, (move, created) in standing.items() if key not in wanted and created < limit], now=now)
    return len(new)


def expire(move_ids: Sequence[int], *, now: datetime) -> None:
    """Nobody wanted these proposals in time."""
    Move.objects.filter(pk__in=move_ids, status=MoveState.PROPOSED).update(status=MoveState.EXPIRED, decided_at=now)


def expire_all(*, modes: Collection[Mode], now: datetime) -> None:
    """No department is in these modes any more: what was proposed under them is no longer on offer."""
    prepared(EXPIRE_ALL, [now, [int(mode) for mode in modes]])
