"""Write what each queue is expected to do next beside what it does now: the board warns before a target is missed."""

from datetime import datetime

import numpy as np
from django.db import connection, transaction

from gigcx.ledger.record import record
from marketplace.matching.outlook import arrival_rates, outlook
from marketplace.matching.state import State
from marketplace.snapshot import take_snapshot
from marketplace.staffing.need import agents_needed

ACTOR = "clock"


def expect(*, now: datetime) -> int:
    """Share expected in target over the look-ahead with the people there now, and agents needed at the rate ahead.

    Apart from the tick, which nobody should wait longer for. The number of queues looked at.
    """
    state = take_snapshot(now=now)
    if len(state.queues):
        _write(state, now)
    return len(state.queues)


def _write(state: State, now: datetime) -> None:
    queues = state.queues
    none = np.zeros(len(queues), dtype=np.int64)
    view = outlook(state, down=none, up=none)
    share = view.curves.share[np.arange(len(queues)), view.curves.present]
    need = agents_needed(
        rate=arrival_rates(state),
        handle_seconds=queues.handle_seconds,
        patience_seconds=queues.patience_seconds,
        target_share=queues.target_share,
        target_seconds=queues.target_seconds,
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM marketplace_queuenow ORDER BY queue_id FOR NO KEY UPDATE")
        cursor.execute(
            "UPDATE marketplace_queuenow n SET expected_share = e.share, need = e.need"
            " FROM unnest(%s::bigint[], %s::float8[], %s::int[]) AS e(queue_id, share, need)"
            " WHERE n.queue_id = e.queue_id"
            "   AND (n.need IS DISTINCT FROM e.need OR n.expected_share IS DISTINCT FROM e.share)",
            [queues.id.tolist(), np.round(share, 3).tolist(), need.tolist()],
        )
        if cursor.rowcount:
            record(kind="queues.expected", actor=ACTOR, at=now, data={"changed": cursor.rowcount})
