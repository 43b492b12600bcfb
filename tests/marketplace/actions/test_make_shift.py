"""Shifts made by hand: what they pay, what is refused, and that seats are never oversold."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gigcx.accounts.models import Site
from gigcx.ledger.models import Entry
from marketplace.actions.make_shift import make_shift, make_shifts
from marketplace.actions.open_shifts import open_shifts
from marketplace.actions.refused import PlanRefused
from marketplace.claiming.pay import base_pay
from marketplace.models import Duty, Shift
from marketplace.staffing.cover.patterns import Premium
from skills.models import Certification, Skill
from tests.factories import NOW, make_agent, make_queue
from tests.marketplace.bookings import TOMORROW
from tests.marketplace.plans import wanted

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def made(queue, *, open_now=False, **fields):
    return make_shift(figures=wanted(queue, **fields), open_now=open_now, actor="user:7", now=NOW)


def refused(call, *args, **fields):
    """The codes with which it is refused; nothing is made and nothing told."""
    before = (Shift.objects.count(), Entry.objects.count(), set(Shift.objects.values_list("status", flat=True)))
    with pytest.raises(PlanRefused) as refusal:
        call(*args, **fields)
    after = (Shift.objects.count(), Entry.objects.count(), set(Shift.objects.values_list("status", flat=True)))
    assert before == after
    assert len(refusal.value.sentences) == len(refusal.value.reasons)
    return refusal.value


def test_a_draft_is_made_with_all_that_was_said():
    queue = make_queue("cards")
    skill, proof = Skill.objects.create(name="Fraud"), Certification.objects.create(name="Data protection")
    lunch = ((TOMORROW + HOUR).timestamp(), (TOMORROW + 1.5 * HOUR).timestamp(), False)
    shift = made(
        queue, places=3, bonus_per_hour=200, notes="Headset needed", kinds=("external",), breaks=(lunch,),
        skills={skill.pk: 4}, certification_ids=frozenset({proof.pk}), claim_until=TOMORROW - HOUR,
    )  # fmt: skip
    shift.refresh_from_db()
    assert (shift.status, shift.places, shift.currency, shift.created_by) == ("draft", 3, "EUR", "user:7")
    assert (shift.pay, shift.bonus_per_hour, shift.notes, shift.kinds) == (6300, 200, "Headset needed", ["external"])
    assert [(ask.skill, ask.level) for ask in shift.asks_skills.all()] == [(skill, 4)]
    assert [ask.certification for ask in shift.asks_certifications.all()] == [proof]
    assert Entry.objects.get(subject=f"shift:{shift.pk}").kind == "shift.made"


def test_standby_belongs_to_a_department_and_opens_at_once_where_wanted():
    queue = make_queue("cards")
    shift = made(queue, queue_id=None, open_now=True)
    assert (shift.queue, shift.department, shift.status) == (None, queue.department, "open")
    assert shift.opened_at == NOW
    assert Entry.objects.get(subject=f"shift:{shift.pk}").kind == "shift.opened"


@pytest.mark.parametrize(
    ("zone", "night", "hours", "pay"),
    [
        ("Europe/Rome", datetime(2026, 3, 28, 21, tzinfo=UTC), 7, 7 * 1800 * 1.5),
        ("Europe/Rome", datetime(2026, 10, 24, 20, tzinfo=UTC), 9, 9 * 1800 * 1.5),
        ("America/New_York", datetime(2026, 3, 8, 3, tzinfo=UTC), 7, 7 * 1800 * 1.5),
        ("America/New_York", datetime(2026, 11, 1, 2, tzinfo=UTC), 9, 9 * 1800 * 1.5),
        ("Australia/Lord_Howe", datetime(2026, 10, 3, 11, 30, tzinfo=UTC), 7.5, 7.5 * 1800 * 1.5),
        ("Australia/Lord_Howe", datetime(2026, 4, 4, 11, tzinfo=UTC), 8.5, 8.5 * 1800 * 1.5),
    ],
)
def test_a_night_from_22_to_6_pays_the_time_that_passes(zone, night, hours, pay):
    """All six lie on a weekend and wholly in the night: a quarter more for each."""
    policy = [(22 * 3600, 6 * 3600, ()), (0, 0, (5, 6))]
    premiums = [Premium(share=0.25, since=a, until=b, weekdays=frozenset(days)) for a, b, days in policy]
    end = night + hours * HOUR
    local = ZoneInfo(zone)
    assert (night.astimezone(local).hour, end.astimezone(local).hour) == (22, 6)
    assert base_pay(pay_per_hour=1800, start=night, end=end, premiums=premiums, zone=local) == round(pay)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"start": NOW - HOUR}, "shift_period"),
        ({"hours": 0.1}, "shift_period"),
        ({"hours": 25}, "shift_period"),
        ({"breaks": ((TOMORROW.timestamp() - 60, TOMORROW.timestamp() + 60, True),)}, "shift_breaks"),
        ({"breaks": ((TOMORROW.timestamp(), (TOMORROW + 4 * HOUR).timestamp(), True),)}, "shift_breaks"),
        ({"claim_from": TOMORROW}, "claim_period"),
        ({"claim_until": TOMORROW + HOUR}, "claim_period"),
    ],
)
def test_what_is_no_shift_is_refused(wrong, code):
    queue = make_queue("cards")
    assert refused(made, queue, **wrong).reasons == (code,)


def test_every_reason_is_told_at_once():
    queue = make_queue("cards", home_allowed=False)
    site = Site.objects.create(name="Milan")
    found = refused(made, queue, start=NOW - HOUR, site_id=site.pk)
    assert set(found.reasons) == {"shift_period", "shift_site", "shift_work_place"}


def test_nothing_and_too_much_are_refused():
    queue = make_queue("cards")
    assert refused(make_shifts, wanted=[], actor="user:7", now=NOW).reasons == ("nothing_to_make",)
    many = [wanted(queue)] * 501
    assert refused(make_shifts, wanted=many, actor="user:7", now=NOW).reasons == ("too_many_shifts",)


def test_places_on_site_are_never_more_than_its_seats():
    queue, site = make_queue("cards"), Site.objects.create(name="Milan", seats=5)
    Duty.objects.create(agent=make_agent(), period=(TOMORROW + HOUR, TOMORROW + 2 * HOUR), site=site)
    at = {"work_place": "site", "site_id": site.pk}
    made(queue, open_now=True, places=3, **at)
    made(queue, open_now=True, places=2, start=TOMORROW + 2 * HOUR, **at)
    full = refused(made, queue, open_now=True, places=2, hours=2, **at)
    assert full.found == {
        "site_seats": {"site": "Milan", "seats": 5, "at": TOMORROW + HOUR, "people": 6},
    }
    assert "Milan has 5 seats; on Wed 11 Mar 11:00 it would take 6." in full.sentences
    draft = made(queue, places=2, hours=2, **at)  # as a draft it takes no seat
    assert refused(open_shifts, shift_ids=[draft.pk], actor="user:7", now=NOW).reasons == ("site_seats",)
    made(queue, open_now=True, places=1, hours=2, **at)
    made(queue, open_now=True, places=40)  # at home there is room


def test_a_shift_of_centuries_is_refused_before_its_pay_is_worked_out():
    queue = make_queue("cards")
    assert refused(made, queue, ends_at=TOMORROW.replace(year=9998), open_now=True).reasons == ("shift_period",)
