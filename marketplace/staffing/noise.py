"""How far the service level of one period strays from that of the long run, by chance alone.

`erlang_a` says what a queue achieves in the long run. A day is no long run: its level is an average over the contacts
of that day, and these are alike (who waits behind a line waits with the others of that line). With X the contacts in
the system and f(j) the chance that one who finds j of them is answered in time,

    c = agents × patience ÷ handle,  m = j − agents:  f(j) = 1 for m < 0,
    f(j) = c / (c + m + 1) × P(Beta(c + 1, m + 1) > exp(−target ÷ patience)) otherwise

since the wait V for m + 1 places to become free has e^(−V ÷ patience) ~ Beta(c, m + 1). The excess of contacts answered
in time over their expected number is a martingale but for its edges (Poisson's equation for a birth and death process,
solved by its cuts: W. Whitt, "Asymptotic formulas for Markov processes", 1992). With π the stationary law, L the level,
Δ_j = −(1/π_j) Σ_(i ≤ j) π_i (f_i − L), and δ_j the rate of departures from j, its variance for each contact is

    v = Σ π_j [ f_j (1 − f_j) + (f_j − L + Δ_j)² + δ_j ÷ rate × Δ²_(j−1) ].

`design_effect` is v ÷ (L (1 − L)): so many times the variance of a coin. A period of k contacts is worth k ÷ effect
tosses, and the chance that it meets the target is that of a binomial count (continued to any number by the beta
function, which keeps its skew).
"""

from __future__ import annotations

import numpy as np
import scipy

from marketplace.staffing.checks import FloatArray

DEVIATIONS = 7.0
"""So far from the mean a state still counts: beyond lie 1e-11 of the time."""
TAIL = 20.0
"""The same for a geometric tail: e^−20."""
MOST_STATES = 4_000
PATIENT = 1e4
"""In handle times: who waits so long on average might as well wait for ever."""
BLOCK_CELLS = 200_000


def design_effect(
    *, rate: FloatArray, handle: FloatArray, patience: FloatArray, agents: FloatArray, target: FloatArray
) -> FloatArray:
    """Variance of the contacts answered in time ÷ that of as many independent ones. Flat arrays of one length.

    At least 1; 1 where nothing is offered or nobody serves.
    """
    effect = np.ones(rate.shape)
    known = np.flatnonzero((rate > 0) & (agents > 0))
    below, above = _span(rate[known], handle[known], patience[known], agents[known])
    width = below + above
    order = np.argsort(width, kind="stable")
    first = 0
    while first < len(order):
        # neighbours of like width share a table
        narrow = int(width[order[first]])
        last = int(np.searchsorted(width[order], 1.3 * narrow + 16, side="right"))
        last = min(last, first + max(1, BLOCK_CELLS // (narrow + 1)))
        rows = order[first:last]
        cell = known[rows]
        effect[cell] = _effect(
            rate[cell], handle[cell], np.minimum(patience[cell], PATIENT * handle[cell]), agents[cell], target[cell],
            below=int(below[rows].max()), above=int(above[rows].max()),
        )  # fmt: skip
        first = last
    return effect


def chance_met(*, contacts: FloatArray, level: FloatArray, target_share: FloatArray, effect: FloatArray) -> FloatArray:
    """The chance that a period with so many contacts, expected at `level`, meets `target_share`."""
    tosses = np.maximum(contacts / effect, 1e-9)
    hits = np.clip(target_share * tosses, 1e-9, None)
    chance: FloatArray = scipy.special.betainc(hits, tosses - hits + 1, np.clip(level, 0.0, 1.0))
    return chance


def _span(
    rate: FloatArray, handle: FloatArray, patience: FloatArray, agents: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """How many states below and above `agents` matter."""
    load = rate * handle
    below = np.minimum(agents, np.ceil(np.maximum(agents - load, 0.0) + DEVIATIONS * np.sqrt(load) + 5))
    leaving = np.maximum(rate - agents / handle, 0.0) * patience + DEVIATIONS * np.sqrt(rate * patience)
    ratio = np.minimum(load / agents, 1 - 1e-9)
    above = np.minimum(np.where(load < agents, TAIL / -np.log(ratio), np.inf), leaving) + 5
    return below, np.minimum(np.ceil(above), MOST_STATES)


def _effect(
    rate: FloatArray,
    handle: FloatArray,
    patience: FloatArray,
    agents: FloatArray,
    target: FloatArray,
    *,
    below: int,
    above: int,
) -> FloatArray:
    """One row a queue, one column a state from `below` under to `above` over the agents."""
    offset = np.arange(-below, above + 1)
    state = agents[:, None] + offset
    lam, mu, theta, n = (a[:, None] for a in (rate, 1 / handle, 1 / patience, agents))
    departures = np.minimum(np.maximum(state, 0.0), n) * mu + np.maximum(offset, 0) * theta
    with np.errstate(divide="ignore"):
        steps = np.where(state[:, 1:] > 0, np.log(lam / np.where(departures[:, 1:] > 0, departures[:, 1:], 1.0)), 0.0)
    log = np.concatenate([np.zeros((len(rate), 1)), np.cumsum(steps, axis=1)], axis=1)
    log = np.where(state >= 0, log, -np.inf)
    weight = np.exp(log - log.max(axis=1, keepdims=True))
    pi = weight / weight.sum(axis=1, keepdims=True)
    f = np.ones(state.shape)
    m = offset[below:].astype(np.float64)
    c = n * mu / theta
    f[:, below:] = c / (c + m + 1) * scipy.special.betainc(m + 1, c + 1, -np.expm1(-target[:, None] * theta))
    level = (pi * f).sum(axis=1, keepdims=True)
    # what is summed up to a state is, with the other sign, what is left beyond it; the sum from the end on whose side
    # of the middle the state lies, so that a tiny share is never divided into rounding errors
    excess = pi * (f - level)
    up = np.cumsum(excess, axis=1)
    beyond = np.cumsum(excess[:, ::-1], axis=1)[:, -2::-1]
    down = np.concatenate([-beyond, np.zeros((len(rate), 1))], axis=1)
    cut = np.where(np.cumsum(pi, axis=1) < 0.5, up, down)
    delta = np.where(pi > 0, -cut / np.where(pi > 0, pi, 1.0), 0.0)
    before = np.concatenate([np.zeros((len(rate), 1)), delta[:, :-1]], axis=1)
    each = f * (1 - f) + (f - level + delta) ** 2 + departures / lam * before**2
    variance = (pi * each).sum(axis=1)
    coin = np.maximum(level[:, 0] * (1 - level[:, 0]), 1e-12)
    effect: FloatArray = np.maximum(variance / coin, 1.0)
    return effect
