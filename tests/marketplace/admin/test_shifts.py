"""The admin pages of shift patterns and policies: what they save and what they refuse."""

import pytest
from django.test import Client

from gigcx.accounts.models import Department, Role
from gigcx.ledger.models import Entry
from marketplace.actions.shift_patterns import DEFAULTS, patterns_of, rows_of
from marketplace.models import ShiftPattern, ShiftPolicy
from tests.admin_site import address, fill_in, refusals, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def mina() -> Client:
    return signed_in(Role.ADMIN)


@pytest.fixture
def bank() -> Department:
    return Department.objects.create(name="Bank")


def kinds() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("kind", flat=True))


def test_pattern_is_made_changed_and_deleted(mina: Client, bank: Department) -> None:
    fill_in(
        mina, ShiftPattern, department=bank.pk, name="Lunch", work_place="home", least_hours=2, most_hours=3,
        step_hours=1, first_start="10:00", last_start="13:00", start_minutes=30, break_minutes=0,
    )  # fmt: skip
    lunch = ShiftPattern.objects.get()
    (pattern,) = patterns_of(rows_of(bank.pk), ShiftPolicy())
    assert (list(pattern.lengths), pattern.at_home, pattern.breaks) == ([7200, 10800], True, ())
    assert list(pattern.faults(step=900)) == []
    fill_in(mina, ShiftPattern, lunch.pk, is_active="")
    assert rows_of(bank.pk) == []
    mina.post(address(ShiftPattern, "delete", lunch.pk), {"post": "yes"})
    assert rows_of(bank.pk) == list(DEFAULTS)
    assert kinds() == ["shift_pattern.changed", "shift_pattern.changed", "shift_pattern.deleted"]


def test_pattern_longest_before_shortest_is_refused(mina: Client, bank: Department) -> None:
    answer = fill_in(
        mina, ShiftPattern, department=bank.pk, name="Odd", work_place="site", least_hours=6, most_hours=4,
        step_hours=1, first_start="10:00", last_start="13:00", start_minutes=30, break_minutes=0,
    )  # fmt: skip
    assert refusals(answer)
    assert (ShiftPattern.objects.count(), kinds()) == (0, [])


def test_policy_is_made_changed_and_deleted(mina: Client, bank: Department) -> None:
    fill_in(mina, ShiftPolicy, department=bank.pk, currency="CHF")
    policy = ShiftPolicy.objects.get()
    assert (policy.currency, policy.missing_per_hour, policy.night_share) == ("CHF", 6000, 0.25)
    fill_in(mina, ShiftPolicy, policy.pk, missing_per_hour=9000)
    mina.post(address(ShiftPolicy, "delete", policy.pk), {"post": "yes"})
    assert kinds() == ["shift_policy.changed", "shift_policy.changed", "shift_policy.deleted"]


def test_the_defaults_are_patterns(db: None) -> None:
    assert [list(pattern.faults(step=900)) for pattern in patterns_of(DEFAULTS, ShiftPolicy())] == [[], [], []]
