"""The floor, event by event: who takes whom, when, and what is counted."""

from __future__ import annotations

import math
from random import Random

import pytest

from marketplace.matching.state import NOWHERE, Presence
from marketplace.simulation.calls import Contact, Duty, Rules, Serve
from marketplace.simulation.floor import Floor

HOUR = 3600.0


def duty(agent, *skills, starts=0.0, ends=HOUR, queue=None):
    return Duty(agent, starts, ends, tuple((one, 5) for one in skills), skills[0] if queue is None else queue)


def call(queue, at, handle=60.0, patience=math.inf):
    return Contact(queue, at, handle, patience)


def floor(contacts, duties, *, queues=2, target=20.0, place=None, pace=None, **rules):
    agents = 1 + max((one.agent for one in duties), default=0)
    return Floor(
        target_seconds=[target] * queues,
        agents=agents,
        contacts=contacts,
        duties=duties,
        rules=Rules(**rules),
        place=place,
        pace=pace,
    )


def test_floor_serves_first_come_first_served_within_a_queue():
    made = floor([call(0, 0, 30), call(0, 1, 5), call(0, 2, 500)], [duty(0, 0)])
    made.advance(32)
    assert made.lines.waiting == [1, 0]
    assert made.desks[0].contact.handle_seconds == 5
    made.advance(35)
    assert made.desks[0].contact.handle_seconds == 500
    assert made.tallies[0].wait_seconds == (30 - 1) + (35 - 2)


def test_floor_gives_the_next_contact_to_the_agent_idle_longest():
    contacts = [call(0, 0, 10), call(0, 1, 5), call(0, 20)]
    made = floor(contacts, [duty(0, 0), duty(1, 0)])
    made.advance(20)
    assert made.desks[1].presence == Presence.ON_CONTACT  # free since 6, the other since 10
    assert made.desks[0].presence == Presence.READY


def test_floor_counts_an_answer_at_the_target_as_in_target_and_later_as_not():
    made = floor([call(0, 0, 20), call(0, 0, 1), call(0, 0, 1)], [duty(0, 0)])
    made.advance(100)
    tally = made.tallies[0]
    assert (tally.offered, tally.answered, tally.answered_in_target) == (3, 3, 2)


def test_floor_lets_patience_end_and_counts_the_wait_until_then():
    made = floor([call(0, 0, 60), call(0, 10, 60, patience=15)], [duty(0, 0)])
    made.advance(100)
    tally = made.tallies[0]
    assert (tally.answered, tally.abandoned, tally.wait_seconds) == (1, 1, 15)


def test_floor_answers_whose_turn_comes_at_the_very_end_of_patience():
    made = floor([call(0, 0, 60), call(0, 10, 60, patience=50)], [duty(0, 0)])
    made.advance(60)
    assert made.tallies[0].answered == 2


def test_floor_answers_the_impatient_when_somebody_is_idle():
    made = floor([call(0, 0, 60, patience=0.0), call(0, 1, 60, patience=0.0)], [duty(0, 0)])
    made.advance(1)
    assert (made.tallies[0].answered, made.tallies[0].abandoned) == (1, 1)


def test_floor_serves_only_the_queue_of_the_assignment():
    made = floor([call(1, 0)], [duty(0, 0, 1)])
    made.advance(10)
    assert made.lines.waiting == [0, 1]


def test_floor_routes_by_skill_to_the_longest_wait():
    contacts = [call(0, 0, 30), call(1, 5, 7), call(0, 6, 9)]
    made = floor(contacts, [duty(0, 0, 1)], serve=Serve.SKILLS)
    made.advance(30)
    assert made.desks[0].contact.queue == 1
    made.advance(37)
    assert made.desks[0].contact.handle_seconds == 9


def test_floor_pools_everything_whatever_the_skills():
    made = floor([call(1, 0)], [duty(0, 0)], serve=Serve.EVERYTHING)
    made.advance(0)
    assert made.tallies[1].answered == 1


def test_floor_keeps_a_moved_agent_away_for_the_changeover():
    made = floor([call(1, 0)], [duty(0, 0, 1)], changeover_seconds=30.0)
    made.advance(10)
    made.assign(agent=0, queue=1)
    made.advance(39.9)
    assert made.tallies[1].answered == 0
    assert made.desks[0].presence == Presence.READY
    assert not made.desks[0].idle(39.9)
    made.advance(40)
    assert made.tallies[1].answered == 1
    assert made.desks[0].tally.moves == 1


def test_floor_gives_nothing_to_the_queue_that_a_moved_agent_left():
    made = floor([call(0, 20)], [duty(0, 0, 1)])
    made.advance(10)
    made.assign(agent=0, queue=1)
    made.advance(30)
    assert made.lines.waiting == [1, 0]


def test_floor_lets_a_busy_agent_finish_before_the_changeover():
    made = floor([call(0, 0, 60), call(0, 1), call(1, 2)], [duty(0, 0, 1)], changeover_seconds=10.0)
    made.advance(30)
    made.assign(agent=0, queue=1)
    assert (made.desks[0].queue, made.desks[0].heading) == (0, 1)
    made.advance(69)
    assert (made.tallies[0].answered, made.tallies[1].answered) == (1, 0)
    made.advance(70)
    assert made.tallies[1].answered == 1


def test_floor_turns_a_move_round_within_the_changeover():
    made = floor([call(0, 12)], [duty(0, 0, 1)], changeover_seconds=10.0)
    made.advance(5)
    made.assign(agent=0, queue=1)
    made.advance(8)
    made.assign(agent=0, queue=0)
    made.advance(17)
    assert made.tallies[0].answered == 0
    made.advance(18)
    assert made.tallies[0].answered == 1


def test_floor_counts_no_move_to_where_the_agent_is_or_for_one_who_is_off_duty():
    made = floor([], [duty(0, 0, 1, starts=100.0)])
    made.assign(agent=0, queue=1)
    made.advance(100)
    made.assign(agent=0, queue=0)
    assert made.desks[0].tally.moves == 0
    assert made.desks[0].heading == 0


def test_floor_finishes_the_contact_in_hand_after_the_end_of_duty_and_takes_no_other():
    made = floor([call(0, 95, 60), call(0, 96)], [duty(0, 0, ends=100.0)])
    made.advance(200)
    assert made.tallies[0].answered == 1
    assert made.desks[0].presence == Presence.OFFLINE
    assert made.desks[0].tally.duty_seconds == 155
    assert made.desks[0].tally.busy_seconds == 60


def test_floor_gives_no_contact_to_who_goes_off_duty_at_that_instant():
    made = floor([call(0, 100)], [duty(0, 0, ends=100.0)])
    made.advance(100)
    assert made.tallies[0].answered == 0


def test_floor_starts_the_next_duty_with_the_last_contact_of_the_one_before():
    duties = [duty(0, 0, ends=100.0), duty(0, 1, starts=110.0, ends=300.0)]
    made = floor([call(0, 95, 60), call(1, 120)], duties, changeover_seconds=5.0)
    made.advance(159)
    assert made.tallies[1].answered == 0
    made.advance(160)
    assert made.tallies[1].answered == 1


def test_floor_holds_wrap_up_between_contacts():
    made = floor([call(0, 0, 10), call(0, 1, 10)], [duty(0, 0)], wrap_up_seconds=8.0)
    made.advance(10)
    assert made.desks[0].presence == Presence.WRAP_UP
    made.advance(17.9)
    assert made.tallies[0].answered == 1
    made.advance(36)
    assert made.tallies[0].finished == 2
    assert made.tallies[0].handle_seconds == 36
    assert made.desks[0].tally.busy_seconds == 36


def test_floor_pauses_an_idle_agent_at_once_and_a_busy_one_after_the_contact():
    made = floor([call(0, 0, 10), call(0, 5), call(1, 5)], [duty(0, 0), duty(1, 1)])
    made.advance(1)
    made.pause(agent=0)
    made.pause(agent=1)
    made.advance(30)
    assert [desk.presence for desk in made.desks] == [Presence.PAUSED, Presence.PAUSED]
    assert made.lines.waiting == [1, 1]
    made.resume(agent=0)
    assert made.lines.waiting == [0, 1]
    made.close()
    assert made.desks[0].tally.paused_seconds == 20
    assert made.desks[1].tally.paused_seconds == HOUR - 1


def test_floor_forgets_a_pause_that_was_called_off():
    made = floor([call(0, 0, 10)], [duty(0, 0)])
    made.advance(1)
    made.pause(agent=0)
    made.resume(agent=0)
    made.advance(10)
    assert made.desks[0].presence == Presence.READY


def test_floor_places_together_those_who_come_on_duty_together():
    asked = []

    def place():
        asked.append([desk.number for desk in made.desks if desk.on_duty() and desk.heading == NOWHERE])
        return [(0, 1), (1, 0)]

    duties = [duty(0, 0, 1, queue=NOWHERE), duty(1, 0, queue=NOWHERE)]
    made = floor([call(0, 0), call(1, 0)], duties, place=place)
    made.advance(0)
    assert asked == [[0, 1]]
    assert [tally.answered for tally in made.tallies] == [1, 1]  # there at once: coming from nowhere takes no time
    assert [desk.tally.moves for desk in made.desks] == [0, 0]


def test_floor_blocks_beyond_its_places_and_lines():
    made = floor([call(0, 0), call(0, 1), call(0, 2)], [duty(0, 0)], places=1)
    made.advance(10)
    assert made.tallies[0].blocked == 1
    made = floor([call(0, 0), call(0, 1), call(0, 2)], [duty(0, 0)], lines=1)
    made.advance(10)
    assert (made.tallies[0].blocked, made.tallies[0].offered) == (2, 3)


def test_floor_lets_who_abandoned_call_again():
    def again(contact, now):
        return call(contact.queue, now + 100, 1) if contact.patience_seconds < 100 else None

    made = floor([call(0, 0, 60), call(0, 1, 1, patience=5)], [duty(0, 0)], again=again)
    made.advance(200)
    assert (made.tallies[0].offered, made.tallies[0].answered, made.tallies[0].abandoned) == (3, 2, 1)


def test_floor_chooses_any_idle_agent_where_asked():
    taken = set()
    for seed in range(20):
        made = floor([call(0, 0)], [duty(agent, 0) for agent in range(3)], any_idle=Random(seed))
        made.advance(0)
        taken |= {desk.number for desk in made.desks if desk.presence == Presence.ON_CONTACT}
    assert taken == {0, 1, 2}


def test_floor_multiplies_handle_times_by_the_pace_of_the_agent():
    made = floor([call(0, 0, 60)], [duty(0, 0)], pace=[1.5])
    made.advance(89)
    assert made.tallies[0].finished == 0
    made.advance(90)
    assert made.tallies[0].handle_seconds == 90


def test_floor_close_gives_up_who_waits_and_finishes_who_is_served():
    made = floor([call(0, 0, 500), call(0, 10)], [duty(0, 0, ends=HOUR)])
    made.advance(30)
    made.close()
    tally = made.tallies[0]
    assert (tally.answered, tally.abandoned, tally.finished) == (1, 1, 1)
    assert (tally.wait_seconds, tally.handle_seconds) == (20, 500)
    assert made.desks[0].tally.duty_seconds == HOUR


def test_floor_takes_an_endless_stream_of_contacts():
    def endless():
        at = 0.0
        while True:
            at += 10
            yield call(0, at, 5)

    made = floor(endless(), [duty(0, 0)])
    made.advance(1000)
    assert made.tallies[0].answered == 100
    assert made.agenda.next_at == pytest.approx(1005)


@pytest.mark.parametrize("serve", list(Serve))
def test_floor_loses_nobody(serve):
    random = Random(7)
    contacts = sorted(
        (
            call(random.randrange(3), random.uniform(0, HOUR), random.expovariate(1 / 60), random.expovariate(1 / 60))
            for _ in range(400)
        ),
        key=lambda one: one.arrived_at,
    )
    duties = [
        duty(agent, *random.sample(range(3), 2), starts=random.uniform(0, 600), ends=random.uniform(1800, HOUR))
        for agent in range(8)
    ]
    made = floor(contacts, duties, queues=3, serve=serve)
    for step in range(0, 3600, 7):
        made.advance(step)
        made.assign(agent=random.randrange(8), queue=random.randrange(3))
        assert sum(tally.offered - tally.answered - tally.abandoned for tally in made.tallies) == made.lines.total
        assert made.in_service == sum(tally.answered - tally.finished for tally in made.tallies)
        assert made.in_service == sum(desk.presence == Presence.ON_CONTACT for desk in made.desks)
    made.advance(HOUR)
    made.close()
    assert sum(tally.offered for tally in made.tallies) == 400
    assert all(tally.offered == tally.answered + tally.abandoned for tally in made.tallies)
    assert sum(desk.tally.busy_seconds for desk in made.desks) == pytest.approx(
        sum(tally.handle_seconds for tally in made.tallies)
    )
