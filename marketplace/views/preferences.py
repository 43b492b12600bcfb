"""`/me/preferences/`: what an agent would rather do. It orders what is offered; it forbids nothing."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gigcx.accounts.models import Site
from marketplace.actions.prefer import prefer
from marketplace.models import Preference, Queue
from marketplace.views.availability import in_own_zone
from marketplace.views.today import TABS
from marketplace.vocabulary import WorkPlace

FIGURES = ("work_place", "hours_wanted", "least_hours", "most_hours")


def _hours(label: Any) -> forms.FloatField:
    return forms.FloatField(label=label, required=False, min_value=0, max_value=168)


class PreferenceForm(forms.Form):
    """Hours are those of a week."""

    hours_wanted = _hours(gettext_lazy("Hours a week you would like"))
    least_hours = _hours(gettext_lazy("At least"))
    most_hours = _hours(gettext_lazy("At most"))
    work_place = forms.ChoiceField(
        label=gettext_lazy("Where"), required=False, choices=[("", gettext_lazy("either")), *WorkPlace.choices]
    )
    queues = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Queues you like best"), required=False, widget=forms.CheckboxSelectMultiple,
        queryset=Queue.objects.filter(is_active=True).order_by("name"),
    )  # fmt: skip
    sites = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Sites you like best"), required=False, widget=forms.CheckboxSelectMultiple,
        queryset=Site.objects.all(),
    )  # fmt: skip


@in_own_zone
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """The page, and keeping it."""
    form = PreferenceForm(request.POST if request.method == "POST" else None, initial=_kept(request))
    if form.is_valid():
        try:
            prefer(
                agent_id=request.user.agent.pk, actor=request.user.ledger_name, now=timezone.now(), **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
        else:
            messages.success(request, _("Kept."))
            return redirect("preferences")
    context = {"form": form, "page": "me", "tabs": TABS}
    return render(request, "marketplace/me/preferences.html", context, status=422 if form.errors else 200)


def _kept(request: HttpRequest) -> dict[str, Any]:
    row = Preference.objects.filter(agent=request.user.agent).first()
    if row is None:
        return {}
    return {name: getattr(row, name) for name in FIGURES} | {"queues": row.queues.all(), "sites": row.sites.all()}
