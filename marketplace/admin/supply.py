"""Admin page for supplies: the hours that a week can be covered with."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db import models
from django.utils.translation import gettext_lazy

from gigcx.accounts.admin_pages import ActionAdmin, ActionForm
from gigcx.accounts.models import User
from marketplace.actions.supply import delete_supply, keep_supply
from marketplace.models import Supply


class SupplyForm(ActionForm):
    """A supply and its figures."""

    class Meta:
        model = Supply
        fields = [
            "department",
            "name",
            "kind",
            "is_active",
            "hourly_cost",
            "reservation_fee",
            "currency",
            "show_share",
            "hours_a_week",
            "notice_hours",
        ]
        help_texts = {
            "department": gettext_lazy("Whose queues they help."),
            "is_active": gettext_lazy("Untick this to plan without these people."),
        }


@admin.register(Supply)
class SupplyAdmin(ActionAdmin):
    """Sources of hours."""

    form = SupplyForm
    list_display = ["name", "department", "kind", "cost", "show_share", "hours_a_week", "notice_hours", "is_active"]
    list_filter = ["department", "kind", "is_active"]
    list_select_related = ["department"]
    search_fields = ["name"]

    @admin.display(description=gettext_lazy("an hour"), ordering="hourly_cost")
    def cost(self, supply: Supply) -> str:
        """In minor units with the currency, as it is kept."""
        return f"{supply.hourly_cost:,} {supply.currency}"

    def create(self, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> Supply:
        """A new one."""
        return keep_supply(supply_id=None, **figures, actor=actor, now=now)

    def change(self, row: models.Model, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> None:
        """Other figures."""
        keep_supply(supply_id=row.pk, **figures, actor=actor, now=now)

    def remove(self, row: models.Model, *, actor: str, now: datetime) -> None:
        """Gone."""
        delete_supply(supply_id=row.pk, actor=actor, now=now)
