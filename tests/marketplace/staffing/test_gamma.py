"""The scaled incomplete gamma functions against sums of fifty digits, region by region."""

from decimal import Decimal, localcontext
from math import sqrt

import numpy as np
import pytest

from marketplace.staffing.gamma import log_upper, lower, regularised_lower


def exact_lower(c: float, x: float) -> Decimal:
    """g(c, x) by its power series, all terms positive."""
    term = total = 1 / Decimal(c)
    k = 0
    while term > total * Decimal("1e-40"):
        k += 1
        term *= Decimal(x) / (Decimal(c) + k)
        total += term
    return total


def exact_log_upper(n: int, x: float) -> float:
    """ln G(n, x) for a whole n by its finite sum."""
    term = total = Decimal(1)
    for k in range(1, n):
        term *= (n - k) / Decimal(x)
        total += term
    return float((total / Decimal(x)).ln())


def near(value: float, exact: float, digits: float) -> bool:
    return abs(value - exact) <= digits * max(1.0, abs(exact))


@pytest.mark.parametrize(
    "deviations", [-30.0, -14.5, -13.5, -5.0, -1.0, 0.0, 0.5, 3.0, 4.6, 9.0, 13.9, 14.1, 20.0, 60.0]
)
@pytest.mark.parametrize("c", [1e-6, 0.3, 7.0, 19.9, 20.1, 150.0, 250.0, 4_000.0, 19_999.0, 20_001.0, 500_000.0])
def test_lower_is_right_at_every_distance(c: float, deviations: float) -> None:
    x = max(c - deviations * sqrt(c), c * 1e-4)
    with localcontext() as context:
        context.prec = 50
        exact = exact_lower(c, x)
        rest = float(1 - (Decimal(c) - Decimal(x)) * exact)
        log = float(exact.ln())
    found = lower(np.array([c]), np.array([x]))
    assert near(found.log[0], log, 1e-12)
    if found.sparse[0]:
        assert found.rest[0] == pytest.approx(rest, rel=1e-13)


@pytest.mark.parametrize("ratio", [1e-9, 1e-3, 0.09, 0.11, 0.9, 1.0, 1.1, 3.0, 9.0, 11.0, 1e3, 1e9])
@pytest.mark.parametrize("n", [1, 2, 19, 20, 21, 99, 100, 101, 150, 2_500, 25_000])
def test_upper_is_right_at_every_ratio(n: int, ratio: float) -> None:
    x = n * ratio
    with localcontext() as context:
        context.prec = 50
        exact = exact_log_upper(n, x)
    assert near(log_upper(np.array([float(n)]), np.array([x]))[0], exact, 1e-13)


@pytest.mark.parametrize("deviations", [-40.0, -6.0, -0.1, 5.0, 10.0, 14.5])
def test_regularised_lower_meets_itself_where_the_method_changes(deviations: float) -> None:
    c = np.array([19_999.999_999, 20_000.000_001])
    below, above = regularised_lower(c, c - deviations * np.sqrt(c))
    assert above == pytest.approx(below, rel=1e-9)


def test_regularised_lower_is_a_share_for_a_patience_of_years() -> None:
    c = np.full(5, 1e12)
    share = regularised_lower(c, np.array([0.0, 1e6, 1e12 - 1e6, 1e12, 2e12]))
    assert share[0] == share[1] == 0
    assert share[2] == pytest.approx(0.158655, abs=1e-5)
    assert share[3] == pytest.approx(0.5, abs=1e-6)
    assert share[4] == 1
