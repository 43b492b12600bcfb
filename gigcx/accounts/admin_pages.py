"""Admin pages that save through actions, or do not save.

A subclass of `ActionAdmin` says which action a form calls; what the action refuses stands as an error in the form. Rows
that nobody keeps by hand (`RecordAdmin`) can be looked at and not changed.
"""

import zoneinfo
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gigcx.ledger.keeping import name_of


def zone_choices() -> list[tuple[str, str]]:
    """Every time zone by its IANA name."""
    return [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones())]


class ActionForm(forms.ModelForm):
    """A form whose action may have refused: then it shows why."""

    refusal: ClassVar[ValidationError | None] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # a date and a time beside each other share one visible label, which names neither of them to a reader
            if isinstance(field.widget, forms.MultiWidget):
                for part, name in zip(field.widget.widgets, (_("date"), _("time")), strict=True):
                    part.attrs["aria-label"] = f"{field.label}: {name}"

    def clean(self) -> dict[str, Any] | None:
        """Add what the action refused, each reason at its field."""
        cleaned = super().clean()
        if self.refusal is not None:
            by_field = getattr(self.refusal, "error_dict", None) or {NON_FIELD_ERRORS: self.refusal.error_list}
            for field, errors in by_field.items():
                self.add_error(field if field in self.fields else None, errors)
        return cleaned


class Page(admin.ModelAdmin):
    """What all our admin pages share. The ledger is the record of changes, not the admin's own log."""

    list_per_page = 50
    show_full_result_count = False

    def log_addition(self, request: HttpRequest, obj: models.Model, message: object) -> None:
        """Nothing: the action wrote an Entry."""

    def log_deletions(self, request: HttpRequest, queryset: object) -> None:
        """Nothing, for the same reason."""

    log_change = log_addition

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> list[Any]:
        """Nothing, for the same reason."""
        return []

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What the ledger says about the row."""
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return HttpResponseRedirect(reverse("admin:ledger_entry_changelist") + f"?subject={name_of(row)}")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Without Django's bulk delete, which would go past the actions."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


class RecordAdmin(Page):
    """Rows that the product writes by itself: to be read."""

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never."""
        return False


class ActionAdmin(Page):
    """Saves through `create` and `change`, deletes through `remove`; each is called with `actor` and `now`."""

    form = ActionForm

    def create(self, figures: dict[str, Any], *, by: Any, actor: str, now: datetime) -> models.Model:
        """Call the action that makes a row of what the form says; the row."""
        raise NotImplementedError

    def change(self, row: models.Model, figures: dict[str, Any], *, by: Any, actor: str, now: datetime) -> None:
        """Call the action that changes the row."""
        raise NotImplementedError

    def remove(self, row: models.Model, *, actor: str, now: datetime) -> None:
        """Call the action that deletes the row."""
        raise NotImplementedError

    def figures(self, form: forms.ModelForm, formsets: Sequence[forms.BaseFormSet]) -> dict[str, Any]:
        """What the forms say, as the action wants it; formsets beside the form are for the subclass to read."""
        return dict(form.cleaned_data)

    # --- Django's hooks

    def get_form(
        self, request: HttpRequest, obj: models.Model | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        """The form of this request, with what its action refused a moment ago."""
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """As Django's, but outside a transaction: the action is the transaction. A refusal shows the form again."""
        try:
            return self._changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as refusal:
            request.refusal = refusal
        except IntegrityError:
            request.refusal = ValidationError(_("Somebody changed this at the same moment. Look at it and save again."))
        return self._changeform_view(request, object_id, form_url, extra_context)

    def save_form(self, request: HttpRequest, form: forms.ModelForm, change: bool) -> models.Model:
        """Nothing yet."""
        return form.instance

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        """Nothing yet: the action wants the formsets too."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Call the action."""
        figures = self.figures(form, formsets)
        who = {"by": request.user, "actor": request.user.ledger_name, "now": timezone.now()}
        if change:
            self.change(form.instance, figures, **who)
        else:
            form.instance.pk = self.create(figures, **who).pk

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """As Django's, outside a transaction; a refusal is told on the row's page."""
        try:
            return self._delete_view(request, object_id, extra_context)
        except ValidationError as refusal:
            for sentence in refusal.messages:
                self.message_user(request, sentence, messages.ERROR)
            return HttpResponseRedirect(
                reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[object_id])
            )

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        """Call the action."""
        self.remove(obj, actor=request.user.ledger_name, now=timezone.now())

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What would go too. What must stay is for the action to say; read-only rows that go along are no obstacle."""
        related, counts, _missing, protected = super().get_deleted_objects(objs, request)
        return related, counts, set(), protected


class ZoneField(forms.TypedChoiceField):
    """A time zone from a list."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Time zone"))
        super().__init__(choices=zone_choices, **kwargs)
