"""The admin pages of the marketplace: its policy, and consents to lend people."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from gigcx.accounts.models import Role
from gigcx.ledger.models import Entry
from marketplace.models import Lending, MarketPolicy
from marketplace.models.market import usual_tiers
from tests.admin_site import address, fill_in, refusals, signed_in
from tests.factories import make_department

pytestmark = pytest.mark.django_db


@pytest.fixture
def mina() -> Client:
    return signed_in(Role.ADMIN)


def test_the_policy_is_changed_through_its_action(mina: Client) -> None:
    fill_in(mina, MarketPolicy, 1, late_cancel_hours=12)
    assert MarketPolicy.objects.get().late_cancel_hours == 12
    assert Entry.objects.get().kind == "market_policy.changed"
    assert refusals(fill_in(mina, MarketPolicy, 1, late_cancel_share=2))
    assert MarketPolicy.objects.get().late_cancel_share == 0.5


CLEARED = {f"tiers_{number}": "" for number in range(8)}


def rows(*pairs: tuple[str, str]) -> dict[str, str]:
    """What somebody types into the rows of tiers."""
    typed = [text for pair in pairs for text in pair]
    return CLEARED | {f"tiers_{number}": text for number, text in enumerate(typed)}


@pytest.mark.parametrize(
    ("typed", "said"),
    [([], "Fill in one row or more."), ([("soon", "0")], "Row 1: give a reliability from 0 to 100 %."),
     ([("90", "0"), ("", "60")], "Row 2: give a reliability"), ([("90", "")], "Row 1: give minutes, from 0 to a year."),
     ([("101", "0")], "Row 1: give a reliability"), ([("90", "-1")], "Row 1: give minutes"),
     ([("nan", "0")], "Row 1: give a reliability"), ([("90", "inf")], "Row 1: give minutes"),
     ([("90", "1e300")], "Row 1: give minutes"), ([("90", "0"), ("90.0", "60")], "Two rows begin at the same")],
)  # fmt: skip
def test_tiers_that_make_no_sense_are_refused_in_the_form(
    mina: Client, typed: list[tuple[str, str]], said: str
) -> None:
    answer = fill_in(mina, MarketPolicy, 1, **rows(*typed))
    assert said in refusals(answer)["tiers"][0]
    assert all(f'value="{text}"' in answer.content.decode() for pair in typed for text in pair if text)
    assert MarketPolicy.objects.get().tiers == usual_tiers()
    assert not Entry.objects.exists()


def test_tiers_are_shown_in_rows_with_room_for_more_and_kept_as_they_were(mina: Client) -> None:
    page = mina.get(address(MarketPolicy, "change", 1)).content.decode()
    for number, text in enumerate(("95", "0", "80", "60")):
        assert f'name="tiers_{number}" value="{text}"' in page
    assert 'name="tiers_7" value=""' in page
    fill_in(mina, MarketPolicy, 1, late_cancel_hours=12)
    assert MarketPolicy.objects.get().tiers == usual_tiers()
    assert list(Entry.objects.get().data["changed"]) == ["late_cancel_hours"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("swap_hours", "0"), ("swap_hours", "-2"), ("swap_hours", "two"), ("swap_hours", ""), ("swap_hours", "9000"),
     ("offer_minutes", "2147483647"), ("lock_down_hours", "1e300"), ("undo_seconds", "99999999")],
)  # fmt: skip
def test_times_that_make_no_sense_are_refused_in_the_form(mina: Client, field: str, value: str) -> None:
    before = MarketPolicy.objects.values().get()
    assert refusals(fill_in(mina, MarketPolicy, 1, **{field: value}))
    assert MarketPolicy.objects.values().get() == before


def test_tiers_and_times_that_do_are_kept(mina: Client) -> None:
    fill_in(mina, MarketPolicy, 1, swap_hours=24, **rows(("90", "0"), ("0", "30.5")))
    policy = MarketPolicy.objects.get()
    assert (policy.tiers, policy.swap_hours) == ([[0.9, 0], [0, 30.5]], 24)


def test_a_consent_is_written_down_and_recalled(mina: Client) -> None:
    lender, borrower = make_department("Lending"), make_department("Retail")
    start = timezone.now() - timedelta(days=1)
    when = {"since_0": f"{start:%Y-%m-%d}", "since_1": "08:00:00"}
    fill_in(mina, Lending, lender=lender.pk, borrower=borrower.pk, **when)
    row = Lending.objects.get()
    assert (row.lender, row.borrower, row.agent, row.period.upper) == (lender, borrower, None, None)
    mina.post(address(Lending, "changelist"), {"action": "recall_chosen", "_selected_action": [row.pk]})
    row.refresh_from_db()
    assert row.recalled_at is not None
    assert list(Entry.objects.order_by("pk").values_list("kind", flat=True)) == ["lending.agreed", "lending.recalled"]


def test_a_period_that_ends_before_it_begins_is_refused(mina: Client) -> None:
    when = {"since_0": "2026-03-10", "since_1": "08:00:00", "until_0": "2026-03-09", "until_1": "08:00:00"}
    assert refusals(fill_in(mina, Lending, lender=make_department("Lending").pk, **when))
    assert not Lending.objects.exists()
