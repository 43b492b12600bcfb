"""Sites: how many may sit there, and what is said when fewer do than were promised a seat."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from gigcx.accounts.models import Site
from gigcx.ledger.models import Entry
from marketplace.actions.change_shift import change_shift
from marketplace.actions.claim import claim
from marketplace.actions.keep_site import keep_site
from marketplace.actions.make_shift import make_shift
from marketplace.actions.open_shifts import open_shifts
from marketplace.actions.refused import ClaimRefused, PlanRefused
from marketplace.actions.shift_figures import figures_of
from marketplace.claiming.seats import Crowded
from marketplace.models import Shift
from tests.factories import NOW, make_agent, make_duty, make_queue
from tests.marketplace.bookings import TOMORROW, hold
from tests.marketplace.plans import wanted

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def site():
    return Site.objects.create(name="Milan", seats=4)


def keep(site, *, seats, now=NOW):
    return keep_site(site_id=site.pk, seats=seats, actor="user:1", now=now).crowded


def on_site(queue, site, *, places=2, **figures):
    return make_shift(
        figures=wanted(queue, places=places, work_place="site", site_id=site.pk, **figures), open_now=True,
        actor="user:7", now=NOW,
    )  # fmt: skip


def test_fewer_seats_than_were_promised_are_kept_and_told_with_the_instants(site):
    queue = make_queue("cards")
    on_site(queue, site)
    make_duty(make_agent(queue), start=TOMORROW + HOUR, hours=1, site=site)
    make_duty(make_agent(queue), start=TOMORROW - 2 * HOUR, hours=1, site=site)
    assert keep(site, seats=3) == []
    assert keep(site, seats=2) == [Crowded(TOMORROW + HOUR, TOMORROW + 2 * HOUR, 3)]
    assert keep(site, seats=1) == [Crowded(TOMORROW, TOMORROW + 4 * HOUR, 3)]
    site.refresh_from_db()
    assert site.seats == 1
    assert Entry.objects.filter(kind="site.changed").count() == 3


def test_what_is_over_or_as_it_was_or_not_counted_is_not_told(site):
    on_site(make_queue("cards"), site)
    assert keep(site, seats=1, now=TOMORROW + 4 * HOUR) == []
    assert keep(site, seats=1) == []
    assert keep(site, seats=None) == []


def test_seats_that_make_no_sense_are_refused_and_change_nothing(site):
    with pytest.raises(ValidationError):
        keep(site, seats=-1)
    site.refresh_from_db()
    assert (site.seats, Entry.objects.exists()) == (4, False)


def test_nothing_more_is_opened_or_claimed_where_the_seats_are_gone(site):
    queue = make_queue("cards")
    shift = on_site(queue, site)
    hold(shift, make_agent(queue))
    draft = make_shift(figures=wanted(queue, work_place="site", site_id=site.pk), actor="user:7", now=NOW)
    keep(site, seats=1)
    with pytest.raises(PlanRefused):
        open_shifts(shift_ids=[draft.pk], actor="user:7", now=NOW)
    with pytest.raises(ClaimRefused) as refusal:
        claim(shift_id=shift.pk, agent_id=make_agent(queue).pk, actor="user:2", now=NOW)
    assert refusal.value.reasons == ("site_full",)


def test_a_shift_that_was_promised_more_seats_can_still_be_changed_to_no_more(site):
    shift = on_site(make_queue("cards"), site, places=3)
    keep(site, seats=1)

    def change(**figures):
        current = Shift.objects.select_related("queue").get(pk=shift.pk)
        return change_shift(shift_id=shift.pk, figures=replace(figures_of(current), **figures), actor="user:7", now=NOW)

    assert change(notes="Bring your badge.")
    assert change(places=2)
    with pytest.raises(PlanRefused) as refusal:
        change(places=3)
    assert refusal.value.reasons == ("site_seats",)
    assert Shift.objects.get().places == 2
