"""Need against staffed as pages: over all queues, one queue, and the mix."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.models import Forecast, ForecastQuality, Queue, QueueNow, Supply
from marketplace.views.demand import demand_state
from marketplace.views.demand_queue import queue_context
from marketplace.views.time_axis import hour_ticks, midnights_between
from tests.factories import NOW, make_agent, make_duty, make_queue, make_user, on_duty
from tests.screens.ahead import seed_horizon, seed_supplies

HOUR = timedelta(hours=1)


def expect(queue, *, start=NOW - 2 * HOUR, mean=60.0, hours=10):
    Forecast.objects.bulk_create(
        Forecast(queue=queue, starts_at=start + half * HOUR / 2, seconds=1800, mean=mean, p10=mean, p50=mean, p90=mean)
        for half in range(2 * hours)
    )


def get(scene, user, name, *args, **query):
    return scene.client(user).get(reverse(name, args=args), query).content.decode()


def test_page_shows_the_queues_of_ones_departments(scene):
    expect(scene.cards)
    page = get(scene, scene.dov, "demand")
    assert f'id="queue-{scene.cards.pk}"' in page
    assert f'id="queue-{scene.loans.pk}"' not in page


def test_worst_gap_is_first_and_said_in_words(scene):
    expect(scene.cards, mean=10)
    expect(scene.savings, mean=100)
    page = get(scene, scene.dov, "demand")
    assert page.index(f'id="queue-{scene.savings.pk}"') < page.index(f'id="queue-{scene.cards.pk}"')
    assert re.search(r"<h2[^>]*>\d+ people short at ", page)
    assert re.search(r'aria-label="\d+ person-hours short in the next 24 hours', page)


def test_what_is_missing_at_this_moment_is_said_of_now_not_of_the_last_half_hour(scene):
    expect(scene.savings, start=NOW - HOUR / 2, mean=100, hours=1)
    page = get(scene, scene.dov, "demand")
    assert re.search(r"<h2[^>]*>\d+ people short now<", page)
    assert "short now, the worst" in page
    assert "short at" not in page


def test_enough_people_are_said_too(scene):
    expect(scene.cards, start=NOW + HOUR, mean=1, hours=4)
    for _ in range(4):
        make_duty(make_agent(scene.cards), queue=scene.cards, start=NOW + HOUR, hours=4)
    page = get(scene, scene.dov, "demand")
    assert "Enough people for the next 24 hours" in page
    assert "short at" not in page


def test_before_the_first_duty_it_says_that_nothing_is_planned_and_not_that_people_are_missing(scene):
    expect(scene.loans, mean=100, hours=30)
    page = get(scene, scene.lena, "demand")
    assert "Nobody is planned yet" in page
    assert "short at" not in page
    assert re.search(r'aria-label="\d+ person-hours not planned yet in the next 24 hours"', page)
    assert re.search(r'<td class="day yet">.*<span class="hidden"> not planned yet</span>', page)
    one = get(scene, scene.lena, "demand_queue", scene.loans.pk)
    assert re.search(r"Not planned yet: \d+ person-hours needed", one)
    assert "short at" not in one
    make_duty(make_agent(scene.loans), queue=scene.loans, start=NOW + 6 * HOUR, hours=4)
    page = get(scene, scene.lena, "demand")
    assert re.search(r"<h2[^>]*>\d+ people short at (16|20):00", page)
    table = queue_context(queue_id=scene.loans.pk, ahead="today", now=NOW)["people"].rows
    assert table[17][2:4] == ["—", "not planned yet"]
    assert table[33][2] == "1"
    assert table[33][3].endswith(" short")


def test_surge_comes_first_with_what_it_takes(scene):
    expect(scene.cards, mean=10)
    expect(scene.savings, mean=100)
    QueueNow.objects.create(queue=scene.cards, surge_since=NOW.timestamp() - 60, surge_factor=3.2, surge_sure=0.98)
    page = get(scene, scene.dov, "demand")
    assert page.index(f'id="queue-{scene.cards.pk}"') < page.index(f'id="queue-{scene.savings.pk}"')
    one = get(scene, scene.dov, "demand_queue", scene.cards.pk)
    assert "Surge: 3.2 times the forecast since 09:59, sure 98 %." in one
    assert re.search(r"It takes \d+ people more while it lasts: \d+ needed, 1 there\.", one)


def test_without_a_forecast_it_says_how_to_get_one(scene):
    for page in (get(scene, scene.dov, "demand"), get(scene, scene.dov, "demand_queue", scene.cards.pk)):
        assert "No forecast yet" in page
        assert "manage.py load counts" in page


def test_without_queues_it_says_whom_to_ask(scene):
    scene.dov.departments.clear()
    assert "No queues yet" in get(scene, scene.dov, "demand")
    assert "No department yet" in get(scene, scene.dov, "mix")


def test_queue_that_was_closed_down_is_not_found(scene):
    Queue.objects.filter(pk=scene.cards.pk).update(is_active=False)
    assert scene.client(scene.dov).get(reverse("demand_queue", args=[scene.cards.pk])).status_code == 404


@pytest.mark.parametrize("ahead", ["today", "week", "fortnight", "nonsense"])
def test_queue_page_says_how_good_its_forecast_is(scene, ahead):
    expect(scene.cards)
    seed_horizon(queue=scene.cards, now=NOW)
    page = get(scene, scene.dov, "demand_queue", scene.cards.pk, ahead=ahead)
    assert "<b>14 %</b> off on average" in page
    assert "taken again: 19 %" in page
    assert "<b>85 %</b> the level and the shape of the day, learnt from all of it" in page
    assert "<b>4 %</b> last week once more" in page
    assert page.index("<b>85 %</b>") < page.index("<b>4 %</b>")
    assert "naive" not in page
    assert "Bill run" in page
    assert "The year by weeks" in page


def test_failed_forecast_is_said_with_its_reason(scene):
    expect(scene.cards)
    ForecastQuality.objects.create(queue=scene.cards, problem="nothing was counted", failed_at=NOW)
    page = get(scene, scene.dov, "demand_queue", scene.cards.pk)
    assert "The latest forecast could not be made" in page
    assert "nothing was counted" in page


@pytest.mark.parametrize("number", [1, 3])
def test_demand_asks_the_same_number_of_times(scene, number, django_assert_num_queries):
    for index in range(number):
        queue = make_queue(f"more {index}")
        expect(queue)
        on_duty(make_agent(queue), queue)
        make_duty(make_agent(queue), start=NOW + HOUR)
    demand_state(department_ids=None, now=NOW)
    with django_assert_num_queries(12):
        demand_state(department_ids=None, now=NOW)
    with django_assert_num_queries(17):
        queue_context(queue_id=queue.pk, ahead="today", now=NOW)


def test_day_of_a_clock_change_has_23_or_25_hours_in_the_readers_zone(scene):
    expect(scene.cards)
    for day, hours in ((datetime(2026, 3, 29, 12, tzinfo=UTC), 23), (datetime(2026, 10, 25, 12, tzinfo=UTC), 25)):
        with timezone.override("Europe/Rome"):
            context = queue_context(queue_id=scene.cards.pk, ahead="today", now=day)
            grid_rows = context["people"].rows
            assert len(grid_rows) == 4 * hours
            assert grid_rows[0][0].endswith("00:00–00:15")
            assert grid_rows[-1][0].endswith("23:45–00:00")
            start = int(day.timestamp()) - 86_400
            midnights = midnights_between(start=start, end=start + 2 * 86_400)
            assert midnights[1] - midnights[0] == hours * 3600
            labels = [tick.label for tick in hour_ticks(start=midnights[0], end=midnights[1], every=1)]
            assert len(labels) == hours
            assert labels.count("02:00") == (2 if hours == 25 else 0)


def test_times_are_those_of_the_readers_zone(scene):
    expect(scene.cards, mean=100)
    scene.dov.timezone = "Asia/Kolkata"
    scene.dov.save()
    page = get(scene, scene.dov, "demand")
    assert 'aria-valuetext="Tue 10, 15:30–16:00"' in page


def test_mix_shows_whose_hours_at_the_certainty_asked_for(scene):
    expect(scene.cards)
    seed_horizon(queue=scene.cards, now=NOW, weeks=6)
    page = get(scene, scene.dov, "mix")
    assert "Nobody to mix yet" in page
    seed_supplies(department=scene.cards.department)
    page = get(scene, scene.dov, "mix", sure="90", week="3")
    assert "The year at 90 %" in page
    assert "Late gig shifts" in page
    assert re.search(r"From 90 to 95 %: €[\d,]+ more a week", page)
    sure = get(scene, scene.dov, "mix", sure="99")
    assert "What certainty costs in this week" in sure


def test_mix_names_the_supplies_in_another_currency_that_it_leaves_out(scene):
    expect(scene.cards)
    seed_horizon(queue=scene.cards, now=NOW, weeks=6)
    seed_supplies(department=scene.cards.department)
    assert "Not in it" not in get(scene, scene.dov, "mix")
    Supply.objects.create(
        department=scene.cards.department, name="Abroad", kind="external", hourly_cost=2000, currency="USD"
    )
    assert "Not in it, since costs are compared in EUR only: Abroad (USD)." in get(scene, scene.dov, "mix")


def test_mix_without_weeks_says_so(scene):
    seed_supplies(department=scene.cards.department)
    assert "No forecast of the weeks yet" in get(scene, scene.dov, "mix")


def test_mix_of_another_department_is_not_shown(scene):
    page = get(scene, scene.dov, "mix", department=scene.loans.department_id)
    assert "Lending" not in page


def test_an_agent_sees_nothing_of_it(scene):
    client = Client()
    client.force_login(make_user("eve@example.com"))
    for path in (reverse("demand"), reverse("mix"), reverse("demand_queue", args=[scene.cards.pk])):
        assert client.get(path).status_code == 403
