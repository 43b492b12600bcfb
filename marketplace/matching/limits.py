"""The hard limits, one function each, listed in two tables: what may not be done, whatever it would gain.

Every function answers for many agents, or many pairs of agent and queue, at once: `True` is a refusal. `build` uses
the tables to find who can move where, `accept` to judge a plan, `eligibility.refusals` to explain one pair: the three
can't disagree about a limit because there is one place where it is written.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from marketplace.matching.arrays import find_in_rows
from marketplace.matching.state import NOWHERE, BoolArray, IntArray, Mode, Presence, Refusal, State

AgentLimit = Callable[[State, IntArray], BoolArray]
PairLimit = Callable[[State, IntArray, IntArray], BoolArray]


def not_on_duty(state: State, agent: IntArray) -> BoolArray:
    """Duty is over, or the agent is signed out."""
    over: BoolArray = state.agents.until[agent] <= state.now
    signed_out: BoolArray = state.agents.presence[agent] == Presence.OFFLINE
    return np.logical_or(over, signed_out)


def not_ready(state: State, agent: IntArray) -> BoolArray:
    """Only idle agents move: moving busy ones doubles the moves and gains nothing."""
    refused: BoolArray = state.agents.presence[agent] != Presence.READY
    return refused


def away(state: State, agent: IntArray) -> BoolArray:
    """On a break: the interval plan moves busy agents, who finish first, but nobody who is not there."""
    refused: BoolArray = state.agents.presence[agent] == Presence.PAUSED
    return refused


def pinned(state: State, agent: IntArray) -> BoolArray:
    """A dispatcher's hand lies on the assignment."""
    return state.agents.pinned[agent]


def dwelling(state: State, agent: IntArray) -> BoolArray:
    """The agent has not yet arrived from the last move, or not yet stayed long enough. Serving nowhere is no stay."""
    agents, limits = state.agents, state.limits
    stay = max(limits.dwell_seconds, limits.changeover_seconds)
    settled: BoolArray = (state.now - agents.assigned_at[agent] >= stay) & (agents.arrives_at[agent] <= state.now)
    somewhere: BoolArray = agents.queue[agent] != NOWHERE
    return ~settled & somewhere


def moves_exhausted(state: State, agent: IntArray) -> BoolArray:
    """All moves of the duty are used, or one more would exceed one plus the hourly allowance so far."""
    agents, limits = state.agents, state.limits
    moves = agents.moves[agent]
    spent = moves >= limits.moves_per_duty
    if len(agents.since):
        hours = np.maximum(0, state.now - agents.since[agent]) / 3600.0
        spent |= moves > limits.moves_per_hour * hours
    return spent


def duty_ending(state: State, agent: IntArray) -> BoolArray:
    """Too little of the duty would be left at the new queue to be worth the changeover."""
    limits = state.limits
    return state.agents.until[agent] < state.now + limits.changeover_seconds + limits.min_remaining_seconds


def break_near(state: State, agent: IntArray) -> BoolArray:
    """A planned break is due, or begins before a move would be worth it."""
    if not len(state.agents.break_at):
        return np.zeros(len(agent), dtype=np.bool_)
    refused: BoolArray = state.agents.break_at[agent] < state.now + state.limits.least_stay
    return refused


def same_queue(state: State, agent: IntArray, queue: IntArray) -> BoolArray:
    """The agent is there already."""
    refused: BoolArray = state.agents.queue[agent] == queue
    return refused


def queue_closed(state: State, agent: IntArray, queue: IntArray) -> BoolArray:  # noqa: ARG001 - every limit of a pair takes both
    """Nobody is sent to a closed queue. Who is there may stay, and work off what still waits."""
    return ~state.queues.open[queue]


def stands_by(state: State, agent: IntArray) -> BoolArray:
    """Whether the agent's duty is standby: paid to serve no queue until one is short."""
    if not len(state.agents.standby):
        return np.zeros(len(agent), dtype=np.bool_)
    standing: BoolArray = state.agents.standby[agent] != NOWHERE
    return standing


def stands_by_elsewhere(state: State, agent: IntArray, queue: IntArray) -> BoolArray:
    """Standby is drawn on for the queues of the department that pays for it."""
    standing = stands_by(state, agent)
    if not standing.any():
        return standing
    refused: BoolArray = standing & (state.queues.department[queue] != state.agents.standby[agent])
    return refused


def work_place(state: State, agent: IntArray, queue: IntArray) -> BoolArray:
    """The queue may not be served from home, and the agent is at home."""
    return state.agents.at_home[agent] & ~state.queues.home_allowed[queue]


def not_competent(state: State, agent: IntArray, queue: IntArray) -> BoolArray:
    """Skills or certifications do not open this queue to this person, now and through the move."""
    missing, lapsing = competence_gaps(state, agent, queue)
    return missing | lapsing


def competence_gaps(state: State, agent: IntArray, queue: IntArray) -> tuple[BoolArray, BoolArray]:
    """Whether the pair is missing from `State.eligible`, and whether it is there but not valid through the move."""
    table = state.eligible
    at = find_in_rows(start=table.start, values=table.queue, row=state.agents.profile[agent], wanted=queue)
    missing = at < 0
    if not len(table.queue):
        return missing, np.zeros_like(missing)
    return missing, ~missing & lapsing(state, agent, np.maximum(at, 0))


def lapsing(state: State, agent: IntArray, pair: IntArray) -> BoolArray:
    """Whether each pair, an agent and a row of `State.eligible`, is not valid now or not through the move."""
    table = state.eligible
    refused: BoolArray = table.valid_from[pair] > state.now
    return refused | (table.valid_until[pair] < valid_through(state, agent))


def valid_through(state: State, agent: IntArray) -> IntArray:
    """Until when all that the queue asks for must stay valid: the least time worth a move, or the end of duty."""
    limits = state.limits
    worth = state.now + int(np.ceil(limits.changeover_seconds + limits.min_remaining_seconds))
    return np.minimum(state.agents.until[agent], worth)


AGENT_LIMITS: tuple[tuple[Refusal, AgentLimit], ...] = (
    (Refusal.NOT_ON_DUTY, not_on_duty),
    (Refusal.NOT_READY, not_ready),
    (Refusal.PINNED, pinned),
    (Refusal.DWELL, dwelling),
    (Refusal.MOVES_EXHAUSTED, moves_exhausted),
    (Refusal.DUTY_ENDING, duty_ending),
    (Refusal.BREAK_NEAR, break_near),
)
"""What keeps an agent where he or she is, wherever the move would lead."""

INTERVAL_LIMITS: tuple[tuple[Refusal, AgentLimit], ...] = (
    (Refusal.NOT_ON_DUTY, not_on_duty),
    (Refusal.NOT_READY, away),
    (Refusal.PINNED, pinned),
    (Refusal.DUTY_ENDING, duty_ending),
    (Refusal.BREAK_NEAR, break_near),
)
"""The same for the interval plan, which is made once a quarter of an hour and for everybody at once."""

PAIR_LIMITS: tuple[tuple[Refusal, PairLimit], ...] = (
    (Refusal.SAME_QUEUE, same_queue),
    (Refusal.QUEUE_CLOSED, queue_closed),
    (Refusal.WORK_PLACE, work_place),
    (Refusal.STANDS_BY, stands_by_elsewhere),
)
"""What keeps this agent from that queue, competence and mode apart."""

BINDING = frozenset(
    {
        Refusal.NOT_ON_DUTY,
        Refusal.SAME_QUEUE,
        Refusal.QUEUE_CLOSED,
        Refusal.WORK_PLACE,
        Refusal.SKILL_MISSING,
        Refusal.LEVEL_TOO_LOW,
        Refusal.SKILL_EXPIRED,
        Refusal.CERTIFICATION_MISSING,
        Refusal.CERTIFICATION_EXPIRED,
    }
)
"""What binds a dispatcher's hand too; all other refusals bind the matcher and are advice to a dispatcher."""


def free_to_move(state: State, *, limits: tuple[tuple[Refusal, AgentLimit], ...] = AGENT_LIMITS) -> IntArray:
    """The agents whom no limit of their own keeps in place, as indices into `State.agents`."""
    everyone = np.arange(len(state.agents), dtype=np.int64)
    held = np.zeros(len(everyone), dtype=np.bool_)
    for _, limit in limits:
        held |= limit(state, everyone)
    return everyone[~held]


def open_to(state: State, agent: IntArray, pair: IntArray) -> BoolArray:
    """For each pair, an agent and a row of `State.eligible`, whether no limit (but for the mode) stands against it."""
    queue = state.eligible.queue[pair]
    barred = lapsing(state, agent, pair)
    for _, limit in PAIR_LIMITS:
        barred |= limit(state, agent, queue)
    return ~barred


def mode_between(state: State, agent: IntArray, queue: IntArray) -> IntArray:
    """How far the matcher may go: the most careful of the agent's home, the queue left and the queue served.

    A department of −1 (an external agent has no home) has no say; neither has a queue that is nowhere.
    """
    say = np.append(state.modes, np.int64(Mode.AUTO))
    source = state.agents.queue[agent]
    left = np.where(source == NOWHERE, -1, np.append(state.queues.department, np.int64(-1))[source])
    least = np.minimum(say[state.agents.department[agent]], say[left])
    return np.minimum(least, say[state.queues.department[queue]])
