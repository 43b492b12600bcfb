"""A department lends its people and calls them back: what they booked ahead is taken back, with what is owed."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from gigcx.ledger.models import Entry
from marketplace.actions.claim import claim
from marketplace.actions.lend import lend, recall, set_market_policy
from marketplace.actions.refused import ClaimRefused
from marketplace.models import Compensation, Lending, MarketPolicy
from tests.factories import NOW, make_agent, make_department, make_queue
from tests.marketplace.bookings import TOMORROW, hold, make_shift

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def lending():
    return make_department("Lending")


@pytest.fixture
def cards():
    return make_queue("cards")


def consent(lender, borrower=None, agent=None):
    period = DateTimeTZRange(NOW - HOUR, None)
    return lend(lender=lender, borrower=borrower, agent=agent, period=period, actor="user:9", now=NOW)


def call_back(row, *, now=TOMORROW - HOUR):
    return recall(lending_id=row.pk, actor="user:9", now=now)


def test_lent_people_claim_and_recalled_ones_do_not(cards, lending):
    agent = make_agent(cards, department=lending)
    shift = make_shift(cards, places=2)
    row = consent(lending, cards.department)
    booking = hold(shift, agent)
    assert call_back(row) == 1
    booking.refresh_from_db()
    row.refresh_from_db()
    shift.refresh_from_db()
    assert (booking.status, shift.taken, row.recalled_at) == ("pulled", 0, TOMORROW - HOUR)
    told = Entry.objects.get(kind="booking.pulled").data
    assert (told["why"], told["owed"]) == ("recalled", 3600)
    assert Compensation.objects.get().department == lending
    with pytest.raises(ClaimRefused) as refusal:
        claim(shift_id=shift.pk, agent_id=agent.pk, actor="user:2", now=TOMORROW - HOUR)
    assert refusal.value.reasons == ("not_lent",)
    assert call_back(row) == 0


def test_who_rests_on_another_consent_or_works_at_home_keeps_the_place(cards, lending):
    loans = make_queue("loans", department=lending)
    named, away, home = (make_agent(cards, loans, department=lending) for _ in range(3))
    everybody, one = consent(lending), consent(lending, cards.department, named)
    kept = [hold(make_shift(cards), named), hold(make_shift(loans), home)]
    gone = hold(make_shift(cards), away)
    assert call_back(everybody) == 1
    for booking in (*kept, gone):
        booking.refresh_from_db()
    assert [booking.status for booking in (*kept, gone)] == ["held", "held", "pulled"]
    assert one.recalled_at is None


def test_a_department_cannot_lend_to_itself(lending):
    with pytest.raises(ValidationError):
        consent(lending, lending)
    assert not Lending.objects.exists()
    assert not Entry.objects.exists()


def test_the_policy_is_changed_with_an_entry(cards):
    assert set_market_policy(late_cancel_hours=12, actor="user:9", now=NOW)
    assert not set_market_policy(late_cancel_hours=12, actor="user:9", now=NOW)
    assert MarketPolicy.objects.get().late_cancel_hours == 12
    assert Entry.objects.get(kind="market_policy.changed").data["changed"] == {"late_cancel_hours": [24.0, 12]}
    with pytest.raises(ValidationError):
        set_market_policy(late_cancel_share=2, actor="user:9", now=NOW)
