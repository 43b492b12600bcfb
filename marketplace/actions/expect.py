"""Write what each queue is expected to do next beside what it does now: the board warns before a target is missed."""

from datetime import datetime

import numpy as np
from django.db import connection, transaction

from gigcx.ledger.record import record
from marketplace.matching.outlook import arrival_rates, outlook
from marketplace.matching.state import FloatArray, State
from marketplace.models import Queue
from marketplace.queries.need import people_needed
from marketplace.snapshot import take_snapshot

ACTOR = "clock"


def expect(*, now: datetime) -> int:
    """Share expected in target over the look-ahead with the people there now, and people needed at the rate ahead.

    Need is the figure that the pages of demand show (`queries.need`), for the next minutes. Apart from the tick, which
    nobody should wait longer for. The number of queues looked at.
    """
    state = take_snapshot(now=now)
    if len(state.queues):
        _write(state, now)
    return len(state.queues)


def _share(state: State) -> FloatArray:
    """Of each queue's contacts over the look-ahead, the part expected to be answered in target."""
    none = np.zeros(len(state.queues), dtype=np.int64)
    view = outlook(state, down=none, up=none)
    share: FloatArray = view.curves.share[np.arange(len(state.queues)), view.curves.present]
    return share


def _write(state: State, now: datetime) -> None:
    queues = list(Queue.objects.filter(pk__in=state.queues.id.tolist()).select_related("now").order_by("pk"))
    row = np.searchsorted(state.queues.id, [queue.pk for queue in queues])
    rate = np.where(state.queues.open, arrival_rates(state), np.nan)[row]
    need = people_needed(queues=queues, rate=rate[:, None], handle=state.queues.handle_seconds[row])[:, 0]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM marketplace_queuenow ORDER BY queue_id FOR NO KEY UPDATE")
        cursor.execute(
            "UPDATE marketplace_queuenow n SET expected_share = e.share, need = e.need"
            " FROM unnest(%s::bigint[], %s::float8[], %s::int[]) AS e(queue_id, share, need)"
            " WHERE n.queue_id = e.queue_id"
            "   AND (n.need IS DISTINCT FROM e.need OR n.expected_share IS DISTINCT FROM e.share)",
            [[queue.pk for queue in queues], np.round(_share(state)[row], 3).tolist(), need.tolist()],
        )
        if cursor.rowcount:
            record(kind="queues.expected", actor=ACTOR, at=now, data={"changed": cursor.rowcount})
