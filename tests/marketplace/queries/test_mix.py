"""Hours of people that the coming weeks need."""

from datetime import date, timedelta

import pytest

from marketplace.models import Forecast, WeekForecast
from marketplace.queries.mix import read_week_needs
from tests.factories import NOW, make_department, make_queue

pytestmark = pytest.mark.django_db
NEXT = date(2026, 3, 16)


def expect(queue, *, contacts=60.0, hours=10):
    for half in range(2 * hours):
        start = NOW + timedelta(minutes=30 * half)
        Forecast.objects.create(
            queue=queue, starts_at=start, seconds=1800, mean=contacts, p10=contacts, p50=contacts, p90=contacts
        )
    for week, factor in ((date(2026, 3, 9), 9), (NEXT, 1), (NEXT + timedelta(weeks=1), 2)):
        WeekForecast.objects.create(
            queue=queue, starts_on=week, mean=1000 * factor, p10=800 * factor, p50=1000 * factor, p90=1200 * factor
        )


def test_hours_of_a_week_follow_from_its_contacts_and_the_need_by_interval():
    cards = make_queue("cards")
    expect(cards)
    (first, second) = read_week_needs(department_ids=[cards.department_id], now=NOW)
    assert (first.starts_on, second.starts_on) == (NEXT, NEXT + timedelta(weeks=1))
    each = first.middle / 1000
    assert 180 / 3600 / 0.9 < each < 180 / 3600 / 0.5
    assert (first.low, first.high) == pytest.approx((800 * each, 1200 * each))
    assert second.middle == pytest.approx(2 * first.middle)


def test_queues_add_up_and_other_departments_do_not():
    cards, loans = make_queue("cards"), make_queue("loans", department=make_department("Lending"))
    expect(cards)
    alone = read_week_needs(department_ids=[cards.department_id], now=NOW)
    expect(loans)
    assert read_week_needs(department_ids=[cards.department_id], now=NOW) == alone
    both = read_week_needs(department_ids=[cards.department_id, loans.department_id], now=NOW)
    assert both[0].middle == pytest.approx(2 * alone[0].middle)


def test_queue_without_a_forecast_of_days_is_left_out():
    cards = make_queue("cards")
    WeekForecast.objects.create(queue=cards, starts_on=NEXT, mean=1, p10=1, p50=1, p90=1)
    assert read_week_needs(department_ids=[cards.department_id], now=NOW) == []
