"""Telemetry: what is taken, what loses, what is refused, and what it sets off."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gigcx.ledger.models import Entry
from marketplace.actions.dispatch import dispatch
from marketplace.actions.ingest import AgentReport, BadRows, ingest
from marketplace.matching.state import Presence
from marketplace.models import AgentNow, Forecast, ForecastQuality, Interval, QueueNow, TelemetryBatch
from tests.factories import NOW, make_agent, make_batch, make_queue, on_duty, queue_report

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def take(*reports, at=NOW):
    return ingest(batch=make_batch(*reports, at=at), actor="token:1", now=at)


def test_ingest_writes_totals_and_what_waits() -> None:
    queue = make_queue("NE")
    at = NOW + 30 * SECOND
    take(queue_report(queue, at=at, waiting=3, offered=12, answered=8, answered_in_target=7, abandoned=1), at=at)
    row = Interval.objects.get()
    assert (row.offered, row.answered, row.answered_in_target, row.abandoned) == (12, 8, 7, 1)
    now = QueueNow.objects.get()
    assert (now.waiting, now.longest_wait_seconds) == (3, 30.0)
    assert 11 < now.recent_arrivals < 12
    assert 28 < now.recent_seconds < 30


def test_ingest_replaces_totals_of_the_same_interval_and_counts_only_what_is_new() -> None:
    queue = make_queue("NE")
    for seconds, offered in ((10, 5), (20, 9)):
        at = NOW + seconds * SECOND
        take(queue_report(queue, at=at, offered=offered), at=at)
    assert Interval.objects.get().offered == 9
    assert 8.5 < QueueNow.objects.get().recent_arrivals < 9


def test_ingest_an_older_report_loses() -> None:
    queue = make_queue("NE")
    take(queue_report(queue, at=NOW + 20 * SECOND, waiting=2, offered=9), at=NOW + 20 * SECOND)
    arrivals = QueueNow.objects.get().recent_arrivals
    take(queue_report(queue, at=NOW + 10 * SECOND, waiting=7, offered=5), at=NOW + 21 * SECOND)
    assert Interval.objects.get().offered == 9
    now = QueueNow.objects.get()
    assert (now.waiting, now.recent_arrivals) == (2, arrivals)


def test_ingest_takes_two_intervals_of_one_queue_in_one_batch() -> None:
    queue = make_queue("NE")
    at = NOW + 65 * SECOND
    last = replace(queue_report(queue, at=at - SECOND, offered=20), interval_start=NOW)
    take(last, queue_report(queue, at=at, offered=2), at=at)
    assert sorted(Interval.objects.values_list("offered", flat=True)) == [2, 20]
    assert QueueNow.objects.get().recent_arrivals > 15


def test_ingest_the_same_batch_twice_is_once() -> None:
    queue = make_queue("NE")
    batch = make_batch(queue_report(queue, offered=5))
    ingest(batch=batch, actor="token:1", now=NOW)
    before = (QueueNow.objects.get().recent_arrivals, Entry.objects.count())
    again = ingest(batch=batch, actor="token:1", now=NOW)
    assert again.duplicate
    assert (QueueNow.objects.get().recent_arrivals, Entry.objects.count()) == before


def test_ingest_names_every_bad_row_and_takes_none() -> None:
    queue = make_queue("NE")
    agent = make_agent(queue)
    on_duty(agent, queue)
    entries = Entry.objects.count()
    with pytest.raises(BadRows) as refusal:
        take(
            queue_report(queue, offered=5),
            replace(queue_report(queue), queue="nope"),
            AgentReport(agent="ghost", at=NOW, presence=Presence.READY, queue="NE"),
            AgentReport(agent=agent.code, at=NOW, presence=Presence.PAUSED, queue="gone"),
        )
    assert [error["where"] for error in refusal.value.errors] == [
        "queues[1].queue",
        "agents[0].agent",
        "agents[1].queue",
    ]
    assert not Interval.objects.exists()
    assert not TelemetryBatch.objects.exists()
    assert AgentNow.objects.get().presence == Presence.READY
    assert Entry.objects.count() == entries


def test_ingest_follows_presence_and_tells_who_came_and_left() -> None:
    queue = make_queue("NE")
    agent = make_agent(queue)
    on_duty(agent, queue, presence=Presence.OFFLINE)
    for seconds, presence in ((1, Presence.READY), (2, Presence.ON_CONTACT), (3, Presence.OFFLINE)):
        at = NOW + seconds * SECOND
        take(AgentReport(agent=agent.code, at=at, presence=presence, queue="NE"), at=at)
    assert list(Entry.objects.filter(kind__startswith="agent.").order_by("id").values_list("kind", flat=True)) == [
        "agent.came",
        "agent.left",
    ]
    row = AgentNow.objects.get()
    assert (row.presence, row.presence_since) == (0, int((NOW + 3 * SECOND).timestamp()))


def test_ingest_an_older_presence_loses() -> None:
    queue = make_queue("NE")
    agent = make_agent(queue)
    on_duty(agent, queue)
    take(AgentReport(agent=agent.code, at=NOW + 5 * SECOND, presence=Presence.PAUSED, reason="break"))
    take(AgentReport(agent=agent.code, at=NOW + 4 * SECOND, presence=Presence.READY))
    row = AgentNow.objects.get()
    assert (row.presence, row.reason) == (Presence.PAUSED, "break")


@pytest.mark.parametrize("presence", [Presence.READY, Presence.ON_CONTACT])
def test_ingest_sees_a_moved_agent_arrive(presence: Presence) -> None:
    here, there = make_queue("NE"), make_queue("NW")
    agent = make_agent(here, there)
    on_duty(agent, here)
    move = dispatch(agent_id=agent.pk, queue_id=there.pk, actor="user:1", now=NOW)
    for seconds, queue in ((2, "NE"), (7, "NW"), (9, "NW")):
        at = NOW + seconds * SECOND
        take(AgentReport(agent=agent.code, at=at, presence=presence, queue=queue), at=at)
    move.refresh_from_db()
    assert move.arrived_at == NOW + 7 * SECOND
    assert AgentNow.objects.get().arrives_at == int((NOW + 5 * SECOND).timestamp())


def test_ingest_names_agents_who_are_off_duty() -> None:
    queue = make_queue("NE")
    agent = make_agent(queue, code="away")
    taken = take(AgentReport(agent=agent.code, at=NOW, presence=Presence.READY, queue="NE"))
    assert taken.off_duty == ("away",)
    assert not AgentNow.objects.exists()


PLANNED = {"planned_mean": 480, "planned_p10": 400, "planned_p50": 480, "planned_p90": 560}


@pytest.mark.parametrize("corrected", [False, True])
def test_ingest_a_surge_does_not_end_because_the_forecast_follows_it(corrected: bool) -> None:
    queue = make_queue("NE")
    forecast = Forecast.objects.create(
        queue=queue, starts_at=NOW - timedelta(hours=1), seconds=4 * 3600, mean=4 * 120, p10=400, p50=480, p90=560
    )
    for step in range(1, 100):  # ten a minute, two forecast
        at = NOW + 5 * step * SECOND
        report = replace(queue_report(queue, at=at, offered=step - step // 6), interval_start=NOW, interval_seconds=600)
        take(report, at=at)
        if corrected and step == 50:
            Forecast.objects.filter(pk=forecast.pk).update(**PLANNED, mean=5 * forecast.mean)
    assert Entry.objects.filter(kind="surge.began").count() == 1
    assert not Entry.objects.filter(kind="surge.ended").exists()
    assert QueueNow.objects.get().surge_factor == pytest.approx(5, rel=0.3)


def test_ingest_sees_no_surge_in_what_the_corrected_forecast_explains() -> None:
    queue = make_queue("NE")
    Forecast.objects.create(
        queue=queue, starts_at=NOW - timedelta(hours=1), seconds=4 * 3600, mean=2400, p10=2300, p50=2400, p90=2500,
        **PLANNED,
    )  # fmt: skip
    for step in range(1, 60):
        at = NOW + 5 * step * SECOND
        report = replace(queue_report(queue, at=at, offered=step - step // 6), interval_start=NOW, interval_seconds=600)
        take(report, at=at)
    assert QueueNow.objects.get().surge_since is None


def test_ingest_finds_a_surge_over_the_forecast_and_its_end() -> None:
    queue = make_queue("NE")
    Forecast.objects.create(
        queue=queue, starts_at=NOW - timedelta(hours=1), seconds=4 * 3600, mean=4 * 120, p10=400, p50=480, p90=560
    )
    offered = 0
    for step in range(1, 60):  # two a minute as forecast, then ten
        at = NOW + 5 * step * SECOND
        offered += (step % 6 == 0) if step < 20 else (step % 6 != 0)
        report = replace(queue_report(queue, at=at, offered=offered), interval_start=NOW, interval_seconds=600)
        take(report, at=at)
    began = Entry.objects.get(kind="surge.began")
    assert began.subject == f"queue:{queue.pk}"
    assert began.data["factor"] > 2
    assert (began.data["there"], began.data["need"]) == (0, pytest.approx(began.data["factor"] * 7, abs=4))
    assert began.at > NOW + 100 * SECOND
    now = QueueNow.objects.get()
    assert now.surge_since is not None
    assert now.surge_sure is not None
    assert now.surge_sure > 0.9


def test_ingest_of_past_days_makes_the_forecast_due_and_that_of_today_does_not() -> None:
    past, today = make_queue("NE"), make_queue("SW")
    begun = NOW - timedelta(days=3)
    take(
        replace(queue_report(past, at=NOW, offered=20), interval_start=begun, interval_seconds=900),
        queue_report(today, at=NOW, offered=2),
    )
    assert list(ForecastQuality.objects.values_list("queue__code", "due_at")) == [("NE", NOW)]


def test_ingest_of_history_is_no_arrival_and_no_surge() -> None:
    queue = make_queue("NE")
    days = [replace(queue_report(queue, at=NOW, offered=300), interval_start=NOW - timedelta(days=day, hours=1),
                    interval_seconds=900) for day in range(1, 20)]  # fmt: skip
    take(*days, queue_report(queue, at=NOW + 30 * SECOND, offered=5), at=NOW + 30 * SECOND)
    fresh = QueueNow.objects.get()
    assert 4.5 < fresh.recent_arrivals <= 5
    assert fresh.surge_since is None
    # and once more while it is live
    more = [replace(day, offered=600, at=NOW + 40 * SECOND) for day in days]
    take(*more, queue_report(queue, at=NOW + 40 * SECOND, offered=7), at=NOW + 40 * SECOND)
    assert 6 < QueueNow.objects.get().recent_arrivals < 7
    assert Interval.objects.filter(offered=600).count() == len(days)


def test_ingest_after_a_silence_begins_anew() -> None:
    queue = make_queue("NE")
    take(queue_report(queue, at=NOW + 30 * SECOND, offered=500), at=NOW + 30 * SECOND)
    later = NOW + timedelta(hours=3)
    hours = [
        replace(
            queue_report(queue, at=later, offered=60), interval_start=NOW + timedelta(hours=hour), interval_seconds=3600
        )
        for hour in range(3)
    ]
    take(*hours, at=later)
    now = QueueNow.objects.get()
    # a contact a minute: the last quarter of an hour of the last hour, the older ones fading
    assert now.recent_arrivals / now.recent_seconds == pytest.approx(1 / 60, rel=0.02)
