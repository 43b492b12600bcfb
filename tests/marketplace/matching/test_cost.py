"""What a queue loses with n agents: the model, the envelope and the lines between."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching.cost import Load, beyond_help, expected_loss, look_ahead_seconds, switching_cost, time_steps
from marketplace.matching.curves import convex_envelope, curves, level_offsets
from marketplace.matching.outlook import outlook
from marketplace.matching.state import Limits
from tests.marketplace.matching.floors import NOW, floor, messy, quiet, surging


def load(*, agents, contacts, rate, handle=180.0, patience=120.0, target=20.0, absent=None, steps=10, waiting=None):
    return Load(
        agents=np.array([float(agents)]),
        contacts=np.array([float(contacts)]),
        rate=np.array([float(rate)]),
        handle_seconds=np.array([handle]),
        patience_seconds=np.array([patience]),
        target_seconds=np.array([target]),
        absent=np.zeros((1, steps)) if absent is None else np.array([absent], dtype=np.float64),
        waiting=np.array([float(max(contacts - agents, 0) if waiting is None else waiting)]),
        longest_wait_seconds=np.zeros(1),
    )


def loss_of(queue, staffing, *, changeover=5.0):
    steps = time_steps(seconds=look_ahead_seconds(changeover_seconds=changeover))
    columns = np.array([staffing], dtype=np.float64)
    return expected_loss(queue, staffing=columns, steps=steps, changeover_seconds=changeover)


def by_hand(*, n, extra, contacts, rate, handle, patience, target, changeover):
    """The recursion for those who come, one queue and one staffing, with the standard library alone."""
    mu, theta, horizon = 1 / handle, 1 / patience, 60 + 2 * changeover

    def phi(z):
        return math.exp(-z * z / 2) / math.sqrt(2 * math.pi)

    def cdf(z):
        return 0.5 * math.erfc(-z / math.sqrt(2))

    m, v, cost, t = float(contacts), 0.25, 0.0, 0.0
    most, worked = 0.0, 0.0
    while t < horizon:
        h = min(5.0 if t < 30 else 10.0 if t < 120 else 20.0, horizon - t)
        serving = n + extra if extra <= 0 or t >= changeover else n
        z = (serving - m) / math.sqrt(v)
        o = (m - serving) * (1 - cdf(z)) + math.sqrt(v) * phi(z)
        late = 1 - cdf((serving + serving * mu * target - m) / math.sqrt(v))
        most, worked = max(most, serving), worked + h * serving
        in_line = max(0, contacts - n) - max(0, most - min(n, contacts)) - mu * worked
        cost += h * (theta * max(0.0, o - max(0.0, in_line)) + 0.5 * rate * late)
        d = mu * (m - o) + theta * o
        v = max(0.05, v + h * (rate + d - 2 * v * (mu * cdf(z) + theta * (1 - cdf(z)))))
        m += h * (rate - d)
        t += h
    return cost


@pytest.mark.parametrize("changeover", [0.0, 5.0, 30.0, 120.0])
@pytest.mark.parametrize(("n", "contacts", "rate"), [(10, 8, 0.05), (4, 16, 0.1), (0, 3, 0.02), (30, 30, 0.16)])
def test_expected_loss_is_the_recursion(n, contacts, rate, changeover):
    extras = [-min(n, 2), 0, 1, 5]
    found, _ = loss_of(
        load(agents=n, contacts=contacts, rate=rate, steps=99), [n + extra for extra in extras], changeover=changeover
    )
    wanted = [
        by_hand(
            n=n,
            extra=extra,
            contacts=contacts,
            rate=rate,
            handle=180.0,
            patience=120.0,
            target=20.0,
            changeover=changeover,
        )
        for extra in extras
    ]
    np.testing.assert_allclose(found[0], wanted, rtol=1e-10)


def test_expected_loss_falls_and_the_level_rises_with_agents():
    loss, share = loss_of(load(agents=10, contacts=14, rate=0.08), range(40))
    assert (np.diff(loss) <= 1e-9).all()
    assert (np.diff(share) >= -1e-9).all()
    assert 0.0 <= share.min() < 0.05
    assert 0.9 < share.max() <= 1.0


def test_expected_loss_behind_a_backlog_is_more_than_behind_none():
    behind, _ = loss_of(load(agents=10, contacts=20, rate=0.03), [10])
    without, _ = loss_of(load(agents=10, contacts=5, rate=0.03), [10])
    assert behind > 10 * without


def test_expected_loss_is_nothing_where_nobody_comes():
    loss, _ = loss_of(load(agents=0, contacts=9, rate=0.0), [0])
    assert loss[0, 0] == pytest.approx(0.0, abs=0.05)


def test_expected_loss_counts_agents_on_their_way_only_when_they_arrive():
    there, _ = loss_of(load(agents=6, contacts=9, rate=0.05), [6])
    soon, _ = loss_of(load(agents=6, contacts=9, rate=0.05, absent=[3, 3, 0, 0, 0, 0, 0, 0, 0, 0]), [6])
    never, _ = loss_of(load(agents=6, contacts=9, rate=0.05, absent=[3] * 10), [6])
    fewer, _ = loss_of(load(agents=3, contacts=9, rate=0.05, waiting=3), [3])
    assert there < soon < never
    np.testing.assert_allclose(never, fewer)


@pytest.mark.parametrize("handle", [10.0, 20.0, 40.0])
@pytest.mark.parametrize("patience", [10.0, 30.0])
def test_expected_loss_stays_sane_at_very_short_times(handle, patience):
    loss, share = loss_of(load(agents=5, contacts=30, rate=2.0, handle=handle, patience=patience), range(12))
    assert np.isfinite(loss).all()
    assert (loss >= 0).all()
    assert (loss <= 30 + 2.0 * 70 * 1.5).all()
    assert ((share >= 0) & (share <= 1)).all()


def test_time_steps_end_where_the_look_ahead_ends():
    for changeover in (0.0, 2.3, 5.0, 30.0, 180.0):
        seconds = look_ahead_seconds(changeover_seconds=changeover)
        steps = time_steps(seconds=seconds)
        assert sum(length for _, length in steps) == pytest.approx(seconds)
        assert max(length for _, length in steps) <= 20.0


def test_switching_cost_grows_with_the_changeover_and_is_never_nothing():
    costs = [switching_cost(changeover_seconds=seconds, constant=0.065) for seconds in (0, 5, 30, 120)]
    assert costs == sorted(costs)
    assert costs[0] > 0.5
    assert costs[1] == pytest.approx(0.065 * math.sqrt(70))


rows = st.lists(st.floats(0, 100), min_size=2, max_size=14)


@settings(max_examples=200, deadline=None)
@given(rows)
def test_convex_envelope_is_convex_below_and_touches(values):
    falling = np.minimum.accumulate(np.array(values))[None, :]
    levels = np.cumsum(np.arange(len(values)) % 3 + 1)[None, :]
    envelope = convex_envelope(levels, falling)
    slopes = np.diff(envelope[0]) / np.diff(levels[0])
    assert (np.diff(slopes) >= -1e-9).all()
    assert (envelope <= falling + 1e-9).all()
    assert envelope[0, 0] == falling[0, 0]
    assert envelope[0, -1] == falling[0, -1]
    hull = [
        min(
            np.interp(levels[0, at], levels[0, [left, right]], falling[0, [left, right]])
            for left in range(at + 1)
            for right in range(at, len(values))
        )
        for at in range(len(values))
    ]
    np.testing.assert_allclose(envelope[0], hull, atol=1e-9)


def test_level_offsets_are_dense_near_and_reach_both_ends():
    offsets = level_offsets(down=200, up=50)
    assert offsets[0] == -200
    assert offsets[-1] == 50
    assert (np.diff(offsets) > 0).all()
    assert set(range(-16, 17)) <= set(offsets.tolist())
    assert level_offsets(down=0, up=0).tolist() == [0]


@pytest.mark.parametrize("seed", range(30))
def test_curves_are_convex_and_fall_on_any_floor(seed):
    state = messy(seed)
    random = np.random.default_rng(seed)
    down, up = random.integers(0, 60, len(state.queues)), random.integers(0, 60, len(state.queues))
    view = outlook(state, down=down, up=up)
    for cost in (view.curves.loss, view.cost):
        falls = -np.diff(cost, axis=1)
        assert (falls >= -1e-9).all()
        assert (np.diff(falls, axis=1) <= 1e-9).all()


def test_curves_keep_exact_values_at_levels_that_were_worked_out():
    queue = load(agents=20, contacts=18, rate=0.1)
    steps = time_steps(seconds=70.0)
    drawn = curves(
        queue,
        weight=np.array([3.0]),
        down=np.array([10]),
        up=np.array([12]),
        steps=steps,
        tick_seconds=5.0,
        changeover_seconds=5.0,
    )
    loss, share = loss_of(queue, range(10, 33))
    weighed = 3 * 0.5 * loss  # half of it can still be prevented when it shows
    np.testing.assert_allclose(drawn.share, share, atol=1e-12)
    assert (drawn.loss <= weighed + 1e-12).all()
    assert drawn.loss[0, 0] == pytest.approx(weighed[0, 0])
    assert drawn.loss[0, -1] == pytest.approx(weighed[0, -1])


def test_beyond_help_is_the_part_of_the_target_that_passes_before_help_is_there():
    share = beyond_help(target_seconds=np.array([20.0, 60.0, 5.0, 0.0]), tick_seconds=5.0, changeover_seconds=10.0)
    np.testing.assert_allclose(share, [0.75, 0.25, 1.0, 1.0])


def test_who_comes_weighs_less_the_sooner_help_can_follow_and_who_waits_weighs_the_same():
    coming, waiting = quiet(recent_arrivals=30.0), quiet(waiting=3, longest_wait_seconds=5.0)
    one, none = np.array([1, 1]), np.array([0, 0])

    def worth(tick_seconds):
        state = floor([coming, waiting], [{"queue": 0}, {"queue": 1}], limits=Limits(tick_seconds=tick_seconds))
        loss = outlook(state, down=none, up=one).curves.loss
        return loss[:, 0] - loss[:, 1]

    soon, late = worth(1.0), worth(11.0)
    assert soon[0] == pytest.approx(late[0] * 6.0 / 16.0)
    assert soon[1] == pytest.approx(late[1], rel=0.01)


def test_outlook_protects_the_level_of_a_queue_that_meets_its_target():
    state = floor([quiet(recent_arrivals=30.0)], [{}] * 14)
    view = outlook(state, down=np.array([14]), up=np.array([0]))
    floor_at = int(view.floor[0])
    assert not view.short[0]
    assert view.curves.share[0, floor_at] >= 0.8 > view.curves.share[0, floor_at - 1]


def test_outlook_makes_giving_dearer_for_a_queue_that_is_short():
    state = floor([surging()], [{}] * 4)
    view = outlook(state, down=np.array([4]), up=np.array([3]))
    assert view.short[0]
    assert view.floor[0] == 0
    plain, dearer = np.diff(view.curves.loss[0]), np.diff(view.cost[0])
    np.testing.assert_allclose(dearer[:4], 1.5 * plain[:4])
    np.testing.assert_allclose(dearer[4:], plain[4:])


def test_outlook_forgets_who_leaves_within_the_look_ahead():
    staying = outlook(floor([surging()], [{}] * 4), down=np.array([0]), up=np.array([0]))
    leaving = outlook(floor([surging()], [{}] * 3 + [{"until": NOW + 20}]), down=np.array([0]), up=np.array([0]))
    gone = outlook(floor([surging()], [{}] * 3 + [{"until": NOW}]), down=np.array([0]), up=np.array([0]))
    assert staying.cost[0, 0] < leaving.cost[0, 0] < gone.cost[0, 0]
    assert (staying.curves.base[0], leaving.curves.base[0], gone.curves.base[0]) == (4, 4, 3)
