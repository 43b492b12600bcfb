"""`manage.py load agents`: duty."""

from datetime import UTC, datetime, timedelta

import pytest

from gigcx.accounts.models import Agent, Site
from gigcx.ledger.models import Entry
from marketplace.models import Duty, Queue
from skills.models import Proficiency
from tests.marketplace.actions.load import NE_PS, Load, counts
from tests.marketplace.bookings import hold, make_shift

HEADER = "agent,starts_at,ends_at,skills,queue,site\n"
ADA = "a1,2026-03-02T08:00,2026-03-02T16:00,NE:3|PS,NE,Milan\n"
BEN = "a2,2026-03-02T09:00,2026-03-02T17:00,PS,,HOME\n"


@pytest.fixture(autouse=True)
def queues(load: Load) -> None:
    load("queues", NE_PS)
    Entry.objects.all().delete()


def periods(code: str) -> list[tuple[datetime, datetime]]:
    duties = Duty.objects.filter(agent__code=code).order_by("period")
    return [(duty.period.lower, duty.period.upper) for duty in duties]


def test_duty_makes_agents_and_sites_that_are_new(load: Load) -> None:
    answer = load("agents", HEADER + ADA + BEN)
    assert (counts(answer), answer["also"]) == ((2, 0, 0), {"agents": 2, "sites": 1, "levels": 3})
    ada, ben = Agent.objects.order_by("code")
    assert (ada.name, ada.department.name, ada.user) == ("a1", "Retail", None)
    assert ben.department.name == "Cards"
    at_work, at_home = Duty.objects.order_by("agent__code")
    assert (at_work.queue.code, at_work.site.name) == ("NE", "Milan")
    assert (at_home.queue, at_home.site) == (None, None)
    assert [entry.kind for entry in Entry.objects.order_by("id")] == ["competence.changed", "duty.loaded"]


def test_times_without_offset_are_read_in_the_zone(load: Load) -> None:
    load(
        "agents", HEADER + ADA + "a1,2026-03-29T01:00:00+00:00,2026-03-29T05:00:00+02:00,NE,,\n", timezone="Europe/Rome"
    )
    assert periods("a1") == [
        (datetime(2026, 3, 2, 7, tzinfo=UTC), datetime(2026, 3, 2, 15, tzinfo=UTC)),
        (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 3, 29, 3, tzinfo=UTC)),
    ]
    assert (Site.objects.get().timezone, Agent.objects.get().timezone) == ("Europe/Rome", "Europe/Rome")


def test_second_load_changes_nothing_and_writes_no_entry(load: Load) -> None:
    load("agents", HEADER + ADA + BEN)
    entries = Entry.objects.count()
    assert counts(load("agents", HEADER + ADA + BEN)) == (0, 0, 2)
    assert (Entry.objects.count(), Duty.objects.count()) == (entries, 2)


def test_same_times_with_another_queue_change_the_duty(load: Load) -> None:
    load("agents", HEADER + ADA + BEN)
    answer = load("agents", HEADER + ADA.replace(",NE,Milan", ",PS,") + BEN.replace("PS", "PS:4"))
    assert (counts(answer), answer["also"]) == ((0, 2, 0), {"levels": 1})
    assert Duty.objects.get(agent__code="a1").queue.code == "PS"
    assert Proficiency.objects.get(agent__code="a2").level == 4


def test_a_row_over_a_booked_shift_is_named_by_its_number(load: Load) -> None:
    load("agents", HEADER + ADA)
    shift = make_shift(Queue.objects.get(code="NE"), start=datetime(2026, 3, 11, 8, tzinfo=UTC), kinds=[])
    hold(shift, Agent.objects.get())
    free = "a1,2026-03-12T08:00,2026-03-12T16:00,NE,,\n"
    [complaint] = load.refused("agents", HEADER + free + "a1,2026-03-11T10:00,2026-03-11T16:00,NE,,\n")
    assert complaint == (
        "agents.csv:3: starts_at: overlaps a shift that a1 has booked (2026-03-11 08:00–12:00 UTC), pull that booking"
        " first"
    )
    assert len(periods("a1")) == 1
    assert counts(load("agents", HEADER + free + "a1,2026-03-11T12:00,2026-03-11T16:00,NE,,\n")) == (2, 0, 0)


def test_duties_that_touch_do_not_overlap(load: Load) -> None:
    load("agents", HEADER + ADA)
    assert counts(load("agents", HEADER + "a1,2026-03-02T16:00,2026-03-02T20:00,NE,,\n")) == (1, 0, 0)


def test_overlap_with_what_is_planned_is_named_by_row_and_nothing_done(load: Load) -> None:
    load("agents", HEADER + ADA)
    before = (periods("a1"), Entry.objects.count())
    complaints = load.refused("agents", HEADER + BEN + "a1,2026-03-02T15:00,2026-03-02T20:00,NE:5,,\n")
    [complaint] = complaints
    assert complaint == (
        "agents.csv:3: starts_at: overlaps the duty that a1 has already (2026-03-02 08:00–16:00 UTC), use the same"
        " times or delete that one first"
    )
    assert (periods("a1"), Entry.objects.count()) == before
    assert not Agent.objects.filter(code="a2").exists()
    assert Proficiency.objects.get(agent__code="a1", skill__name="NE").level == 3


def test_every_bad_row_is_named_at_once(load: Load) -> None:
    load("agents", HEADER + ADA)
    text = (
        HEADER
        + "a1,2026-03-02T07:00,2026-03-02T09:00,NE,,\n"  # overlaps what is in the database
        + "a2,2026-03-02T09:00,2026-03-02T09:00,PS,,\n"  # ends as it begins
        + "a3,2026-03-02T09:00,2026-03-02T12:00,PS,,\n"
        + "a3,2026-03-02T11:00,2026-03-02T13:00,PS,,\n"  # overlaps the row before
        + "a4,yesterday,2026-03-02T13:00,PS,,\n"
        + "a5,2026-03-02T11:00,2026-03-02T13:00,XX:2,YY,\n"  # queues unknown elsewhere
    )
    assert [line.split(": ")[:2] for line in load.refused("agents", text)] == [
        ["agents.csv:2", "starts_at"],
        ["agents.csv:3", "ends_at"],
        ["agents.csv:5", "starts_at"],
        ["agents.csv:6", "starts_at"],
        ["agents.csv:7", "skills"],
        ["agents.csv:7", "queue"],
    ]
    assert (Agent.objects.count(), Duty.objects.count()) == (1, 1)


def test_time_that_the_clock_skips_is_refused(load: Load) -> None:
    text = HEADER + "a1,2026-03-29T02:30,2026-03-29T10:00,NE,,\n"
    assert [line.split(": ")[:2] for line in load.refused("agents", text, timezone="Europe/Rome")] == [
        ["agents.csv:2", "starts_at"]
    ]
    assert not Duty.objects.exists()


def test_dry_run_says_what_it_would_do_and_does_nothing(load: Load) -> None:
    assert counts(load("agents", HEADER + ADA + BEN, dry_run=True)) == (2, 0, 0)
    assert not any(model.objects.exists() for model in (Agent, Duty, Site, Proficiency, Entry))


def test_many_rows_take_a_fixed_number_of_statements(load: Load, django_assert_max_num_queries: object) -> None:
    day = datetime(2026, 3, 2, 8, tzinfo=UTC)
    rows = [f"a{i},{day.isoformat()},{(day + timedelta(hours=8)).isoformat()},NE|PS,,\n" for i in range(500)]
    with django_assert_max_num_queries(40):  # type: ignore[operator]
        assert counts(load("agents", HEADER + "".join(rows))) == (500, 0, 0)


def monday(code: str, hours: str, site: str = "Milan") -> str:
    start, end = hours.split("-")
    return f"{code},2026-03-02T{start}:00,2026-03-02T{end}:00,NE,NE,{site}\n"


def test_rows_for_which_a_site_has_no_seat_are_named_with_the_numbers(load: Load) -> None:
    Site.objects.create(name="Milan", seats=3)
    load("agents", HEADER + monday("a1", "08-16"))
    ne = Queue.objects.get(code="NE")
    make_shift(ne, start=datetime(2026, 3, 2, 10, tzinfo=UTC), hours=2, work_place="site", site=Site.objects.get())
    rows = monday("a2", "08-12") + monday("a3", "09-13") + monday("a4", "12-16") + monday("a5", "11-12", "HOME")
    before = (Duty.objects.count(), Entry.objects.count(), Agent.objects.count())
    [complaint] = load.refused("agents", HEADER + rows)
    assert complaint == (
        "agents.csv:3: site: Milan has 3 seats, at 2026-03-02 10:00 UTC it would take 4, choose another site or other"
        " times"
    )
    assert (Duty.objects.count(), Entry.objects.count(), Agent.objects.count()) == before
    assert counts(load("agents", HEADER + rows.replace("T09:00", "T12:00"))) == (4, 0, 0)


def test_what_stays_as_it_is_is_not_refused_where_a_site_became_too_small(load: Load) -> None:
    rows = HEADER + monday("a1", "08-16") + monday("a2", "08-16")
    load("agents", rows)
    Site.objects.update(seats=1)
    assert counts(load("agents", rows)) == (0, 0, 2)
    assert len(load.refused("agents", rows + monday("a3", "08-16"))) == 1
    assert counts(load("agents", rows.replace("Milan", "HOME"))) == (0, 2, 0)
    assert counts(load("agents", HEADER + monday("a3", "08-16"))) == (1, 0, 0)
