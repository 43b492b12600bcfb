"""Pooled need, against days played on the floor."""

from __future__ import annotations

import numpy as np
import pytest

from marketplace.simulation.days import Centre, fewer, generated_centre, level_day
from marketplace.simulation.pooling import PooledNeed, pooled_need
from marketplace.staffing.erlang import erlang_a
from marketplace.staffing.groups import Workforce, round_to_sum, staff_groups
from marketplace.staffing.intervals import interval_need

SHARE = 0.8
DAYS = 40


def need_of(centre: Centre, **more: object) -> PooledNeed:
    return pooled_need(
        contacts=centre.rate[:, None] * 900 * more.pop("shape", np.ones((1, 1))),
        interval_seconds=900,
        handle_seconds=centre.handle,
        patience_seconds=centre.patience,
        target_share=SHARE,
        target_seconds=centre.target_seconds,
        workforce=centre.workforce,
        **more,
    )


def days_met(centre: Centre, staff: np.ndarray, *, days: int = DAYS) -> tuple[float, np.ndarray]:
    """The share of days that met the target, and each queue's level over all of them."""
    played = [level_day(centre=centre, staff=staff, seed=seed) for seed in range(days)]
    offered, hits = (np.array(column) for column in zip(*played, strict=True))
    return float((hits.sum(axis=1) / offered.sum(axis=1) >= SHARE).mean()), hits.sum(axis=0) / offered.sum(axis=0)


@pytest.mark.parametrize(("kind", "queues", "load"), [("ring", 4, 16.0), ("chain", 5, 30.0), ("generalists", 4, 24.0)])
def test_stated_need_meets_the_target_on_95_days_in_100_and_95_percent_of_it_does_not(
    kind: str, queues: int, load: float
) -> None:
    centre = generated_centre(kind=kind, queues=queues, load=load, seed=3)
    assert len(centre.workforce.pools()) == 1
    need = need_of(centre)
    staff = staff_groups(agents=need.agents[:, 0].astype(float), workforce=centre.workforce)
    assert staff.sum() == need.agents.sum() < need.alone.sum()
    met, levels = days_met(centre, staff)
    assert met >= 0.95
    assert levels.min() > SHARE - 0.12
    met, _ = days_met(centre, fewer(staff, share=0.95))
    assert met < 0.95


def test_everybody_for_everything_is_one_queue() -> None:
    centre = Centre(
        rate=np.array([0.03, 0.05]),
        handle=np.array([240.0, 240.0]),
        patience=np.array([120.0, 120.0]),
        target_seconds=20.0,
        workforce=Workforce.of([(0, 1)] * 30, queues=2),
    )
    one = interval_need(
        contacts=0.08 * 900, interval_seconds=900, handle_seconds=240, patience_seconds=120, target_share=SHARE,
        target_seconds=20,
    )  # fmt: skip
    need = need_of(centre)
    assert int(one.agents) <= need.agents.sum() <= int(one.agents) + 1


def test_nobody_shared_is_each_alone() -> None:
    centre = generated_centre(kind="ring", queues=4, load=20, seed=1)
    alone = Workforce.of([(queue,) for queue in range(4) for _ in range(9)], queues=4)
    need = need_of(Centre(centre.rate, centre.handle, centre.patience, 20.0, alone))
    assert (need.agents == need.alone).all()


def test_pool_stays_between_one_queue_and_each_alone_through_the_day() -> None:
    centre = generated_centre(kind="half", queues=5, load=25, seed=2)
    shape = np.concatenate([[np.nan, 0.0], np.linspace(0.1, 1.0, 12)])[None, :]
    need = need_of(centre, shape=shape, least_agents=1, shrinkage=0.25)
    assert (need.agents[:, 0] == 0).all()
    assert (need.agents[:, 1] == 1).all()
    assert (need.agents.sum(axis=0) <= need.alone.sum(axis=0)).all()
    assert need.agents.sum() < 0.95 * need.alone.sum()
    assert (need.heads >= need.agents / 0.75).all()
    assert (need.agents[:, 2:] >= 1).all()
    total = centre.rate.sum()
    level = erlang_a(
        rate=total, handle_seconds=centre.rate @ centre.handle / total, patience_seconds=120,
        agents=need.agents[:, -1].sum(), target_seconds=20,
    ).service_level  # fmt: skip
    assert level >= SHARE


def test_occupancy_cap_binds_the_pool() -> None:
    centre = generated_centre(kind="ring", queues=4, load=40, seed=2)
    capped = need_of(centre, occupancy_cap=0.75)
    assert capped.agents.sum() >= 40 / 0.75 * 0.97
    assert capped.agents.sum() > need_of(centre).agents.sum()


def test_the_same_seed_gives_the_same_need() -> None:
    centre = generated_centre(kind="chain", queues=3, load=9, seed=4)
    first, again = need_of(centre, seed=7), need_of(centre, seed=7)
    assert (first.agents == again.agents).all()


def test_pools_are_queues_that_share_people() -> None:
    workforce = Workforce.of([(0, 1), (1, 2), (3,), (4, 5), (4, 5)], queues=7)
    assert [pool.tolist() for pool in workforce.pools()] == [[0, 1, 2], [3], [4, 5], [6]]
    assert workforce.people.sum() == 6


def test_groups_add_up_and_every_queue_keeps_its_people() -> None:
    centre = generated_centre(kind="ring", queues=12, load=60, seed=5)
    agents = np.ceil(centre.rate * centre.handle * 1.1)
    staff = staff_groups(agents=agents, workforce=centre.workforce)
    assert staff.sum() == agents.sum()
    assert (staff >= 0).all()
    assert (staff @ centre.workforce.eligible >= agents - 1).all()
    assert round_to_sum(np.array([1.5, 2.2, 0.3]), total=4).tolist() == [2, 2, 0]
    assert fewer(staff, share=0.5).sum() == staff.sum() // 2
