"""One agent on the floor: moves and the time they take, the end of duty, wrap-up, pauses."""

from marketplace.matching.state import NOWHERE, Presence
from tests.marketplace.simulation.floors import HOUR, call, duty, floor


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
