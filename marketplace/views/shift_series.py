"""`/planner/templates/`: shifts that come again, as weekly series or copied days; shown before anything is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gigcx.accounts.models import Department
from gigcx.accounts.permissions import allow
from marketplace.actions.make_shift import make_shifts
from marketplace.actions.refused import Refused
from marketplace.actions.shift_figures import ShiftFigures
from marketplace.actions.shift_templates import delete_template, keep_template, repeated, template_of
from marketplace.models import Queue, ShiftTemplate
from marketplace.models.days import IN_OUR_TIME
from marketplace.queries.shifts import shifts_of
from marketplace.rules import may_see_board
from marketplace.views.planner import Shown, planned_department

DATE = {"widget": forms.DateInput({"type": "date"}, format="%Y-%m-%d"), "validators": IN_OUR_TIME}
WEEKS = 2
LONGEST = timedelta(days=92)


class SeriesForm(forms.Form):
    """Which days. Without a template the shifts of `day` are copied."""

    template = forms.ModelChoiceField(queryset=ShiftTemplate.objects.none(), required=False)
    day = forms.DateField(label=gettext_lazy("The shifts of"), required=False, **DATE)
    since = forms.DateField(label=gettext_lazy("From"), **DATE)
    until = forms.DateField(label=gettext_lazy("Until, included"), **DATE)
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("On"), coerce=int, choices=list(WEEKDAYS_ABBR.items()), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.department = department
        self.fields["template"].queryset = ShiftTemplate.objects.filter(department=department)

    def clean(self) -> dict[str, Any]:
        """At most a quarter of a year, and something to repeat."""
        said = super().clean() or {}
        since, until = said.get("since"), said.get("until")
        if since and until and not timedelta(0) <= until - since <= LONGEST:
            self.add_error("until", gettext_lazy("Choose an end at most three months after the start."))
        if not said.get("template") and not said.get("day"):
            raise ValidationError(gettext_lazy("Choose a template, or a day to copy."))
        return said

    def wanted(self) -> list[ShiftFigures]:
        """What would be made."""
        figures = {name: self.cleaned_data[name] for name in ("template", "day", "since", "until", "weekdays")}
        return repeated(department_id=self.department.pk, now=timezone.now(), **figures)


@dataclass(frozen=True, slots=True)
class DayOfWanted:
    """Shifts that would be made on one local day."""

    day: date
    shifts: Sequence[tuple[str, ShiftFigures]]
    """Each with the name of its queue ('' for standby)."""


@never_cache
@allow(may_see_board)
@require_safe
def shift_templates(request: HttpRequest) -> HttpResponse:
    """The page."""
    department = planned_department(request.user, request.GET.get("department", ""))
    shown = Shown.of(department, request.GET, now=timezone.now())
    start = max(shown.day, localtime().date()) + timedelta(days=1)
    form = SeriesForm(
        department=department,
        initial={
            "day": shown.day, "since": start, "until": start + timedelta(weeks=WEEKS) - timedelta(days=1),
            "weekdays": [shown.day.weekday()],
        },
    )  # fmt: skip
    return _page(request, form)


@never_cache
@allow(may_see_board)
@require_POST
def make_series(request: HttpRequest) -> HttpResponse:
    """Show what would be made; once that was seen, make it."""
    department = planned_department(request.user, request.POST.get("department", ""))
    form = SeriesForm(request.POST, department=department)
    if not form.is_valid():
        return _page(request, form, status=422)
    wanted, do = form.wanted(), request.POST.get("do", "")
    if do not in {"draft", "open"}:
        return _page(request, form, wanted=wanted)
    try:
        made = make_shifts(wanted=wanted, open_now=do == "open", actor=request.user.ledger_name, now=timezone.now())
    except Refused as refused:
        return _page(request, form, wanted=wanted, refusals=refused.sentences, status=409)
    first = localtime(min(shift.starts_at for shift in made)).date()
    return redirect(Shown(department=department, day=first).address)


@allow(may_see_board)
@require_POST
def save_template(request: HttpRequest, shift_id: int) -> HttpResponse:
    """Keep a shift's figures under a name; the same name again is the same template."""
    department = planned_department(request.user, request.POST.get("department", ""))
    shift = shifts_of(department_ids=[department.pk]).filter(pk=shift_id).first()
    name = request.POST.get("name", "").strip()
    if shift is None or not name:
        raise Http404
    known = ShiftTemplate.objects.filter(department=department, name=name).first()
    try:
        keep_template(
            template_id=known.pk if known else None, actor=request.user.ledger_name, now=timezone.now(),
            **template_of(shift, name=name),
        )  # fmt: skip
    except ValidationError as wrong:
        form = SeriesForm(department=department)
        return _page(request, form, refusals=wrong.messages, status=422)
    return redirect(_address(department))


@allow(may_see_board)
@require_POST
def drop_template(request: HttpRequest, template_id: int) -> HttpResponse:
    """Forget a template."""
    department = planned_department(request.user, request.POST.get("department", ""))
    if not ShiftTemplate.objects.filter(department=department, pk=template_id).exists():
        raise Http404
    delete_template(template_id=template_id, actor=request.user.ledger_name, now=timezone.now())
    return redirect(_address(department))


def _page(
    request: HttpRequest, form: SeriesForm, *, wanted: Sequence[ShiftFigures] | None = None,
    refusals: Sequence[str] = (), status: int = 200,
) -> HttpResponse:  # fmt: skip
    department = form.department
    context = {
        "department": department,
        "form": form,
        "templates": ShiftTemplate.objects.filter(department=department).select_related("queue", "site"),
        "wanted": None if wanted is None else _by_day(wanted),
        "shift_count": len(wanted or ()),
        "place_count": sum(figures.places for figures in wanted or ()),
        "refusals": refusals,
    }
    return render(request, "marketplace/planner/templates.html", context, status=status)


def _by_day(wanted: Sequence[ShiftFigures]) -> list[DayOfWanted]:
    names = dict(Queue.objects.filter(pk__in={one.queue_id for one in wanted}).values_list("pk", "name"))
    ordered = sorted(wanted, key=lambda one: one.starts_at)
    days = groupby(ordered, key=lambda one: localtime(one.starts_at).date())
    return [DayOfWanted(day, [(names.get(one.queue_id, ""), one) for one in group]) for day, group in days]


def _address(department: Department) -> str:
    return f"{reverse('shift_templates')}?department={department.pk}"
