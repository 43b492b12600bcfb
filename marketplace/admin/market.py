"""Admin pages of the marketplace's rules, and of departments' consent to lend their people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext

from gigcx.accounts.admin_pages import ActionAdmin, ActionForm, RecordAdmin
from gigcx.accounts.models import User
from marketplace.actions.lend import lend, recall, set_market_policy
from marketplace.admin.tiers import TiersField
from marketplace.models import Compensation, Lending, MarketPolicy


class MarketPolicyForm(ActionForm):
    """The figures; each says by itself what it means."""

    tiers = TiersField()

    class Meta:
        model = MarketPolicy
        exclude: Sequence[str] = []


@admin.register(MarketPolicy)
class MarketPolicyAdmin(ActionAdmin):
    """One row: its list leads to it."""

    form = MarketPolicyForm

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """And it stays."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Straight to the one row."""
        return HttpResponseRedirect(reverse("admin:marketplace_marketpolicy_change", args=[1]))

    def change(self, row: models.Model, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> None:
        """Other figures."""
        set_market_policy(**figures, actor=actor, now=now)


class LendingForm(ActionForm):
    """A consent, with its period in two fields."""

    since = forms.SplitDateTimeField(label=gettext_lazy("From"), widget=AdminSplitDateTime)
    until = forms.SplitDateTimeField(
        label=gettext_lazy("Until"), widget=AdminSplitDateTime, required=False,
        help_text=gettext_lazy("Empty: until it is recalled."),
    )  # fmt: skip

    class Meta:
        model = Lending
        fields = ["lender", "borrower", "agent"]

    def clean(self) -> dict[str, Any] | None:
        """The period ends after it begins."""
        cleaned = super().clean()
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until <= since:
            self.add_error("until", gettext_lazy("Choose an end after the start."))
        return cleaned


@admin.register(Lending)
class LendingAdmin(ActionAdmin):
    """Whose people may work for whom. A consent is written down and recalled, never rewritten."""

    form = LendingForm
    list_display = ["lender", "borrower", "agent", "period", "recalled_at"]
    list_filter = ["lender", "borrower"]
    list_select_related = ["lender", "borrower", "agent"]
    autocomplete_fields = ["agent"]
    actions = ["recall_chosen"]

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Recall it and write another."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """It stays on record."""
        return False

    def create(self, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> Lending:
        """A new consent."""
        since, until = figures.pop("since"), figures.pop("until")
        return lend(**figures, period=DateTimeTZRange(since, until), actor=actor, now=now)

    @admin.action(description=gettext_lazy("Recall: people of the lender lose their places ahead with the borrower"))
    def recall_chosen(self, request: HttpRequest, queryset: models.QuerySet[Lending]) -> None:
        """End the ticked consents now."""
        now = timezone.now()
        pulled = sum(recall(lending_id=row.pk, actor=request.user.ledger_name, now=now) for row in queryset)
        words = ngettext(
            "Recalled. %(number)d booking was taken back.", "Recalled. %(number)d bookings were taken back.", pulled
        )
        self.message_user(request, words % {"number": pulled})


@admin.register(Compensation)
class CompensationAdmin(RecordAdmin):
    """What is owed for places taken back late."""

    list_display = ["at", "department", "booking", "amount", "currency", "why"]
    list_filter = ["department", "why"]
    list_select_related = ["department", "booking"]
    date_hierarchy = "at"
