"""Admin pages for what shifts may look like and cost, by department."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db import models
from django.utils.translation import gettext_lazy

from gigcx.accounts.admin_pages import ActionAdmin, ActionForm
from gigcx.accounts.models import User
from marketplace.actions.shift_patterns import (
    delete_shift_pattern,
    delete_shift_policy,
    keep_shift_pattern,
    keep_shift_policy,
)
from marketplace.models import ShiftPattern, ShiftPolicy


class ShiftPatternForm(ActionForm):
    """A pattern."""

    class Meta:
        model = ShiftPattern
        fields = [
            "department",
            "name",
            "work_place",
            "is_active",
            "least_hours",
            "most_hours",
            "step_hours",
            "first_start",
            "last_start",
            "start_minutes",
            "break_minutes",
            "break_paid",
            "break_from_hours",
            "break_margin_hours",
            "pay_per_hour",
            "cost_per_shift",
        ]
        help_texts = {
            "department": gettext_lazy(
                "A department without patterns of its own is proposed shifts of 4 to 8 hours on site, 4 to 6 from home,"
                " and 2 to 3 from home in the middle of the day."
            ),
            "is_active": gettext_lazy("Untick this and no such shift is proposed."),
        }


@admin.register(ShiftPattern)
class ShiftPatternAdmin(ActionAdmin):
    """Families of shifts."""

    form = ShiftPatternForm
    list_display = ["name", "department", "work_place", "least_hours", "most_hours", "pay_per_hour", "is_active"]
    list_filter = ["department", "work_place", "is_active"]
    list_select_related = ["department"]
    search_fields = ["name"]
    fieldsets = [
        (None, {"fields": ["department", "name", "work_place", "is_active"]}),
        (gettext_lazy("Length"), {"fields": [("least_hours", "most_hours", "step_hours")]}),
        (gettext_lazy("Start"), {"fields": [("first_start", "last_start", "start_minutes")]}),
        (
            gettext_lazy("Break"),
            {"fields": [("break_minutes", "break_paid"), "break_from_hours", "break_margin_hours"]},
        ),
        (gettext_lazy("Pay"), {"fields": [("pay_per_hour", "cost_per_shift")]}),
    ]

    def create(self, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> ShiftPattern:
        """A new one."""
        return keep_shift_pattern(pattern_id=None, **figures, actor=actor, now=now)

    def change(self, row: models.Model, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> None:
        """Other figures."""
        keep_shift_pattern(pattern_id=row.pk, **figures, actor=actor, now=now)

    def remove(self, row: models.Model, *, actor: str, now: datetime) -> None:
        """Gone."""
        delete_shift_pattern(pattern_id=row.pk, actor=actor, now=now)


class ShiftPolicyForm(ActionForm):
    """A policy."""

    class Meta:
        model = ShiftPolicy
        fields = [
            "department",
            "currency",
            "missing_per_hour",
            "over_per_hour",
            "night_share",
            "weekend_share",
            "standby_extra_per_hour",
            "site",
        ]
        help_texts = {
            "missing_per_hour": gettext_lazy(
                "In minor units such as cents, times the queue's priority. A shift is proposed where it saves more than"
                " it costs."
            ),
            "site": gettext_lazy("Where shifts on site are worked; no more of them are proposed than it has seats."),
        }


@admin.register(ShiftPolicy)
class ShiftPolicyAdmin(ActionAdmin):
    """What shifts cost in each department."""

    form = ShiftPolicyForm
    list_display = ["department", "currency", "missing_per_hour", "over_per_hour", "night_share", "weekend_share"]
    list_select_related = ["department"]

    def create(self, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> ShiftPolicy:
        """A department's first."""
        return keep_shift_policy(policy_id=None, **figures, actor=actor, now=now)

    def change(self, row: models.Model, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> None:
        """Other figures."""
        keep_shift_policy(policy_id=row.pk, **figures, actor=actor, now=now)

    def remove(self, row: models.Model, *, actor: str, now: datetime) -> None:
        """Back to the defaults."""
        delete_shift_policy(policy_id=row.pk, actor=actor, now=now)
