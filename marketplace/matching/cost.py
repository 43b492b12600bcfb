"""What a queue loses over a short look-ahead with n agents: a transient fluid-and-variance model.

The number of contacts in a queue (served and waiting) is followed as a mean m(t) and a variance v(t) from what is so
now: the agents busy and the contacts waiting. That is what makes it differ from a stationary formula: a queue that is
quiet now can lend an agent for the next minute, and a backlog asks for agents whatever the arrival rate.

With N agents, service rate μ = 1/handle time, abandonment rate θ = 1/patience, arrival rate λ, target wait T, and
N − m normal with deviation √v, each step of h seconds takes

    z = (N − m)/√v,     O = (m − N)(1 − Φ(z)) + √v φ(z)              contacts that wait
    loss += h (θ (O − B) + ½ λ (1 − Φ((N + N μ T − m)/√v)))         abandoned, and half of each answered late
    D = μ (m − O) + θ O                                             departures a second
    v += h (λ + D − 2 v (μ Φ(z) + θ (1 − Φ(z)))), at least 0.05;    m += h (λ − D)

This is the loss among those who come. B of those who wait are in line already: what becomes of these is worked out one
by one, to the end (`backlog`), since for them there is no later tick that could do better at less. Closing the
equations with a normal distribution is the Gaussian variance approximation of Massey and Pender (Queueing Systems 75,
2013). Units: lost contacts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import scipy

from marketplace.matching.state import FloatArray

LATE_WEIGHT = 0.5
"""A contact answered late counts half of one that is lost."""
FIRST_VARIANCE = 0.25
"""The variance at the start: the state is known but for the contact that comes or goes while the move is made."""
LEAST_VARIANCE = 0.05
_ROOT_TWO_PI = math.sqrt(2.0 * math.pi)


def look_ahead_seconds(*, changeover_seconds: float) -> float:
    """How far the matcher looks: long enough for a moved agent to be of use, short because it decides again so soon."""
    return 60.0 + 2.0 * changeover_seconds


def switching_cost(*, changeover_seconds: float, constant: float) -> float:
    """σ, lost contacts: what a move must gain. It grows with the root of the look-ahead, as the noise in gains does."""
    return constant * math.sqrt(look_ahead_seconds(changeover_seconds=changeover_seconds))


def time_steps(*, seconds: float) -> list[tuple[float, float]]:
    """`(start, length)` of each step until `seconds`: 5 s in the first half minute, 10 s to two minutes, then 20 s."""
    steps, at = [], 0.0
    while at < seconds - 1e-9:
        length = min(5.0 if at < 30.0 else 10.0 if at < 120.0 else 20.0, seconds - at)
        steps.append((at, length))
        at += length
    return steps


def beyond_help(*, target_seconds: FloatArray, tick_seconds: float, changeover_seconds: float) -> FloatArray:
    """The share, by queue, of the loss among those who come that no later tick can prevent.

        (tick + changeover) ÷ target, at most 1

    Whoever comes and finds nobody free is seen by the next tick, and help is there once its changeover is over. If that
    took no time, a later tick would mend everything; if it takes the whole target, nothing; a straight line in between.
    """
    return np.minimum((tick_seconds + changeover_seconds) / np.maximum(target_seconds, 1.0), 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Load:
    """What each queue faces, one row a queue. Rates are a second, durations seconds; all but `rate` exceed zero."""

    agents: FloatArray
    """Serving now or on their way; paused and signed-out ones don't count."""
    contacts: FloatArray
    """Contacts in the queue now: in service and waiting."""
    rate: FloatArray
    """Arrivals a second over the look-ahead; may be zero."""
    handle_seconds: FloatArray
    patience_seconds: FloatArray
    target_seconds: FloatArray
    absent: FloatArray
    """For each queue and time step, how many of `agents` are still on their way or have gone off duty."""
    waiting: FloatArray = field(default_factory=lambda: np.zeros(0))
    """Of `contacts`, those not yet in service; with `longest_wait_seconds` it may be left out."""
    longest_wait_seconds: FloatArray = field(default_factory=lambda: np.zeros(0))

    def rows(self, chosen: np.ndarray) -> Load:
        """The same for some of the queues."""
        return Load(
            agents=self.agents[chosen],
            contacts=self.contacts[chosen],
            rate=self.rate[chosen],
            handle_seconds=self.handle_seconds[chosen],
            patience_seconds=self.patience_seconds[chosen],
            target_seconds=self.target_seconds[chosen],
            absent=self.absent[chosen],
            waiting=self.waiting[chosen] if len(self.waiting) else self.waiting,
            longest_wait_seconds=self.longest_wait_seconds[chosen] if len(self.waiting) else self.waiting,
        )


def expected_loss(
    load: Load,
    *,
    staffing: FloatArray,
    steps: list[tuple[float, float]],
    changeover_seconds: float,
) -> tuple[FloatArray, FloatArray]:
    """Lost contacts among those who come, and the share of these answered in target, by queue (row), staffing (column).

    Agents beyond those there now begin to serve after the changeover; agents who leave are gone at once.
    """
    rate, agents = load.rate[:, None], load.agents[:, None]
    serve, abandon = 1.0 / load.handle_seconds[:, None], 1.0 / load.patience_seconds[:, None]
    reach = 1.0 + serve * load.target_seconds[:, None]
    fastest = np.maximum(serve, abandon)
    at_once = np.minimum(staffing, agents)
    line = load.waiting[:, None] if len(load.waiting) else np.zeros_like(agents)
    busy = load.contacts[:, None] - line

    mean = np.broadcast_to(load.contacts[:, None], staffing.shape).copy()
    variance = np.full_like(mean, FIRST_VARIANCE)
    loss, late = np.zeros_like(mean), np.zeros_like(mean)
    most, worked = np.zeros_like(mean), np.zeros_like(mean)
    for step, (start, length) in enumerate(steps):
        serving = staffing if start >= changeover_seconds else at_once
        serving = np.maximum(serving - load.absent[:, step, None], 0.0)
        deviation = np.sqrt(variance)
        busy_all, waiting = _waiting(serving - mean, deviation)
        late_now = _normal((mean - serving * reach) / deviation)
        late += length * late_now
        most = np.maximum(most, serving)
        worked += length * serving
        in_line = np.maximum(line - np.maximum(most - busy, 0.0) - serve * worked, 0.0)
        loss += length * (abandon * np.maximum(waiting - in_line, 0.0) + LATE_WEIGHT * rate * late_now)
        leaving = serve * (mean - waiting) + abandon * waiting
        # A step never overshoots, however short the handle time or patience; at 40 s and more this is the plain step.
        damped = length * np.minimum(1.0, 0.5 / (fastest * length))
        pull = serve + (abandon - serve) * busy_all
        variance += damped * (rate + leaving - 2.0 * variance * pull)
        np.maximum(variance, LEAST_VARIANCE, out=variance)
        mean += damped * (rate - leaving)
        np.maximum(mean, 0.0, out=mean)
    span = steps[-1][0] + steps[-1][1]
    return loss, 1.0 - late / span


def _waiting(spare: FloatArray, deviation: FloatArray) -> tuple[FloatArray, FloatArray]:
    """P(every agent is busy), and the expected contacts that wait, when N − m is `spare`."""
    z = spare / deviation
    busy_all = _normal(-z)
    waiting = deviation * np.exp(-0.5 * z * z) / _ROOT_TWO_PI - spare * busy_all
    return busy_all, np.maximum(waiting, 0.0)


def _normal(x: FloatArray) -> FloatArray:
    """Φ, the normal distribution function."""
    result: FloatArray = scipy.special.ndtr(x)
    return result
