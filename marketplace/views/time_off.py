"""Time off: an agent's own page, and where dispatchers answer with the staffing before their eyes."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gigcx.accounts.permissions import allow
from marketplace.actions import time_off as actions
from marketplace.actions.refused import Refused
from marketplace.claiming.hours import DAY, Period
from marketplace.claiming.readings import instants
from marketplace.models import TimeOff
from marketplace.models.days import IN_OUR_TIME
from marketplace.queries.board import department_ids_of
from marketplace.queries.time_off import answered, planned_in, staffing_without, time_off_of, waiting
from marketplace.rules import may_see_board
from marketplace.views.availability import in_own_zone
from marketplace.views.today import TABS

SHOWN = 20


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, validators=IN_OUR_TIME)


def _clock(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=widget)


class TimeOffForm(forms.Form):
    """Days by the agent's clock; hours only where part of a day will do."""

    first = _day(gettext_lazy("First day"))
    last = _day(gettext_lazy("Last day"))
    start = _clock(gettext_lazy("From"))
    end = _clock(gettext_lazy("To"))
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=200)

    def period(self, *, zone: ZoneInfo) -> Period | None:
        """The instants; None where there are none."""
        said = self.cleaned_data
        start = datetime.combine(said["first"], said["start"] or time())
        end = (
            datetime.combine(said["last"], said["end"]) if said["end"] else datetime.combine(said["last"] + DAY, time())
        )
        found = instants(start, end, zone=zone)
        return Period(found[0].start, found[-1].end) if found else None


@in_own_zone
@require_safe
def my_time_off(request: HttpRequest) -> HttpResponse:
    """What the agent asked for, what became of it, and the form to ask."""
    return _mine(request, TimeOffForm())


@in_own_zone
@require_POST
def ask_time_off(request: HttpRequest) -> HttpResponse:
    """Ask."""
    form = TimeOffForm(request.POST)
    if not form.is_valid():
        return _mine(request, form)
    agent = request.user.agent
    period = form.period(zone=ZoneInfo(agent.timezone))
    if period is None:
        form.add_error("last", _("The end is not after the start."))
        return _mine(request, form)
    try:
        actions.ask_time_off(agent_id=agent.pk, period=period, reason=form.cleaned_data["reason"], **_who(request))
    except Refused as refused:
        return _mine(request, form, refusals=refused.sentences)
    messages.success(request, _("A dispatcher will answer. You read it here."))
    return redirect("my_time_off")


@in_own_zone
@require_POST
def withdraw_time_off(request: HttpRequest, time_off_id: int) -> HttpResponse:
    """Not needed any more."""
    try:
        actions.withdraw_time_off(time_off_id=time_off_id, agent_id=request.user.agent.pk, **_who(request))
    except TimeOff.DoesNotExist as missing:
        raise Http404 from missing
    except Refused as refused:
        return _mine(request, TimeOffForm(), refusals=refused.sentences)
    return redirect("my_time_off")


@never_cache
@allow(may_see_board)
@require_safe
def time_off_requests(request: HttpRequest) -> HttpResponse:
    """What waits for an answer in the departments of this dispatcher, and what was answered last."""
    seen = department_ids_of(user=request.user)
    context = {"waiting": waiting(department_ids=seen), "answered": answered(department_ids=seen), "tab": "time_off"}
    return render(request, "marketplace/people/time_off.html", context)


@never_cache
@allow(may_see_board)
@require_safe
def time_off_request(request: HttpRequest, time_off_id: int) -> HttpResponse:
    """One request with the staffing in its time, with and without the person."""
    return _request(request, _seen(request, time_off_id))


@allow(may_see_board)
@require_POST
def answer_time_off(request: HttpRequest, time_off_id: int) -> HttpResponse:
    """Grant or refuse."""
    row = _seen(request, time_off_id)
    answer = actions.grant_time_off if request.POST.get("do") == "grant" else actions.refuse_time_off
    try:
        answer(time_off_id=row.pk, note=request.POST.get("note", ""), **_who(request))
    except Refused as refused:
        return _request(request, row, refusals=refused.sentences)
    messages.success(request, _("Answered; the agent reads it."))
    return redirect("time_off_requests")


def _seen(request: HttpRequest, time_off_id: int) -> TimeOff:
    return get_object_or_404(time_off_of(department_ids=department_ids_of(user=request.user)), pk=time_off_id)


def _request(request: HttpRequest, row: TimeOff, *, refusals: Sequence[str] = ()) -> HttpResponse:
    context = {
        "row": row,
        "days": staffing_without(time_off=row, now=timezone.now()),
        "planned": planned_in(time_off=row),
        "refusals": refusals,
        "tab": "time_off",
    }
    return render(request, "marketplace/people/time_off_request.html", context, status=409 if refusals else 200)


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"actor": request.user.ledger_name, "now": timezone.now()}


def _mine(request: HttpRequest, form: TimeOffForm, *, refusals: Sequence[str] = ()) -> HttpResponse:
    rows = TimeOff.objects.filter(agent=request.user.agent).order_by("-asked_at")[:SHOWN]
    wrong = bool(refusals or form.errors)
    context = {"form": form, "rows": rows, "refusals": refusals, "now": timezone.now(), "page": "me", "tabs": TABS}
    return render(request, "marketplace/me/time_off.html", context, status=422 if wrong else 200)
