"""`/planner/`: a day's need against who is rostered, booked and wanted; the shifts of the day; those at risk."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import get_template, render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gigcx.accounts.models import Department, User
from gigcx.accounts.permissions import allow
from marketplace.models import Shift
from marketplace.queries.at_risk import AtRisk, shifts_at_risk
from marketplace.queries.board import ledger_position
from marketplace.queries.grid import Grid
from marketplace.queries.open_requests import open_requests
from marketplace.queries.organisation import kept_promises
from marketplace.queries.planner import MOST, ShiftFilter, read_day, shifts_of_day, these_shifts
from marketplace.queries.shifts import departments_of
from marketplace.rules import may_see_board
from marketplace.views.board import view_of
from marketplace.views.broadcast import Rendered
from marketplace.views.demand import able_people
from marketplace.views.planner_picture import day_chart, lanes
from marketplace.views.said import day_of, number_of, numbers_of
from marketplace.vocabulary import ShiftState

STEP_SECONDS = 900
FOLDER = "marketplace/planner"
PARTS = ("day", "decide", "risks", "promises")
"""The live parts beside lanes and rows; each template's outermost element has its name as id."""
STANDBY = "standby"
"""The filter's word for shifts without a queue."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the address asks for."""

    department: Department
    day: date
    queue: str = ""
    """A queue's number, `standby`, or nothing: all."""
    status: str = ""
    risk: bool = False
    """Only shifts at risk."""

    @classmethod
    def of(cls, department: Department, query: QueryDict, *, now: datetime) -> "Shown":
        """What is not understood is left out; without a day it is today."""
        day = day_of(query.get("day", "")) or localtime(now).date()
        queue, status = query.get("queue", ""), query.get("status", "")
        return cls(
            department=department,
            day=day,
            queue=queue if queue == STANDBY or number_of(queue) is not None else "",
            status=status if status in ShiftState.values else "",
            risk=bool(query.get("risk")),
        )

    @property
    def queue_id(self) -> int | None:
        """The one queue asked for."""
        return number_of(self.queue)

    @property
    def address(self) -> str:
        """The page that shows this."""
        asked = {"department": self.department.pk, "day": self.day.isoformat(), "queue": self.queue}
        asked |= {"status": self.status, "risk": "on" if self.risk else ""}
        return f"{reverse('planner')}?{urlencode({name: value for name, value in asked.items() if value})}"

    @property
    def day_before(self) -> str:
        """The same of the day before."""
        return replace(self, day=self.day - timedelta(days=1)).address

    @property
    def day_after(self) -> str:
        """The same of the day after."""
        return replace(self, day=self.day + timedelta(days=1)).address


@never_cache
@allow(may_see_board)
@require_safe
def planner(request: HttpRequest) -> HttpResponse:
    """The whole page."""
    now = timezone.now()
    departments = departments_of(user=request.user)
    if not departments:
        return render(request, "marketplace/planner/page.html", {"departments": [], "department": None})
    shown = Shown.of(chosen(departments, request.GET.get("department", "")), request.GET, now=now)
    return render(request, "marketplace/planner/page.html", page_context(request.user, departments, shown, now=now))


def page_context(
    user: User, departments: Sequence[Department], shown: Shown, *, now: datetime, refusals: Sequence[str] = ()
) -> dict[str, Any]:
    """Everything the page shows, in a fixed number of statements."""
    position = ledger_position()
    context = _context(shown, view_of(user), now=now)
    context["shifts"] = _shifts(shown, context["risks"])
    state = Rendered(position=position, parts=_parts(context, fresh=0))
    listed = ",".join(str(shift.pk) for shift in context["shifts"])
    asked = {"listed": listed} | dict(parse_qsl(shown.address.partition("?")[2]))
    return context | {
        "departments": departments,
        "state": state,
        "rows": [state.parts[f"row-{shift.pk}"] for shift in context["shifts"]],
        "live_query": urlencode(asked, safe=","),
        "refusals": refusals,
    }


def planner_state(
    *, shown: Shown, department_ids: Sequence[int] | None, listed: Sequence[int], now: datetime
) -> Rendered:
    """The live parts of a page that lists these shifts; the position is read first, so that they include it.

    Shifts that came meanwhile are counted, not put between the others. `department_ids` are the reader's; None: all.
    """
    position, known = ledger_position(), frozenset(listed)
    context = _context(shown, department_ids, now=now)
    context["shifts"] = these_shifts(department_id=shown.department.pk, shift_ids=known)
    fresh = sum(shift.pk not in known for shift in _shifts(shown, context["risks"]))
    return Rendered(position=position, parts=_parts(context, fresh=fresh))


def _context(shown: Shown, department_ids: Sequence[int] | None, *, now: datetime) -> dict[str, Any]:
    department = shown.department
    since, until = bounds_of(shown.day)
    grid = Grid.ahead(now=since, until=until, step_seconds=STEP_SECONDS)
    plan = read_day(department_id=department.pk, grid=grid, now=now, able=able_people(now=now))
    row = next((row for row, queue in enumerate(plan.queues) if queue.pk == shown.queue_id), None)
    risks = shifts_at_risk(department_ids=[department.pk], now=now)
    return {
        "department": department,
        "shown": shown,
        "queues": plan.queues,
        "lanes": lanes(plan),
        "chart": day_chart(plan, row=row, now=now.timestamp()),
        "shown_name": plan.queues[row].name if row is not None else "",
        "grid": grid,
        "risks": risks,
        "risk_of": {risk.shift.pk: risk for risk in risks},
        "states": ShiftState.choices,
        "promises": kept_promises(department_id=department.pk, now=now),
        "waits": open_requests(department_ids=department_ids, now=now),
        "all_departments": department_ids is None,
        "now": now,
    }


def _parts(context: dict[str, Any], *, fresh: int) -> dict[str, str]:
    """The live parts, each under the id of its outermost element."""
    parts = {name: render_to_string(f"{FOLDER}/{name}.html", context).strip() for name in PARTS}
    lane, row = (get_template(f"{FOLDER}/{name}.html") for name in ("lane", "row"))
    parts |= {one.html_id: lane.render(context | {"lane": one}).strip() for one in context["lanes"]}
    parts |= {f"row-{one.pk}": row.render(context | {"shift": one}).strip() for one in context["shifts"]}
    parts["fresh"] = render_to_string("marketplace/open_shifts/fresh.html", {"number": fresh}).strip()
    return parts


def _shifts(shown: Shown, risks: Sequence[AtRisk]) -> Sequence[Shift]:
    since, until = bounds_of(shown.day)
    which = ShiftFilter(
        queue_id=shown.queue_id,
        standby=shown.queue == STANDBY,
        status=shown.status,
        only=[risk.shift.pk for risk in risks] if shown.risk else None,
    )
    return shifts_of_day(department_id=shown.department.pk, since=since, until=until, which=which)


def bounds_of(day: date) -> tuple[datetime, datetime]:
    """From midnight to midnight by the reader's clock: 23 to 25 hours."""
    first, last = (datetime.combine(at, datetime.min.time()) for at in (day, day + timedelta(days=1)))
    return timezone.make_aware(first), timezone.make_aware(last)


def chosen(departments: Sequence[Department], number: str) -> Department:
    """The department of this number; without a number the first. Others are not there."""
    if not number:
        return departments[0]
    found = next((one for one in departments if str(one.pk) == number), None)
    if found is None:
        raise Http404
    return found


def listed_of(query: QueryDict) -> tuple[int, ...]:
    """The shifts that a page lists already, as its stream's address says."""
    return tuple(sorted(numbers_of(query.get("listed", "").split(",")[:MOST])))


def planned_department(user: User, number: str) -> Department:
    """The department of this number, if the person plans for it; without a number the first."""
    departments = departments_of(user=user)
    if not departments:
        raise Http404
    return chosen(departments, number)
