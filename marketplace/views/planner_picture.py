"""The pictures of the planner: need against roster, bookings, open places and drafts through a day."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from marketplace.matching.state import FloatArray
from marketplace.models import Queue
from marketplace.queries.grid import Grid
from marketplace.queries.planner import DayPlan
from marketplace.views.charts import Chart, Mark, Scale, Series, between, steps, upright
from marketplace.views.demand import y_ticks
from marketplace.views.demand_rows import HALF_A_PERSON, heads
from marketplace.views.time_axis import hour_ticks, period


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """People by cell, one upon the other."""

    need: FloatArray
    rostered: FloatArray
    booked: FloatArray
    open: FloatArray
    drafts: FloatArray
    bare: FloatArray
    """Need of hours that are over and were before anybody was planned."""

    @classmethod
    def of(cls, plan: DayPlan, row: int | None) -> "Layers":
        """One queue's; None: all queues together."""
        bare = np.where(plan.unplanned, plan.need, 0.0)
        tables = (plan.need.astype(np.float64), plan.rostered, plan.booked, plan.open, plan.drafts, bare)
        return cls(*(table.sum(axis=0) if row is None else table[row] for table in tables))

    @property
    def levels(self) -> list[FloatArray]:
        """The upper edge of each layer, the lowest first."""
        return list(np.cumsum([self.rostered, self.booked, self.open, self.drafts], axis=0))

    @property
    def short(self) -> FloatArray:
        """People missing if nobody took another place."""
        return np.maximum(self.need - self.bare - self.rostered - self.booked, 0.0)

    def series(self, edges: FloatArray, scale: Scale) -> list[Series]:
        """The shapes, from the ground up; what is missing above what is staffed."""
        ground, *levels = (scale.at(level) for level in [np.zeros_like(self.need), *self.levels])
        staffed, need, wanted = levels[1], scale.at(self.need), scale.at(self.need - self.bare)
        # nothing is drawn where nobody is needed or wanted
        need_line, open_top, draft_top = (
            np.where(people > 0, top, np.nan)
            for people, top in ((self.need, need), (self.open, levels[2]), (self.drafts, levels[3]))
        )
        return [
            Series("short", between(edges, staffed, np.maximum(wanted, staffed)), _("missing"), is_area=True),
            Series("rostered", between(edges, ground, levels[0]), _("on the roster"), is_area=True),
            Series("booked", between(edges, levels[0], staffed), _("booked"), is_area=True),
            Series("places", between(edges, staffed, open_top), _("open places"), is_area=True),
            Series("drafts", between(edges, levels[2], draft_top), _("places in drafts"), is_area=True),
            Series("need", steps(edges, need_line), _("needed")),
        ]


@dataclass(frozen=True, slots=True)
class Lane:
    """One queue through the day; None: standby, which has places and no need of its own."""

    queue: Queue | None
    series: Sequence[Series]
    short_hours: float
    worst: int
    """People missing when it is worst."""
    worst_at: int
    """Epoch seconds."""
    is_forecast: bool

    @property
    def html_id(self) -> str:
        """The lane's id in the page."""
        return f"lane-{self.queue.pk if self.queue else 'standby'}"


def lanes(plan: DayPlan) -> list[Lane]:
    """Every queue by name, then standby."""
    edges = np.linspace(0, 1, plan.grid.cells + 1)
    found = [_lane(queue, Layers.of(plan, row), plan.grid, edges) for row, queue in enumerate(plan.queues)]
    nobody = np.zeros(plan.grid.cells)
    standby = Layers(need=nobody, rostered=nobody, booked=nobody, open=plan.standby, drafts=nobody, bare=nobody)
    return [*found, _lane(None, standby, plan.grid, edges)]


def _lane(queue: Queue | None, layers: Layers, grid: Grid, edges: FloatArray) -> Lane:
    scale, _figures = upright([layers.need, layers.levels[-1]], least=2.0)
    short = np.where(layers.short >= HALF_A_PERSON, layers.short, 0.0)
    worst = int(np.argmax(short))
    return Lane(
        queue=queue,
        series=layers.series(edges, scale),
        short_hours=float(short.sum()) * grid.step_seconds / 3600,
        worst=heads(short[worst : worst + 1])[0],
        worst_at=int(grid.starts[worst]),
        is_forecast=bool(layers.need.any()),
    )


def day_chart(plan: DayPlan, *, row: int | None, now: float) -> Chart:
    """One queue, or all together, with the table behind it."""
    layers, grid = Layers.of(plan, row), plan.grid
    edges = np.linspace(0, 1, grid.cells + 1)
    scale, figures = upright([layers.need, layers.levels[-1]])
    starts = grid.starts.tolist()
    columns = (layers.need, layers.rostered, layers.booked, layers.short, layers.open, layers.drafts)
    at = 100 * float(Scale(grid.start, grid.end).at(now))
    return Chart(
        name="day",
        series=layers.series(edges, scale),
        x_ticks=hour_ticks(start=grid.start, end=grid.end),
        y_ticks=y_ticks(scale, figures),
        columns=[
            _("Time"), _("needed"), _("on the roster"), _("booked"), _("missing"), _("open places"), _("in drafts"),
        ],
        rows=[
            [period(start, start + grid.step_seconds), *map(str, row)]
            for start, *row in zip(starts, *map(heads, columns), strict=True)
        ],
        marks=[Mark(at=round(at, 2), width=0, label=_("now"), kind="now")] if 0 < at < 100 else [],
    )  # fmt: skip
