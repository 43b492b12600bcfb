"""The rolling backtest on real counts: floors a little below what docs/forecast.md states."""

from pathlib import Path

import pytest

from marketplace.forecasting.make import make_forecast
from tests.backtest import BANK, backtest, cases, holidays_kept, intraday, rare

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
pytestmark = pytest.mark.skipif(not (DATA / BANK).exists(), reason="the real counts are not here")
TWO_HOURS = 7_200


@pytest.fixture(scope="module")
def bank_and_seattle():
    return list(cases(DATA, every=1))


def test_a_bank_is_forecast_a_fifth_better_than_by_last_week_and_better_than_by_its_mean(bank_and_seattle):
    found = backtest(bank_and_seattle[0], peers=False)
    ours, naive, mean = (found[name] for name in ("gigcx", "seasonal naive", "mean of past weeks"))
    assert ours["wape 1"] < 0.78 * naive["wape 1"]
    assert ours["wape 7"] < 0.79 * naive["wape 7"]
    assert ours["wape 14"] < 0.81 * naive["wape 14"]
    assert all(ours[f"wape {days}"] < mean[f"wape {days}"] for days in (1, 7, 14))
    assert all(0.75 <= ours[f"cover {days}"] <= 0.85 for days in (1, 7, 14))
    assert ours["mase 14"] < 0.9


def test_a_citys_emergency_calls_too(bank_and_seattle):
    found = backtest(bank_and_seattle[1], peers=False)
    ours, naive = found["gigcx"], found["seasonal naive"]
    assert all(ours[f"wape {days}"] < 0.76 * naive[f"wape {days}"] for days in (1, 7, 14))
    assert all(0.75 <= ours[f"cover {days}"] <= 0.85 for days in (1, 7, 14))


def test_no_type_of_call_is_foretold_worse_than_by_last_week_by_a_twentieth():
    for case in rare(DATA):
        since = int(case.history.starts[-1]) + 1800
        found = make_forecast(history=case.history, since=since, until=since + 86_400).backtest
        assert found.wape <= 1.05 * found.naive_wape, case.name


def test_after_two_hours_the_rest_of_a_day_that_was_far_off_is_foretold_a_third_better(bank_and_seattle):
    found = intraday(bank_and_seattle[0], seconds=TWO_HOURS, days_ahead=range(1, 15))
    assert found["days"] >= 20
    assert found["by interval"] < 0.667
    assert found["in total"] < 0.667


def test_where_single_hours_are_mostly_chance_it_does_no_harm_and_nobody_could_do_much(bank_and_seattle):
    found = intraday(bank_and_seattle[1], seconds=TWO_HOURS, days_ahead=(1,))
    assert found["best by interval"] > 0.85
    assert found["best by interval"] < found["by interval"] < 1.0
    assert found["in total"] < 0.96


def test_a_day_off_by_a_tenth_is_known_a_third_better_after_two_hours_of_its_busy_part(bank_and_seattle):
    bank = intraday(bank_and_seattle[0], seconds=TWO_HOURS, days_ahead=range(1, 15))
    assert bank["of the day"] < 0.5
    # Seattle's calls come from eight in the morning on
    assert intraday(bank_and_seattle[1], seconds=8 * 3600 + TWO_HOURS, days_ahead=(1,))["of the day"] < 0.667


def test_holidays_are_foretold_better_where_they_are_known():
    found = {name: (plain, kept) for name, plain, kept in holidays_kept(DATA, every=12)}
    assert found["holidays"][1] < found["holidays"][0]
    assert found["all days"][1] < found["all days"][0] + 0.001
