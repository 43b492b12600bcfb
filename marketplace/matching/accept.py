"""Plan → refusals: the last word of the pure side on each move, before the plan is shown and again under lock.

What `build` and `solve` planned on a state is accepted on that state. On a later one, or for a plan from elsewhere,
every hard limit is judged anew; an accepted move is counted before the next one is judged.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from marketplace.matching.build import reach
from marketplace.matching.limits import (
    AGENT_LIMITS,
    INTERVAL_LIMITS,
    PAIR_LIMITS,
    AgentLimit,
    competence_gaps,
    mode_between,
)
from marketplace.matching.options import count, options
from marketplace.matching.outlook import Outlook, outlook
from marketplace.matching.problem import Move
from marketplace.matching.state import NOWHERE, Mode, Refusal, State

ROUNDING = 1e-9
"""Differences of cost below this are rounding."""
WORTH = 0.5
"""A move must still gain this share of what it costs: the floor never stands still between planning and applying,
but a move is refused that no longer helps."""


def accept(
    moves: Sequence[Move],
    state: State,
    *,
    mode: Mode = Mode.AUTO,
    of_interval: bool = False,
    view: Outlook | None = None,
) -> list[tuple[Refusal, ...]]:
    """Why each move may not be made, all reasons at once; an empty tuple accepts it. In the order of `moves`.

    `mode` is the least that must hold between the departments: `APPROVE` for a move that a dispatcher approved,
    `SHADOW` for one that is only shown. Moves of agents whom the state does not know are stale. Moves `of_interval`
    come from the interval plan: busy agents and those just moved may be in it, and its gain and its donors are judged
    over its quarter of an hour, so not here. `view` is the outlook of all queues in this very state, where planning
    has worked it out already.
    """
    reasons = _limits(moves, state, mode, INTERVAL_LIMITS if of_interval else AGENT_LIMITS)
    passed = [index for index, refusals in enumerate(reasons) if not refusals]
    if passed:
        remaining = [moves[index] for index in passed]
        balance = None if of_interval else _Balance(remaining, view or _outlook(state, remaining, mode))
        taken: set[int] = set()
        for index in passed:
            move = moves[index]
            if move.agent in taken:
                # An earlier move in this list took the agent elsewhere: this one starts from what is no longer so.
                reasons[index] = (Refusal.STALE, Refusal.DWELL)
                continue
            reasons[index] = balance.judge(move) if balance else ()
            if not reasons[index]:
                taken.add(move.agent)
    return reasons


def _limits(
    moves: Sequence[Move], state: State, mode: Mode, agent_limits: tuple[tuple[Refusal, AgentLimit], ...]
) -> list[tuple[Refusal, ...]]:
    """The refusals that don't depend on other moves."""
    agent = np.array([move.agent for move in moves], dtype=np.int64)
    source = np.array([move.source for move in moves], dtype=np.int64)
    target = np.array([move.target for move in moves], dtype=np.int64)
    known = (agent >= 0) & (agent < len(state.agents)) & (target >= 0) & (target < len(state.queues))
    reasons: list[list[Refusal]] = [[] if ok else [Refusal.STALE] for ok in known.tolist()]
    where = np.flatnonzero(known)
    who, queue = agent[where], target[where]

    def note(refusal: Refusal, refused: np.ndarray) -> None:
        for index in where[refused].tolist():
            reasons[index].append(refusal)

    note(Refusal.STALE, state.agents.queue[who] != source[where])
    for refusal, agent_limit in agent_limits:
        note(refusal, agent_limit(state, who))
    for refusal, pair_limit in PAIR_LIMITS:
        note(refusal, pair_limit(state, who, queue))
    missing, lapsing = competence_gaps(state, who, queue)
    note(Refusal.SKILL_MISSING, missing)
    note(Refusal.SKILL_EXPIRED, lapsing)
    note(Refusal.MODE, mode_between(state, who, queue) < mode)
    return [tuple(found) for found in reasons]


def _outlook(state: State, moves: Sequence[Move], mode: Mode) -> Outlook:
    """The outlook of the queues that these moves touch, as far as moves could go there."""
    source = np.array([move.source for move in moves], dtype=np.int64)
    target = np.array([move.target for move in moves], dtype=np.int64)
    size = len(state.queues)
    down, up = reach(state, options(state, mode=mode))
    return outlook(
        state,
        down=np.maximum(down, count(source, queues=size)),
        up=np.maximum(up, count(target, queues=size)),
        queue=np.unique(np.concatenate([source[source != NOWHERE], target])),
    )


class _Balance:
    """The staffing as accepted moves change it, and what one agent is worth at each queue on the way.

    Sources are judged strictly: only arrivals already accepted count. Targets are judged with their departures still
    to come in the list, since an agent may be sent to fill the place of the next.
    """

    def __init__(self, moves: Sequence[Move], view: Outlook) -> None:
        touched = sorted({queue for move in moves for queue in (move.source, move.target)} - {NOWHERE})
        of = np.searchsorted(view.queue, touched)
        self.row: dict[int, int] = {queue: row for row, queue in enumerate(touched)}
        self.cost: list[list[float]] = view.cost[of].tolist()
        self.floor: list[int] = view.floor[of].tolist()
        self.short: list[bool] = view.short[of].tolist()
        self.present: list[int] = view.curves.present[of].tolist()
        self.column: list[int] = list(self.present)
        self.leaving = [0] * len(self.present)
        for move in moves:
            if move.source != NOWHERE:
                self.leaving[self.row[move.source]] += 1

    def judge(self, move: Move) -> tuple[Refusal, ...]:
        """The refusals of this move; without any it is counted."""
        target = self.row[move.target]
        gain, loss = self._gain(target), 0.0
        found = []
        if move.source != NOWHERE:
            source = self.row[move.source]
            self.leaving[source] -= 1
            loss = self._loss(source)
            if self._would_drain(source, surplus=gain - loss - min(0.0, move.cost)):
                found.append(Refusal.DONOR_SHORT)
        if gain - loss < min(move.cost, WORTH * move.cost) - ROUNDING:
            found.append(Refusal.NO_GAIN)
        if not found:
            self.column[target] += 1
            if move.source != NOWHERE:
                self.column[source] -= 1
        return tuple(found)

    def _gain(self, queue: int) -> float:
        """What one agent more saves; without bound where the queue needs this one to keep its floor."""
        column = self.column[queue] - self.leaving[queue]
        if column < self.floor[queue]:
            return math.inf
        return self._cost(queue, column) - self._cost(queue, column + 1)

    def _loss(self, queue: int) -> float:
        """What one agent fewer costs; in a queue that is short already, times the donor margin."""
        return self._cost(queue, self.column[queue] - 1) - self._cost(queue, self.column[queue])

    def _would_drain(self, queue: int, *, surplus: float) -> bool:
        """Donor protection: below its floor nobody leaves; a queue short of its target gives for the margin only."""
        left = self.column[queue] - 1
        lent = self.short[queue] and left < self.present[queue]
        return left < self.floor[queue] or (lent and surplus < -ROUNDING)

    def _cost(self, queue: int, column: int) -> float:
        row = self.cost[queue]
        return row[min(max(column, 0), len(row) - 1)]
