"""The queues of a snapshot: what was measured, what was forecast, what is open."""

from datetime import UTC, datetime, time, timedelta

import numpy as np
import pytest

from gigcx.accounts.models import Department
from marketplace.matching.state import Mode, Presence
from marketplace.models import AgentNow, Forecast, QueueNow
from marketplace.snapshot import forecast_mean, refresh_agents, take_snapshot
from marketplace.snapshot.queues import forecast_rates, is_open
from tests.factories import NOW, make_agent, make_queue, on_duty


@pytest.mark.django_db
def test_snapshot_counts_contacts_under_way_as_handle_time() -> None:
    queue = make_queue("NE", handle_seconds=180)
    on_duty(make_agent(queue), queue, presence=Presence.ON_CONTACT)
    AgentNow.objects.update(presence_since=int(NOW.timestamp()) - 400)
    QueueNow.objects.create(queue=queue, handle_sum=600, handle_count=6)
    state = take_snapshot(now=NOW)
    assert state.queues.handle_seconds[0] == pytest.approx((10 * 180 + 600 + 400) / (10 + 5))
    AgentNow.objects.update(presence_since=0)  # forgotten by the switch
    assert take_snapshot(now=NOW).queues.handle_seconds[0] == pytest.approx((10 * 180 + 600) / (10 + 6))


@pytest.mark.django_db
def test_snapshot_takes_one_who_wants_a_break_for_paused() -> None:
    queue = make_queue("NE")
    on_duty(make_agent(queue), queue)
    AgentNow.objects.update(wants=int(Presence.PAUSED))
    assert take_snapshot(now=NOW).agents.presence.tolist() == [Presence.PAUSED]


@pytest.mark.django_db
def test_forecast_is_read_at_its_instants_and_unknown_is_no_zero() -> None:
    queue, unknown = make_queue("NE"), make_queue("NW")
    for hour, mean in ((0, 60.0), (1, 120.0)):
        start = NOW.replace(minute=0) + timedelta(hours=hour)
        Forecast.objects.create(queue=queue, starts_at=start, seconds=3600, mean=mean, p10=0, p50=0, p90=0)
    now, ahead = forecast_rates(queue_ids=np.array([queue.pk, unknown.pk]), now=NOW, offsets=(0, 3600))
    assert now[0] == pytest.approx(60 / 3600)
    assert ahead[0] == pytest.approx(120 / 3600)
    assert np.isnan(now[1])
    half = forecast_mean(queue_ids=np.array([queue.pk]), now=NOW + timedelta(minutes=45), seconds=1800)
    assert half[0] == pytest.approx(90 / 3600)


@pytest.mark.parametrize(
    ("opens", "closes", "at", "expected"),
    [
        (None, None, datetime(2026, 3, 10, 3, tzinfo=UTC), True),
        (time(9), time(17), datetime(2026, 3, 10, 8, tzinfo=UTC), True),  # 9 in Rome
        (time(9), time(17), datetime(2026, 3, 10, 16, tzinfo=UTC), False),  # 17 in Rome
        (time(9), time(17), datetime(2026, 3, 30, 7, tzinfo=UTC), True),  # 9 in Rome, by summer time since the 29th
        (time(9), time(17), datetime(2026, 10, 26, 7, 59, tzinfo=UTC), False),  # winter again
        (time(22), time(6), datetime(2026, 3, 10, 3, tzinfo=UTC), True),
        (time(22), time(6), datetime(2026, 3, 10, 12, tzinfo=UTC), False),
    ],
)
def test_opening_hours_follow_the_zone(opens: time | None, closes: time | None, at: datetime, expected: bool) -> None:
    assert is_open(opens=opens, closes=closes, zone="Europe/Rome", now=at) is expected


@pytest.mark.django_db
def test_the_floor_read_again_is_the_same_state_until_something_changes() -> None:
    cards = make_queue("cards")
    first, second = (on_duty(make_agent(cards), cards).agent_id for _ in range(2))
    state = take_snapshot(now=NOW)
    assert refresh_agents(state, [second, first], now=NOW) is state
    AgentNow.objects.filter(agent_id=second).update(presence=Presence.ON_CONTACT)
    assert refresh_agents(state, [first], now=NOW) is state
    changed = refresh_agents(state, [first, second], now=NOW)
    assert changed.agents.presence.tolist() == [Presence.READY, Presence.ON_CONTACT]
    Department.objects.update(mode=Mode.SHADOW)
    assert refresh_agents(state, [first], now=NOW).modes.tolist() == [Mode.SHADOW]
