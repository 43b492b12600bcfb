"""An oracle for Erlang's queues that shares nothing with the product: the chain of states itself.

The number present moves up at the arrival rate and down at the rate at which somebody is served or gives up. The
stationary shares follow from the balance between neighbours, and whether one who finds k waiting is answered in time
from the little chain of those ahead. No integrals, no special functions.
"""

from dataclasses import dataclass
from math import exp, fsum, inf, log

import numpy as np
from scipy.linalg import expm


@dataclass(frozen=True)
class Chain:
    service_level: float
    abandonment: float
    mean_wait_seconds: float
    occupancy: float
    wait_probability: float


def mean_waiting(*, rate: float, handle: float, patience: float, agents: int) -> float:
    """Mean number in the queue."""
    queue = _stationary(rate=rate, handle=handle, patience=patience, agents=agents)[agents:]
    return fsum(k * p for k, p in enumerate(queue))


def solve(*, rate: float, handle: float, patience: float, agents: int, target: float) -> Chain:
    """Long-run figures of a queue with at least one agent; an infinite patience must leave it stable."""
    share = _stationary(rate=rate, handle=handle, patience=patience, agents=agents)
    queue = share[agents:]
    waiting = fsum(k * p for k, p in enumerate(queue))
    busy = fsum(min(n, agents) * p for n, p in enumerate(share))
    in_time = _answered_in_time(len(queue) - 1, handle=handle, patience=patience, agents=agents, target=target)
    return Chain(
        service_level=fsum(share[:agents]) + fsum(p * a for p, a in zip(queue, in_time, strict=False)),
        abandonment=waiting / patience / rate,
        mean_wait_seconds=waiting / rate,
        occupancy=busy / agents,
        wait_probability=fsum(queue),
    )


def _stationary(*, rate: float, handle: float, patience: float, agents: int) -> list[float]:
    """Shares of 0, 1, 2, … present, up to where the tail holds less than 1e-18 of the largest."""
    logs = [0.0]
    best = 0.0
    while True:
        n = len(logs)
        leaving = min(n, agents) / handle + max(n - agents, 0) / patience
        logs.append(logs[-1] + log(rate / leaving))
        best = max(best, logs[-1])
        if n > agents and rate < leaving and logs[-1] < best - 42 + log(1 - rate / leaving):
            break
    weights = [exp(value - best) for value in logs]
    total = fsum(weights)
    return [weight / total for weight in weights]


def _answered_in_time(longest: int, *, handle: float, patience: float, agents: int, target: float) -> np.ndarray:
    """Element k: the probability of being answered within the target for one who finds all busy and k waiting.

    Places 0 … `longest` in the line, then *answered* and *gave up*. The one at place k moves on when an agent comes
    free or one of the k ahead gives up, and gives up at the rate 1 / patience.
    """
    leave = 0.0 if patience == inf else 1 / patience
    moves = np.zeros((longest + 3, longest + 3))
    for k in range(longest + 1):
        onward = agents / handle + k * leave
        moves[k, k - 1 if k else longest + 1] += onward
        moves[k, longest + 2] += leave
        moves[k, k] -= onward + leave
    return expm(moves * target)[: longest + 1, longest + 1]
