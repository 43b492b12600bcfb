"""Replay: the same customers for all, the definitions to the letter, and no look at what is to come."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from marketplace.matching.state import NOWHERE, Limits
from marketplace.simulation.calls import Contact, Duty, Queue, World
from marketplace.simulation.expect import Known
from marketplace.simulation.policies import POLICIES
from marketplace.simulation.replay import run_replay
from marketplace.simulation.world import START, SurgeDay, surge_day

HOUR = 3600.0


def world(contacts, duties, *, queues=2):
    agents = 1 + max((duty.agent for duty in duties), default=0)
    return World(
        queues=tuple(Queue(code=f"Q{queue}") for queue in range(queues)),
        agents=tuple(f"A{agent}" for agent in range(agents)),
        duties=tuple(duties),
        contacts=tuple(contacts),
    )


def duty(agent, *skills, queue=None, starts=0.0, ends=HOUR):
    return Duty(agent, starts, ends, tuple((one, 5) for one in skills), skills[0] if queue is None else queue)


def play(made, *policies, **limits):
    return run_replay(made, policies=policies or tuple(POLICIES), limits=Limits(**limits)).policies


def test_replay_counts_by_the_vocabulary():
    contacts = [Contact(0, 0, 100, 500), Contact(0, 10, 50, 500), Contact(0, 20, 50, 30), Contact(1, 30, 9, 15)]
    one = play(world(contacts, [duty(0, 0)]), "static")["static"]
    assert one.service_level == 1 / 4
    assert one.abandonment == 2 / 4
    assert one.mean_wait_seconds == (0 + 90 + 30 + 15) / 4
    assert one.occupancy == 150 / HOUR
    assert (one.moves, one.moves_per_agent_hour) == (0, 0.0)
    assert one.queues["Q1"].offered == 1
    assert (one.queues["Q1"].service_level, one.queues["Q1"].abandonment) == (0.0, 1.0)
    assert one.queues["Q0"].mean_wait_seconds == 40


def test_replay_answers_null_where_nothing_is_offered_or_nobody_works():
    answer = run_replay(world([], []), policies=tuple(POLICIES))
    for one in answer.policies.values():
        assert (one.service_level, one.abandonment, one.mean_wait_seconds, one.occupancy) == (None,) * 4
        assert (one.moves, one.moves_per_agent_hour) == (0, None)
    assert answer.gap_closed == {"static_to_routing": None}


def test_replay_runs_on_until_nobody_waits():
    contacts = [Contact(0, 0, 300, 5000), Contact(0, 1, 300, 5000), Contact(0, 2, 300, 5000)]
    one = play(world(contacts, [duty(0, 0)]), "static")["static"]
    assert (one.abandonment, one.mean_wait_seconds) == (0, (0 + 299 + 598) / 3)


def test_replay_ends_with_the_last_duty_and_who_waits_then_has_abandoned():
    contacts = [Contact(0, 0, 300, 5000), Contact(0, 60, 300, 5000)]
    one = play(world(contacts, [duty(0, 0, ends=100.0)]), "static")["static"]
    assert (one.abandonment, one.mean_wait_seconds) == (1 / 2, 40 / 2)
    assert one.occupancy == 1.0  # a duty of 100 s and 200 s more to finish


def test_replay_waits_for_duty_still_to_come():
    contacts = [Contact(0, 0, 300, 5000)]
    one = play(world(contacts, [duty(0, 0, starts=500.0)]), "static")["static"]
    assert (one.abandonment, one.mean_wait_seconds) == (0, 500)


def test_replay_leaves_out_duty_that_ended_before_the_first_call():
    contacts = [Contact(0, 2 * HOUR, 360, 500)]
    duties = [duty(0, 0), duty(0, 0, starts=2 * HOUR, ends=3 * HOUR)]
    assert play(world(contacts, duties), "static")["static"].occupancy == 0.1


def test_replay_spreads_agents_by_forecast_load_per_agent():
    duties = [duty(agent, 0, 1, queue=NOWHERE) for agent in range(5)]
    made = world([Contact(0, 10, 60, 60), Contact(1, 11, 60, 60)], duties)
    forecast = Known(lambda at: [0.04, 0.01])
    seen = []

    class Spy(POLICIES["static"]):
        def place(self, floor):
            for agent, queue in super().place(floor):
                seen.append(queue)
                yield agent, queue

    POLICIES["spy"] = Spy
    try:
        run_replay(made, policies=["spy"], expectation=forecast)
        assert sorted(seen) == [0, 0, 0, 0, 1]
        seen.clear()
        run_replay(made, policies=["spy"])
        assert sorted(seen) in ([0, 0, 0, 1, 1], [0, 0, 1, 1, 1])
    finally:
        del POLICIES["spy"]


def test_greedy_sends_the_longest_idle_of_the_queue_with_most_idle():
    contacts = [Contact(2, 1, 60, 600)]
    duties = [duty(0, 0, 2), duty(1, 1, 2), duty(2, 1, 2), duty(3, 1)]
    one = play(world(contacts, duties, queues=3), "greedy", changeover_seconds=3.0)["greedy"]
    assert one.moves == 1
    assert one.mean_wait_seconds == 4 + 3  # the tick at 5, then the changeover


def test_greedy_sends_one_for_each_who_waits_and_nobody_who_is_not_eligible():
    contacts = [Contact(1, 1, 60, 600) for _ in range(3)]
    duties = [duty(0, 0, 1), duty(1, 0, 1), duty(2, 0)]
    one = play(world(contacts, duties), "greedy")["greedy"]
    assert one.moves == 2


def test_matcher_sends_help_to_who_waits():
    contacts = [Contact(1, 70 + number, 60, 600) for number in range(3)]
    duties = [duty(0, 0, 1), duty(1, 0, 1), duty(2, 0, 1)]
    one = play(world(contacts, duties), "matcher", "static")
    assert one["matcher"].moves > 0
    assert one["matcher"].abandonment < one["static"].abandonment


def test_plan_moves_on_the_quarter_by_the_forecast_alone():
    forecast = Known(lambda at: [0.05, 0.0] if at < 900 else [0.0, 0.05])
    contacts = [Contact(0, 5, 60, 600), Contact(1, 1000, 60, 600)]
    duties = [duty(agent, 0, 1) for agent in range(4)]
    made = world(contacts, duties)
    one = run_replay(made, policies=["plan"], expectation=forecast).policies["plan"]
    assert one.service_level == 1.0
    assert 0 < one.moves <= 4


def test_plan_without_a_forecast_is_static():
    made, _ = surge_day(SurgeDay(queues=4, agents=20, hours=0.5, surge_starts_hours=0.1), seed=1)
    outcomes = play(made, "static", "plan")
    assert outcomes["plan"] == outcomes["static"]


@pytest.mark.parametrize("policy", list(POLICIES))
def test_replay_gives_the_same_answer_every_time(policy):
    made, known = surge_day(SurgeDay(queues=4, agents=24, hours=0.5, surge_starts_hours=0.1), seed=3)
    first, again = (run_replay(made, policies=[policy], expectation=known) for _ in range(2))
    assert first == again


@pytest.mark.parametrize("policy", list(POLICIES))
def test_replay_knows_nothing_after_now(policy):
    """What happens before an instant is the same whatever is changed after it."""
    made, _ = surge_day(SurgeDay(queues=4, agents=24, hours=1.0, surge_starts_hours=0.2), seed=4)
    cut = START + 0.5 * HOUR
    changed = tuple(
        one if one.arrived_at < cut else replace(one, queue=0, handle_seconds=1.0, patience_seconds=1.0)
        for one in made.contacts
    )
    runs = []
    for contacts in (made.contacts, changed):
        seen = []

        class Spy(POLICIES[policy]):
            def decide(self, floor, seen=seen):
                moves = list(super().decide(floor))
                if floor.now < cut:
                    seen.append((floor.now, moves, [tally.copy() for tally in floor.tallies]))
                return moves

        POLICIES["spy"] = Spy
        try:
            run_replay(replace(made, contacts=contacts), policies=["spy"])
        finally:
            del POLICIES["spy"]
        runs.append(seen)
    assert runs[0] == runs[1]
    assert runs[0] or POLICIES[policy].name in {"static", "routing", "pooled"}


def test_replay_asks_nobody_while_nothing_happens():
    contacts = [Contact(0, 0, 60, 60), Contact(0, 50_000, 60, 60)]
    asked = []

    class Spy(POLICIES["matcher"]):
        def decide(self, floor):
            asked.append(floor.now)
            return super().decide(floor)

    POLICIES["spy"] = Spy
    try:
        run_replay(world(contacts, [duty(0, 0, 1, ends=60_000.0)]), policies=["spy"])
    finally:
        del POLICIES["spy"]
    assert len(asked) < 10


def test_replay_tells_its_progress():
    made, _ = surge_day(SurgeDay(queues=4, agents=20, hours=1.0, surge_starts_hours=0.1), seed=1)
    told = []
    run_replay(made, policies=["matcher"], progress=lambda name, share: told.append((name, share)))
    assert told
    assert all(name == "matcher" and 0 <= share <= 1 for name, share in told)


def test_replay_as_json_has_the_keys_that_people_script():
    answer = run_replay(world([Contact(0, 0, 60, 60)], [duty(0, 0)]), policies=tuple(POLICIES), seed=7).as_json()
    assert list(answer) == ["calls", "seed", "policies", "gap_closed"]
    assert (answer["calls"], answer["seed"]) == (1, 7)
    assert list(answer["policies"]) == ["static", "plan", "greedy", "matcher", "routing", "pooled"]
    one = answer["policies"]["matcher"]
    assert list(one) == [
        "service_level", "abandonment", "mean_wait_seconds", "occupancy", "moves", "moves_per_agent_hour", "queues",
    ]  # fmt: skip
    assert one["queues"]["Q0"] == {"offered": 1, "service_level": 1.0, "abandonment": 0.0, "mean_wait_seconds": 0.0}
    assert one["queues"]["Q1"]["service_level"] is None
    assert answer["gap_closed"] == {"static_to_routing": None}
    assert not any(isinstance(value, float) and math.isnan(value) for value in one.values())
