"""The floor, event by event: who takes whom, when, and what is counted."""

from random import Random

import pytest

from marketplace.matching.state import Presence
from marketplace.simulation.calls import Serve
from tests.marketplace.simulation.floors import HOUR, call, duty, floor


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
