"""A queue's year by weeks, and what is marked on its time axes."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from marketplace.matching.state import FloatArray
from marketplace.models import Event
from marketplace.queries.grid import Grid
from marketplace.queries.horizon import Holiday, Week
from marketplace.views.charts import Chart, Mark, Scale, Series, area, line, upright
from marketplace.views.demand import y_ticks
from marketplace.views.time_axis import midnights_between, month_ticks


def week_chart(weeks: Sequence[Week]) -> Chart:
    """Contacts a week: what came, and the fan of the year ahead."""
    came, mean, low, high = (_column(weeks, name) for name in ("came", "mean", "low", "high"))
    middle = (np.arange(len(weeks)) + 0.5) / len(weeks)
    scale, figures = upright([came, high, mean])
    return Chart(
        name="weeks",
        series=[
            Series("band", area(middle, scale.at(low), scale.at(high)), _("8 of 10 weeks lie in here"), is_area=True),
            Series("mean", line(middle, scale.at(mean)), _("forecast")),
            Series("came", line(middle, scale.at(came)), _("came")),
        ],
        x_ticks=month_ticks([week.starts_on for week in weeks]),
        y_ticks=y_ticks(scale, figures),
        columns=[_("Week of"), _("forecast"), _("10–90 %"), _("came")],
        rows=[
            [
                date_format(week.starts_on, "j M Y"),
                figure(week.mean),
                "—" if week.low is None else f"{figure(week.low)}–{figure(week.high)}",
                figure(week.came),
            ]
            for week in weeks
        ],
    )


def figure(value: float | None) -> str:
    """`12`; a dash where nothing is known."""
    return "—" if value is None or np.isnan(value) else number_format(round(value), force_grouping=True)


def marks(grid: Grid, *, now: datetime, events: Sequence[Event], holidays: Sequence[Holiday]) -> list[Mark]:
    """Midnights, holidays, known events, and now."""
    scale = Scale(grid.start, grid.end)

    def mark(start: float, end: float, label: str, kind: str) -> Mark:
        left, right = (float(np.clip(scale.at(instant), 0, 1)) * 100 for instant in (start, end))
        return Mark(at=round(left, 2), width=round(right - left, 2), label=label, kind=kind)

    nights = [instant for instant in midnights_between(start=grid.start, end=grid.end) if instant > grid.start]
    return [
        *(mark(day.start, day.end, day.name, "holiday") for day in holidays),
        *(mark(event.starts_at.timestamp(), event.ends_at.timestamp(), event.name, "event") for event in events),
        *(mark(instant, instant, "", "midnight") for instant in nights),
        mark(now.timestamp(), now.timestamp(), _("now"), "now"),
    ]


def _column(weeks: Sequence[Week], name: str) -> FloatArray:
    values = [getattr(week, name) for week in weeks]
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
