"""The mean of the same weekday and time, and its spread."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from numpy.random import default_rng
from scipy.stats import nbinom, poisson

from marketplace.forecasting.weekday import PRIOR_ALPHA, overdispersion, quantile, weekday_forecast

ROME = ZoneInfo("Europe/Rome")
MONDAY = datetime(2026, 3, 2, tzinfo=ROME)


def epoch(at: datetime) -> int:
    return round(at.timestamp())


def at(days: int, hour: int) -> int:
    """So many days after the first Monday, by the clock in Rome."""
    return epoch((MONDAY.replace(tzinfo=None) + timedelta(days=days, hours=hour)).replace(tzinfo=ROME))


def forecast(counts: dict[int, float], *, since: int, days: int = 7) -> dict[str, float]:
    rows = weekday_forecast(
        counts=counts.items(), step_seconds=3600, zone=ROME, since=since, until=since + days * 86_400
    )
    assert [row.start for row in rows] == sorted({row.start for row in rows})
    return {f"{datetime.fromtimestamp(row.start, ROME):%a %H:%M}": row.mean for row in rows}


def test_closed_hours_get_no_row_and_unknown_weekdays_the_mean_of_the_time() -> None:
    # three days: Monday to Wednesday, 9 and 10 o'clock, on Wednesday 9 only
    counts = {at(0, 9): 10.0, at(0, 10): 20.0, at(1, 9): 30.0, at(1, 10): 40.0, at(2, 9): 50.0}
    assert forecast(counts, since=at(2, 23)) == {
        "Mon 09:00": 10,
        "Mon 10:00": 20,
        "Tue 09:00": 30,
        "Tue 10:00": 40,
        "Wed 09:00": 50,
        "Wed 10:00": 30,  # the counts end before Wednesday 10:00, so nobody knows
        **{f"{day} 09:00": 30 for day in ("Thu", "Fri", "Sat", "Sun")},
        **{f"{day} 10:00": 30 for day in ("Thu", "Fri", "Sat", "Sun")},
    }


def test_weekday_that_the_counts_reach_across_without_a_row_is_closed() -> None:
    counts = {at(day, 9): 10.0 for day in range(14) if day % 7 < 5}
    counts[at(14, 9)] = 10.0
    assert set(forecast(counts, since=at(14, 12))) == {f"{day} 09:00" for day in ("Mon", "Tue", "Wed", "Thu", "Fri")}


def test_missing_week_counts_neither_as_zero_nor_at_all() -> None:
    assert forecast({at(0, 9): 10.0, at(14, 9): 20.0}, since=at(14, 12))["Mon 09:00"] == 15


def test_only_the_latest_eight_weeks_count() -> None:
    counts = {at(7 * week, 9): 100.0 if week < 2 else 10.0 for week in range(10)}
    assert forecast(counts, since=at(63, 12))["Mon 09:00"] == 10


def test_clock_changes_leave_the_wall_time_and_skip_or_double_the_hour() -> None:
    sundays = {at(6 + 7 * week, hour): float(hour) for week in range(3) for hour in (1, 2, 3)}
    spring = weekday_forecast(counts=sundays.items(), step_seconds=3600, zone=ROME, since=at(26, 12), until=at(27, 12))
    assert [(row.start, row.mean) for row in spring] == [
        (epoch(datetime(2026, 3, 29, 0, tzinfo=UTC)), 1),
        (epoch(datetime(2026, 3, 29, 1, tzinfo=UTC)), 3),
    ]
    begins = epoch(datetime(2026, 10, 24, 12, tzinfo=UTC))
    autumn = weekday_forecast(counts=sundays.items(), step_seconds=3600, zone=ROME, since=begins, until=begins + 86_400)
    assert [(row.start - autumn[0].start, row.mean) for row in autumn] == [(0, 1), (3600, 2), (7200, 2), (10_800, 3)]


def test_nothing_counted_makes_no_forecast() -> None:
    assert forecast({}, since=at(0, 0)) == {}


@pytest.mark.parametrize("alpha", [0.0, 0.02, 0.2])
def test_overdispersion_is_found_in_counts_drawn_with_it(alpha: float) -> None:
    rng = default_rng(7)
    groups = []
    for _ in range(600):
        mean = rng.uniform(5, 200)
        rate = rng.gamma(1 / alpha, mean * alpha, 8) if alpha else np.full(8, mean)
        groups.append(rng.poisson(rate).tolist())
    assert overdispersion(groups) == pytest.approx(alpha, abs=0.01 + 0.1 * alpha)


def test_overdispersion_is_the_prior_until_a_second_week_was_seen() -> None:
    assert overdispersion([[5.0], [9.0]]) == PRIOR_ALPHA


def test_quantiles_cover_what_they_say() -> None:
    rng = default_rng(11)
    mean, variance = np.full(1, 40.0), np.full(1, 40.0 + 0.05 * 1600)
    drawn = nbinom.rvs(40 / 2, 1 / 3, size=20_000, random_state=rng)  # variance 120 = mean × 3
    for share in (0.1, 0.5, 0.9):
        found = float(quantile(share, mean, variance)[0])
        assert (drawn <= found).mean() >= share
        assert (drawn < found).mean() <= share
    assert drawn.var() == pytest.approx(120, rel=0.05)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_quantiles_are_those_of_scipy_s_distributions(share: float) -> None:
    rng = default_rng(3)
    mean = np.concatenate([rng.uniform(0.01, 3, 500), rng.uniform(3, 2000, 500)])
    variance = mean + rng.choice([0.0, 0.005, 0.3], mean.size) * mean**2
    wide = variance > mean
    expected = poisson.ppf(share, mean)
    size = mean[wide] ** 2 / (variance[wide] - mean[wide])
    expected[wide] = nbinom.ppf(share, size, mean[wide] / variance[wide])
    assert quantile(share, mean, variance).tolist() == expected.tolist()


def test_quantiles_of_nothing_expected_are_zero() -> None:
    assert quantile(0.9, np.zeros(1), np.zeros(1)).tolist() == [0]
