"""Incomplete gamma functions on a scale where neither ten thousand agents nor a patience of years overflows.

Erlang's formulas are ratios of incomplete gamma functions whose parts leave the range of floats long before their
ratio does. `lower` and `log_upper` are therefore divided by the factor common to both and given as logarithms:

    lower:  ln g,  g = e^x x^(−c) γ(c, x) = ∫₀^∞ exp(x (1 − e^(−t)) − c t) dt
    upper:  ln G,  G = e^x x^(−c) Γ(c, x) = ∫₀^∞ exp(c t − x (e^t − 1)) dt

How they are computed depends on the distance z = (c − x) / √c, in deviations, between the two arguments:

- far apart (lower: z > 14; upper: z < −14): the asymptotic series of DLMF 8.11.6 and 8.11.7;
- one argument tiny beside the other: a few terms of the power series (DLMF 8.7.1) or its falling-factorial twin;
- close to each other and c at least 20,000: Temme's uniform expansion (DLMF 8.12), because SciPy's series stop early;
- everywhere else: `scipy.special.gammainc` and `gammaincc`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from marketplace.staffing.checks import TINY, BoolArray, FloatArray

FAR = 14.0
"""Deviations beyond which twelve asymptotic terms are exact: 23!! / 14^24 is 1e-16."""
CERTAIN = 9.0
"""Deviations beyond which Γ(c, x) is Γ(c) to the last digit: e^(−81/2) is 3e-18."""
LARGE = 20_000.0
"""From this c on the 2,000 terms that SciPy allows itself are too few between 4.5 and 14 deviations."""
STIRLING_FROM = 20.0
SMALL_RATIO = 0.1
SMALL_TERMS = 17
FALLING_RATIO = 0.1
FALLING_TERMS = 17

_TEMME = (
    (-1 / 3, 1 / 12, -2 / 135, 1 / 864, 1 / 2835, -139 / 777600, 1 / 25515, -571 / 261273600),
    (-1 / 540, -1 / 288, 1 / 378, -77 / 77760, 0.00020576131687242798),
    (25 / 6048, -139 / 51840, 0.00077160493827160494),
)
"""C_k(η) of DLMF 8.12.11 by powers of η; exact to 1e-15 for |η| below 0.1 and c from LARGE."""


@dataclass(frozen=True, slots=True, eq=False)
class Lower:
    """The scaled lower incomplete gamma function g(c, x), and what is left of 1 when (c − x) g is taken away."""

    log: FloatArray
    """ln g."""
    rest: FloatArray
    """1 − (c − x) g without cancellation where `sparse`; NaN elsewhere."""
    share: FloatArray
    """P(c, x) = γ(c, x) / Γ(c), except where `sparse`: there it may be too small for a float, and is NaN."""
    sparse: BoolArray
    """Where x lies so far below c that (c − x) g is nearly 1."""


def lower(c: FloatArray, x: FloatArray) -> Lower:
    """g(c, x) for c > 0 and x ≥ 0; c = 0 gives an infinite logarithm."""
    log = np.full(c.shape, np.inf)
    rest = np.full(c.shape, np.nan)
    share = np.full(c.shape, np.nan)
    z = _deviations(c, x)
    far = z > FAR
    small = ~far & (c > 0) & (x <= SMALL_RATIO * (c + 1))
    near = ~far & ~small & (c >= LARGE) & (z >= -FAR)
    other = ~far & ~small & ~near & (c > 0)
    rest[far] = _far_rest(c[far], x[far], rows=_BELOW)
    log[far] = np.log1p(-rest[far]) - np.log(c[far] - x[far])
    log[small], rest[small] = _power_series(c[small], x[small])
    log[near] = _log_stirling(c[near]) + np.log(_temme(c[near], x[near], side=-1.0))
    share[near] = np.exp(log[near] - _log_factor(c[near], x[near]))
    share[other] = scipy.special.gammainc(c[other], x[other])
    log[other] = np.log(share[other]) + _log_factor(c[other], x[other])
    return Lower(log=log, rest=rest, share=share, sparse=far | small)


def log_upper(c: FloatArray, x: FloatArray) -> FloatArray:
    """ln G(c, x) for c > 0 and x > 0; c = 0 is given the value of c = 1, which has to be replaced by the caller."""
    c = np.where(c > 0, c, 1.0)
    log = np.empty(c.shape)
    z = _deviations(c, x)
    # Under a hundred the asymptotic series has too few terms before it diverges; the falling one is exact there.
    falling = (c <= 100) & (c <= FALLING_RATIO * x)
    far = ~falling & (c > 100) & (z < -FAR)
    near = ~far & (c >= LARGE) & (z <= FAR)
    other = ~far & ~falling & ~near
    log[falling] = _falling_series(c[falling], x[falling])
    log[far] = np.log1p(-_far_rest(c[far], x[far], rows=_ABOVE)) - np.log(x[far] - c[far])
    log[near] = _log_stirling(c[near]) + np.log(_temme(c[near], x[near], side=1.0))
    log[other] = _log_factor(c[other], x[other])
    counts = other & (z < CERTAIN)
    log[counts] += np.log(scipy.special.gammaincc(c[counts], x[counts]))
    return log


def regularised_lower(c: FloatArray, x: FloatArray) -> FloatArray:
    """P(c, x) = γ(c, x) / Γ(c), for c > 0 and x ≥ 0, also where SciPy's series would stop early."""
    share: FloatArray = scipy.special.gammainc(c, x)
    large = c >= LARGE
    if large.any():
        c, x = c[large], x[large]
        exact = lower(c, x)
        share[large] = np.where(exact.sparse, np.exp(exact.log - _log_factor(c, np.maximum(x, TINY))), exact.share)
    return share


def _deviations(c: FloatArray, x: FloatArray) -> FloatArray:
    return (c - x) / np.sqrt(np.where(c > 0, c, 1.0))


def _log_factor(c: FloatArray, x: FloatArray) -> FloatArray:
    """ln [ Γ(c) e^x x^(−c) ]; by Stirling from c = 20 on, where Γ and the powers would cancel each other's digits."""
    log: FloatArray = np.empty(c.shape)
    small = c < STIRLING_FROM
    log[small] = scipy.special.gammaln(c[small]) + x[small] - c[small] * np.log(x[small])
    c, x = c[~small], x[~small]
    e = (x - c) / c
    log_ratio = np.where(np.abs(e) < 0.5, np.log1p(np.maximum(e, -0.5)), np.log(x / c))
    log[~small] = _log_stirling(c) + c * (e - log_ratio)
    return log


def _log_stirling(c: FloatArray) -> FloatArray:
    """ln [ Γ(c) e^c c^(−c) ] for c ≥ 20, by Stirling's series (DLMF 5.11.1)."""
    c2 = c * c
    series = (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * c2)) / c2) / c2) / c
    return 0.5 * np.log(2 * np.pi / c) + series


def _temme(c: FloatArray, x: FloatArray, *, side: float) -> FloatArray:
    """exp(c η² / 2) times P (side −1) or Q (side +1), η the signed root of 2 (x/c − 1 − ln(x/c)); DLMF 8.12.7–8."""
    e = (x - c) / c
    eta = np.copysign(np.sqrt(2 * (e - np.log1p(e))), e)
    series = sum((_horner(eta, row) / c**k for k, row in enumerate(_TEMME)), np.zeros(c.shape))
    tail: FloatArray = 0.5 * scipy.special.erfcx(side * eta * np.sqrt(c / 2))
    return tail + side * series / np.sqrt(2 * np.pi * c)


def _far_rest(c: FloatArray, x: FloatArray, *, rows: tuple[tuple[float, ...], ...]) -> FloatArray:
    """1 − |c − x| g, or the same with G: −Σ_(k ≥ 1) (−c)^k b_k(x / c) / (c − x)^(2k), summed from the last term.

    Multiplied by c^k, b_k is homogeneous in c and x, so the larger of the two is taken out as a power and the
    polynomial runs in their ratio below 1: `rows` are the b_k by powers of x / c (x below c) or of c / x (above).
    """
    big = np.maximum(c, x)
    ratio = np.minimum(c, x) / big
    scale = -big / (c - x) ** 2
    total = np.zeros(c.shape)
    for row in reversed(rows):
        total += _horner(ratio, row)
        total *= scale
    return -total


def _horner(x: FloatArray, coefficients: tuple[float, ...]) -> FloatArray:
    """Σ coefficients[k] x^k."""
    total = np.full(x.shape, coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        total *= x
        total += coefficient
    return total


def _eulerian(count: int) -> tuple[tuple[float, ...], ...]:
    """Second-order Eulerian numbers, row by row: the coefficients of b_k (DLMF 8.11.8), which begins with λ."""
    rows: list[tuple[float, ...]] = [(1.0,)]
    for k in range(2, count + 1):
        last = (*rows[-1], 0.0)
        rows.append(tuple((j + 1) * last[j] + ((2 * k - 1 - j) * last[j - 1] if j else 0.0) for j in range(k)))
    return tuple(rows)


_BELOW = tuple((0.0, *row) for row in _eulerian(12))
_ABOVE = tuple(row[::-1] for row in _eulerian(12))


def _power_series(c: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """ln g and 1 − (c − x) g from g = Σ x^k / (c (c+1) … (c+k)) and x (g(c) − g(c+1)), all terms positive."""
    g = np.zeros(c.shape)
    difference = np.zeros(c.shape)
    for k in range(SMALL_TERMS, -1, -1):
        g = (1 + x * g) / (c + k)
        difference = (k + 1 + x * difference) / (c + k + 1)
    return np.log(g), x * difference / c


def _falling_series(c: FloatArray, x: FloatArray) -> FloatArray:
    """ln G from x G = 1 + (c−1)/x (1 + (c−2)/x (1 + …)), which ends by itself for whole c."""
    total = np.ones(c.shape)
    for k in range(FALLING_TERMS, 0, -1):
        total = 1 + (c - k) / x * total
    return np.log(total / x)
