"""Watch each queue for demand that the forecast does not explain, and say when it begins, grows and ends."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection

from marketplace.matching.state import FloatArray, Presence
from marketplace.models import AgentNow, Queue
from marketplace.queries.need import people_needed
from marketplace.snapshot.queues import forecast_rates
from marketplace.staffing.surge import Memory, Surges, watch

GREW = 1.5
"""A surge that has grown by this factor since it was last told is told again."""
WRITE = """
UPDATE marketplace_queuenow n SET watch = w.watch, surge_since = w.since, surge_factor = w.factor, surge_sure = w.sure,
    surge_told = w.told
FROM unnest(%s::bigint[], %s::jsonb[], %s::float8[], %s::float8[], %s::float8[], %s::float8[])
    AS w(queue_id, watch, since, factor, sure, told)
WHERE n.queue_id = w.queue_id
"""


def watch_surges(
    *,
    queue_ids: Sequence[int],
    offered: FloatArray,
    elapsed_seconds: FloatArray,
    watched: Sequence[Sequence[float]],
    told_factor: Sequence[float | None],
    actor: str,
    now: datetime,
) -> None:
    """Bring the surge figures of these queues, whose rows are locked, in line with what came since the last report.

    `queue_ids` ascend; `watched` and `told_factor` are what the rows hold.
    """
    expected = _expected(queue_ids, now=now, surging=np.array([factor is not None for factor in told_factor]))
    memory, surges = watch(
        memory=Memory.from_rows(watched), offered=offered, elapsed_seconds=elapsed_seconds, expected_rate=expected
    )
    told = np.array([factor or 0.0 for factor in told_factor])
    grew = surges.on & ~surges.began & (surges.factor > told * GREW)
    with connection.cursor() as cursor:
        cursor.execute(WRITE, _columns(queue_ids, memory, surges, now=now, told=told, grew=grew))
        kinds = {"surge.began": surges.began, "surge.grew": grew, "surge.ended": surges.ended}
        for kind, which in kinds.items():
            chosen = np.flatnonzero(which)
            takes = _what_it_takes(chosen, queue_ids, surges, expected) if kind != "surge.ended" else {}
            _tell(cursor, kind, chosen, queue_ids, surges, takes=takes, actor=actor, now=now)


def _expected(queue_ids: Sequence[int], *, now: datetime, surging: Any) -> FloatArray:
    """Contacts a second that explain what comes: the forecast, corrected by the day so far.

    A surge corrects the forecast too, and must not end by that: once it has begun it is measured against the plan.
    """
    ids = np.array(queue_ids)
    (corrected,) = forecast_rates(queue_ids=ids, now=now, offsets=(0.0,))
    if not surging.any():
        return corrected
    (plan,) = forecast_rates(queue_ids=ids, now=now, offsets=(0.0,), planned=True)
    expected: FloatArray = np.where(surging, plan, corrected)
    return expected


def _columns(
    queue_ids: Sequence[int], memory: Memory, surges: Surges, *, now: datetime, told: FloatArray, grew: Any
) -> list[list[Any]]:
    """The arrays of `WRITE`. Beside the factor stands the one last told, so that slow growth is noticed too."""
    instant = now.timestamp()
    last_told = np.where(surges.began | grew, surges.factor, told)
    return [
        list(queue_ids),
        [str(row) for row in memory.rows()],
        [instant - age if on else None for on, age in zip(surges.on, surges.since_seconds.tolist(), strict=True)],
        [value if on else None for on, value in zip(surges.on, surges.factor.tolist(), strict=True)],
        [value if on else None for on, value in zip(surges.on, surges.sure.tolist(), strict=True)],
        [value if on else None for on, value in zip(surges.on, last_told.tolist(), strict=True)],
    ]


def _what_it_takes(
    which: Any, queue_ids: Sequence[int], surges: Surges, expected: FloatArray
) -> dict[int, tuple[int, int]]:
    """People needed at the surged rate, and how many are there, by queue; none without a forecast."""
    known = which[np.isfinite(expected[which])]
    if not len(known):
        return {}
    ids = [queue_ids[row] for row in known]
    queues = list(Queue.objects.filter(pk__in=ids).select_related("now").order_by("pk"))
    need = people_needed(queues=queues, rate=(expected[known] * surges.factor[known])[:, None])[:, 0]
    there = Counter(
        AgentNow.objects.filter(queue__in=ids).exclude(presence=Presence.OFFLINE).values_list("queue_id", flat=True)
    )
    return {queue.pk: (wanted, there[queue.pk]) for queue, wanted in zip(queues, need.tolist(), strict=True)}


def _tell(
    cursor: Any,
    kind: str,
    which: Any,
    queue_ids: Sequence[int],
    surges: Surges,
    *,
    takes: dict[int, tuple[int, int]],
    actor: str,
    now: datetime,
) -> None:
    """One Entry a queue; the matcher hears of what began or grew at once."""
    if not len(which):
        return
    instant = now.timestamp()
    cursor.execute(
        "INSERT INTO ledger_entry (at, kind, actor, subject, data)"
        " SELECT %s, %s, %s, 'queue:' || s.queue_id, jsonb_build_object('queue', s.queue_id, 'factor', s.factor,"
        "   'sure', s.sure, 'since', to_timestamp(s.since), 'need', s.need, 'there', s.there)"
        " FROM unnest(%s::bigint[], %s::float8[], %s::float8[], %s::float8[], %s::int[], %s::int[])"
        "   AS s(queue_id, factor, sure, since, need, there)",
        [
            now,
            kind,
            actor,
            [queue_ids[row] for row in which],
            np.round(surges.factor[which], 2).tolist(),
            np.round(surges.sure[which], 3).tolist(),
            (instant - surges.since_seconds[which]).tolist(),
            *([takes.get(queue_ids[row], (None, None))[part] for row in which] for part in (0, 1)),
        ],
    )
