"""Why each move: the numbers behind it, as plain values that can be stored and put into words later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from marketplace.matching.arrays import find_in_rows
from marketplace.matching.options import count
from marketplace.matching.outlook import Outlook, arrival_rates, outlook
from marketplace.matching.problem import Move
from marketplace.matching.state import NOWHERE, IntArray, Presence, State

Terms = dict[str, Any]


def explain(moves: Sequence[Move], state: State, *, view: Outlook | None = None) -> list[Terms]:
    """One dictionary a move, of numbers, nulls and dictionaries of them:

    - `gain`, `loss`, `cost` as in the move, and `net` = gain − loss − cost, in weighted lost contacts;
    - `level` at which the person serves the target, `moves` by the matcher so far in this duty, `idle_at_source`:
      how many were ready there, and `moved_seconds_ago` (null: not yet);
    - `target` and `source` (null: the agent served nowhere), each with `rate_per_hour` and `waiting` now,
      `longest_wait_seconds`, `target_share`, and, before and after all moves of the plan, `agents_before`,
      `agents_after`, `level_before`, `level_after`: the expected share answered in target over the look-ahead.

    `view` is the outlook of all queues in this very state, where planning has worked it out already.
    """
    if not moves:
        return []
    sides = _sides(moves, state, view)
    agents = state.agents
    who = np.array([move.agent for move in moves])
    levels = _levels(state, who, np.array([move.target for move in moves]))
    ready = count(agents.queue[agents.presence == Presence.READY], queues=len(state.queues))
    return [
        {
            "gain": move.gain,
            "loss": move.loss,
            "cost": move.cost,
            "net": move.gain - move.loss - move.cost,
            "level": level,
            "moves": int(agents.moves[move.agent]),
            "moved_seconds_ago": state.now - int(agents.moved_at[move.agent]) if agents.moves[move.agent] else None,
            "idle_at_source": None if move.source == NOWHERE else int(ready[move.source]),
            "target": sides[move.target],
            "source": None if move.source == NOWHERE else sides[move.source],
        }
        for move, level in zip(moves, levels, strict=True)
    ]


def _sides(moves: Sequence[Move], state: State, view: Outlook | None) -> dict[int, Terms]:
    """Each queue that the moves touch, before and after all of them."""
    size = len(state.queues)
    gained = count(np.array([move.target for move in moves]), queues=size)
    given = count(np.array([move.source for move in moves]), queues=size)
    touched = np.flatnonzero(gained + given)
    view = view or outlook(state, down=given, up=gained, queue=touched)
    rate = arrival_rates(state)
    queues = state.queues
    terms = {}
    for queue, row in zip(touched.tolist(), np.searchsorted(view.queue, touched).tolist(), strict=True):
        now = int(view.curves.present[row])
        then = now + int(gained[queue]) - int(given[queue])
        base = int(view.curves.base[row])
        terms[queue] = {
            "rate_per_hour": float(rate[queue]) * 3600.0,
            "waiting": int(queues.waiting[queue]),
            "longest_wait_seconds": float(queues.longest_wait_seconds[queue]),
            "target_share": float(queues.target_share[queue]),
            "agents_before": base + now,
            "agents_after": base + then,
            "level_before": float(view.curves.share[row, now]),
            "level_after": float(view.curves.share[row, then]),
        }
    return terms


def _levels(state: State, agent: IntArray, queue: IntArray) -> list[int | None]:
    """The level of each agent at each queue; null where the pair is not eligible."""
    table = state.eligible
    at = find_in_rows(start=table.start, values=table.queue, row=state.agents.profile[agent], wanted=queue)
    return [int(table.level[position]) if position >= 0 else None for position in at.tolist()]
