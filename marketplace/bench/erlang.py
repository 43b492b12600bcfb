"""How long a staffing table takes: every level from 1 agent up for many queues, against the textbook's loop."""

from __future__ import annotations

from collections.abc import Callable
from math import exp
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from marketplace.staffing.erlang import erlang_a

try:
    from pyworkforce.queuing import ErlangC as PyworkforceErlangC
except ImportError:  # no dependency of ours: measured where someone has it
    PyworkforceErlangC = None

QUEUES = 1_000
LEVELS = 500
PEER_CELLS = 2_000
TARGET_SECONDS = 20.0
SEED = 1


def run() -> dict[str, Any]:
    """Erlang A for 1,000 queues × 500 levels; the peer computes Erlang C, which is less, for some of the same cells.

    `seconds` is the median of 3 after a warm-up, `ratio` our seconds a cell ÷ the peer's: less is better.
    """
    random = np.random.default_rng(SEED)
    handle = random.uniform(120.0, 600.0, QUEUES)
    patience = random.uniform(30.0, 600.0, QUEUES)
    load = 10 ** random.uniform(0.0, 2.6, QUEUES)
    levels = np.arange(1, LEVELS + 1)

    def table() -> None:
        erlang_a(
            rate=(load / handle)[:, None],
            handle_seconds=handle[:, None],
            patience_seconds=patience[:, None],
            agents=levels,
            target_seconds=TARGET_SECONDS,
        )

    table()
    seconds = median(_timed(table) for _ in range(3))
    cells = QUEUES * LEVELS
    queue, level = np.divmod(random.integers(cells, size=PEER_CELLS), LEVELS)
    peer, peer_seconds = _peer(
        list(zip(load[queue].tolist(), handle[queue].tolist(), (level + 1).tolist(), strict=True))
    )
    return {
        "bench": "erlang",
        "cells": cells,
        "seconds": seconds,
        "peer": peer,
        "peer_seconds_per_cell": peer_seconds,
        "ratio": seconds / cells / peer_seconds,
    }


def _timed(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def _peer(cells: list[tuple[float, float, int]]) -> tuple[str, float]:
    """The name of the peer and its seconds a cell: pyworkforce where it is installed, else the loop that it runs."""
    name, level = ("scalar", scalar_erlang_c) if PyworkforceErlangC is None else ("pyworkforce", _pyworkforce)
    return name, _timed(lambda: [level(*cell, TARGET_SECONDS) for cell in cells]) / len(cells)


def _pyworkforce(load: float, handle_seconds: float, agents: int, target_seconds: float) -> float:
    """In its units: contacts and minutes, over an interval of one minute."""
    minutes = handle_seconds / 60
    queue = PyworkforceErlangC(transactions=load / minutes, aht=minutes, interval=1, asa=target_seconds / 60)
    return float(queue.service_level(positions=agents))


def scalar_erlang_c(load: float, handle_seconds: float, agents: int, target_seconds: float) -> float:
    """The service level of Erlang C as textbooks write it: one queue, one level, a loop over the agents."""
    inverse_b = 1.0
    for k in range(1, agents + 1):
        inverse_b = 1.0 + inverse_b * k / load
    if agents <= load:
        return 0.0
    waits = 1.0 / (1.0 + (1.0 - load / agents) * (inverse_b - 1.0))
    return 1.0 - waits * exp(-(agents - load) * target_seconds / handle_seconds)
