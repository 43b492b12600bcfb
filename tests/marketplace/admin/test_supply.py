"""The admin page of supplies: what it saves and what it refuses."""

import pytest
from django.test import Client

from gigcx.accounts.models import Department, Role
from gigcx.ledger.models import Entry
from marketplace.models import Supply
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


def test_supply_is_made_changed_and_deleted(mina: Client, bank: Department) -> None:
    fill_in(mina, Supply, department=bank.pk, name="Staff", kind="internal", hourly_cost=2400)
    staff = Supply.objects.get()
    assert (staff.currency, staff.show_share, staff.hours_a_week, staff.notice_hours) == ("EUR", 1, None, 168)
    fill_in(mina, Supply, staff.pk, show_share="0.95", hours_a_week="700")
    staff.refresh_from_db()
    assert (staff.show_share, staff.hours_a_week) == (0.95, 700)
    assert Entry.objects.latest("id").data["changed"] == {"show_share": [1.0, 0.95], "hours_a_week": [None, 700.0]}
    mina.post(address(Supply, "delete", staff.pk), {"post": "yes"})
    assert (Supply.objects.count(), kinds()) == (0, ["supply.changed", "supply.changed", "supply.deleted"])


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"show_share": "0"}, "show_share"),
        ({"show_share": "1.1"}, "show_share"),
        ({"hourly_cost": "-1"}, "hourly_cost"),
        ({"hours_a_week": "-1"}, "hours_a_week"),
        ({"notice_hours": "-1"}, "notice_hours"),
        ({"currency": "euro"}, "currency"),
        ({"currency": "eur"}, "currency"),
        ({"kind": "robot"}, "kind"),
        ({"name": "Gig"}, "__all__"),
    ],
)
def test_figures_that_can_not_be_are_refused(mina: Client, bank: Department, cells: dict[str, str], field: str) -> None:
    Supply.objects.create(department=bank, name="Gig", kind="external", hourly_cost=1)
    staff = Supply.objects.create(department=bank, name="Staff", kind="internal", hourly_cost=2400)
    assert field in refusals(fill_in(mina, Supply, staff.pk, **({"reservation_fee": "7"} | cells)))
    staff.refresh_from_db()
    assert (staff.name, staff.reservation_fee, staff.hourly_cost, kinds()) == ("Staff", 0, 2400, [])


def test_department_with_supplies_stays(mina: Client, bank: Department) -> None:
    Supply.objects.create(department=bank, name="Staff", kind="internal", hourly_cost=2400)
    mina.post(address(Department, "delete", bank.pk), {"post": "yes"})
    assert (Department.objects.count(), kinds()) == (1, [])
