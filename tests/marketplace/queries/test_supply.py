"""Supplies as tiers."""

import pytest

from gigcx.accounts.models import Department
from marketplace.models import Supply
from marketplace.queries.supply import supplies

pytestmark = pytest.mark.django_db


def test_supplies_become_tiers_by_currency_and_notice(django_assert_num_queries) -> None:
    bank, other = Department.objects.create(name="Bank"), Department.objects.create(name="Other")
    made = [
        Supply(department=bank, name="Staff", kind="internal", hourly_cost=2400, show_share=0.95, hours_a_week=700),
        Supply(department=bank, name="Gig", kind="external", hourly_cost=3100, notice_hours=4),
        Supply(department=bank, name="Ready", kind="standby", hourly_cost=3400, reservation_fee=500),
        Supply(department=bank, name="Abroad", kind="external", hourly_cost=2000, currency="USD"),
        Supply(department=bank, name="Gone", kind="lent", hourly_cost=1, is_active=False),
        Supply(department=other, name="Theirs", kind="lent", hourly_cost=1),
    ]
    Supply.objects.bulk_create(made)
    with django_assert_num_queries(1):
        euro, dollar = supplies(department_ids=[bank.pk])
    assert (euro.currency, dollar.currency, dollar.tiers[0].name) == ("EUR", "USD", "Abroad")
    assert [(tier.name, tier.called) for tier in euro.tiers] == [("Staff", False), ("Gig", True), ("Ready", True)]
    staff, _, ready = euro.tiers
    assert (staff.cost, staff.show, staff.hours, ready.fee, ready.hours) == (2400, 0.95, 700, 500, float("inf"))


def test_nothing_kept_is_nothing_to_mix() -> None:
    assert supplies(department_ids=[1]) == []
