"""Erlang's formulas for many queues at once: how `agents` do when `rate` contacts a second arrive.

All arguments are numbers or arrays that broadcast against each other; the answers have the broadcast shape. Rates
are contacts per second, durations seconds, agents whole numbers from 0. The load a = rate × handle seconds.

Shares are over all offered contacts, an abandoned one counts as offered: the service level is answered within the
target ÷ offered, the mean wait includes the time until those who left gave up. **NaN stands for null**: where nothing
is offered (rate 0) every figure is NaN. With no agents, or too few for an Erlang C queue to be stable, everyone is
said to be fully occupied (occupancy 1); such an Erlang C queue has level 0, wait probability 1 and an infinite wait.

Erlang B turns away who cannot be served at once; Erlang C lets everyone wait for ever; Erlang A lets the waiting
leave after an exponential patience. Formulas: A. K. Erlang 1917 for B and C; for A, C. Palm 1957 in the form of
A. Mandelbaum and S. Zeltyn, "The Palm/Erlang-A queue" (2004).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike

from marketplace.staffing.checks import FloatArray, checked
from marketplace.staffing.gamma import Lower, log_upper, lower, regularised_lower

BLOCK = 32_768
"""Cells worked on at a time, so that what is computed on the way stays in the processor's cache."""
NEGLIGIBLE = 1e-18
"""Of those who wait at all: a share that can no longer change a service level, a float near 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Performance:
    """What a queue achieves in the long run. Arrays of one shape; NaN where nothing is offered."""

    service_level: FloatArray
    """Answered within the target seconds ÷ offered."""
    abandonment: FloatArray
    """Abandoned ÷ offered."""
    mean_wait_seconds: FloatArray
    """Over all offered; infinite for an unstable Erlang C queue."""
    occupancy: FloatArray
    """Share of the agents' time spent on contacts."""
    wait_probability: FloatArray
    """Share of the offered who are not served at once."""


def erlang_b(*, rate: ArrayLike, handle_seconds: ArrayLike, agents: ArrayLike) -> FloatArray:
    """The share of contacts turned away when nobody can wait; NaN where nothing is offered."""
    rate, handle, n = checked(rate=rate, handle_seconds=handle_seconds, agents=agents)
    offered = rate > 0
    load = np.where(offered, rate * handle, 1.0)
    # 1 / B(n, a) = a G(n + 1, a), with G of staffing.gamma.
    blocked = np.exp(-np.log(load) - log_upper(n + 1, load))
    return np.where(offered, blocked, np.nan)


def erlang_c(
    *, rate: ArrayLike, handle_seconds: ArrayLike, agents: ArrayLike, target_seconds: ArrayLike
) -> Performance:
    """A queue in which everyone waits to be served. Raises UnusableError for arguments outside their meaning."""
    rate, handle, n, target = checked(
        rate=rate, handle_seconds=handle_seconds, agents=agents, target_seconds=target_seconds
    )
    return _erlang_c(rate, handle, n, target)


def erlang_a(
    *,
    rate: ArrayLike,
    handle_seconds: ArrayLike,
    patience_seconds: ArrayLike,
    agents: ArrayLike,
    target_seconds: ArrayLike,
) -> Performance:
    """A queue that people leave after an exponential patience with mean `patience_seconds`.

    An infinite patience gives Erlang C. Raises UnusableError for arguments outside their meaning.
    """
    rate, handle, patience, n, target = checked(
        rate=rate, handle_seconds=handle_seconds, patience_seconds=patience_seconds, agents=agents,
        target_seconds=target_seconds,
    )  # fmt: skip
    shape = rate.shape
    columns = [array.ravel() for array in (rate, handle, patience, n, target)]
    answer = {name: np.empty(rate.size) for name in Performance.__slots__}
    for first in range(0, rate.size, BLOCK):
        block = slice(first, first + BLOCK)
        part = _either(*(column[block] for column in columns))
        for name, values in answer.items():
            values[block] = getattr(part, name)
    return Performance(**{name: values.reshape(shape) for name, values in answer.items()})


def _either(
    rate: FloatArray, handle: FloatArray, patience: FloatArray, n: FloatArray, target: FloatArray
) -> Performance:
    """Erlang A, or C where patience is infinite."""
    endless = np.isinf(patience)
    if not endless.any():
        return _erlang_a(rate, handle, patience, n, target)
    patient = _erlang_c(rate, handle, n, target)
    if endless.all():
        return patient
    leaving = _erlang_a(rate, handle, np.where(endless, 1.0, patience), n, target)
    names = Performance.__slots__
    return Performance(**{name: np.where(endless, getattr(patient, name), getattr(leaving, name)) for name in names})


def _erlang_c(rate: FloatArray, handle: FloatArray, n: FloatArray, target: FloatArray) -> Performance:
    offered = rate > 0
    load = np.where(offered, rate * handle, 1.0)
    stable = n > load
    spare = np.where(stable, n - load, 1.0)
    # 1 / C = 1 + (n − a) G(n, a): the same as B / (1 − ρ (1 − B)), but safe for any number of agents.
    wait = np.where(stable, scipy.special.expit(-np.log(spare) - log_upper(n, load)), 1.0)
    late = wait * np.exp(-spare * target / handle)
    return Performance(
        service_level=np.where(offered, np.where(stable, 1 - late, 0.0), np.nan),
        abandonment=np.where(offered, 0.0, np.nan),
        mean_wait_seconds=np.where(offered, np.where(stable, wait * handle / spare, np.inf), np.nan),
        occupancy=np.where(offered, np.where(stable, load / np.where(stable, n, 1.0), 1.0), np.nan),
        wait_probability=np.where(offered, wait, np.nan),
    )


def _erlang_a(
    rate: FloatArray, handle: FloatArray, patience: FloatArray, n: FloatArray, target: FloatArray
) -> Performance:
    """Mandelbaum and Zeltyn's integrals as incomplete gamma functions of staffing.gamma.

    With A = rate × patience, c = n × patience ÷ handle, their J and ε are λJ = A g(c, A) and ε = a G(n, a), and
    D = ε + λJ. Then P(wait) = λJ / D, and P(abandon) = (1 + (A − c) g(c, A)) / D, mean wait = patience × P(abandon).
    Substituting y = A e^(−t) in the integral of the virtual wait's density beyond the target gives

        P(served after T) = A exp(A − A′ − (c + 1) T / patience) g(c + 1, A′) / D,   A′ = A e^(−T / patience)

    and the service level is what neither abandons nor is served late: three shares, all between 0 and 1.
    """
    offered = rate > 0
    load = np.where(offered, rate * handle, 1.0)
    A = np.where(offered, rate * patience, 1.0)
    staffed = n > 0
    c = np.where(staffed, n, 1.0) * (patience / handle)
    g = lower(c, A)
    log_immediate = np.log(load) + log_upper(n, load)
    log_waiting = np.log(A) + g.log
    log_all = np.logaddexp(log_immediate, log_waiting)
    wait = np.where(staffed, np.exp(log_waiting - log_all), 1.0)
    abandoned = np.where(staffed, _abandoned(g, n / load, wait, log_all), 1.0)
    late = _served_late(g, c=c, A=A, relief=n / load, steps=target / patience, wait=wait, log_all=log_all)
    level = np.where(staffed, np.clip(1 - abandoned - late, 0.0, 1.0), 0.0)
    # load × (1 − P(abandon)) ÷ n, without losing digits where nearly everybody abandons: all n are busy while contacts
    # wait, and by the balance of states those busy otherwise are load × P(two or more are idle), which is (ε − 1) / D
    two_idle = np.exp(log_immediate - log_all) - np.exp(-log_all)
    busy = np.where(staffed, np.minimum(wait + load / np.where(staffed, n, 1.0) * two_idle, 1.0), 1.0)
    return Performance(
        service_level=np.where(offered, level, np.nan),
        abandonment=np.where(offered, abandoned, np.nan),
        mean_wait_seconds=np.where(offered, abandoned * patience, np.nan),
        occupancy=np.where(offered, busy, np.nan),
        wait_probability=np.where(offered, wait, np.nan),
    )


def _abandoned(g: Lower, relief: FloatArray, wait: FloatArray, log_all: FloatArray) -> FloatArray:
    """(1 + (A − c) g) / D = 1/D + (1 − c/A) P(wait), with `relief` = c/A = agents ÷ load."""
    # Where agents abound, both terms are nearly equal and only the rest has digits left.
    share: FloatArray = np.where(g.sparse, g.rest * np.exp(-log_all), np.exp(-log_all) + (1 - relief) * wait)
    return np.clip(share, 0.0, 1.0)


def _served_late(
    g: Lower,
    *,
    c: FloatArray,
    A: FloatArray,
    relief: FloatArray,
    steps: FloatArray,
    wait: FloatArray,
    log_all: FloatArray,
) -> FloatArray:
    """The share that is served after the target; `steps` is the target in patiences.

    As logarithms where agents abound. Elsewhere these may be of the size of A, with no digits left after the point;
    there the same share is P(wait) × c/A × P(c + 1, A′) / P(c, A), all of moderate size.
    """
    left = np.exp(-steps)
    late = np.zeros(c.shape)
    few = g.sparse & (wait > NEGLIGIBLE)
    late[few] = np.exp(
        np.log(A[few]) - A[few] * np.expm1(-steps[few]) - (c[few] + 1) * steps[few]
        + lower(c[few] + 1, A[few] * left[few]).log - log_all[few]
    )  # fmt: skip
    many = ~g.sparse
    late[many] = wait[many] * relief[many] * regularised_lower(c[many] + 1, A[many] * left[many]) / g.share[many]
    return late
