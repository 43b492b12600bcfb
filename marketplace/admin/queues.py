"""Admin page for queues, with what they ask of people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.widgets import Script
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gigcx.accounts.admin_pages import ActionAdmin, ActionForm, ZoneField
from gigcx.accounts.models import User
from marketplace.actions.queues import delete_queue, keep_queue
from marketplace.models import Queue, QueueCertification, QueueSkill


class CurveField(forms.Textarea):
    """24 figures as text, above which a script draws them: by mouse, by finger, or by keyboard."""

    def __init__(self) -> None:
        words = {
            "data-curve": "",
            "data-title": gettext_lazy("Contacts in each hour of an ordinary day"),
            "data-unit": gettext_lazy("contacts"),
            "data-day": gettext_lazy("a day"),
            "data-none": gettext_lazy("Nothing is drawn. Drag over the picture, or use the arrow keys."),
            "data-top": gettext_lazy("Top of the picture, contacts an hour"),
            "data-clear": gettext_lazy("Clear"),
        }
        super().__init__(attrs={"rows": 2, **words})

    @property
    def media(self) -> forms.Media:
        """The script and its looks."""
        return forms.Media(css={"all": ["gigcx/curve.css"]}, js=[Script("gigcx/curve.js", defer="")])


class QueueForm(ActionForm):
    """A queue."""

    timezone = ZoneField(initial="UTC", help_text=gettext_lazy("Of the hours, and of the forecast."))

    curve = SimpleArrayField(
        forms.FloatField(min_value=0),
        required=False,
        widget=CurveField(),
        help_text=gettext_lazy(
            "For a new queue: draw an ordinary day, or write the contacts in each of its 24 hours from midnight,"
            " joined by commas."
        ),
    )

    class Meta:
        model = Queue
        fields = [
            "code",
            "name",
            "department",
            "channel",
            "is_active",
            "priority",
            "target_share",
            "target_seconds",
            "patience_seconds",
            "handle_seconds",
            "occupancy_cap",
            "shrinkage",
            "least_agents",
            "opens",
            "closes",
            "timezone",
            "home_allowed",
            "country",
            "like",
            "curve",
        ]
        help_texts = {
            "code": gettext_lazy("How files and switches name this queue."),
            "is_active": gettext_lazy("Untick this and nobody is sent here any more."),
            "target_seconds": gettext_lazy("So soon a contact is to be answered."),
            "opens": gettext_lazy("Leave both times empty if the queue is always open."),
            "closes": gettext_lazy("A time before the opening one is on the next day."),
        }

    def clean(self) -> dict[str, Any] | None:
        """Both hours or neither."""
        cleaned = super().clean() or {}
        if (cleaned.get("opens") is None) != (cleaned.get("closes") is None):
            missing = "opens" if cleaned.get("opens") is None else "closes"
            if missing not in self.errors:
                self.add_error(missing, ValidationError(_("Give both hours, or neither for always open.")))
        if cleaned.get("like") and cleaned["like"].pk == self.instance.pk:
            self.add_error("like", ValidationError(_("Pick another queue, or none.")))
        cleaned["curve"] = cleaned.get("curve") or None
        return cleaned


class AskedFormSet(forms.BaseInlineFormSet):
    """Rows of the table below."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        """Name the box that takes a row away."""
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["aria-label"] = _("Do not ask for it any more")


class Asked(admin.TabularInline):
    """What a queue asks for. A cell of the table is named after its column, also for who can't see that."""

    formset = AskedFormSet

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        """Name the cell."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            getattr(field.widget, "widget", field.widget).attrs["aria-label"] = str(field.label)
        return field


class SkillsInline(Asked):
    """The skills that the queue asks for."""

    model = QueueSkill
    extra = 1
    verbose_name = gettext_lazy("skill that it asks for")
    verbose_name_plural = gettext_lazy("skills that it asks for")


class CertificationsInline(Asked):
    """The certifications that the queue demands."""

    model = QueueCertification
    extra = 1
    verbose_name = gettext_lazy("certification that it demands")
    verbose_name_plural = gettext_lazy("certifications that it demands")


@admin.register(Queue)
class QueueAdmin(ActionAdmin):
    """Streams of contacts."""

    form = QueueForm
    inlines = [SkillsInline, CertificationsInline]
    list_display = ["name", "code", "department", "channel", "priority", "target", "is_active"]
    list_filter = ["department", "channel", "is_active"]
    list_select_related = ["department"]
    search_fields = ["name", "code"]
    fieldsets = [
        (None, {"fields": ["code", "name", "department", "channel", "is_active"]}),
        (gettext_lazy("Target"), {"fields": ["priority", ("target_share", "target_seconds")]}),
        (gettext_lazy("Need"), {"fields": ["occupancy_cap", "shrinkage", "least_agents"]}),
        (gettext_lazy("Customers"), {"fields": ["patience_seconds", "handle_seconds"]}),
        (gettext_lazy("Where and when"), {"fields": [("opens", "closes"), "timezone", "home_allowed"]}),
        (gettext_lazy("Forecast"), {"fields": ["country", "like", "curve"]}),
    ]

    @admin.display(description=gettext_lazy("target"))
    def target(self, queue: Queue) -> str:
        """As the trade writes it."""
        return f"{queue.target_share:.0%} / {queue.target_seconds:g} s"

    def get_inline_instances(self, request: HttpRequest, obj: models.Model | None = None) -> list[Any]:
        """All of them, for who may change a queue."""
        return [inline(self.model, self.admin_site) for inline in self.inlines]

    def figures(self, form: forms.ModelForm, formsets: Sequence[forms.BaseFormSet]) -> dict[str, Any]:
        """The queue's figures, and what it asks for as the forms leave it."""
        skills, certifications = (
            [
                row
                for row in formset.cleaned_data
                if row and not row.get("DELETE") and any(row.get(key) for key in ("skill", "certification"))
            ]
            for formset in formsets
        )
        return {
            **form.cleaned_data,
            "skills": {row["skill"]: row["level"] for row in skills},
            "certifications": [row["certification"] for row in certifications],
        }

    def create(self, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> Queue:
        """A new queue."""
        return keep_queue(queue_id=None, **figures, actor=actor, now=now)

    def change(self, row: models.Model, figures: dict[str, Any], *, by: User, actor: str, now: datetime) -> None:
        """Other figures or requirements."""
        keep_queue(queue_id=row.pk, **figures, actor=actor, now=now)

    def remove(self, row: models.Model, *, actor: str, now: datetime) -> None:
        """Gone, if it never served anyone."""
        delete_queue(queue_id=row.pk, actor=actor, now=now)
