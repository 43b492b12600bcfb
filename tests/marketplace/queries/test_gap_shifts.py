"""What bookings, open places and standby close of the gap."""

from datetime import timedelta

import pytest

from marketplace.actions.check_in import check_in
from marketplace.actions.release import undo_claim
from marketplace.models import Shift
from tests.factories import NOW, make_agent, make_department, make_duty, make_queue
from tests.marketplace.bookings import hold, make_shift
from tests.marketplace.queries.gaps import HOUR, able, expect, gaps

pytestmark = pytest.mark.django_db


def test_open_shifts_are_told_apart_from_who_is_staffed():
    cards = make_queue("cards")
    expect(cards)
    for status, places in (("open", 3), ("draft", 5), ("cancelled", 7)):
        Shift.objects.create(
            queue=cards, starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR, places=places, status=status, work_place="home",
            breaks=[[(NOW + 1.5 * HOUR).timestamp(), (NOW + 1.75 * HOUR).timestamp(), False]], pay_per_hour=1, pay=1,
            currency="EUR", created_at=NOW, created_by="clock",
        )  # fmt: skip
    table = gaps()
    assert table.open[0].tolist() == [0, 0, 3, 1.5, 0, 0, 0, 0]
    assert (table.gap == table.need).all()


def shift_at_cards(cards, **fields):
    pause = [[(NOW + 1.5 * HOUR).timestamp(), (NOW + 1.75 * HOUR).timestamp(), False]]
    return make_shift(cards, **{"start": NOW + HOUR, "hours": 1, "breaks": pause, "places": 3} | fields)


def test_who_booked_a_place_is_staffed_and_the_place_no_longer_open():
    cards = make_queue("cards")
    hold(shift_at_cards(cards), make_agent(cards))
    table = gaps()
    assert table.staffed[0].tolist() == [0, 0, 1, 0.5, 0, 0, 0, 0]
    assert (table.booked == table.staffed).all()
    assert table.open[0].tolist() == [0, 0, 2, 1, 0, 0, 0, 0]


def test_who_has_checked_in_counts_once_and_not_during_breaks():
    cards = make_queue("cards")
    booking = hold(shift_at_cards(cards), make_agent(cards))
    check_in(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=NOW + 50 * timedelta(minutes=1))
    make_duty(make_agent(cards), queue=cards, start=NOW + HOUR, hours=1)
    table = gaps()
    assert table.staffed[0].tolist() == [0, 0, 2, 1.5, 0, 0, 0, 0]
    assert table.booked[0].tolist() == [0, 0, 1, 0.5, 0, 0, 0, 0]


def test_who_gave_a_place_back_is_not_staffed():
    cards = make_queue("cards")
    booking = hold(shift_at_cards(cards), make_agent(cards))
    undo_claim(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=NOW)
    table = gaps()
    assert table.staffed.sum() == 0
    assert table.open[0].tolist() == [0, 0, 3, 1.5, 0, 0, 0, 0]


def test_free_places_of_a_shift_that_has_begun_promise_nobody():
    cards = make_queue("cards")
    shift_at_cards(cards, start=NOW - HOUR, hours=3, breaks=[])
    assert gaps().open.sum() == 0


def test_standby_serves_queues_of_its_department_only():
    cards, loans = make_queue("cards"), make_queue("loans", department=make_department("Lending"))
    for queue in (cards, loans):
        expect(queue, mean=4)
    agent = make_agent(cards, loans, department=loans.department)
    hold(shift_at_cards(None, department=loans.department, breaks=[]), agent)
    table = gaps(able=able(pairs=[(agent, [cards, loans])]))
    assert table.staffed.tolist() == [[0] * 8, [0, 0, 1, 1, 0, 0, 0, 0]]
    assert table.booked.sum() == 0


def test_open_standby_is_counted_once_where_its_department_misses_people():
    cards, mail = make_queue("cards"), make_queue("mail")
    loans = make_queue("loans", department=make_department("Lending"))
    for queue in (cards, loans):
        expect(queue, mean=4)
    shift_at_cards(None, department=cards.department, places=2, breaks=[])
    table = gaps()
    assert table.queues == [cards, loans, mail]
    assert table.open[:, 2].tolist() == pytest.approx([2, 0, 0])
    assert table.open.sum() == pytest.approx(4)
    assert gaps(only=cards.pk).open[0].tolist() == table.open[0].tolist()
