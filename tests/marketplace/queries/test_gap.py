"""Need against staffed: who counts where, now and ahead."""

from datetime import timedelta

import numpy as np
import pytest
from django.db.models import F

from marketplace.models import Assignment, Duty, Forecast, Interval, QueueNow
from marketplace.queries.forecast import read_came, read_expected
from marketplace.queries.gap import place
from marketplace.queries.grid import Grid
from marketplace.queries.need import people_needed
from marketplace.queries.staffed import Staffed
from marketplace.staffing.intervals import interval_need
from tests.factories import NOW, make_agent, make_department, make_duty, make_queue, on_duty
from tests.marketplace.bookings import hold, make_shift
from tests.marketplace.queries.gaps import GRID, HOUR, able, expect, gaps

pytestmark = pytest.mark.django_db


def test_people_count_where_they_are_now_and_later_at_the_queue_of_their_duty():
    cards, loans = make_queue("cards"), make_queue("loans")
    row = on_duty(make_agent(cards, loans), cards)
    row.queue = loans
    row.save()
    table = gaps()
    assert table.queues == [cards, loans]
    assert table.staffed[:, :2].tolist() == [[0, 1], [1, 0]]
    assert table.staffed[0].tolist() == [0, 1, 1, 1, 1, 1, 0, 0]


def test_duty_counts_for_the_part_of_an_interval_that_it_covers():
    cards = make_queue("cards")
    make_duty(make_agent(cards), queue=cards, start=NOW + 1.25 * HOUR, hours=0.5)
    assert gaps().staffed[0].tolist() == [0, 0, 0.5, 0.5, 0, 0, 0, 0]


def test_whoever_signed_off_is_no_longer_planned():
    cards = make_queue("cards")
    duty = make_duty(make_agent(cards), queue=cards)
    Duty.objects.filter(pk=duty.pk).update(signed_off_at=NOW - timedelta(minutes=5))
    assert gaps().staffed.sum() == 0


def test_what_was_is_read_from_assignments():
    cards = make_queue("cards")
    agent = make_agent(cards)
    Assignment.objects.create(agent=agent, queue=cards, period=(NOW - HOUR, NOW - 0.25 * HOUR))
    past = Grid.ahead(now=NOW - HOUR, until=NOW + HOUR, step_seconds=1800)
    assert gaps(grid=past).staffed[0].tolist() == [1, 0.5, 0, 0]


def test_before_the_first_duty_nothing_is_planned_and_nobody_is_missing():
    cards, mail = make_queue("cards"), make_queue("mail")
    loans = make_queue("loans", department=make_department("Lending"))
    for queue in (cards, mail, loans):
        expect(queue)
    make_duty(make_agent(cards), queue=cards, start=NOW + HOUR, hours=1)
    table = gaps()
    assert table.queues == [cards, loans, mail]
    # of its department too, but no other's; and what is missing afterwards is
    assert table.unplanned.tolist() == [[True] * 2 + [False] * 6, [True] * 8, [True] * 2 + [False] * 6]
    assert (table.short[:, :2] == 0).all()
    assert (table.short[[0, 2], 2:] > 0).all()
    assert (table.bare + table.short == np.maximum(table.gap, 0)).all()
    Duty.objects.update(begun_at=NOW)
    assert gaps().unplanned.tolist() == table.unplanned.tolist()


@pytest.mark.parametrize("planned", ["booking", "open shift", "person without a queue"])
def test_a_booking_an_open_place_or_a_person_without_a_queue_is_planned_too(planned):
    cards = make_queue("cards")
    expect(cards)
    agent = make_agent(cards)
    if planned == "person without a queue":
        make_duty(agent, start=NOW + HOUR, hours=1)
    else:
        shift = make_shift(cards, start=NOW + HOUR, hours=1, breaks=[], places=1)
        if planned == "booking":
            hold(shift, agent)
    table = gaps(able=able(pairs=[(agent, [cards])]))
    assert table.unplanned[0].tolist() == [True] * 2 + [False] * 6


def test_past_counts_from_the_first_assignment_on_unless_there_was_duty_before():
    cards = make_queue("cards")
    past = Grid.ahead(now=NOW - 2 * HOUR, until=NOW + HOUR, step_seconds=1800)
    expect(cards, start=NOW - 2 * HOUR)
    agent = make_agent(cards)
    make_duty(agent, queue=cards, start=NOW - 2 * HOUR, hours=4)
    Assignment.objects.create(agent=agent, queue=cards, period=(NOW - HOUR, None))
    table = gaps(grid=past)
    assert table.unplanned[0].tolist() == [True, True, False, False, False, False]
    assert (table.short[0, :2] == 0).all()
    Duty.objects.create(agent=agent, queue=cards, period=(NOW - 30 * HOUR, NOW - 22 * HOUR), begun_at=NOW - 30 * HOUR)
    table = gaps(grid=past)
    assert not table.unplanned.any()
    assert (table.short[0, :2] == table.need[0, :2]).all()


def test_people_without_a_queue_go_where_most_are_missing_among_what_they_can_serve():
    cards, loans, mail = make_queue("cards"), make_queue("loans"), make_queue("mail")
    for queue in (cards, loans, mail):
        expect(queue, mean=4)
    agents = [make_agent(cards, loans), make_agent(loans)]
    for agent in agents:
        make_duty(agent, start=NOW + HOUR, hours=1)
    known = able(pairs=[(agents[0], [cards, loans]), (agents[1], [loans])])
    table = gaps(able=known)
    assert table.staffed[:, :2].sum() == 0
    assert table.staffed[:, 2].sum() == pytest.approx(2)
    assert table.staffed[2].sum() == 0
    assert table.staffed[1, 2] > 1
    assert gaps().staffed.sum() == 0


def test_placing_loses_nobody_and_fills_before_it_overfills():
    need = np.array([[4], [2], [0]])
    staffed = Staffed(
        placed=np.array([[1.0], [1.0], [0.0]]),
        booked=np.zeros((3, 1)),
        free=np.array([[2.0], [5.0]]),
        serves=np.array([[True, False, False], [True, True, True]]),
    )
    placed = place(staffed, need=need)
    assert placed.sum() == pytest.approx(9)
    assert (placed[:2, 0] >= [4, 2]).all()


def test_need_is_that_of_the_forecast_at_its_mean_and_quantiles():
    cards = make_queue("cards", occupancy_cap=0.85, shrinkage=0.1, least_agents=3)
    expect(cards, mean=60, steps=4)
    table = gaps()
    for found, contacts in ((table.need, 60.0), (table.low, 48.0), (table.high, 72.0)):
        exact = interval_need(
            contacts=contacts, interval_seconds=1800, handle_seconds=180, patience_seconds=180, target_share=0.8,
            target_seconds=20, occupancy_cap=0.85, shrinkage=0.1, least_agents=3,
        )  # fmt: skip
        assert found[0, :4] == pytest.approx([int(exact.heads)] * 4, abs=1)
        assert found[0, 4:].tolist() == [0] * 4
    assert (table.gap == table.need).all()


def test_open_queue_needs_its_least_agents_and_a_closed_one_nobody():
    queue = make_queue("cards", least_agents=2)
    assert people_needed(queues=[queue], rate=np.array([[0.0, np.nan]])).tolist() == [[2, 0]]


def test_forecast_of_other_steps_is_spread_over_the_cells():
    cards, loans = make_queue("cards"), make_queue("loans")
    expect(cards, mean=60, seconds=3600, steps=2)
    expect(loans, mean=15, seconds=900, start=NOW, steps=3)
    mean = read_expected(queue_ids=[cards.pk, loans.pk], grid=GRID).mean
    assert mean[0, :5] == pytest.approx([1 / 60] * 4 + [np.nan], nan_ok=True)
    assert mean[1, :3] == pytest.approx([1 / 60, 1 / 60, np.nan], nan_ok=True)


def test_what_came_is_counted_once_and_unknown_where_little_was_counted():
    cards = make_queue("cards")
    past = Grid.ahead(now=NOW - HOUR, until=NOW + HOUR, step_seconds=1800)

    def came(start, seconds, offered):
        Interval.objects.create(
            queue=cards, starts_at=start, seconds=seconds, offered=offered, as_of=start + timedelta(seconds=seconds)
        )

    came(NOW - HOUR, 1800, 90)
    for minute in range(30):
        came(NOW - HOUR + minute * timedelta(minutes=1), 60, 3)
    came(NOW - HOUR / 2, 60, 3)
    assert read_came(queue_ids=[cards.pk], grid=past)[0] == pytest.approx([0.05, np.nan, np.nan, np.nan], nan_ok=True)


def test_surge_says_what_it_would_take():
    cards, loans = make_queue("cards"), make_queue("loans")
    expect(cards, mean=60)
    on_duty(make_agent(cards), cards)
    for queue in (cards, loans):
        QueueNow.objects.create(queue=queue, surge_since=NOW.timestamp() - 60, surge_factor=3.0, surge_sure=0.98)
    table = gaps()
    alarm = table.alarms[cards.pk]
    tripled = int(people_needed(queues=[cards], rate=np.array([[0.1]]))[0, 0])
    assert (alarm.need, alarm.there, alarm.missing) == (tripled, 1, tripled - 1)
    assert tripled > table.need[0, 0]
    assert (alarm.surge.factor, alarm.surge.sure) == (3.0, 0.98)
    assert (table.alarms[loans.pk].need, table.alarms[loans.pk].missing) == (None, None)


def test_a_surge_that_has_corrected_the_forecast_is_not_counted_twice():
    cards = make_queue("cards")
    expect(cards, mean=60)
    QueueNow.objects.create(queue=cards, surge_since=NOW.timestamp() - 60, surge_factor=3.0, surge_sure=0.98)
    before = gaps().alarms[cards.pk].need
    Forecast.objects.update(planned_mean=F("mean"), planned_p10=F("p10"), planned_p50=F("p50"), planned_p90=F("p90"))
    Forecast.objects.update(mean=3 * F("mean"))
    table = gaps()
    assert table.alarms[cards.pk].need == before
    assert table.need[0, 0] == before


def test_a_queue_by_itself_has_the_people_it_has_among_the_others():
    cards, loans = make_queue("cards"), make_queue("loans")
    for queue in (cards, loans):
        expect(queue, mean=4)
    agent = make_agent(cards, loans)
    make_duty(agent, start=NOW + HOUR, hours=1)
    known = able(pairs=[(agent, [cards, loans])])
    alone = gaps(able=known, only=cards.pk)
    assert alone.queues == [cards]
    assert alone.staffed[0, 2] == pytest.approx(0.5)
    assert alone.need.tolist() == gaps().need[:1].tolist()


def test_other_departments_are_left_out():
    here, there = make_queue("cards"), make_queue("loans", department=make_department("Lending"))
    assert gaps(department_ids=[there.department_id]).queues == [there]
    assert gaps(only=here.pk).queues == [here]
    assert gaps(department_ids=[]).queues == []


@pytest.mark.parametrize("number", [1, 3])
def test_gaps_ask_the_same_number_of_times(number, django_assert_num_queries):
    for index in range(number):
        queue = make_queue(f"q{index}")
        expect(queue)
        on_duty(make_agent(queue), queue)
        make_duty(make_agent(queue), start=NOW + HOUR)
    known = able(pairs=[])
    with django_assert_num_queries(10):
        gaps(able=known)
