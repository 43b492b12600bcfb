"""The shift planner: the day's picture, making, changing, pulling, many at once; what is not yours is not there."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from marketplace.actions.claim import claim
from marketplace.models import Appeal, Booking, Shift, ShiftTemplate
from marketplace.queries.grid import Grid
from marketplace.queries.planner import read_day
from marketplace.views.planner import bounds_of
from marketplace.views.planner_picture import day_chart
from skills.models import Skill
from tests.factories import NOW, make_agent, make_duty
from tests.marketplace.bookings import TOMORROW, hold, make_shift
from tests.marketplace.shifts import expect

HOUR = timedelta(hours=1)
DAY = "2026-03-11"


def page(scene, user=None, **query):
    return scene.client(user or scene.dov).get(reverse("planner"), {"day": DAY} | query)


def form(scene, **figures):
    return {
        "department": scene.cards.department_id, "queue": scene.cards.pk, "day": DAY, "starts": "09:00",
        "ends": "13:00", "places": 2, "work_place": "home", "pay_per_hour": "18.50",
    } | figures  # fmt: skip


def make(scene, user=None, **figures):
    return scene.client(user or scene.dov).post(reverse("new_shift"), form(scene, **figures))


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


def test_a_day_when_the_clock_changes_has_its_own_length(scene):
    with time_machine.travel(datetime(2026, 3, 20, tzinfo=UTC), tick=False):
        scene.dov.timezone = "Europe/Rome"
        scene.dov.save()
        html = page(scene, day="2026-03-29").content.decode()
    assert html.count('<th scope="row">') == 23 * 4


def test_a_shift_is_made_as_a_draft_or_open(scene):
    skill = Skill.objects.create(name="Fraud")
    assert make(scene, skill_0=skill.pk, level_0=3, bonus_per_hour="2", notes="Headset")["HX-Redirect"]
    draft = Shift.objects.get()
    assert (draft.status, draft.starts_at, draft.ends_at) == ("draft", TOMORROW - HOUR, TOMORROW + 3 * HOUR)
    assert (draft.pay_per_hour, draft.bonus_per_hour, draft.pay, draft.notes) == (1850, 200, 7400, "Headset")
    assert draft.asks_skills.get().level == 3
    make(scene, do="open", queue="", starts="22:00", ends="06:00")
    standby = Shift.objects.latest("pk")
    assert (standby.status, standby.queue, standby.department) == ("open", None, scene.cards.department)
    assert standby.ends_at - standby.starts_at == 8 * HOUR


def test_what_was_drawn_is_what_the_form_begins_with(scene):
    drawn = {"from": int(TOMORROW.timestamp()), "until": int((TOMORROW + 2.5 * HOUR).timestamp())}
    asked = {"department": scene.cards.department_id, "queue": scene.cards.pk} | drawn
    html = scene.client(scene.dov).get(reverse("new_shift"), asked).content.decode()
    assert 'value="10:00"' in html
    assert 'value="12:30"' in html
    assert f'value="{scene.cards.pk}" selected' in html


@pytest.mark.parametrize(
    ("wrong", "status", "words"),
    [
        ({"places": 0}, 422, "field wrong"),
        ({"day": "soon"}, 422, "field wrong"),
        ({"day": "2026-03-09"}, 409, "start that is ahead"),
        ({"break_starts": "14:00", "break_minutes": 30}, 409, "Breaks lie within"),
    ],
)
def test_what_is_wrong_is_told_in_the_form(scene, wrong, status, words):
    answer = make(scene, **wrong)
    assert (answer.status_code, words in answer.content.decode()) == (status, True)
    assert not Shift.objects.exists()


def test_a_shift_is_changed_and_refused_with_reasons(scene):
    shift = make_shift(scene.cards, places=2, start=TOMORROW - HOUR, pay_per_hour=1850, pay=7400)
    hold(shift, make_agent(scene.cards))
    address, client = reverse("shift_sheet", args=[shift.pk]), scene.client(scene.dov)
    html = client.get(address).content.decode()
    assert "Take back" in html
    assert 'value="18.5' in html
    assert client.post(address, form(scene, places=4))["HX-Redirect"]
    refused = client.post(address, form(scene, starts="08:00"))
    assert (refused.status_code, "as they were promised" in refused.content.decode()) == (409, True)
    shift.refresh_from_db()
    assert (shift.places, shift.starts_at) == (4, TOMORROW - HOUR)


def test_one_person_is_pulled_with_a_reason(scene):
    booking = hold(make_shift(scene.cards), make_agent(scene.cards))
    address = reverse("pull_booking", args=[booking.pk])
    assert scene.client(scene.dov).post(address, {"words": ""}).status_code == 409
    assert Booking.objects.get().status == "held"
    with time_machine.travel(TOMORROW - HOUR, tick=False):
        assert scene.client(scene.dov).post(address, {"words": "The wave is over"})["HX-Redirect"]
        html = scene.client(scene.dov).get(reverse("shift_sheet", args=[booking.shift_id])).content.decode()
    assert (Booking.objects.get().status, "EUR 36.00 owed" in html) == ("pulled", True)


def test_many_are_opened_paid_more_and_cancelled(scene):
    shifts = [make_shift(scene.cards, status="draft") for _ in range(3)]
    assert bulk(scene, shifts, "open").status_code == 302
    assert bulk(scene, shifts, "bonus", bonus="2.50").status_code == 302
    assert set(Shift.objects.values_list("status", "bonus_per_hour")) == {("open", 250)}
    assert bulk(scene, shifts, "open").status_code == 409
    assert bulk(scene, shifts[:2], "cancel").status_code == 302
    assert Shift.objects.filter(status="cancelled").count() == 2
    assert bulk(scene, shifts, "sell").status_code == 404
    assert bulk(scene, shifts, "bonus", bonus="much").status_code == 404


def test_what_cancelling_costs_is_said_first(scene):
    shift = make_shift(scene.cards)
    claim(shift_id=shift.pk, agent_id=make_agent(scene.cards).pk, actor="user:2", now=NOW)
    with time_machine.travel(TOMORROW - HOUR, tick=False):
        html = bulk(scene, [shift], "cancel").content.decode()
        assert "EUR 36.00 will be owed" in html
        shift.refresh_from_db()
        assert shift.status == "open"
        assert bulk(scene, [shift], "cancel", sure="yes").status_code == 302
        after = page(scene).content.decode()
    shift.refresh_from_db()
    assert shift.status == "cancelled"
    assert "1 of 1 taken back late" in after
    assert "EUR 36.00 owed for that" in after


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
