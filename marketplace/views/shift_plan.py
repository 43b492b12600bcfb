"""`/shifts/plan/`: choose queues and days, have shifts proposed, see what they cover and cost, keep them as drafts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gigcx.accounts.models import Department, User
from gigcx.accounts.permissions import allow
from marketplace.actions.keep_proposal import keep_proposal
from marketplace.actions.open_shifts import cancel_shifts, open_shifts
from marketplace.actions.propose_shifts import propose_shifts
from marketplace.actions.refused import Refused
from marketplace.models import Queue, Shift, ShiftProposal
from marketplace.models.days import IN_OUR_TIME
from marketplace.queries.shifts import departments_of, proposals_of, shifts_ahead, shifts_of
from marketplace.rules import may_see_board
from marketplace.views.board import view_of
from marketplace.views.said import day_of, numbers_of
from marketplace.views.shift_charts import People, cover_chart
from marketplace.vocabulary import ProposalState, ShiftState

DAYS = 7
RUNNING = (ProposalState.WAITING, ProposalState.WORKING)


class PlanForm(forms.Form):
    """Which queues, which days."""

    since = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=IN_OUR_TIME,
    )  # fmt: skip
    days = forms.IntegerField(label=gettext_lazy("Days"), min_value=1, max_value=14)
    standby = forms.BooleanField(label=gettext_lazy("Also shifts for several queues at once"), required=False)


@dataclass(frozen=True, slots=True)
class CostLine:
    """One pattern in the table of costs. Money in minor units."""

    pattern: str
    shifts: int
    hours: float
    cost: int


@dataclass(frozen=True, slots=True)
class DayOfShifts:
    """Drafts and open shifts that start on one local day."""

    day: date
    shifts: Sequence[Shift]
    ticked: int
    """Drafts, which are ticked beforehand, also where the day is folded."""


@never_cache
@allow(may_see_board)
@require_safe
def shift_plan(request: HttpRequest) -> HttpResponse:
    """The whole page."""
    return render(request, "marketplace/shifts/page.html", plan_context(request, now=timezone.now()))


def plan_context(
    request: HttpRequest, *, now: datetime, form: PlanForm | None = None, refusals: Sequence[str] = ()
) -> dict[str, Any]:
    """Everything the page shows: the form, the newest proposal, the shifts that are there."""
    departments = departments_of(user=request.user)
    wanted = request.POST.get("department") or request.GET.get("department", "")
    department = next((one for one in departments if str(one.pk) == wanted), departments[0] if departments else None)
    tomorrow = localtime(now).date() + timedelta(days=1)
    context: dict[str, Any] = {
        "departments": departments,
        "department": department,
        "form": form or PlanForm(initial={"since": tomorrow, "days": DAYS}),
        "refusals": refusals,
        "now": now,
    }
    if department is None:
        return context
    context["queues"] = list(Queue.objects.filter(department=department, is_active=True).order_by("name"))
    context["chosen"] = numbers_of(request.POST.getlist("queues"))
    newest = proposals_of(department_ids=[department.pk]).first()
    context |= proposal_context(newest, request.GET) if newest else {"proposal": None}
    return context | list_context([department.pk], now=now)


def list_context(department_ids: Sequence[int] | None, *, now: datetime) -> dict[str, Any]:
    """Drafts and open shifts by local day."""
    shifts = shifts_ahead(department_ids=department_ids, now=now)
    days = groupby(shifts, key=lambda shift: localtime(shift.starts_at).date())
    by_day = [(day, list(group)) for day, group in days]
    listed = [DayOfShifts(day=day, shifts=own, ticked=_ticked(own, now=now)) for day, own in by_day]
    return {"days": listed, "shift_count": len(shifts), "ticked": _ticked(shifts, now=now)}


def _ticked(shifts: Sequence[Shift], *, now: datetime) -> int:
    return sum(shift.status == ShiftState.DRAFT and shift.starts_at > now for shift in shifts)


def proposal_context(proposal: ShiftProposal, query: Any) -> dict[str, Any]:
    """A proposal with its pictures; `?queue=` and `?day=` choose what they show."""
    context: dict[str, Any] = {"proposal": proposal, "running": proposal.status in RUNNING}
    if not proposal.result.get("queues"):
        return context
    people = People.of(proposal.result)
    queue_id = next(iter(numbers_of([query.get("queue", "")]) & set(people.queue_ids)), None)
    shown = people.only(queue_id)
    day = _day_of(query.get("day", ""), shown.days)
    names = dict(Queue.objects.filter(pk__in=people.queue_ids).values_list("pk", "name"))
    chart = cover_chart(shown.day(day), name="cover")
    return context | {
        "people": people,
        "chart": chart,
        "shown_queue": queue_id,
        "shown_day": day,
        "shown_days": people.days,
        "queue_names": [(pk, names.get(pk, str(pk))) for pk in people.queue_ids],
        "shown_name": names.get(queue_id, ""),
        "lines": cost_lines(proposal.result),
        "cost": proposal.result["cost"],
        "places": sum(shift["people"] for shift in proposal.result["shifts"]),
        "missing_cost": proposal.result["missing_cost"],
        "over_cost": proposal.result["over_cost"],
        "off_by": off_by(proposal),
    }


def off_by(proposal: ShiftProposal) -> str:
    """How far above the cheapest possible it may be, in words: `within 0.4 % of`."""
    objective, bound = proposal.objective or 0, proposal.bound or 0
    if objective <= bound:
        return _("The cheapest possible: nothing that covers as much costs less.")
    if not bound:
        return _("How far from the cheapest possible is not known.")
    share = 100 * (objective - bound) / bound
    figure = f"{max(share, 0.01):.2f}" if share < 0.1 else f"{share:.1f}"
    return _("Within %(share)s %% of the cheapest possible.") % {"share": figure}


def cost_lines(result: dict[str, Any]) -> list[CostLine]:
    """By pattern, the dearest first."""
    found: dict[str, CostLine] = {}
    for shift in result["shifts"]:
        away = sum(end - start for start, end, _paid in shift["breaks"])
        people, name = shift["people"], shift["pattern"]
        before = found.get(name, CostLine(name, 0, 0.0, 0))
        hours = people * (shift["end"] - shift["start"] - away) / 3600
        found[name] = CostLine(name, before.shifts + people, before.hours + hours, before.cost + people * shift["pay"])
    return sorted(found.values(), key=lambda line: -line.cost)


def _day_of(text: str, days: Sequence[date]) -> date | None:
    day = day_of(text)
    return day if day in days else None


@allow(may_see_board)
@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """Ask for shifts; then the page shows how far the search is."""
    department = _department(request.user, request.POST.get("department", ""))
    form, now = PlanForm(request.POST), timezone.now()
    if not form.is_valid():
        return render(request, "marketplace/shifts/page.html", plan_context(request, now=now, form=form), status=422)
    since = timezone.make_aware(datetime.combine(form.cleaned_data["since"], datetime.min.time()))
    until = timezone.make_aware(
        datetime.combine(form.cleaned_data["since"] + timedelta(days=form.cleaned_data["days"]), datetime.min.time())
    )
    chosen = sorted(numbers_of(request.POST.getlist("queues")))
    try:
        propose_shifts(
            department_id=department.pk, queue_ids=chosen, since=since, until=until,
            standby=form.cleaned_data["standby"], actor=request.user.ledger_name, now=now,
        )  # fmt: skip
    except Refused as refused:
        context = plan_context(request, now=now, form=form, refusals=refused.sentences)
        return render(request, "marketplace/shifts/page.html", context, status=409)
    return redirect(_address(department))


@never_cache
@allow(may_see_board)
@require_safe
def proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """The proposal's part of the page: how far it is, or its pictures."""
    found = _proposal(request.user, proposal_id)
    context = proposal_context(found, request.GET) | {"department": found.department, "now": timezone.now()}
    return render(request, "marketplace/shifts/proposal.html", context)


@allow(may_see_board)
@require_POST
def keep(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Keep the proposal's shifts as drafts; with `do=open` open them too. What can't be opened stays a draft."""
    found, now = _proposal(request.user, proposal_id), timezone.now()
    actor = request.user.ledger_name
    try:
        keep_proposal(proposal_id=found.pk, actor=actor, now=now)
        if request.POST.get("do") == "open":
            open_shifts(shift_ids=found.shifts.values_list("pk", flat=True), actor=actor, now=now)
    except Refused as refused:
        context = plan_context(request, now=now, refusals=refused.sentences)
        return render(request, "marketplace/shifts/page.html", context, status=409)
    return redirect(_address(found.department) + "#shifts")


@allow(may_see_board)
@require_POST
def change_shifts(request: HttpRequest) -> HttpResponse:
    """Open or cancel the shifts that were ticked; with none ticked it says so."""
    department = _department(request.user, request.POST.get("department", ""))
    chosen = numbers_of(request.POST.getlist("shifts"))
    mine = shifts_of(department_ids=[department.pk]).filter(pk__in=chosen)
    act = {"open": open_shifts, "cancel": cancel_shifts}.get(request.POST.get("do", ""))
    if act is None or mine.count() != len(chosen):
        raise Http404
    now, refusals = timezone.now(), [_("Tick one shift or more first.")]
    if chosen:
        try:
            act(shift_ids=chosen, actor=request.user.ledger_name, now=now)
        except Refused as refused:
            refusals = refused.sentences
        else:
            return redirect(_address(department) + "#shifts")
    return render(
        request, "marketplace/shifts/page.html", plan_context(request, now=now, refusals=refusals), status=409
    )


def _department(user: User, number: str) -> Department:
    found = next((one for one in departments_of(user=user) if str(one.pk) == number), None)
    if found is None:
        raise Http404
    return found


def _proposal(user: User, proposal_id: int) -> ShiftProposal:
    found = proposals_of(department_ids=view_of(user)).filter(pk=proposal_id).first()
    if found is None:
        raise Http404
    return found


def _address(department: Department) -> str:
    return f"{reverse('shift_plan')}?department={department.pk}"
