"""Need against staffed, per queue and interval, now and ahead: how many people are missing where and when.

Gap is need less staffed; below zero people are to spare. Free places of open shifts, standby too, are told apart:
nobody has them yet. The number of statements is fixed, whatever the number of queues; `docs/demand.md` says how long
200 queues × a week take.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from marketplace.matching.state import BoolArray, FloatArray, IntArray
from marketplace.models import Queue
from marketplace.queries.board import Surge, within
from marketplace.queries.forecast import Expected, read_expected
from marketplace.queries.grid import Grid
from marketplace.queries.need import handle_seconds, handle_seconds_ahead, people_needed
from marketplace.queries.planned import read_unplanned
from marketplace.queries.shifts import promised, standing_by
from marketplace.queries.staffed import Able, Staffed, read_staffed

STEP_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class Alarm:
    """A surge and what it would take."""

    surge: Surge
    need: int | None
    """People needed while it lasts, at the forecast × its factor; None without a forecast."""
    there: int

    @property
    def missing(self) -> int | None:
        """People that it would take more than there are; None where that is unknown."""
        return None if self.need is None else max(self.need - self.there, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """Need and staffed of some queues on one time axis. Tables are queues × cells, people."""

    grid: Grid
    queues: Sequence[Queue]
    expected: Expected
    need: IntArray
    low: IntArray
    """Need at the forecast's 10 % quantile."""
    high: IntArray
    """Need at its 90 % quantile."""
    staffed: FloatArray
    """On average over the cell."""
    booked: FloatArray
    """Those of them who hold a place in a shift of the queue."""
    open: FloatArray
    """Free places of open shifts, breaks left out: not yet staffed. Standby is where the department's people miss."""
    unplanned: BoolArray
    """Before anybody was planned in the queue's department: the need is known, a shortage is not."""
    alarms: dict[int, Alarm]
    """By queue."""

    @property
    def gap(self) -> FloatArray:
        """Need less staffed."""
        gap: FloatArray = self.need - self.staffed
        return gap

    @property
    def short(self) -> FloatArray:
        """People missing; 0 where there are enough, and where nothing is planned yet."""
        return np.where(self.unplanned, 0.0, np.maximum(self.gap, 0.0))

    @property
    def bare(self) -> FloatArray:
        """Need where nothing is planned yet; 0 elsewhere."""
        return np.where(self.unplanned, self.need, 0.0)

    @property
    def is_forecast(self) -> bool:
        """Whether any cell of any queue has a forecast."""
        return bool(np.isfinite(self.expected.mean).any())

    def of(self, rows: Sequence[int]) -> "Gaps":
        """Those of some of the queues."""
        chosen = list(rows)
        names = ("need", "low", "high", "staffed", "booked", "open", "unplanned")
        tables = {name: getattr(self, name)[chosen] for name in names}
        queues = [self.queues[row] for row in chosen]
        alarms = {queue.pk: self.alarms[queue.pk] for queue in queues if queue.pk in self.alarms}
        return replace(self, queues=queues, expected=self.expected.of(chosen), alarms=alarms, **tables)


def read_gaps(
    *,
    department_ids: Sequence[int] | None,
    grid: Grid,
    now: datetime,
    able: Able | None = None,
    only: int | None = None,
) -> Gaps:
    """Every active queue of these departments (None: all), by name, or `only` this one; in ten statements.

    `able` places people who are planned without a queue; without it they are left out. Who may serve one queue may
    serve others of its department, so these are read along with it.
    """
    wanted = Queue.objects.filter(within(department_ids), is_active=True).select_related("now", "department")
    queues = list(wanted if only is None else wanted.filter(department__queues=only))
    ids = [queue.pk for queue in queues]
    expected = read_expected(queue_ids=ids, grid=grid)
    staffed = read_staffed(queue_ids=ids, grid=grid, now=now, able=able)
    rates = np.stack([expected.mean, expected.low, expected.high])
    lately = handle_seconds(queues)
    ahead = handle_seconds_ahead(queues, lately=lately, grid=grid, now=now)
    need, low, high = people_needed(queues=queues, rate=rates, handle=ahead)
    there = place(staffed, need=need)
    places = _places(queues, grid, need=need, there=there, now=now)
    gaps = Gaps(
        grid=grid,
        queues=queues,
        expected=expected,
        need=need,
        low=low,
        high=high,
        staffed=there,
        booked=staffed.booked,
        open=places,
        unplanned=read_unplanned(queues=queues, staffed=staffed, places=places, grid=grid),
        alarms=_alarms(queues, expected, staffed, handle=lately, grid=grid, now=now),
    )
    return gaps if only is None else gaps.of([row for row, queue in enumerate(queues) if queue.pk == only])


def place(staffed: Staffed, *, need: IntArray) -> FloatArray:
    """People by queue and cell, those without a queue where they are most missed; parts of people where kinds share.

    Each kind, the most versatile last, fills what is missing at its queues in proportion; the rest of it goes to its
    queues in proportion to what they need.
    """
    placed = staffed.placed.copy()
    for kind in np.argsort(staffed.serves.sum(axis=1), kind="stable"):
        serves = staffed.serves[kind]
        if not serves.any():
            continue
        placed[serves] += _spread(staffed.free[kind], need=need[serves], there=placed[serves])
    return placed


def _places(queues: Sequence[Queue], grid: Grid, *, need: IntArray, there: FloatArray, now: datetime) -> FloatArray:
    """Free places of open shifts, those of standby at the queues of its department."""
    free = promised(queue_ids=[queue.pk for queue in queues], grid=grid, now=now, drafts=False)
    departments = sorted({queue.department_id for queue in queues})
    standby = standing_by(department_ids=departments, grid=grid, now=now, drafts=False)
    for department, places in zip(departments, standby, strict=True):
        mine = np.array([queue.department_id == department for queue in queues])
        free[mine] += _spread(places, need=need[mine], there=there[mine] + free[mine])
    return free


def _spread(people: FloatArray, *, need: IntArray, there: FloatArray) -> FloatArray:
    """People of each cell over some queues: first what is missing, in proportion; the rest as the queues need."""
    missing = np.maximum(need - there, 0.0)
    filling = np.minimum(people, missing.sum(axis=0))
    rest = np.broadcast_to(people - filling, missing.shape)
    spread: FloatArray = _shares(missing) * filling + _shares(need.astype(np.float64) + 1e-9) * rest
    return spread


def _shares(weights: FloatArray) -> FloatArray:
    """Each column as parts of its sum; 0 where that is 0."""
    total = weights.sum(axis=0)
    shares: FloatArray = weights / np.where(total > 0, total, 1.0)
    return shares


def _alarms(
    queues: Sequence[Queue], expected: Expected, staffed: Staffed, *, handle: FloatArray, grid: Grid, now: datetime
) -> dict[int, Alarm]:
    """The surges that are on. Their factors are of the plan, which they have corrected meanwhile."""
    plan = np.where(np.isfinite(expected.planned), expected.planned, expected.mean)
    cell = int(now.timestamp() - grid.start) // grid.step_seconds
    inside = 0 <= cell < grid.cells
    found = {}
    for row, queue in enumerate(queues):
        seen = getattr(queue, "now", None)
        if seen is None or seen.surge_since is None:
            continue
        surge = Surge(
            factor=seen.surge_factor or 1.0,
            since=datetime.fromtimestamp(seen.surge_since, UTC),
            sure=seen.surge_sure or 0.0,
        )
        rate = plan[row : row + 1, cell : cell + 1] * surge.factor if inside else np.full((1, 1), np.nan)
        known = np.isfinite(rate).all()
        need = int(people_needed(queues=[queue], rate=rate, handle=handle[[row]])[0, 0]) if known else None
        there = round(float(staffed.placed[row, cell])) if inside else 0
        found[queue.pk] = Alarm(surge=surge, need=need, there=there)
    return found
