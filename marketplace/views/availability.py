"""`/me/availability/`: a week to paint on by finger, mouse or keyboard, and the same by plain forms."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import wraps
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gigcx.accounts.permissions import allow
from marketplace.actions.availability import Brush, offer_weekly, paint, set_periods, withdraw_weekly
from marketplace.actions.availability import drop_weekly as withdraw_row
from marketplace.actions.refused import Refused
from marketplace.claiming.hours import Period
from marketplace.claiming.readings import instants
from marketplace.claiming.weekly import Weekly
from marketplace.models import Availability, WeeklyAvailability
from marketplace.queries.week import ahead_of, read_week
from marketplace.rules import may_work
from marketplace.views.availability_forms import OnceForm, WeeklyForm
from marketplace.views.said import day_of
from marketplace.views.today import TABS
from marketplace.vocabulary import AvailabilitySource

PAGE = "marketplace/availability/page.html"
SHOWN = 60
"""Single periods that the page lists."""


def in_own_zone(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For agents only, with every time by the agent's own clock, which is what their periods mean."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with timezone.override(ZoneInfo(request.user.agent.timezone)):
            return view(request, *args, **kwargs)

    return never_cache(allow(may_work)(shown))


@in_own_zone
@require_safe
def availability(request: HttpRequest) -> HttpResponse:
    """The whole page; `?week=` takes any day of the week to show."""
    return render(request, PAGE, _context(request))


@in_own_zone
@require_POST
def paint_availability(request: HttpRequest) -> HttpResponse:
    """Paint the hours named by `at`, such as 2026-03-16T09, with the brush."""
    brush = request.POST.get("brush", "")
    spans = spans_of(request.POST.getlist("at"))
    refusals = []
    try:
        paint(
            agent_id=request.user.agent.pk,
            spans=spans,
            brush=Brush(brush) if brush in set(Brush) else Brush.WEEKLY,
            **_who(request),
        )
    except Refused as refused:
        refusals = refused.sentences
    if request.htmx:
        return render(request, "marketplace/availability/painted.html", _context(request, refusals=refusals))
    return _answer(request, refusals=refusals)


@in_own_zone
@require_POST
def set_weekly(request: HttpRequest) -> HttpResponse:
    """Offer exact hours every week, or take them away again."""
    form = WeeklyForm(request.POST)
    if not form.is_valid():
        return _answer(request, weekly_form=form)
    do = withdraw_weekly if request.POST.get("do") == "withdraw" else offer_weekly
    try:
        do(agent_id=request.user.agent.pk, weekly=form.weekly(), **_who(request))
    except Refused as refused:
        return _answer(request, refusals=refused.sentences)
    return _answer(request)


@in_own_zone
@require_POST
def drop_weekly(request: HttpRequest, weekly_id: int) -> HttpResponse:
    """Withdraw one row of the list; one that is not there any more is no trouble."""
    with suppress(WeeklyAvailability.DoesNotExist):
        withdraw_row(weekly_id=weekly_id, agent_id=request.user.agent.pk, **_who(request))
    return _answer(request)


@in_own_zone
@require_POST
def drop_once(request: HttpRequest, period_id: int) -> HttpResponse:
    """Say nothing any more of one period of the list."""
    agent_id = request.user.agent.pk
    row = Availability.objects.filter(pk=period_id, agent_id=agent_id, source=AvailabilitySource.OWN).first()
    if row is not None:
        periods = [Period(row.period.lower, row.period.upper)]
        set_periods(agent_id=agent_id, periods=periods, kind=None, **_who(request))
    return _answer(request)


@in_own_zone
@require_POST
def set_once(request: HttpRequest) -> HttpResponse:
    """Offer one period, keep it free, or say nothing of it any more."""
    form = OnceForm(request.POST)
    if not form.is_valid():
        return _answer(request, once_form=form)
    start, end = form.cleaned_data["start"], form.cleaned_data["end"]
    try:
        set_periods(
            agent_id=request.user.agent.pk,
            periods=instants(start, end, zone=ZoneInfo(request.user.agent.timezone)),
            kind=form.said(),
            note=form.cleaned_data["note"],
            **_who(request),
        )
    except Refused as refused:
        return _answer(request, refusals=refused.sentences, once_form=form)
    return _answer(request)


def spans_of(texts: Sequence[str]) -> list[tuple[date, Weekly]]:
    """Hours such as 2026-03-16T09 as spans by day, those in a row as one; what is no hour is left out."""
    hours = sorted({hour for hour in map(_hour, texts) if hour is not None})
    runs = groupby(enumerate(hours), key=lambda pair: (pair[1].date(), pair[1] - pair[0] * timedelta(hours=1)))
    found = []
    for (day, _), run in runs:
        inside = [hour for _, hour in run]
        end = time((inside[-1].hour + 1) % 24)
        found.append((day, Weekly(day.weekday(), inside[0].time(), end)))
    return found


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"actor": request.user.ledger_name, "now": timezone.now()}


def _hour(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H")  # noqa: DTZ007 - what a wall clock reads has no zone
    except ValueError:
        return None


def _answer(request: HttpRequest, *, refusals: Sequence[str] = (), **forms: Any) -> HttpResponse:
    """The page again: by redirect if all went well, else with what was entered."""
    if refusals or forms:
        return render(request, PAGE, _context(request, refusals=refusals, **forms), status=422)
    week = request.POST.get("week", "")
    return redirect(f"{reverse('availability')}{'?week=' + week if day_of(week) else ''}")


def _context(
    request: HttpRequest, *, refusals: Sequence[str] = (), weekly_form: WeeklyForm | None = None,
    once_form: OnceForm | None = None,
) -> dict[str, Any]:  # fmt: skip
    agent, now = request.user.agent, timezone.now()
    day = day_of(request.POST.get("week") or request.GET.get("week", "")) or localdate(now)
    ahead = ahead_of(agent_id=agent.pk, now=now)
    return {
        "agent": agent,
        "week": read_week(agent=agent, day=day),
        "today": localdate(now),
        "brush": request.POST.get("brush") or Brush.WEEKLY,
        "weekly": WeeklyAvailability.objects.filter(agent=agent),
        "ahead": ahead[:SHOWN],
        "more": len(ahead) - SHOWN,
        "own": AvailabilitySource.OWN,
        "refusals": refusals,
        "weekly_form": weekly_form or WeeklyForm(),
        "once_form": once_form or OnceForm(initial={"kind": "available"}),
        "page": "me",
        "tabs": TABS,
    }
