"""One queue's demand: the forecast with what came, need against staffed, and what there is to know about both."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gigcx.accounts.permissions import allow
from marketplace.matching.state import FloatArray
from marketplace.queries.forecast import Expected, read_came
from marketplace.queries.gap import Gaps, read_gaps
from marketplace.queries.grid import Grid
from marketplace.queries.horizon import bounds, holidays_of, read_events, read_quality, read_weeks, step_of
from marketplace.rules import may_see_board
from marketplace.views.board import visible_queue
from marketplace.views.charts import Chart, Mark, Series, Tick, area, line, upright
from marketplace.views.demand import HALF_A_PERSON, able_people, heads, people_chart, y_ticks
from marketplace.views.demand_horizon import figure, marks, week_chart
from marketplace.views.time_axis import day_ticks, hour_ticks, period

YEAR = timedelta(days=365)
"""So far ahead events are named."""


@dataclass(frozen=True, slots=True)
class Range:
    """How far the pictures of a queue reach, from the local midnight before now."""

    days: int
    step_seconds: int


CANDIDATES = {
    "model": gettext_lazy("the level and the shape of the day, learnt from all of it"),
    "weeks": gettext_lazy("the mean of past weeks"),
    "recent": gettext_lazy("last week’s shape, at the level learnt"),
    "lately": gettext_lazy("the shape learnt, at last week’s level"),
    "naive": gettext_lazy("last week once more"),
}
RANGES = {
    "today": Range(days=1, step_seconds=900),
    "week": Range(days=7, step_seconds=1800),
    "fortnight": Range(days=14, step_seconds=3600),
}


def grid_of(span: Range, *, now: datetime, least: int) -> Grid:
    """From local midnight to local midnight, in steps of at least so many seconds.

    A day of a clock change has 23 or 25 hours.
    """
    local = localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    start = int(local.timestamp())
    end = int((local + timedelta(days=span.days)).timestamp())
    step = max(span.step_seconds, least)
    return Grid(start=start, step_seconds=step, cells=(end - start) // step)


@never_cache
@allow(may_see_board)
@require_safe
def demand_queue(request: HttpRequest, queue_id: int) -> HttpResponse:
    """The whole page; `?ahead=` chooses how far."""
    queue = visible_queue(request.user, queue_id)
    ahead = request.GET.get("ahead", "")
    ahead = ahead if ahead in RANGES else "today"
    context = queue_context(queue_id=queue.pk, ahead=ahead, now=timezone.now())
    return render(request, "marketplace/demand/queue.html", context)


def queue_context(*, queue_id: int, ahead: str, now: datetime) -> dict[str, Any]:
    """Everything the page shows. Raises `Http404` for a queue that is not active."""
    grid = grid_of(RANGES[ahead], now=now, least=step_of(queue_id=queue_id, now=now))
    gaps = read_gaps(department_ids=None, grid=grid, now=now, able=able_people(now=now), only=queue_id)
    if not gaps.queues:
        raise Http404
    queue = gaps.queues[0]
    came = read_came(queue_ids=[queue.pk], grid=grid)[0]
    came = np.where(grid.starts < now.timestamp(), came, np.nan)
    ticks = _ticks(grid, ahead)
    since, until = bounds(grid)
    events = read_events(queue=queue, since=since, until=until + YEAR)
    holidays = holidays_of(queue=queue, since=since, until=until)
    inside = [event for event in events if event.starts_at < until]
    known = marks(grid, now=now, events=inside, holidays=holidays)
    weeks = read_weeks(queue=queue, now=now)
    quality = read_quality(queue=queue)
    people = people_chart(gaps, name="people", cells=grid.cells, ticks=ticks, marks=known)
    return {
        "queue": queue,
        "ahead": ahead,
        "ranges": RANGES,
        "fan": fan_chart(gaps, came=came, ticks=ticks, marks=known),
        "people": people,
        "so_far": so_far(came=came, planned=gaps.expected),
        "alarm": gaps.alarms.get(queue.pk),
        "is_forecast": gaps.is_forecast,
        "weeks": week_chart(weeks) if weeks else None,
        "events": events,
        "holidays": holidays,
        "quality": quality,
        "mixture": mixture(quality.model) if quality else [],
        "worst": worst_ahead(gaps, now=now),
        "now": now,
    }


@dataclass(frozen=True, slots=True)
class Part:
    """One of the ways of forecasting that a queue's forecast is mixed of."""

    share: int
    """Per cent."""
    words: str


def mixture(model: str) -> list[Part]:
    """`model 90 % + weeks 10 %`, as the backtest writes it, in plain words, the largest share first."""
    pieces = [piece.split() for piece in model.split(" + ") if piece.endswith(" %")]
    parts = [Part(share=int(share), words=str(CANDIDATES[name])) for name, share, _sign in pieces if name in CANDIDATES]
    return sorted(parts, key=lambda part: -part.share)


def fan_chart(gaps: Gaps, *, came: FloatArray, ticks: list[Tick], marks: list[Mark]) -> Chart:
    """Contacts an hour of one queue: the band, the mean, and what came."""
    grid, expected = gaps.grid, gaps.expected
    mean, low, high, seen, planned = (
        3600 * values for values in (expected.mean[0], expected.low[0], expected.high[0], came, expected.planned[0])
    )
    middle = (np.arange(grid.cells) + 0.5) / grid.cells
    scale, figures = upright([high, mean, seen])
    before = [Series("earlier", line(middle, scale.at(planned)), _("before today’s correction"))]
    starts = grid.starts.tolist()
    rows = zip(starts, mean.tolist(), low.tolist(), high.tolist(), seen.tolist(), strict=True)
    return Chart(
        name="fan",
        series=[
            Series("band", area(middle, scale.at(low), scale.at(high)), _("8 of 10 days lie in here"), is_area=True),
            *(before if np.isfinite(planned).any() else []),
            Series("mean", line(middle, scale.at(mean)), _("forecast")),
            Series("came", line(middle, scale.at(seen)), _("came")),
        ],
        x_ticks=ticks,
        y_ticks=y_ticks(scale, figures),
        columns=[_("Time"), _("forecast"), _("10–90 %"), _("came")],
        rows=[
            [period(start, start + grid.step_seconds), figure(mean), f"{figure(low)}–{figure(high)}", figure(seen)]
            for start, mean, low, high, seen in rows
        ],
        marks=marks,
    )


def so_far(*, came: FloatArray, planned: Expected) -> float | None:
    """What came ÷ what was forecast for the same time before any correction; None where nothing is known."""
    first = np.where(np.isfinite(planned.planned[0]), planned.planned[0], planned.mean[0])
    known = np.isfinite(came) & np.isfinite(first)
    total = float(first[known].sum())
    return float(came[known].sum()) / total if total > 0 else None


@dataclass(frozen=True, slots=True)
class Worst:
    """When most people are missing from now on."""

    short: int
    at: int
    hours: float
    """Person-hours missing until the end of the picture."""
    bare_hours: float
    """Person-hours needed from now on before anybody is planned."""


def worst_ahead(gaps: Gaps, *, now: datetime) -> Worst:
    """The largest gap of the first queue, from the cell of `now` on."""
    grid = gaps.grid
    ahead = grid.starts + grid.step_seconds > now.timestamp()
    short = np.where(ahead, gaps.short[0], 0.0)
    short = np.where(short >= HALF_A_PERSON, short, 0.0)
    at = int(np.argmax(short))
    return Worst(
        short=heads(short[at : at + 1])[0],
        at=int(grid.starts[at]),
        hours=float(short.sum()) * grid.step_seconds / 3600,
        bare_hours=float(gaps.bare[0, ahead].sum()) * grid.step_seconds / 3600,
    )


def _ticks(grid: Grid, ahead: str) -> list[Tick]:
    if ahead == "today":
        return hour_ticks(start=grid.start, end=grid.end)
    return day_ticks(start=grid.start, end=grid.end)
