"""The shift planner: the day's picture, making, changing, pulling, many at once; what is not yours is not there."""

from datetime import UTC, date, datetime, timedelta

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from marketplace.actions.claim import claim
from marketplace.actions.open_shifts import cancel_shifts
from marketplace.models import Appeal, Booking, Queue, Shift, ShiftTemplate
from marketplace.queries.grid import Grid
from marketplace.queries.planner import read_day
from marketplace.views.planner import Shown, bounds_of, planner_state
from marketplace.views.planner_picture import day_chart
from tests.factories import NOW, make_agent, make_duty, make_user
from tests.marketplace.bookings import TOMORROW, hold, make_shift
from tests.marketplace.shifts import expect
from tests.marketplace.views.planning import DAY, form, make, page

HOUR = timedelta(hours=1)


def bulk(scene, shifts, do, user=None, **more):
    said = {"department": scene.cards.department_id, "day": DAY, "shifts": [one.pk for one in shifts], "do": do}
    return scene.client(user or scene.dov).post(reverse("shift_bulk"), said | more)


def test_the_picture_tells_roster_bookings_and_places_apart(scene):
    expect(scene.cards, start=TOMORROW, hours=4, an_hour=60)
    make_duty(make_agent(scene.cards), queue=scene.cards, start=TOMORROW, hours=4)
    shift = make_shift(scene.cards, places=3)
    hold(shift, make_agent(scene.cards))
    make_shift(scene.cards, places=5, status="draft")
    since, until = bounds_of(date(2026, 3, 11))
    grid = Grid.ahead(now=since, until=until, step_seconds=900)
    plan = read_day(department_id=scene.cards.department_id, grid=grid, now=NOW, able=None)
    chart = day_chart(plan, row=plan.queues.index(scene.cards), now=NOW.timestamp())
    at_ten = chart.rows[40]
    need = int(at_ten[1])
    assert at_ten[1:] == [str(need), "1", "1", str(need - 2), "2", "5"]
    assert chart.rows[60][1:] == ["0", "0", "0", "0", "0", "0"]
    html = page(scene, queue=scene.cards.pk).content.decode()
    assert "cards: need, and who covers it" in html
    assert "person-hours missing" in html


def test_hours_before_anybody_was_planned_are_no_shortage_and_coming_ones_are(scene):
    expect(scene.loans, start=NOW - 2 * HOUR, hours=4, an_hour=60)
    grid = Grid.ahead(now=NOW - 2 * HOUR, until=NOW + 2 * HOUR, step_seconds=1800)
    plan = read_day(department_id=scene.loans.department_id, grid=grid, now=NOW, able=None)
    missing = [row[4] for row in day_chart(plan, row=0, now=NOW.timestamp()).rows]
    assert missing[:4] == ["0"] * 4
    assert missing[4:] == [str(need) for need in plan.need[0, 4:]]
    assert plan.need.all()


def test_a_day_when_the_clock_changes_has_its_own_length(scene):
    with time_machine.travel(datetime(2026, 3, 20, tzinfo=UTC), tick=False):
        scene.dov.timezone = "Europe/Rome"
        scene.dov.save()
        html = page(scene, day="2026-03-29").content.decode()
    assert html.count('<th scope="row">') == 23 * 4


def test_one_person_is_pulled_with_a_reason(scene):
    booking = hold(make_shift(scene.cards), make_agent(scene.cards))
    address = reverse("pull_booking", args=[booking.pk])
    assert scene.client(scene.dov).post(address, {"words": ""}).status_code == 409
    assert Booking.objects.get().status == "held"
    with time_machine.travel(TOMORROW - HOUR, tick=False):
        assert scene.client(scene.dov).post(address, {"words": "The wave is over"})["HX-Redirect"]
        html = scene.client(scene.dov).get(reverse("shift_sheet", args=[booking.shift_id])).content.decode()
    assert (Booking.objects.get().status, "€36.00 owed" in html) == ("pulled", True)


def test_whoever_loses_a_place_reads_why_and_what_is_owed(scene):
    eve = make_agent(scene.cards, user=make_user("eve@example.com"))
    pulled, cancelled = (make_shift(scene.cards, start=TOMORROW + days * 24 * HOUR) for days in (0, 3))
    for shift in (pulled, cancelled):
        hold(shift, eve)
    with time_machine.travel(TOMORROW - HOUR, tick=False):
        scene.client(scene.dov).post(
            reverse("pull_booking", args=[pulled.bookings.get().pk]), {"words": "The line is down."}
        )
        cancel_shifts(shift_ids=[cancelled.pk], actor="user:1", now=TOMORROW - HOUR)
        html = scene.client(eve.user).get(reverse("open_shifts")).content.decode()
    assert "a dispatcher took the place back. “The line is down.” €36.00 is owed to you for it." in html
    assert "Not yours any more: the shift was cancelled." in html
    assert html.count("is owed to you") == 1


def test_many_are_opened_paid_more_and_cancelled(scene):
    shifts = [make_shift(scene.cards, status="draft") for _ in range(3)]
    assert bulk(scene, shifts, "open").status_code == 302
    assert bulk(scene, shifts, "bonus", bonus="2,50").status_code == 302
    assert set(Shift.objects.values_list("status", "bonus_per_hour")) == {("open", 250)}
    assert bulk(scene, shifts, "open").status_code == 409
    assert bulk(scene, shifts[:2], "cancel").status_code == 302
    assert Shift.objects.filter(status="cancelled").count() == 2
    assert bulk(scene, shifts, "sell").status_code == 404
    assert bulk(scene, shifts, "bonus", bonus="much").status_code == 404


def test_with_nothing_ticked_it_is_said_what_to_do(scene):
    make_shift(scene.cards, status="draft")
    for do in ("open", "bonus", "cancel"):
        answer = bulk(scene, [], do)
        assert (answer.status_code, "Tick one shift or more first." in answer.content.decode()) == (409, True)
    said = {"department": scene.cards.department_id, "do": "open"}
    answer = scene.client(scene.dov).post(reverse("change_shifts"), said)
    assert (answer.status_code, "Tick one shift or more first." in answer.content.decode()) == (409, True)


def test_what_cancelling_costs_is_said_first(scene):
    shift = make_shift(scene.cards)
    claim(shift_id=shift.pk, agent_id=make_agent(scene.cards).pk, actor="user:2", now=NOW)
    with time_machine.travel(TOMORROW - HOUR, tick=False):
        html = bulk(scene, [shift], "cancel").content.decode()
        assert "€36.00 will be owed" in html
        shift.refresh_from_db()
        assert shift.status == "open"
        assert bulk(scene, [shift], "cancel", sure="yes").status_code == 302
        after = page(scene).content.decode()
    shift.refresh_from_db()
    assert shift.status == "cancelled"
    assert "1 of 1 taken back late" in after
    assert "€36.00 owed for that" in after


def test_a_template_makes_a_series_that_is_shown_first(scene):
    shift = make_shift(scene.cards, start=TOMORROW)
    dov, department = scene.client(scene.dov), scene.cards.department_id
    dov.post(reverse("save_template", args=[shift.pk]), {"department": department, "name": "Morning"})
    template = ShiftTemplate.objects.get()
    said = {"department": department, "template": template.pk, "weekdays": [0, 2], "since": "2026-03-12"}
    said |= {"until": "2026-03-25"}
    shown = dov.post(reverse("make_series"), said | {"do": "preview"}).content.decode()
    assert ("This makes 4 shifts" in shown, Shift.objects.count()) == (True, 1)
    assert dov.post(reverse("make_series"), said | {"do": "open"}).status_code == 302
    assert Shift.objects.filter(status="open").count() == 5
    wrong = dov.post(reverse("make_series"), said | {"until": "2027-03-25"})
    assert (wrong.status_code, "three months" in wrong.content.decode()) == (422, True)
    assert dov.post(reverse("drop_template", args=[template.pk]), {"department": department}).status_code == 302
    assert not ShiftTemplate.objects.exists()


def test_a_template_of_another_clock_says_which(scene):
    scene.dov.departments.add(scene.loans.department)
    for queue, zone in ((scene.cards, "UTC"), (scene.loans, "America/New_York")):
        Queue.objects.filter(pk=queue.pk).update(timezone=zone)
        dov, department = scene.client(scene.dov), queue.department_id
        shift = make_shift(queue, start=TOMORROW)
        dov.post(reverse("save_template", args=[shift.pk]), {"department": department, "name": "Morning"})
        html = dov.get(reverse("shift_templates"), {"department": department}).content.decode()
        assert ("America/New_York ×" in html) == (zone != "UTC")


def test_a_day_is_copied(scene):
    make_shift(scene.cards, start=TOMORROW)
    said = {"department": scene.cards.department_id, "day": DAY, "weekdays": [3], "since": "2026-03-12"}
    said |= {"until": "2026-03-20", "do": "draft"}
    assert scene.client(scene.dov).post(reverse("make_series"), said).status_code == 302
    copied = Shift.objects.filter(status="draft")
    assert sorted(copied.values_list("starts_at", flat=True)) == [TOMORROW + 24 * HOUR, TOMORROW + 8 * 24 * HOUR]


def test_shifts_are_filtered(scene):
    make_shift(scene.cards, notes="x")
    make_shift(None, department=scene.cards.department)
    make_shift(scene.savings, status="cancelled")
    make_shift(scene.savings, start=TOMORROW + 48 * HOUR)

    def listed(**query):
        return page(scene, **query).content.decode().count('name="shifts"')

    assert [listed(), listed(queue=scene.cards.pk), listed(queue="standby"), listed(status="cancelled")] == [2, 1, 1, 1]
    assert [listed(risk="on"), listed(day="2026-03-13"), listed(day="never")] == [2, 1, 0]


def test_other_departments_shifts_are_not_there(scene):
    shift = make_shift(scene.cards)
    booking = hold(shift, make_agent(scene.cards))
    lena = scene.client(scene.lena)
    assert lena.get(reverse("planner"), {"department": scene.cards.department_id}).status_code == 404
    assert lena.get(reverse("shift_sheet", args=[shift.pk])).status_code == 404
    assert lena.post(reverse("shift_sheet", args=[shift.pk]), form(scene)).status_code == 404
    assert lena.post(reverse("pull_booking", args=[booking.pk]), {"words": "x"}).status_code == 404
    assert make(scene, scene.lena).status_code == 404
    assert bulk(scene, [shift], "cancel", scene.lena, sure="yes").status_code == 404
    own = {"department": scene.loans.department_id}
    assert lena.post(reverse("save_template", args=[shift.pk]), own | {"name": "x"}).status_code == 404
    template = ShiftTemplate.objects.create(
        department=scene.cards.department, name="x", starts="10:00", ends="11:00", pay_per_hour=1
    )
    assert lena.post(reverse("drop_template", args=[template.pk]), own).status_code == 404
    assert ShiftTemplate.objects.count() == 1
    assert bulk(scene, [shift], "cancel", scene.lena, sure="yes", **own).status_code == 404
    shift.refresh_from_db()
    booking.refresh_from_db()
    assert (shift.status, booking.status, Shift.objects.count()) == ("open", "held", 1)


def test_the_stream_says_what_became_of_the_shifts_listed_and_counts_those_that_came(scene):
    listed = [make_shift(scene.cards, places=2) for _ in range(2)]
    shown = Shown(department=scene.cards.department, day=TOMORROW.date())

    def parts():
        return planner_state(
            shown=shown, department_ids=[scene.cards.department_id], listed=[one.pk for one in listed], now=NOW
        ).parts

    before = parts()
    assert before["fresh"].count("<a") == 0
    hold(listed[0], make_agent(scene.cards))
    cancel_shifts(shift_ids=[listed[1].pk], actor="user:1", now=NOW)
    make_shift(scene.cards)
    after = parts()
    assert before.keys() == after.keys()
    assert "1 of 2 taken" in after[f"row-{listed[0].pk}"]
    assert '<span class="state">cancelled</span>' in after[f"row-{listed[1].pk}"]
    assert "1 new shift: show it" in after["fresh"]
    assert before[f"lane-{scene.savings.pk}"] == after[f"lane-{scene.savings.pk}"]


def test_the_stream_of_another_department_is_not_there(scene):
    query = {"department": scene.cards.department_id, "day": DAY}
    assert scene.client(scene.lena).get(reverse("planner_live"), query).status_code == 404
    assert scene.client(scene.agent).get(reverse("planner_live"), query).status_code == 403


def test_without_departments_the_page_says_who_gives_them(scene):
    scene.dov.departments.clear()
    assert "No queues to plan for" in page(scene).content.decode()


def test_swaps_and_appeals_that_wait_are_a_step_away(scene):
    assert page(scene).content.decode().count("none waits") == 2
    shift = make_shift(scene.cards)
    Appeal.objects.create(booking=hold(shift, make_agent(scene.cards)), text="The lift stood still.", made_at=NOW)
    html = page(scene).content.decode()
    assert html.count("none waits") == 1
    assert "1 waits for you" in html
    assert all(reverse(name) in html for name in ("swaps", "appeals"))


def test_the_page_reads_a_fixed_number_of_times(scene):
    counts = []
    for number in (1, 3):
        Booking.objects.all().delete()
        Shift.objects.all().delete()
        for _ in range(number):
            hold(make_shift(scene.cards, places=2), make_agent(scene.cards))
        client = scene.client(scene.dov)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("planner"), {"day": DAY})
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 28


def test_who_reloads_the_address_of_the_buttons_is_led_to_the_planner(scene):
    answer = scene.client(scene.dov).get(reverse("shift_bulk"))
    assert (answer.status_code, answer["Location"]) == (302, reverse("planner"))
