"""`/me/calendars/`: calendars whose busy times are kept free of shifts."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from marketplace.actions import busy_calendars as actions
from marketplace.actions.refused import Refused
from marketplace.calendars.read import LARGEST
from marketplace.models import BusyCalendar
from marketplace.views.availability import in_own_zone
from marketplace.views.today import TABS
from marketplace.vocabulary import REFUSAL_WORDS, CalendarTrouble


class AddressForm(forms.Form):
    """A calendar that is read again and again."""

    prefix = "address"
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    url = forms.CharField(
        label=gettext_lazy("Address"), max_length=1000,
        help_text=gettext_lazy("The secret address in iCal format that your calendar gives out; https or webcal."),
    )  # fmt: skip


class FileForm(forms.Form):
    """A calendar that is read once."""

    prefix = "file"
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    file = forms.FileField(
        label=gettext_lazy("File"), widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}),
        help_text=gettext_lazy("Another file under the same name replaces it."),
    )  # fmt: skip


@in_own_zone
@require_safe
def busy_calendars(request: HttpRequest) -> HttpResponse:
    """The calendars, how they are, and the forms to bring another."""
    return _page(request)


@in_own_zone
@require_POST
def add_calendar(request: HttpRequest) -> HttpResponse:
    """Bring a calendar by its address."""
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _page(request, address_form=form)
    try:
        actions.add_calendar(agent_id=request.user.agent.pk, **form.cleaned_data, **_who(request))
    except Refused as refused:
        return _page(request, address_form=form, refusals=refused.sentences)
    return redirect("busy_calendars")


@in_own_zone
@require_POST
def read_calendar_file(request: HttpRequest) -> HttpResponse:
    """Bring a calendar as a file."""
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, file_form=form)
    file = form.cleaned_data["file"]
    if file.size > LARGEST:
        return _page(request, file_form=form, refusals=[str(CalendarTrouble.TOO_LARGE.label)])
    try:
        actions.read_file(
            agent_id=request.user.agent.pk, name=form.cleaned_data["name"], content=file.read(), **_who(request)
        )
    except Refused as refused:
        return _page(request, file_form=form, refusals=refused.sentences)
    return redirect("busy_calendars")


@in_own_zone
@require_POST
def change_calendar(request: HttpRequest, calendar_id: int) -> HttpResponse:
    """Have it read again, or take it away."""
    do = actions.remove_calendar if request.POST.get("do") == "remove" else actions.read_again
    try:
        do(calendar_id=calendar_id, agent_id=request.user.agent.pk, **_who(request))
    except BusyCalendar.DoesNotExist as missing:
        raise Http404 from missing
    return redirect("busy_calendars")


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"actor": request.user.ledger_name, "now": timezone.now()}


def _page(
    request: HttpRequest, *, address_form: AddressForm | None = None, file_form: FileForm | None = None,
    refusals: Sequence[str] = (),
) -> HttpResponse:  # fmt: skip
    rows = list(BusyCalendar.objects.filter(agent=request.user.agent).annotate(count=Count("busy")))
    context = {
        "calendars": [(row, urlsplit(row.url).hostname or "", REFUSAL_WORDS.get(row.trouble, "")) for row in rows],
        "address_form": address_form or AddressForm(),
        "file_form": file_form or FileForm(),
        "refusals": refusals,
        "page": "me",
        "tabs": TABS,
    }
    status = 422 if address_form or file_form else 200
    return render(request, "marketplace/me/calendars.html", context, status=status)
