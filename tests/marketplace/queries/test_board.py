"""The board's reads: trouble first, a fixed number of statements, nobody else's departments."""

from datetime import timedelta

import pytest

from marketplace.models import Interval, Policy, QueueNow
from marketplace.queries.board import Trouble, department_ids_of, floor
from tests.factories import NOW, make_agent, make_department, make_queue, make_user, on_duty

pytestmark = pytest.mark.django_db


def busy(queue, *, level=1.0, **now):
    Interval.objects.create(
        queue=queue,
        starts_at=NOW - timedelta(minutes=5),
        seconds=60,
        offered=100,
        answered=100,
        answered_in_target=round(100 * level),
        as_of=NOW - timedelta(minutes=4),
    )
    QueueNow.objects.create(queue=queue, as_of=NOW.timestamp() - 3, **now)
    return queue


def board(**kwargs):
    return floor(**{"department_ids": None, "now": NOW} | kwargs)


def test_floor_sorts_trouble_first_and_the_rest_by_name():
    busy(make_queue("b fine"))
    busy(make_queue("a fine"))
    busy(make_queue("a little"), level=0.7)
    busy(make_queue("much"), level=0.3)
    busy(make_queue("surging"), level=0.7, surge_since=NOW.timestamp() - 60, surge_factor=2.9, surge_sure=0.99)
    busy(make_queue("soon"), expected_share=0.6)
    names = [line.queue.name for line in board().lines]
    assert names == ["surging", "much", "a little", "soon", "a fine", "b fine"]


def test_floor_calls_each_queue_by_its_trouble():
    busy(make_queue("1"), level=0.3)
    busy(make_queue("2"), need=1)
    busy(make_queue("3"))
    make_queue("4")
    make_queue("5", opens="20:00", closes="21:00")
    troubles = {line.queue.name: line.trouble for line in board().lines}
    assert troubles == {
        "1": Trouble.MISSING,
        "2": Trouble.AT_RISK,
        "3": Trouble.FINE,
        "4": Trouble.QUIET,
        "5": Trouble.CLOSED,
    }


def test_floor_sums_level_waiting_and_people():
    cards, loans = busy(make_queue("cards"), level=0.9, waiting=0, need=3), busy(make_queue("loans"), level=0.5, need=1)
    on_duty(make_agent(cards), cards)
    on_duty(make_agent(loans), loans)
    state = board()
    assert (state.level, state.on_duty, state.need, state.gap) == (0.7, 2, 4, -2)
    assert not state.silent


def test_floor_says_when_the_switch_is_silent():
    queue = make_queue("cards")
    QueueNow.objects.create(queue=queue, as_of=NOW.timestamp() - 90)
    assert board().silent
    assert board().heard_at == NOW - timedelta(seconds=90)


def test_floor_shows_only_the_departments_given():
    here = make_queue("cards")
    make_queue("loans", department=make_department("Lending"))
    state = board(department_ids=[here.department_id])
    assert [line.queue for line in state.lines] == [here]
    assert [department.name for department in state.departments] == ["Retail"]


def test_floor_knows_whether_everything_is_stopped():
    assert not board().stopped
    Policy.objects.update(stopped=True)
    assert board().stopped


def test_departments_of_an_admin_are_all_and_of_a_dispatcher_those_given():
    retail = make_department("Retail")
    make_department("Lending")
    assert department_ids_of(user=make_user("mina@example.com", role="admin")) is None
    dispatcher = make_user("dov@example.com", role="dispatcher", departments=(retail,))
    assert department_ids_of(user=dispatcher) == (retail.pk,)
    assert department_ids_of(user=make_user("new@example.com", role="dispatcher")) == ()


@pytest.mark.parametrize("number", [1, 3])
def test_floor_asks_the_same_number_of_times_however_many_queues(number, django_assert_num_queries):
    for index in range(number):
        busy(make_queue(f"queue {index}"))
    with django_assert_num_queries(9):
        board()
