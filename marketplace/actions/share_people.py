"""How much of its own safety each queue needs when people who may serve several help out; nightly."""

from datetime import datetime, timedelta

import numpy as np
from django.db import connection, transaction

from marketplace.matching.state import BoolArray, FloatArray, IntArray
from marketplace.models import Forecast, Queue
from marketplace.queries.need import usual_handle_seconds
from marketplace.simulation.pooling import pooled_need
from marketplace.snapshot.competence import known_competence
from marketplace.staffing.groups import Workforce

AHEAD = timedelta(days=7)
LEAST_SAFETY = 0.5
"""Agents: less safety than this says nothing of a part of it."""


def share_people(*, now: datetime) -> int:
    """Write `Queue.own_safety` of every active queue that has a forecast; how many are below 1.

    The coming week's forecast is played with everybody who may serve a queue now (`simulation.pooling`), outside any
    transaction.
    """
    queues = list(Queue.objects.filter(is_active=True).order_by("pk"))
    ids = [queue.pk for queue in queues]
    rate = _rates(ids, now=now)
    if not queues or not rate.any():
        return 0
    handle = usual_handle_seconds(queues)
    need = pooled_need(
        contacts=rate,
        interval_seconds=1.0,
        handle_seconds=handle,
        patience_seconds=np.array([queue.patience_seconds for queue in queues]),
        target_share=np.array([queue.target_share for queue in queues]),
        target_seconds=np.array([queue.target_seconds for queue in queues]),
        workforce=_workforce(ids, now=now),
    )
    load = rate * handle[:, None]
    return _write(
        ids, _own_safety(load, agents=need.agents, alone=need.alone), known=np.asarray((rate > 0).any(axis=1))
    )


def _own_safety(load: FloatArray, *, agents: IntArray, alone: IntArray) -> FloatArray:
    """What a queue needs on top of its load ÷ what it would need alone, over all intervals; 0 to 1."""
    busy = load > 0
    apart, together = (np.where(busy, people - load, 0.0).sum(axis=1) for people in (alone, agents))
    part = together / np.maximum(apart, LEAST_SAFETY)
    return np.where(apart > LEAST_SAFETY, np.clip(part, 0.0, 1.0), 1.0)


def _rates(ids: list[int], *, now: datetime) -> FloatArray:
    """Contacts a second, queues × hours of the week ahead that have any."""
    rows = Forecast.objects.filter(queue__in=ids, starts_at__gte=now, starts_at__lt=now + AHEAD, starts_at__minute=0)
    place = {queue: row for row, queue in enumerate(ids)}
    hours: dict[datetime, int] = {}
    cells = [
        (place[queue], hours.setdefault(at, len(hours)), mean / seconds)
        for queue, at, mean, seconds in rows.values_list("queue_id", "starts_at", "mean", "seconds").iterator()
    ]
    rate = np.zeros((len(ids), len(hours)))
    for row, column, value in cells:
        rate[row, column] = value
    return rate


def _workforce(ids: list[int], *, now: datetime) -> Workforce:
    """Everybody by the queues that they may serve now."""
    known = known_competence(now=now)
    place = {queue: row for row, queue in enumerate(ids)}
    instant = int(now.timestamp())
    eligible = known.eligible
    valid = (eligible.valid_from <= instant) & (instant < eligible.valid_until)
    profiles = []
    for first, last in zip(eligible.start[:-1].tolist(), eligible.start[1:].tolist(), strict=True):
        served = known.queue_ids[eligible.queue[first:last][valid[first:last]]]
        profiles.append([place[queue] for queue in served.tolist() if queue in place])
    return Workforce.of(profiles, queues=len(ids))


def _write(ids: list[int], part: FloatArray, *, known: BoolArray) -> int:
    """Set the figures that differ."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE marketplace_queue q SET own_safety = s.part FROM unnest(%s::bigint[], %s::float8[])"
            " AS s(queue_id, part) WHERE q.id = s.queue_id AND q.own_safety IS DISTINCT FROM s.part",
            [[pk for pk, yes in zip(ids, known, strict=True) if yes], np.round(part[known], 3).tolist()],
        )
    return int((part[known] < 1).sum())
