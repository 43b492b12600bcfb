"""Quantiles of counts."""

import numpy as np
import pytest

from marketplace.forecasting.blend import due_weights
from marketplace.forecasting.spread import count_quantile, inside_of, levels_of, measure_spread, normal_score


@pytest.mark.parametrize("excess", [0.0, 0.02, 0.3])
@pytest.mark.parametrize("mean", [0.4, 3.0, 40.0, 2_000.0])
def test_scores_of_counts_that_follow_the_distribution_are_standard_normal(mean, excess):
    random = np.random.default_rng(5)
    factor = random.gamma(1 / excess, excess, 20_000) if excess else np.ones(20_000)
    counts = random.poisson(mean * factor).astype(float)
    scores = normal_score(counts, np.full(20_000, mean), np.full(20_000, excess))
    assert scores.mean() == pytest.approx(0, abs=0.03)
    assert scores.std() == pytest.approx(1, abs=0.03)


def test_quantiles_ascend_and_hold_their_share_over_many_means():
    random = np.random.default_rng(6)
    mean = random.uniform(1, 60, 20_000)
    excess = np.full(20_000, 0.05)
    counts = random.poisson(mean * random.gamma(20, 0.05, 20_000))
    low, middle, high = (count_quantile(np.full(20_000, share), mean, excess) for share in (0.1, 0.5, 0.9))
    assert (low <= middle).all()
    assert (middle <= high).all()
    assert ((counts >= low) & (counts <= high)).mean() == pytest.approx(0.8, abs=0.02)
    assert count_quantile(np.array([0.9]), np.array([0.0]), np.array([0.1])) == 0


@pytest.mark.parametrize("level", [4.0, 400.0])
def test_intervals_cover_what_they_promise_where_the_day_varies_more_than_was_thought(level):
    random = np.random.default_rng(7)
    origins, ahead, slots = 250, 15, 8
    mean = np.full((origins, ahead, slots), level)
    days = random.poisson(level * random.gamma(25, 0.04, origins + ahead)[:, None], (origins + ahead, slots))
    truth = days[np.arange(origins)[:, None] + np.arange(ahead)].astype(float)
    due = due_weights(origins, ahead)
    spread = measure_spread(mean, truth, variance=np.full((origins, ahead), 0.05**2), due=due)
    inside = inside_of(truth, mean, spread)
    assert 0.75 < inside[50:].mean() < 0.86
    if level > 100:
        assert spread.excess[50:, 0].mean() == pytest.approx(0.04, rel=0.25)


@pytest.mark.parametrize("excess", [0.0, 0.2])
@pytest.mark.parametrize("mean", [0.05, 0.4, 1.0, 3.0])
def test_quiet_queues_have_bands_that_begin_at_none(mean, excess):
    random = np.random.default_rng(8)
    counts = random.poisson(mean * (random.gamma(1 / excess, excess, 20_000) if excess else 1.0), 20_000)
    one = np.full(1, mean)
    low, middle, high = (count_quantile(np.full(1, share), one, np.full(1, excess))[0] for share in (0.1, 0.5, 0.9))
    assert ((counts >= low) & (counts <= high)).mean() > 0.72
    assert low <= middle <= high
    assert middle < mean + 0.5
    assert low == 0 or mean >= 3


@pytest.mark.parametrize("mean", [0.02, 1.3])
def test_a_level_that_falls_on_none_is_none_and_from_there_on_they_ascend(mean):
    level = np.linspace(0.001, 0.999, 2_000)
    found = count_quantile(level, np.full(2_000, mean), np.zeros(2_000))
    assert (found[level < np.exp(-mean)] == 0).all()
    assert (found[level > np.exp(-mean)] >= 0.5).all()
    assert (np.diff(found) >= 0).all()


@pytest.mark.parametrize("mean", [0.3, 2.0, 9.0])
def test_what_is_reported_to_lie_inside_does_lie_between_the_quantiles_that_are_printed(mean):
    counts = np.arange(12.0).reshape(1, 1, 12)
    means = np.full((1, 1, 12), mean)
    nothing = measure_spread(means, np.full((1, 1, 12), np.nan), variance=np.full((1, 1), 0.01), due=due_weights(1, 1))
    low, high = (
        count_quantile(levels_of(nothing.scores[:, :, None, which]), means, nothing.excess[:, :, None])
        for which in (0, 2)
    )
    assert (inside_of(counts, means, nothing) == ((counts >= low) & (counts <= high))).all()
