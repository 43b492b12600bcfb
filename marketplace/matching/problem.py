"""What the matcher solves, and what it decides: Problem → Plan → Move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marketplace.matching.outlook import Outlook
from marketplace.matching.state import NOWHERE, BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Choose a queue for each agent so that Σ cost + Σ proficiency cost + switching cost is least.

    `cost[q, k]` is the expected weighted loss of queue q with `base[q] + k` agents; it does not increase, is convex,
    and is constant beyond its last column. Agents who can't move are counted in `fixed`. The rows below
    are the movable ones only, by index of `Problem`, with `row` pointing back into the State's agents.
    """

    cost: FloatArray
    base: IntArray
    """The staffing that the first column of `cost` stands for."""
    fixed: IntArray
    """Agents at each queue who are not movable."""
    row: IntArray
    """Index into `State.agents` for each movable agent."""
    queue: IntArray
    """Where each movable agent is now, or `NOWHERE`."""
    arc_start: IntArray
    """Compressed rows: the arcs of movable agent i are `arc_start[i]:arc_start[i + 1]`."""
    arc_queue: IntArray
    arc_cost: FloatArray
    """Proficiency cost, ≥ 0, of serving that queue; without the switching cost."""
    stay_cost: FloatArray
    """Proficiency cost of staying where the agent is (0 where no longer eligible or nowhere)."""
    switch_cost: FloatArray
    """What a move of this agent costs, ≥ 0, one value a movable agent."""
    view: Outlook | None = None
    """The outlook of every queue that `cost` was made of; None where it came from elsewhere."""


@dataclass(frozen=True, slots=True)
class Move:
    """One reassignment, with the terms that explain it, in expected weighted lost contacts."""

    agent: int
    """Index into `State.agents` (for the command line: into the list of agents)."""
    source: int
    """Queue index, or `NOWHERE`."""
    target: int
    gain: float
    """Cost saved at the target."""
    loss: float
    """Cost added at the source."""
    cost: float
    """Switching plus change of proficiency cost."""

    @property
    def from_nowhere(self) -> bool:
        return self.source == NOWHERE


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The best assignment, as the moves that lead there."""

    objective: float
    moves: tuple[Move, ...]
    staffing: IntArray
    """Agents at each queue once every move is made."""
    view: Outlook | None = None
    """What it was decided on, as in the `Problem`: holds for as long as the State does."""


EMPTY_PLAN = Plan(objective=0.0, moves=(), staffing=np.zeros(0, dtype=np.int64))

__all__ = ["EMPTY_PLAN", "BoolArray", "Move", "Plan", "Problem"]
