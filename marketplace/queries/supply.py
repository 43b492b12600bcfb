"""The supplies of departments: as they are kept, and as tiers of a mix."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import inf

from django.db.models import QuerySet

from marketplace.models import Supply
from marketplace.models.supply import SupplyKind
from marketplace.queries.board import within
from marketplace.staffing.mix import Tier

SIGHT_HOURS = 12.0
"""So long before the work its need is seen well enough to call people: who needs more notice is committed before."""


@dataclass(frozen=True, slots=True)
class Supplies:
    """What can be mixed: all in one currency."""

    currency: str
    tiers: tuple[Tier, ...]


def supplies(*, department_ids: Collection[int]) -> list[Supplies]:
    """The active supplies of these departments, one `Supplies` a currency, the currency with most of them first.

    Standby, and people who need no more notice than SIGHT_HOURS, are called when the need is seen.
    """
    rows = Supply.objects.filter(is_active=True, department__in=department_ids)
    by_currency: dict[str, list[Tier]] = {}
    for row in rows.order_by("hourly_cost", "pk"):
        by_currency.setdefault(row.currency, []).append(_tier(row))
    ranked = sorted(by_currency.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return [Supplies(currency=currency, tiers=tuple(tiers)) for currency, tiers in ranked]


def supplies_seen(*, department_ids: Sequence[int] | None) -> QuerySet[Supply]:
    """The supplies of these departments (None: all), those that are not planned with too, with their departments."""
    return Supply.objects.filter(within(department_ids)).select_related("department")


def _tier(row: Supply) -> Tier:
    return Tier(
        name=row.name,
        kind=row.kind,
        cost=float(row.hourly_cost),
        fee=float(row.reservation_fee),
        show=row.show_share,
        hours=inf if row.hours_a_week is None else row.hours_a_week,
        called=row.kind == SupplyKind.STANDBY or row.notice_hours <= SIGHT_HOURS,
    )
