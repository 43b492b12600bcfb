"""Admin page for known events, with what they do to demand."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gigcx.accounts.admin_pages import ActionAdmin, ActionForm
from gigcx.accounts.models import User
from marketplace.actions.events import delete_event, keep_event
from marketplace.models import Event


class EventForm(ActionForm):
    """A known event."""

    class Meta:
        model = Event
        fields = ["name", "starts_at", "ends_at", "department", "queues", "factor"]

    def clean(self) -> dict[str, Any] | None:
        """The end comes after the start."""
        cleaned = super().clean() or {}
        starts, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts and ends and ends <= starts and "ends_at" not in self.errors:
            self.add_error("ends_at", ValidationError(_("This is not after the start.")))
        return cleaned


@admin.register(Event)
class EventAdmin(ActionAdmin):
    """Campaigns, bill runs: what is known before it comes."""

    form = EventForm
    list_display = ["name", "starts_at", "ends_at", "factor", "department"]
    list_filter = ["department"]
    list_select_related = ["department"]
    search_fields = ["name"]
    filter_horizontal = ["queues"]
    fieldsets = [
        (None, {"fields": ["name", "starts_at", "ends_at"]}),
        (gettext_lazy("Where"), {"fields": ["department", "queues"]}),
        (gettext_lazy("How much"), {"fields": ["factor"]}),
    ]

    def figures(self, form: forms.ModelForm, formsets: Sequence[forms.BaseFormSet]) -> dict[str, Any]:
        """The event's figures, and its queues as rows."""
        return {**form.cleaned_data, "queues": list(form.cleaned_data["queues"])}

    def create(self, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> Event:
        """A new event."""
        return keep_event(event_id=None, **figures, actor=actor, now=now)

    def change(self, row: models.Model, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> None:
        """Other figures."""
        keep_event(event_id=row.pk, **figures, actor=actor, now=now)

    def remove(self, row: models.Model, *, actor: str, now: datetime) -> None:
        """Gone."""
        delete_event(event_id=row.pk, actor=actor, now=now)
