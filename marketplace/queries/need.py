"""People needed by queue and interval, worked out once for each demand that looks the same.

A week of half hours of 200 queues is 67,000 cells, three times with the quantiles, and takes many seconds. But need
changes in steps of a person: rates and handle times that differ by less than a hundredth need the same. So both are
taken to the nearest step of a fiftieth, and what was worked out for such a step is kept in the process.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from django.db import connection

from marketplace.matching.state import BoolArray, FloatArray, IntArray, Presence
from marketplace.models import Queue
from marketplace.queries.grid import Grid
from marketplace.staffing.handle import LONGEST_SECONDS, Running, mean_handle_seconds
from marketplace.staffing.intervals import interval_need
from marketplace.staffing.need import headcount

RUNNING = """
SELECT a.queue_id, count(*)::float8, sum(greatest(0, n.as_of - a.presence_since))::float8
FROM marketplace_agentnow a JOIN marketplace_queuenow n USING (queue_id)
WHERE a.queue_id = ANY(%s) AND a.presence = ANY(%s) AND n.as_of - a.presence_since <= %s GROUP BY 1
"""
STEP = 0.02
"""Of the logarithm of a rate or a handle time."""
KEPT_AT_MOST = 400_000

Target = tuple[float, float, float, float]
"""Patience, target share, target seconds, occupancy cap."""

_kept: dict[tuple[int, int, Target], int] = {}
"""Agents by step of the rate, step of the handle time, and target."""


def people_needed(*, queues: Sequence[Queue], rate: FloatArray, handle: FloatArray | None = None) -> IntArray:
    """People to plan so that each queue meets its target at `rate` contacts a second (… × queues × cells).

    With `own_safety` below 1 people who may serve several queues are counted once (`actions/share_people.py`).
    Occupancy cap, shrinkage and the least agents of an open queue are the queue's own. NaN is closed, or has no
    forecast: nobody is needed. `handle` is the mean handle time of each queue, or of each queue and cell; without it,
    what was lately measured.
    """
    handle = handle_seconds(queues) if handle is None else handle
    handle = np.broadcast_to(handle if handle.ndim == 2 else handle[:, None], rate.shape[-2:])
    open_ = np.isfinite(rate)
    steps = np.zeros(rate.shape, dtype=np.int64)
    offered = open_ & (np.nan_to_num(rate) > 1e-9)
    steps[offered] = np.rint(np.log(rate[offered]) / STEP).astype(np.int64)
    agents = np.zeros(rate.shape, dtype=np.int64)
    targets = [_target(queue) for queue in queues]
    alike = list(_alike(offered, np.rint(np.log(handle) / STEP).astype(np.int64)))
    known = _look_up(
        [
            (step, handled, targets[row])
            for row, handled, here in alike
            for step in np.unique(steps[..., row, :][here]).tolist()
        ]
    )
    for row, handled, here in alike:
        levels, place = np.unique(steps[..., row, :][here], return_inverse=True)
        found = np.array([known[step, handled, targets[row]] for step in levels.tolist()], dtype=np.int64)
        agents[..., row, :][here] = found[place]
    agents = _shared(queues, np.nan_to_num(rate) * handle, agents)
    least = np.array([queue.least_agents for queue in queues], dtype=np.int64)[:, None]
    agents = np.where(open_, np.maximum(agents, least), 0)
    return headcount(agents=agents, shrinkage=np.array([[queue.shrinkage] for queue in queues]).reshape(-1, 1))


def _alike(offered: BoolArray, handled: IntArray) -> Iterator[tuple[int, int, BoolArray]]:
    """Row, step of the handle time, and the row's cells (… × cells) in which something is offered at that step."""
    for row in range(len(handled)):
        for step in np.unique(handled[row]).tolist():
            here = offered[..., row, :] & (handled[row] == step)
            if here.any():
                yield row, step, here


def _shared(queues: Sequence[Queue], load: FloatArray, agents: IntArray) -> IntArray:
    """Agents where those who may serve several queues help out: of its own safety a queue needs `own_safety`.

    Never fewer than its occupancy cap asks for. Parts of people are added up over the queues of a cell before they are
    rounded up, so that the sum is not rounded up for every queue.
    """
    own = np.array([queue.own_safety for queue in queues])[:, None]
    if (own >= 1).all():
        return agents
    cap = np.array([queue.occupancy_cap for queue in queues])[:, None]
    wanted = np.maximum(load + own * np.maximum(agents - load, 0.0), np.minimum(load / cap, agents))
    wanted = np.where(own < 1, wanted, agents)
    sums = np.ceil(np.cumsum(wanted, axis=-2) - 1e-6)
    shared: IntArray = np.diff(sums, prepend=0.0, axis=-2).astype(np.int64)
    return shared


def handle_seconds(queues: Sequence[Queue]) -> FloatArray:
    """Mean contact and wrap-up time as lately measured, drawn to what is usual while little was."""
    with connection.cursor() as cursor:
        busy = [int(Presence.ON_CONTACT), int(Presence.WRAP_UP)]
        cursor.execute(RUNNING, [[queue.pk for queue in queues], busy, LONGEST_SECONDS])
        running = {queue: (contacts, seconds) for queue, contacts, seconds in cursor.fetchall()}
    contacts, seconds = np.array([running.get(queue.pk, (0.0, 0.0)) for queue in queues]).reshape(-1, 2).T
    seen = [getattr(queue, "now", None) for queue in queues]
    return mean_handle_seconds(
        own=usual_handle_seconds(queues),
        total=np.array([one.handle_sum if one else 0.0 for one in seen]),
        answered=np.array([one.handle_count if one else 0.0 for one in seen]),
        running=Running(contacts=contacts, seconds=seconds),
    )


def usual_handle_seconds(queues: Sequence[Queue]) -> FloatArray:
    """The mean of the last weeks (`actions/measure_handle_times.py`); each queue's own figure until that is known."""
    return np.array([queue.usual_handle_seconds or queue.handle_seconds for queue in queues])


def handle_seconds_ahead(queues: Sequence[Queue], *, lately: FloatArray, grid: Grid, now: datetime) -> FloatArray:
    """Mean handle time by queue and cell: as `lately` measured until the queue's midnight, from then on as usual.

    What half an hour measures says much of the next hours, and nothing of next week.
    """
    midnight = {zone: _next_midnight(zone, now=now) for zone in {queue.timezone for queue in queues}}
    today = grid.starts < np.array([midnight[queue.timezone] for queue in queues]).reshape(-1, 1)
    return np.where(today, lately[:, None], usual_handle_seconds(queues)[:, None])


def _next_midnight(zone: str, *, now: datetime) -> float:
    """Epoch seconds of the next one on the zone's clock."""
    clock = ZoneInfo(zone)
    return datetime.combine(now.astimezone(clock).date() + timedelta(days=1), time(), tzinfo=clock).timestamp()


def _target(queue: Queue) -> Target:
    return queue.patience_seconds, queue.target_share, queue.target_seconds, queue.occupancy_cap


def _look_up(wanted: Sequence[tuple[int, int, Target]]) -> dict[tuple[int, int, Target], int]:
    """Agents for each of these; those that nobody asked for yet are worked out together."""
    new = sorted({key for key in wanted if key not in _kept})
    found = {key: _kept[key] for key in wanted if key in _kept}
    if new:
        if len(_kept) + len(new) > KEPT_AT_MOST:
            _kept.clear()
        rate, handle = (np.exp(STEP * np.array([key[part] for key in new], dtype=np.float64)) for part in (0, 1))
        patience, share, seconds, cap = np.array([key[2] for key in new], dtype=np.float64).T
        need = interval_need(
            contacts=rate,
            interval_seconds=1.0,
            handle_seconds=handle,
            patience_seconds=patience,
            target_share=share,
            target_seconds=seconds,
            occupancy_cap=cap,
        )
        fresh = dict(zip(new, need.agents.tolist(), strict=True))
        _kept.update(fresh)
        found |= fresh
    return found
