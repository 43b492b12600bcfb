"""What one move would change: both queues before and after, from the same outlook that the matcher plans with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marketplace.matching.options import serving
from marketplace.matching.outlook import Outlook, outlook
from marketplace.matching.state import NOWHERE, State


@dataclass(frozen=True, slots=True)
class Change:
    """One queue before and after: its agents, and over the look-ahead the share in target and the weighted loss."""

    agents_before: int
    agents_after: int
    share_before: float
    share_after: float
    loss_before: float
    loss_after: float


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Both sides of a move; no source for an agent who serves no queue, or does not count there (paused, offline)."""

    source: Change | None
    target: Change


def foresee(state: State, *, agent: int, target: int) -> Foreseen:
    """What moving `agent` (row of the state) to `target` (row) would change. Asks nothing about whether it may be."""
    source = int(state.agents.queue[agent])
    counts = source != NOWHERE and agent in serving(state) and source != target
    down = np.zeros(len(state.queues), dtype=np.int64)
    up = down.copy()
    up[target] = 1
    if not counts:
        view = outlook(state, down=down, up=up, queue=np.array([target]))
        return Foreseen(source=None, target=_change(view, row=0, step=0 if source == target else 1))
    down[source] = 1
    view = outlook(state, down=down, up=up, queue=np.array([source, target]))
    return Foreseen(source=_change(view, row=0, step=-1), target=_change(view, row=1, step=1))


def _change(view: Outlook, *, row: int, step: int) -> Change:
    curves = view.curves
    present = int(curves.present[row])
    agents = int(curves.base[row]) + present
    return Change(
        agents_before=agents,
        agents_after=agents + step,
        share_before=float(curves.share[row, present]),
        share_after=float(curves.share[row, present + step]),
        loss_before=float(curves.loss[row, present]),
        loss_after=float(curves.loss[row, present + step]),
    )
