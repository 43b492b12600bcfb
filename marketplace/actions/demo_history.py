"""What the demo bank counted before it was made, and what it expects."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection
from numpy.random import Generator, default_rng

from marketplace.actions.loading import stage
from marketplace.actions.refresh_forecast import BEFORE, HORIZON
from marketplace.actions.write_forecast import write_forecast
from marketplace.forecasting.spread import SHARES, count_quantile
from marketplace.models import Queue
from marketplace.simulation.calls import DEFAULT_HANDLE_CV
from marketplace.simulation.demo import DAY_FACTOR_SD, WRAP_UP_SECONDS, DemoBank

HISTORY = timedelta(days=14)
QUARTER = 900
MINUTE = 60
LIVE = timedelta(hours=1)
"""So much of it by the minute, as a switch would have reported it."""
ABANDONED = 0.03
IN_TARGET = 0.88
"""Of those answered, on an ordinary morning."""


def write_demo_history(bank: DemoBank, *, now: datetime, seed: int) -> None:
    """Two weeks of intervals until now, drawn as the bank's customers come: Poisson about a day's own factor."""
    columns = {
        "code": "text",
        "starts_at": "bigint",
        **dict.fromkeys(("seconds", "offered", "answered", "answered_in_target", "abandoned"), "int"),
        "handle_seconds": "float8",
    }
    with connection.cursor() as cursor:
        stage(cursor, "demo_interval", columns, _intervals(bank, now, default_rng(seed)))
        cursor.execute(
            "INSERT INTO marketplace_interval (queue_id, starts_at, seconds, offered, answered, answered_in_target,"
            "  abandoned, handle_seconds, as_of)"
            " SELECT q.id, to_timestamp(i.starts_at), i.seconds, offered, answered, answered_in_target, abandoned,"
            "  i.handle_seconds, to_timestamp(i.starts_at + i.seconds)"
            " FROM demo_interval i JOIN marketplace_queue q ON q.code = i.code ORDER BY q.id, i.starts_at"
        )


def _intervals(bank: DemoBank, now: datetime, rng: Generator) -> Iterator[tuple[Any, ...]]:
    end = int(now.timestamp()) // MINUTE * MINUTE
    switch = (end - int(LIVE.total_seconds())) // QUARTER * QUARTER
    starts = [(start, QUARTER) for start in range(switch - int(HISTORY.total_seconds()), switch, QUARTER)]
    starts += [(start, MINUTE) for start in range(switch, end, MINUTE)]
    days = {start // 86_400 for start, _ in starts}
    factor = dict(zip(sorted(days), np.exp(rng.normal(0, DAY_FACTOR_SD, len(days))), strict=True))
    for index, queue in enumerate(bank.queues):
        for start, seconds in starts:
            mean = bank.forecast(queue=index, at=start) * seconds * factor[start // 86_400]
            offered = int(rng.poisson(mean))
            abandoned = int(rng.binomial(offered, ABANDONED))
            answered = offered - abandoned
            handled = (queue.handle_seconds + WRAP_UP_SECONDS) * (
                answered + DEFAULT_HANDLE_CV * answered**0.5 * rng.normal()
            )
            in_target = int(rng.binomial(answered, IN_TARGET))
            yield queue.code, start, seconds, offered, answered, in_target, abandoned, max(float(handled), 0.0)


def write_demo_forecast(bank: DemoBank, *, now: datetime) -> int:
    """What the bank expects, by the quarter; its spread is that of the day's factor. The rows that changed."""
    ids = dict(Queue.objects.values_list("code", "pk"))
    first = int((now - BEFORE).timestamp()) // QUARTER * QUARTER
    starts = range(first, int((now + HORIZON).timestamp()), QUARTER)
    rows = []
    for index, queue in enumerate(bank.queues):
        if queue.code in ids:
            means = np.array([bank.forecast(queue=index, at=start) * QUARTER for start in starts])
            levels, place = np.unique(means, return_inverse=True)
            excess = np.full(levels.shape, DAY_FACTOR_SD**2)
            quantiles = [count_quantile(np.full(levels.shape, share), levels, excess)[place] for share in SHARES]
            columns = zip(starts, means.tolist(), *(values.tolist() for values in quantiles), strict=True)
            rows += [(ids[queue.code], start, QUARTER, *figures) for start, *figures in columns]
    with connection.cursor() as cursor:
        return write_forecast(cursor, rows, since=datetime.fromtimestamp(first, UTC))
