"""The picture of a proposal: what is needed, who is there, what the shifts cover, what stays missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from marketplace.matching.state import FloatArray
from marketplace.queries.grid import Grid
from marketplace.views.charts import Chart, Series, between, steps, upright
from marketplace.views.demand import y_ticks
from marketplace.views.time_axis import day_ticks, days_of, hour_ticks, period


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """A proposal's tables, queues × cells."""

    grid: Grid
    queue_ids: list[int]
    need: FloatArray
    there: FloatArray
    covered: FloatArray

    @classmethod
    def of(cls, result: Mapping[str, Any]) -> "People":
        """From what a proposal keeps."""
        tables = [
            np.array([queue[name] for queue in result["queues"]], dtype=np.float64).reshape(-1, result["cells"])
            for name in ("need", "there", "covered")
        ]
        return cls(
            Grid(start=result["start"], step_seconds=result["step_seconds"], cells=result["cells"]),
            [queue["queue"] for queue in result["queues"]],
            *tables,
        )

    def only(self, queue_id: int | None) -> "People":
        """One queue of it; None: all."""
        rows = [row for row, queue in enumerate(self.queue_ids) if queue_id in (None, queue)]
        return People(self.grid, [self.queue_ids[row] for row in rows], *(t[rows] for t in self._tables()))

    def between(self, first: int, last: int) -> "People":
        """The cells from `first` to before `last`."""
        grid = Grid(
            start=self.grid.start + first * self.grid.step_seconds, step_seconds=self.grid.step_seconds,
            cells=last - first,
        )  # fmt: skip
        return People(grid, self.queue_ids, *(table[:, first:last] for table in self._tables()))

    def day(self, day: date | None) -> "People":
        """A local day of it; None: all."""
        if day is None:
            return self
        cells = np.flatnonzero(np.array(days_of(self.grid.starts.tolist())) == day.toordinal())
        return self.between(int(cells[0]), int(cells[-1]) + 1) if len(cells) else self

    @property
    def days(self) -> list[date]:
        """The local days that it touches."""
        return [date.fromordinal(number) for number in dict.fromkeys(days_of(self.grid.starts.tolist()))]

    @property
    def short_hours(self) -> float:
        """Person-hours that stay missing."""
        return self._hours(np.maximum(0, np.floor(self.need - self.there + 0.5) - self.covered))

    @property
    def gap_hours(self) -> float:
        """Person-hours that were missing."""
        return self._hours(np.maximum(0, np.floor(self.need - self.there + 0.5)))

    def _hours(self, table: FloatArray) -> float:
        return float(table.sum()) * self.grid.step_seconds / 3600

    def _tables(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        return self.need, self.there, self.covered


def cover_chart(people: People, *, name: str) -> Chart:
    """Summed over the queues; too many at one queue help no other, so they lie above what is needed."""
    grid = people.grid
    need = people.need.sum(axis=0)
    there = np.minimum(people.need, people.there).sum(axis=0)
    after = np.minimum(people.need, people.there + people.covered).sum(axis=0)
    too_many = np.maximum(0, people.there + people.covered - people.need).sum(axis=0)
    edges = np.linspace(0, 1, grid.cells + 1)
    scale, figures = upright([need + too_many])
    need_at, there_at, after_at, top_at = (scale.at(values) for values in (need, there, after, need + too_many))
    one_day = grid.end - grid.start <= 26 * 3600
    ticks = (hour_ticks if one_day else day_ticks)(start=grid.start, end=grid.end)
    columns = (values.round().astype(int).tolist() for values in (need, there, after - there, need - after, too_many))
    return Chart(
        name=name,
        series=[
            Series("filled", between(edges, there_at, after_at), _("covered by these shifts"), is_area=True),
            Series("short", between(edges, after_at, need_at), _("still missing"), is_area=True),
            Series("over", between(edges, need_at, top_at), _("more than needed"), is_area=True),
            Series("there", steps(edges, there_at), _("staffed before")),
            Series("need", steps(edges, need_at), _("needed")),
        ],
        x_ticks=ticks,
        y_ticks=y_ticks(scale, figures),
        columns=[
            _("Time"), _("needed"), _("staffed before"), _("covered"), _("still missing"), _("more than needed"),
        ],
        rows=[
            [period(start, start + grid.step_seconds), *(str(figure) for figure in row)]
            for start, *row in zip(grid.starts.tolist(), *columns, strict=True)
        ],
    )  # fmt: skip
