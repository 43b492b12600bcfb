"""`/calendar/`: an agent's work, time kept free and time offered, by day, week or month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from marketplace.claiming.hours import DAY
from marketplace.queries.calendar import CalendarDay, calendar_days, month_of, week_of
from marketplace.views.availability import in_own_zone
from marketplace.views.said import day_of
from marketplace.views.today import TABS


@dataclass(frozen=True)
class View:
    """A way to look at the calendar; `key` is its shortcut on the keyboard."""

    name: str
    words: Promise
    key: str


VIEWS = (View("day", _("Day"), "d"), View("week", _("Week"), "w"), View("month", _("Month"), "m"))


@in_own_zone
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """The page; `?view=` day, week or month, around `?day=`."""
    today = localdate(timezone.now())
    shown = day_of(request.GET.get("day", "")) or today
    names = [view.name for view in VIEWS]
    view = request.GET.get("view", "")
    view = view if view in names else "week"
    found = calendar_days(agent=request.user.agent, days=_days(view, shown))
    before, after = _turned(view, shown)
    return render(
        request,
        "marketplace/calendar/page.html",
        {
            "agent": request.user.agent,
            "view": view,
            "views": VIEWS,
            "shown": shown,
            "today": today,
            "before": before,
            "after": after,
            "days": found,
            "weeks": _weeks(found) if view == "month" else [],
            "page": "calendar",
            "tabs": TABS,
        },
    )


def _days(view: str, day: date) -> list[date]:
    return {"day": lambda: [day], "week": lambda: week_of(day), "month": lambda: month_of(day)}[view]()


def _turned(view: str, day: date) -> tuple[date, date]:
    """A day of what comes before, and of what comes after."""
    if view == "month":
        first = day.replace(day=1)
        return (first - DAY).replace(day=1), (first + 31 * DAY).replace(day=1)
    step = DAY if view == "day" else 7 * DAY
    return day - step, day + step


def _weeks(days: Sequence[CalendarDay]) -> list[Sequence[CalendarDay]]:
    return [days[start : start + 7] for start in range(0, len(days), 7)]
