"""`/shifts/`: an agent's own places on top; below, the open shifts by day, each claimed with one tap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.utils import timezone
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gigcx.accounts.models import Agent
from gigcx.accounts.permissions import allow
from gigcx.idempotency import HEADER, once
from marketplace.actions import claim as claiming
from marketplace.actions import release as releasing
from marketplace.actions.refused import ClaimRefused
from marketplace.models import Booking, Shift
from marketplace.queries.bookings import own_shifts, seconds_to_change
from marketplace.queries.open_shifts import MOST, OpenShift, Wanted, open_shift, queues_with_shifts
from marketplace.queries.open_shifts import open_shifts as read_shifts
from marketplace.queries.reasons import Speaker
from marketplace.queries.waiting import Calling, calling, seconds_to_minute
from marketplace.rules import may_work
from marketplace.views.broadcast import Rendered
from marketplace.views.said import day_of, number_of, numbers_of
from marketplace.views.shapes import options
from marketplace.views.shift_rows import rows_html
from marketplace.views.taps import answer, taps
from marketplace.views.today import TABS
from marketplace.views.ways_out import told
from marketplace.vocabulary import WorkPlace

PAGE = "marketplace/open_shifts/page.html"
STEPS = (50, 100, MOST)
"""Shifts looked at for one page: so many at first, then on and on as *more* is asked for."""


@dataclass(frozen=True, slots=True)
class Day:
    """The shifts that start on one local day."""

    day: datetime
    near: bool
    """Today or tomorrow, which is what the heading says."""
    rows: str
    """HTML."""


def wanted_of(query: QueryDict) -> Wanted:
    """The filters in an address; what makes no sense there is left out."""
    step = query.get("show", "")
    return Wanted(
        everything=query.get("all") == "1",
        queue_id=number_of(query.get("queue", "")),
        day=day_of(query.get("day", "")),
        work_place=place if (place := query.get("place", "")) in WorkPlace.values else "",
        suiting=query.get("suits") == "1",
        limit=int(step) if step in map(str, STEPS) else STEPS[0],
    )


def shown_of(query: QueryDict) -> tuple[int, ...]:
    """The shifts that a page shows already, as its stream's address says."""
    return tuple(sorted(numbers_of(query.get("shown", "").split(",")[:MOST])))


def shifts_state(*, agent: Agent, wanted: Wanted, shown: Sequence[int], now: datetime) -> Rendered:
    """The live parts of a page that shows these shifts; the position is read first, so that they include it.

    Shifts that came meanwhile are counted, not put between the others: nothing jumps under the thumb.
    """
    waits, known = calling(agent_id=agent.pk, now=now), frozenset(shown)
    found = read_shifts(agent=agent, wanted=wanted, now=now, shown=known)
    rows = [one for one in found.shifts if one.shift.pk in known]
    return _rendered(waits, agent.pk, rows, now=now, more=len(found.shifts) - len(rows))


def _rendered(waits: Calling, agent_id: int, shifts: Sequence[OpenShift], *, now: datetime, more: int) -> Rendered:
    bookings, gone = own_shifts(agent_id=agent_id, now=now)
    mine = {"bookings": bookings, "taken_back": gone, "now": now, "calling": waits}
    parts = {
        "mine": get_template("marketplace/open_shifts/mine.html").render(mine).strip(),
        "fresh": get_template("marketplace/open_shifts/fresh.html").render({"number": more}).strip(),
    }
    parts |= rows_html(shifts)
    ends = [] if waits.first_ends_at is None else [waits.first_ends_at]
    lasts = min(seconds_to_change(bookings, now=now), seconds_to_minute(ends, now=now))
    return Rendered(position=waits.position, parts=parts, lasts_seconds=lasts)


@never_cache
@allow(may_work)
@require_safe
def open_shifts(request: HttpRequest) -> HttpResponse:
    """The whole page."""
    return render(request, PAGE, page_context(request, now=timezone.now()))


def page_context(request: HttpRequest, *, now: datetime) -> dict[str, Any]:
    """Everything the page shows."""
    agent, wanted = request.user.agent, wanted_of(request.GET)
    waits = calling(agent_id=agent.pk, now=now)
    found = read_shifts(agent=agent, wanted=wanted, now=now)
    state = _rendered(waits, agent.pk, found.shifts, now=now, more=0)
    zone = timezone.get_current_timezone()
    days = groupby(found.shifts, key=lambda one: one.starts_at.astimezone(zone).date())
    shown = ",".join(str(one.shift.pk) for one in found.shifts)
    return {
        "days": [_day_of_rows(day, list(group), state.parts, now) for day, group in days],
        "has_wishes": found.has_wishes,
        "state": state,
        "wanted": wanted,
        "filtered": any((wanted.queue_id, wanted.day, wanted.work_place)),
        "queue_options": options(queues_with_shifts(now=now), chosen=wanted.queue_id),
        "work_places": WorkPlace.choices,
        "live_query": _address(request, shown=shown),
        "more_query": _address(request, show=_next_step(wanted.limit)) if found.last else "",
        "at_most": found.last is not None and wanted.limit == MOST,
        "page": "open_shifts",
        "tabs": TABS,
        "now": now,
    }


@allow(may_work)
@require_POST
def claim(request: HttpRequest, shift_id: int) -> HttpResponse:
    """Take a place, once for each press of the button; what stands against it comes as a sheet with the ways out."""
    agent_id, actor, now = request.user.agent.pk, request.user.ledger_name, timezone.now()
    reasons = []
    try:
        with once(caller=actor, key=request.headers.get(HEADER, ""), now=now) as first:
            if first:
                claiming.claim(shift_id=shift_id, agent_id=agent_id, actor=actor, now=now)
    except ClaimRefused as refused:
        reasons = [told(reason, Speaker()) for reason in refused.found]
    except Shift.DoesNotExist as missing:
        raise Http404 from missing
    if not request.htmx:
        if not reasons:
            return redirect("open_shifts")
        return render(request, PAGE, page_context(request, now=now) | {"reasons": reasons}, status=409)
    return answer(request, _touched(agent_id, shift_id), reasons=reasons)


def _state(*, request: HttpRequest, agent_id: int, **_: Any) -> Rendered:
    booking_id = request.resolver_match.kwargs["booking_id"]
    return _touched(agent_id, Booking.objects.values_list("shift_id", flat=True).get(pk=booking_id))


def _touched(agent_id: int, shift_id: int) -> Rendered:
    """What one tap changes at once: the agent's own places and this shift's row. The stream brings the rest."""
    now = timezone.now()
    waits = calling(agent_id=agent_id, now=now)
    one = open_shift(agent_id=agent_id, shift_id=shift_id, now=now)
    state = _rendered(waits, agent_id, [one] if one else [], now=now, more=0)
    return Rendered(position=state.position, parts={key: html for key, html in state.parts.items() if key != "fresh"})


tap = taps(home="open_shifts", state=_state)


@tap
def undo(_request: HttpRequest, *, booking_id: int, agent_id: int, actor: str, now: datetime) -> str:
    """Take a fresh claim back."""
    releasing.undo_claim(booking_id=booking_id, agent_id=agent_id, actor=actor, now=now)
    return "given_back"


@tap
def release(_request: HttpRequest, *, booking_id: int, agent_id: int, actor: str, now: datetime) -> str:
    """Give the place back, or ask to be replaced: that stands at the place itself."""
    released = releasing.release(booking_id=booking_id, agent_id=agent_id, actor=actor, now=now)
    return "given_back" if released.free else ""


@tap
def keep(_request: HttpRequest, *, booking_id: int, agent_id: int, actor: str, now: datetime) -> None:
    """I will come after all."""
    releasing.keep_place(booking_id=booking_id, agent_id=agent_id, actor=actor, now=now)


def _day_of_rows(day: date, shifts: Sequence[OpenShift], parts: Mapping[str, str], now: datetime) -> Day:
    """What suits the agent comes first, else the earlier."""
    rows = "".join(parts[f"shift-{one.shift.pk}"] for one in sorted(shifts, key=lambda one: one.rank))
    near = day <= localtime(now).date() + timedelta(days=1)
    return Day(day=shifts[0].starts_at, near=near, rows=rows)


def _next_step(limit: int) -> int:
    return next((step for step in STEPS if step > limit), MOST)


def _address(request: HttpRequest, **changed: object) -> str:
    """The page's query with some of it changed."""
    return urlencode(request.GET.dict() | {name: str(value) for name, value in changed.items()}, safe=",")
