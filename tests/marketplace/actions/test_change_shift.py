"""Changing shifts: what people who hold places were promised stays."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gigcx.accounts.models import Site
from gigcx.ledger.models import Entry
from marketplace.actions.change_shift import change_shift, set_bonus
from marketplace.actions.make_shift import make_shift
from marketplace.actions.open_shifts import cancel_shifts
from marketplace.actions.refused import Refused
from marketplace.actions.shift_figures import figures_of
from marketplace.models import Shift
from skills.models import Certification, Skill
from tests.factories import NOW, make_agent, make_queue
from tests.marketplace.bookings import TOMORROW, hold
from tests.marketplace.plans import wanted

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def queue():
    return make_queue("cards")


@pytest.fixture
def shift(queue):
    return make_shift(figures=wanted(queue, places=2), open_now=True, actor="user:7", now=NOW)


def change(shift, *, now=NOW, **figures):
    current = figures_of(Shift.objects.select_related("queue").get(pk=shift.pk))
    return change_shift(shift_id=shift.pk, figures=replace(current, **figures), actor="user:7", now=now)


def refused(shift, call=change, **figures):
    before = Shift.objects.values().get(pk=shift.pk), Entry.objects.count()
    with pytest.raises(Refused) as refusal:
        call(shift, **figures)
    assert before == (Shift.objects.values().get(pk=shift.pk), Entry.objects.count())
    return refusal.value.reasons


def test_while_nobody_holds_a_place_everything_may_change(shift):
    skill, proof = Skill.objects.create(name="Fraud"), Certification.objects.create(name="Data protection")
    assert change(
        shift, starts_at=TOMORROW + HOUR, pay_per_hour=1000, places=1, skills={skill.pk: 2},
        certification_ids=frozenset({proof.pk}),
    )  # fmt: skip
    shift.refresh_from_db()
    assert (shift.starts_at, shift.pay, shift.places) == (TOMORROW + HOUR, 3000, 1)
    assert (shift.asks_skills.count(), shift.asks_certifications.count()) == (1, 1)
    told = Entry.objects.get(kind="shift.changed").data["changed"]
    assert (told["places"], told["pay_per_hour"]) == ([2, 1], [1800, 1000])


def test_what_is_the_same_is_no_change(shift):
    assert not change(shift)
    assert not Entry.objects.filter(kind="shift.changed").exists()


def test_never_fewer_places_than_are_taken(queue, shift):
    hold(shift, make_agent(queue))
    hold(shift, make_agent(queue))
    assert refused(shift, places=1) == ("places_taken",)
    assert change(shift, places=5)


@pytest.mark.parametrize(
    ("figures", "code"),
    [
        ({"starts_at": TOMORROW + HOUR, "ends_at": TOMORROW + 5 * HOUR}, "shift_held"),
        ({"breaks": (((TOMORROW + HOUR).timestamp(), (TOMORROW + 2 * HOUR).timestamp(), True),)}, "shift_held"),
        ({"work_place": "site"}, "shift_held"),
        ({"pay_per_hour": 1799}, "pay_less"),
        ({"certification_ids": True}, "asks_more"),
        ({"skills": True}, "asks_more"),
    ],
)
def test_what_people_hold_is_not_made_worse(queue, shift, figures, code):
    hold(shift, make_agent(queue))
    if "skills" in figures:
        figures = {"skills": {Skill.objects.create(name="Fraud").pk: 1}}
    if "certification_ids" in figures:
        figures = {"certification_ids": frozenset({Certification.objects.create(name="Data protection").pk})}
    assert refused(shift, **figures) == (code,)


def test_a_raise_is_for_those_too_who_hold_places_already(queue, shift):
    booking = hold(shift, make_agent(queue))
    assert change(shift, bonus_per_hour=250)
    booking.refresh_from_db()
    assert booking.pay == 4 * 2050


def test_a_bonus_for_many_shifts_is_never_taken_from_holders(queue, shift):
    other = make_shift(figures=wanted(queue), open_now=True, actor="user:7", now=NOW)
    both = [shift.pk, other.pk]
    assert set_bonus(shift_ids=both, bonus_per_hour=300, actor="user:7", now=NOW) == 2
    assert set_bonus(shift_ids=both, bonus_per_hour=300, actor="user:7", now=NOW) == 0
    booking = hold(shift, make_agent(queue))
    assert booking.pay == 4 * 2100

    def lower(shift):
        set_bonus(shift_ids=both, bonus_per_hour=100, actor="user:7", now=NOW)

    assert refused(shift, lower) == ("pay_less",)
    assert set(Shift.objects.values_list("bonus_per_hour", flat=True)) == {300}


def test_more_places_of_an_open_shift_need_seats(queue):
    site = Site.objects.create(name="Milan", seats=2)
    figures = wanted(queue, places=2, work_place="site", site_id=site.pk)
    shift = make_shift(figures=figures, open_now=True, actor="user:7", now=NOW)
    assert refused(shift, places=3) == ("site_seats",)


def test_what_is_cancelled_or_has_begun_stays(shift):
    assert refused(shift, places=3, now=TOMORROW) == ("shift_past",)
    cancel_shifts(shift_ids=[shift.pk], actor="user:7", now=NOW)
    assert refused(shift, places=3) == ("shift_cancelled",)


def test_a_shift_of_centuries_is_refused_before_its_pay_is_worked_out(shift):
    assert refused(shift, starts_at=shift.starts_at.replace(year=316)) == ("shift_period",)
