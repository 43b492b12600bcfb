"""Templates, weekly series, copied days: the queue's clock counts, on the nights when it changes too."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.actions.make_shift import make_shifts
from marketplace.actions.shift_templates import copies, delete_template, keep_template, series, template_of
from marketplace.claiming.wall_clock import at_local, local_period
from marketplace.models import Shift, ShiftTemplate
from skills.models import Skill
from tests.factories import NOW, make_queue
from tests.marketplace.bookings import TOMORROW, make_shift

HOUR = timedelta(hours=1)
ZONES = ("Europe/Rome", "America/New_York", "Australia/Lord_Howe")


@pytest.fixture
def rome(db):
    return make_queue("cards", timezone="Europe/Rome")


def kept(queue, **figures):
    said = {"name": "Night", "starts": time(22), "ends": time(6), "work_place": "home", "pay_per_hour": 1800}
    said |= {"department_id": queue.department_id, "queue_id": queue.pk}
    return keep_template(template_id=None, actor="user:7", now=NOW, **said | figures)


@pytest.mark.parametrize(
    ("since", "hours"),
    [(date(2026, 3, 27), [8, 7, 8]), (date(2026, 10, 23), [8, 9, 8])],
)
def test_a_series_keeps_its_local_times_over_a_clock_change(rome, since, hours):
    found = series(template=kept(rome), since=since, until=since + timedelta(days=2), weekdays=range(7), now=NOW)
    assert [(one.ends_at - one.starts_at) / HOUR for one in found] == hours
    local = ZoneInfo("Europe/Rome")
    assert {(one.starts_at.astimezone(local).hour, one.ends_at.astimezone(local).hour) for one in found} == {(22, 6)}


def test_a_shift_that_the_clock_skips_is_left_out(rome):
    template = kept(rome, starts=time(2), ends=time(3))
    days = {"since": date(2026, 3, 28), "until": date(2026, 3, 30)}
    found = series(template=template, weekdays=range(7), now=NOW, **days)
    assert [one.starts_at.astimezone(ZoneInfo("Europe/Rome")).day for one in found] == [28, 30]


def test_a_series_is_on_its_weekdays_and_ahead(rome):
    found = series(template=kept(rome), since=date(2026, 3, 1), until=date(2026, 3, 31), weekdays={0, 4}, now=NOW)
    assert [one.starts_at.day for one in found] == [13, 16, 20, 23, 27, 30]
    make_shifts(wanted=found, actor="user:7", now=NOW)
    assert Shift.objects.filter(status="draft").count() == 6


def test_a_template_is_made_of_a_shift_and_makes_the_same_again(rome):
    skill = Skill.objects.create(name="Fraud")
    pause = [[(TOMORROW + HOUR).timestamp(), (TOMORROW + 1.5 * HOUR).timestamp(), True]]
    shift = make_shift(rome, places=3, breaks=pause, notes="Headset", kinds=["external"])
    shift.asks_skills.create(skill=skill, level=2)
    template = kept(rome, **template_of(shift, name="Morning"))
    (again,) = series(template=template, since=date(2026, 3, 11), until=date(2026, 3, 11), weekdays=range(7), now=NOW)
    assert (again.starts_at, again.ends_at, again.places) == (shift.starts_at, shift.ends_at, 3)
    assert (again.breaks, again.skills, again.kinds) == (tuple(map(tuple, pause)), {skill.pk: 2}, ("external",))
    delete_template(template_id=template.pk, actor="user:7", now=NOW)
    assert not ShiftTemplate.objects.exists()


def test_a_day_is_copied_by_the_clock_of_each_queue(rome):
    start = datetime(2026, 3, 25, 22, tzinfo=ZoneInfo("Europe/Rome"))
    make_shift(rome, start=start.astimezone(UTC), hours=8)
    make_shift(rome, start=start.astimezone(UTC), hours=8, status="cancelled")
    make_shift(rome, start=start.astimezone(UTC) + 24 * HOUR, hours=8)
    to = [date(2026, 3, 28), date(2026, 3, 30), date(2026, 3, 25)]
    found = copies(department_id=rome.department_id, day=date(2026, 3, 25), to=to, now=NOW)
    assert [(one.ends_at - one.starts_at) / HOUR for one in found] == [7, 8]
    assert [one.starts_at.astimezone(ZoneInfo("Europe/Rome")).day for one in found] == [28, 30]


@given(
    day=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    at=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    zone=st.sampled_from(ZONES),
)
def test_a_local_time_is_that_time_or_one_that_the_clock_skips(day, at, zone):
    local = ZoneInfo(zone)
    found = at_local(day, at, zone=local).astimezone(local)
    skipped = timedelta(minutes=30 if zone == "Australia/Lord_Howe" else 60)
    wanted = datetime.combine(day, at)
    assert found.replace(tzinfo=None) in {wanted, wanted + skipped}
    start, end = local_period(day, at, at, zone=local)
    assert timedelta(hours=23) <= end - start <= timedelta(hours=25)
