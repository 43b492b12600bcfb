"""Demand, now and ahead: people needed against people there, over all queues."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gigcx.accounts.permissions import allow
from marketplace.matching.state import FloatArray
from marketplace.queries.board import ledger_position
from marketplace.queries.gap import STEP_SECONDS, Gaps, read_gaps
from marketplace.queries.grid import DAY_SECONDS, Grid
from marketplace.queries.staffed import Able
from marketplace.rules import may_see_board
from marketplace.snapshot.competence import known_competence
from marketplace.views.board import view_of
from marketplace.views.broadcast import Rendered
from marketplace.views.charts import Chart, Mark, Scale, Series, Tick, above, between, steps, upright
from marketplace.views.demand_rows import HALF_A_PERSON, DemandRow, demand_rows, heads
from marketplace.views.time_axis import day_ticks, hour_ticks, period

DAYS = 7
"""After today."""
STRIP_CELLS = DAY_SECONDS // STEP_SECONDS
PARTS = {
    "summary": "marketplace/demand/summary.html",
    "total": "marketplace/demand/total.html",
    "order": "marketplace/board/order.html",
}
"""The live parts of the page beside the rows; each template's outermost element has the key as its id."""
ROW = "marketplace/demand/row.html"


@dataclass(frozen=True, slots=True)
class Total:
    """All queues together."""

    need: int
    there: int
    short_hours: float
    """Missing at single queues in the next 24 hours."""
    bare_hours: float
    """Needed in the next 24 hours before anybody is planned at all."""
    worst: int
    """People missing at single queues, when it is worst."""
    worst_at: int
    """Epoch seconds."""
    worst_now: bool
    """It is worst at this moment."""
    spare: int
    """People that all queues together have then to spare; below zero they are missing."""
    alarms: int


def able_people(*, now: datetime) -> Able:
    """Who is able to serve what, as the matcher knows it."""
    known = known_competence(now=now)
    return Able(people=known.people, queues=known.queue_ids, eligible=known.eligible)


def grid_ahead(*, now: datetime) -> Grid:
    """From the cell of `now` to the end of the seventh local day after today."""
    last = localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=DAYS + 1)
    return Grid.ahead(now=now, until=last, step_seconds=STEP_SECONDS)


def demand_context(*, department_ids: Sequence[int] | None, now: datetime) -> dict[str, Any]:
    """Everything the page shows, in a fixed number of statements."""
    grid = grid_ahead(now=now)
    gaps = read_gaps(department_ids=department_ids, grid=grid, now=now, able=able_people(now=now))
    starts = grid.starts.tolist()
    return {
        "rows": demand_rows(gaps, cells=STRIP_CELLS),
        "total": total_of(gaps),
        "charts": [
            people_chart(
                gaps, name="day", cells=STRIP_CELLS, ticks=hour_ticks(start=grid.start, end=starts[STRIP_CELLS])
            ),
            people_chart(gaps, name="week", cells=grid.cells, ticks=day_ticks(start=grid.start, end=grid.end)),
        ],
        "times": [period(start, start + STEP_SECONDS) for start in starts[:STRIP_CELLS]],
        "is_forecast": gaps.is_forecast,
        "now": now,
    }


def total_of(gaps: Gaps) -> Total:
    """The figures of all queues together over the next 24 hours."""
    short = np.where(gaps.short >= HALF_A_PERSON, gaps.short, 0.0)[:, :STRIP_CELLS].sum(axis=0)
    gap = (gaps.gap - gaps.bare)[:, :STRIP_CELLS].sum(axis=0)
    worst = int(np.argmax(short))
    return Total(
        need=int(gaps.need[:, 0].sum()),
        there=heads(gaps.staffed[:, :1].sum(axis=0))[0],
        short_hours=float(short.sum()) * STEP_SECONDS / 3600,
        bare_hours=float(gaps.bare[:, :STRIP_CELLS].sum()) * STEP_SECONDS / 3600,
        worst=heads(short[worst : worst + 1])[0],
        worst_at=int(gaps.grid.starts[worst]),
        worst_now=worst == 0,
        spare=-heads(gap[worst : worst + 1])[0],
        alarms=len(gaps.alarms),
    )


def people_chart(gaps: Gaps, *, name: str, cells: int, ticks: Sequence[Tick], marks: Sequence[Mark] = ()) -> Chart:
    """Need, with its band, against staffed, summed over the queues. What is not planned yet is not drawn as missing."""
    need, low, high, there, offered, bare = (
        table[:, :cells].sum(axis=0).astype(np.float64)
        for table in (gaps.need, gaps.low, gaps.high, gaps.staffed, gaps.open, gaps.bare)
    )
    there = np.where(gaps.unplanned[:, :cells].all(axis=0), np.nan, there)
    edges = np.linspace(0, 1, cells + 1)
    scale, figures = upright([high, there + offered])
    low_at, high_at, there_at = (scale.at(values) for values in (low, high, there))
    need_at, wanted_at = scale.at(need), scale.at(need - bare)
    need_line = np.where(need > 0, need_at, np.nan)  # nothing is drawn where nobody is needed
    starts, step = gaps.grid.starts[:cells].tolist(), gaps.grid.step_seconds
    with_open = (
        [Series("open", steps(edges, scale.at(there + offered)), _("with open shifts"))] if offered.any() else []
    )
    yet_at = between(edges, np.where(bare > 0, np.fmax(there_at, wanted_at), np.nan), np.fmax(there_at, need_at))
    rows = zip(
        starts,
        need.tolist(),
        staffed_words(there, need - bare),
        heads(offered),
        low.tolist(),
        high.tolist(),
        strict=True,
    )
    return Chart(
        name=name,
        series=[
            Series("band", between(edges, low_at, high_at), _("needed, 8 of 10 days"), is_area=True),
            Series("short", above(edges, wanted_at, there_at), _("missing"), is_area=True),
            *([Series("yet", yet_at, _("not planned yet"), is_area=True)] if bare.any() else []),
            *with_open,
            Series("need", steps(edges, need_line), _("needed")),
            Series("there", steps(edges, there_at), _("staffed")),
        ],
        x_ticks=ticks,
        y_ticks=y_ticks(scale, figures),
        columns=[
            _("Time"),
            _("needed"),
            _("staffed"),
            _("gap"),
            *([_("in open shifts")] if with_open else []),
            _("needed, 8 of 10 days"),
        ],
        rows=[
            [
                period(start, start + step),
                f"{needed:.0f}",
                *is_there,
                *([f"{places}"] if with_open else []),
                f"{quiet:.0f}–{busy:.0f}",
            ]
            for start, needed, is_there, places, quiet, busy in rows
        ],
        marks=marks,
    )


def staffed_words(there: FloatArray, wanted: FloatArray) -> list[tuple[str, str]]:
    """People there and the gap, for each cell; NaN is a cell before anybody was planned."""
    return [
        (f"{people}", short_or_spare(needed - people)) if known else ("—", _("not planned yet"))
        for people, needed, known in zip(
            heads(np.nan_to_num(there)), wanted.tolist(), np.isfinite(there).tolist(), strict=True
        )
    ]


def y_ticks(scale: Scale, figures: Sequence[float]) -> list[Tick]:
    """Labels up the side."""
    places = (100 * (1 - scale.at(figures))).tolist()
    labels = [number_format(f"{value:g}" if value < 10 else round(value), force_grouping=True) for value in figures]
    return [Tick(at=round(at, 2), label=label) for at, label in zip(places, labels, strict=True)]


def short_or_spare(gap: float) -> str:
    """3 → `3 short`, −2 → `2 to spare`."""
    number = round(abs(gap))
    if not number:
        return "—"
    return _("%(number)d short") % {"number": number} if gap > 0 else _("%(number)d to spare") % {"number": number}


def demand_state(*, department_ids: Sequence[int] | None, now: datetime) -> Rendered:
    """The live parts as they are now; the position is read first, so that they include it."""
    return _state(position=ledger_position(), context=demand_context(department_ids=department_ids, now=now))


def _state(*, position: int, context: dict[str, Any]) -> Rendered:
    rows: list[DemandRow] = context["rows"]
    parts = {row.html_id: render_to_string(ROW, context | {"row": row}).strip() for row in rows}
    parts |= {name: render_to_string(template, context).strip() for name, template in PARTS.items()}
    return Rendered(position=position, parts=parts)


@never_cache
@allow(may_see_board)
@require_safe
def demand(request: HttpRequest) -> HttpResponse:
    """The whole page: the live parts as the stream would send them, and what stands around them."""
    position = ledger_position()
    context = demand_context(department_ids=view_of(request.user), now=timezone.now())
    state = _state(position=position, context=context)
    return render(request, "marketplace/demand/page.html", context | {"state": state})
