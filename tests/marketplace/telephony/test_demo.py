"""The demo bank's switch does what is wanted and tells what is so."""

from datetime import datetime

import pytest

from marketplace.simulation.demo import demo_bank
from marketplace.telephony.demo import DemoSwitch
from marketplace.telephony.switch import AgentRow, QueueRow, Wish

START = 1_780_000_040.0
"""Twenty seconds past a full minute."""
CHANGEOVER = 5.0
BANK = demo_bank()
ADA = BANK.agents[0]


class Clock:
    """Time that a test moves on."""

    now = START

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def switch(clock: Clock) -> DemoSwitch:
    return DemoSwitch(BANK, seed=3, clock=clock)


def wish(switch: DemoSwitch, agent: str = ADA.code, queue: str | None = ADA.queue, **wanted: object) -> None:
    switch.obey([Wish(agent=agent, queue=queue, **wanted)], all_of_them=False)


def row_of(switch: DemoSwitch, agent: str = ADA.code) -> AgentRow:
    return next(row for row in switch.agent_rows(all_of_them=True) if row["agent"] == agent)


def staff(switch: DemoSwitch) -> None:
    switch.obey([Wish(agent=agent.code, queue=agent.queue) for agent in BANK.agents], all_of_them=True)


def seconds(instant: str) -> float:
    return datetime.fromisoformat(instant).timestamp() - START


def play_until(switch: DemoSwitch, clock: Clock, presence: str, agent: str = ADA.code) -> float:
    """Move on until the agent does this; when that was."""
    while row_of(switch, agent)["presence"] != presence:
        clock.now += 0.5
        assert clock.now < START + 3600, f"{agent} never {presence}"
    return clock.now


def test_demo_switch_has_nobody_on_duty_until_it_is_told(switch: DemoSwitch, clock: Clock) -> None:
    clock.now += 30
    rows = switch.agent_rows(all_of_them=True)
    assert len(rows) == len(BANK.agents)
    assert {row["presence"] for row in rows} == {"OFFLINE"}
    wish(switch)
    assert row_of(switch)["presence"] in {"READY", "ON_CONTACT"}
    assert row_of(switch)["queue"] == ADA.queue


def test_demo_switch_reports_only_what_changed(switch: DemoSwitch, clock: Clock) -> None:
    switch.agent_rows(all_of_them=True)
    wish(switch)
    clock.now += 0.5
    assert [row["agent"] for row in switch.agent_rows(all_of_them=False)] == [ADA.code]
    assert switch.agent_rows(all_of_them=False) == []


def test_demo_switch_dates_a_change_when_it_happened(switch: DemoSwitch, clock: Clock) -> None:
    clock.now += 10
    wish(switch)
    clock.now += 0.5
    assert seconds(switch.agent_rows(all_of_them=False)[0]["at"]) == pytest.approx(10, abs=0.01)


def test_demo_switch_shows_a_moved_agent_at_the_new_queue_after_the_changeover(
    switch: DemoSwitch, clock: Clock
) -> None:
    wish(switch)
    switch.agent_rows(all_of_them=True)
    clock.now += 0.2
    wish(switch, queue="cards-lost")
    clock.now += CHANGEOVER - 0.5
    assert switch.agent_rows(all_of_them=False) == []
    assert (row_of(switch)["presence"], row_of(switch)["queue"]) == ("READY", ADA.queue)
    clock.now += 2
    (row,) = switch.agent_rows(all_of_them=False)
    assert (row["presence"], row["queue"]) == ("READY", "cards-lost")
    assert seconds(row["at"]) == pytest.approx(0.2 + CHANGEOVER, abs=0.01)


def test_demo_switch_moves_a_busy_agent_after_the_contact(switch: DemoSwitch, clock: Clock) -> None:
    staff(switch)
    play_until(switch, clock, "ON_CONTACT")
    wish(switch, queue="cards-lost")
    clock.now += 0.1
    assert (row_of(switch)["presence"], row_of(switch)["queue"]) == ("ON_CONTACT", ADA.queue)
    play_until(switch, clock, "READY")
    clock.now += CHANGEOVER + 0.5
    assert row_of(switch)["queue"] == "cards-lost"


def test_demo_switch_pauses_after_the_contact_and_resumes(switch: DemoSwitch, clock: Clock) -> None:
    staff(switch)
    play_until(switch, clock, "ON_CONTACT")
    wish(switch, ready=False, reason="lunch")
    assert row_of(switch)["presence"] == "ON_CONTACT"
    play_until(switch, clock, "PAUSED")
    assert row_of(switch)["reason"] == "lunch"
    clock.now += 600
    assert row_of(switch)["presence"] == "PAUSED"
    wish(switch, ready=True)
    assert row_of(switch)["presence"] in {"READY", "ON_CONTACT"}
    assert row_of(switch)["reason"] == ""


def test_demo_switch_takes_back_a_pause_that_was_still_to_come(switch: DemoSwitch, clock: Clock) -> None:
    staff(switch)
    play_until(switch, clock, "ON_CONTACT")
    wish(switch, ready=False, reason="lunch")
    wish(switch, ready=True)
    play_until(switch, clock, "WRAP_UP")
    play_until(switch, clock, "READY")


def test_demo_switch_signs_off_after_the_contact(switch: DemoSwitch, clock: Clock) -> None:
    staff(switch)
    play_until(switch, clock, "ON_CONTACT")
    wish(switch, queue=None, ready=False)
    assert row_of(switch)["presence"] == "ON_CONTACT"
    play_until(switch, clock, "OFFLINE")
    assert row_of(switch)["queue"] is None


def test_demo_switch_keeps_one_who_is_wanted_again_before_leaving(switch: DemoSwitch, clock: Clock) -> None:
    staff(switch)
    play_until(switch, clock, "ON_CONTACT")
    wish(switch, queue=None)
    wish(switch)
    play_until(switch, clock, "WRAP_UP")
    play_until(switch, clock, "READY")


def test_demo_switch_signs_off_who_is_not_among_all(switch: DemoSwitch) -> None:
    staff(switch)
    switch.obey([Wish(agent=ADA.code, queue=ADA.queue)], all_of_them=True)
    on_duty = [row["agent"] for row in switch.agent_rows(all_of_them=True) if row["presence"] != "OFFLINE"]
    assert on_duty == [ADA.code]


def test_demo_switch_leaves_other_switches_alone(switch: DemoSwitch) -> None:
    wish(switch, agent="somebody-else")
    wish(switch, queue="elsewhere")
    assert {row["presence"] for row in switch.agent_rows(all_of_them=True)} == {"OFFLINE"}


def test_demo_switch_obeys_twice_as_once(switch: DemoSwitch, clock: Clock) -> None:
    wish(switch)
    wish(switch, queue="cards-lost")
    clock.now += 2
    wish(switch, queue="cards-lost")
    clock.now += CHANGEOVER - 1.5
    assert row_of(switch)["queue"] == "cards-lost", "the second wish began the changeover anew"


def totals(rows: list[QueueRow]) -> dict[tuple[str, str], int]:
    return {(row["queue"], row["interval_start"]): row["offered"] for row in rows}


def test_demo_switch_reports_every_interval_whole_however_seldom_it_is_asked() -> None:
    often, seldom = Clock(), Clock()
    one, other = DemoSwitch(BANK, seed=3, clock=often), DemoSwitch(BANK, seed=3, clock=seldom)
    for switch in (one, other):
        staff(switch)
    since, seen = START, {}
    for _ in range(250):
        often.now += 1
        seen |= totals(one.queue_rows(since=since))
        since = often.now
    seldom.now += 250
    assert totals(other.queue_rows(since=START)) == seen
    starts = sorted({start for _, start in seen})
    assert [seconds(start) for start in starts] == [0, 40, 100, 160, 220]
    assert sum(seen.values()) > 100


def test_demo_switch_cuts_its_first_interval_short(switch: DemoSwitch, clock: Clock) -> None:
    clock.now += 45
    lengths = {row["interval_start"]: row["interval_seconds"] for row in switch.queue_rows(since=START)}
    assert list(lengths.values()) == [40, 60]


def test_demo_switch_repeats_intervals_that_ended_since(switch: DemoSwitch, clock: Clock) -> None:
    clock.now += 45
    ended = len(BANK.queues)
    assert len(switch.queue_rows(since=START)) == 2 * ended
    assert len(switch.queue_rows(since=START)) == 2 * ended, "asking must not use them up"
    assert len(switch.queue_rows(since=clock.now)) == ended


def test_demo_switch_counts_add_up(switch: DemoSwitch, clock: Clock) -> None:
    staff(switch)
    clock.now += 900
    rows = switch.queue_rows(since=START)
    offered, answered, abandoned = (sum(row[name] for row in rows) for name in ("offered", "answered", "abandoned"))
    waiting = sum(row["waiting"] for row in rows[-len(BANK.queues) :])
    assert offered == answered + abandoned + waiting
    assert answered > 300
    assert all(row["answered_in_target"] <= row["answered"] for row in rows)


def test_demo_switch_at_speed_reports_a_faster_centre() -> None:
    plain, fast = Clock(), Clock()
    one, other = DemoSwitch(BANK, seed=3, clock=plain), DemoSwitch(BANK, seed=3, speed=10, clock=fast)
    for switch in (one, other):
        staff(switch)
    plain.now += 600
    fast.now += 60
    slow_rows, fast_rows = one.queue_rows(since=START), other.queue_rows(since=START)
    assert sum(row["offered"] for row in fast_rows) == sum(row["offered"] for row in slow_rows)
    assert sum(row["handle_seconds"] for row in fast_rows) == pytest.approx(
        sum(row["handle_seconds"] for row in slow_rows) / 10
    )
    assert max(seconds(row["at"]) for row in other.agent_rows(all_of_them=True)) <= 60


def test_demo_switch_stands_still_when_the_clock_is_set_back(switch: DemoSwitch, clock: Clock) -> None:
    clock.now += 90
    before = switch.queue_rows(since=clock.now)
    clock.now -= 3600
    assert switch.queue_rows(since=START + 90) == before
