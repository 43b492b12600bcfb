"""The overview's queues: each with a strip of the next 24 hours and a figure for each of the next seven days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from marketplace.matching.state import FloatArray
from marketplace.models import Queue
from marketplace.queries.board import AT_RISK_BELOW
from marketplace.queries.gap import Alarm, Gaps
from marketplace.views.charts import bars
from marketplace.views.time_axis import days_of

HALF_A_PERSON = 0.5
"""Less is no shortage: people come and go within an interval."""
MIDDLE = 0.65
"""Where bars stand and hang, from below: what is missing gets more room than what is to spare."""
MUCH = 0.05
"""A day that lacks more than this part of the hours it needs is missing, not merely at risk."""


@dataclass(frozen=True, slots=True)
class Strip:
    """Bars of the next 24 hours: spare ones stand, missing ones hang. Paths for a box of `charts`."""

    spare: str
    slight: str
    """Fewer than a tenth of the people needed are missing."""
    short: str
    open: str
    """Missing, but places of open shifts would fill it."""
    yet: str
    """Needed before anybody is planned."""


@dataclass(frozen=True, slots=True)
class Day:
    """One local day of one queue: person-hours that are missing in it, or needed and not planned yet."""

    date: date
    hours: float
    kind: str
    """`short`, `slight`, `yet` (nothing is planned yet), `fine`, or `closed` where nobody is needed."""


@dataclass(frozen=True, slots=True)
class DemandRow:
    """One queue as the table shows it."""

    queue: Queue
    need: Sequence[int]
    """People, for each cell of the strip."""
    there: Sequence[int | None]
    """None before anybody is planned."""
    strip: Strip
    days: Sequence[Day]
    short_hours: float
    """Missing in the next 24 hours."""
    bare_hours: float
    """Needed in them before anybody is planned."""
    worst: int
    """People missing at the worst of them."""
    worst_at: int
    """Epoch seconds."""
    is_forecast: bool
    alarm: Alarm | None

    @property
    def html_id(self) -> str:
        """The row's id in the page."""
        return f"queue-{self.queue.pk}"

    @property
    def gap(self) -> int | None:
        """People missing now; below zero to spare. None before anybody is planned."""
        there = self.there[0] if self.there else None
        return None if there is None else self.need[0] - there

    @property
    def there_by_cell(self) -> str:
        """`there` as the page's script reads it; a dash before anybody is planned."""
        return " ".join("—" if people is None else f"{people}" for people in self.there)


def demand_rows(gaps: Gaps, *, cells: int) -> list[DemandRow]:
    """Every queue, worst first: surges, then by hours missing over the first `cells` cells, then over all."""
    grid = gaps.grid
    short = np.where(gaps.short >= HALF_A_PERSON, gaps.short, 0.0)
    bare = gaps.bare
    hours = grid.step_seconds / 3600
    day = days_of(grid.starts.tolist())
    height = float(short[:, :cells].max(initial=1.0))
    rows = []
    for index, queue in enumerate(gaps.queues):
        worst = int(np.argmax(short[index, :cells]))
        rows.append(
            DemandRow(
                queue=queue,
                need=gaps.need[index, :cells].tolist(),
                there=[
                    None if unplanned else people
                    for people, unplanned in zip(
                        heads(gaps.staffed[index, :cells]), gaps.unplanned[index, :cells].tolist(), strict=True
                    )
                ],
                strip=_strip(gaps, index, cells=cells, height=height),
                days=_days(day, short[index] * hours, gaps.need[index] * hours, bare[index] * hours),
                short_hours=float(short[index, :cells].sum()) * hours,
                bare_hours=float(bare[index, :cells].sum()) * hours,
                worst=heads(short[index, worst : worst + 1])[0],
                worst_at=int(grid.starts[worst]),
                is_forecast=bool(np.isfinite(gaps.expected.mean[index]).any()),
                alarm=gaps.alarms.get(queue.pk),
            )
        )
    week = dict(zip((queue.pk for queue in gaps.queues), short.sum(axis=1).tolist(), strict=True))
    return sorted(
        rows, key=lambda row: (row.alarm is None, -round(row.short_hours), -round(week[row.queue.pk]), row.queue.name)
    )


def heads(people: FloatArray) -> list[int]:
    """Whole people."""
    whole: list[int] = np.floor(people + 0.5).astype(np.int64).tolist()
    return whole


def _strip(gaps: Gaps, row: int, *, cells: int, height: float) -> Strip:
    """Heights grow with the root of the gap, so that one person at a small queue is seen beside twenty at a large."""
    staffed, places, bare = (table[row, :cells] for table in (gaps.staffed, gaps.open, gaps.bare))
    need = gaps.need[row, :cells] - bare
    missing = _tall(need - staffed, height)
    left = _tall(np.maximum(need - staffed - places, 0.0), height)
    much = staffed < AT_RISK_BELOW * need
    draw = {
        "spare": np.maximum(-missing, 0.0),
        "open": np.where((places > 0) & (missing > left), -missing, 0.0),
        "slight": np.where(~much, -left, 0.0),
        "short": np.where(much, -left, 0.0),
        "yet": -_tall(bare, height),
    }
    rooms = dict.fromkeys(draw, MIDDLE) | {"spare": 1 - MIDDLE}
    return Strip(**{name: bars(draw[name], middle=MIDDLE, room=0.95 * room, gap=0.12) for name, room in rooms.items()})


def _tall(people: FloatArray, height: float) -> FloatArray:
    """The part of the room that a bar takes, with the sign of `people`; 0 for less than half a person."""
    tall: FloatArray = np.sign(people) * np.sqrt(np.minimum(np.abs(people) / height, 1.0))
    return np.where(np.abs(people) < HALF_A_PERSON, 0.0, tall)


def _days(day: Sequence[int], short: FloatArray, need: FloatArray, bare: FloatArray) -> list[Day]:
    starts = [index for index, (before, after) in enumerate(pairwise([None, *day])) if before != after]
    answer = []
    for first, last in pairwise([*starts, len(day)]):
        missing, needed, yet = (float(table[first:last].sum()) for table in (short, need, bare))
        kind = "closed" if not needed else "fine" if missing < HALF_A_PERSON else "slight"
        if kind == "slight" and missing > MUCH * needed:
            kind = "short"
        if kind == "fine" and yet >= HALF_A_PERSON:
            kind, missing = "yet", yet
        answer.append(Day(date=date.fromordinal(day[first]), hours=missing, kind=kind))
    return answer
