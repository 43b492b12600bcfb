"""What each way of forecasting said, or would have said, at the end of each day: arrays origins × days ahead × slots.

`model` is the level of the day (`levels`) times its shape (`shapes`); `weeks` the decayed mean of the same weekday and
time; `naive` the same weekday and time of the last week that has it; `recent` that week's shape at the model's level,
for shapes that change; `lately` the model's shape at that week's level, for queues so quiet that nobody knows theirs.
All are walked over the days once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marketplace.forecasting.grid import Grid
from marketplace.forecasting.levels import LEVEL, WEEKDAYS, Levels
from marketplace.forecasting.shapes import Shapes
from marketplace.matching.state import FloatArray, IntArray

NAMES = ("model", "weeks", "recent", "lately", "naive")
AHEAD = 15
"""Days: the rest of today, and fourteen."""
LEAST_COVER = 0.1
"""A day of which less is known says nothing of its level."""
FRESH_DAYS = 28
"""So long the shape is worked out anew every day; then weekly, and at each origin."""
MOST_FACTOR = 5.0
WEEK_DECAY = 0.8
"""Weight of a week for the one after it, in `weeks`."""


@dataclass(frozen=True, slots=True)
class Start:
    """What is taken for known before the first count."""

    share: FloatArray
    """Weekdays × slots."""
    level: float
    """Logarithm of a day's contacts."""
    spread: float
    """Standard deviation of it."""
    weekdays: FloatArray | None = None
    """Log effects of Monday to Sunday."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Forecasts by all candidates from each origin, for the days after it."""

    origins: IntArray
    """Rows of the grid: the last day that was known."""
    cubes: FloatArray
    """Candidates × origins × days ahead (0: one day) × slots; nan where a candidate has nothing to say."""
    variance: FloatArray
    """Origins × days ahead: of the log day factor, as the model has it."""
    effects: FloatArray
    """Log level and the seven weekday effects after the last day."""

    def since(self, row: int) -> Candidates:
        """Those from this row of the origins on."""
        return Candidates(self.origins[row:], self.cubes[:, row:], self.variance[row:], self.effects)


def walk(grid: Grid, counts: FloatArray, *, origins: IntArray, start: Start | None = None) -> Candidates:
    """Go through the days once and forecast after each origin. `counts` is the grid's with what to ignore blanked."""
    slots = counts.shape[1]
    levels, shapes = Levels.unknown(), Shapes(grid.opened)
    if start is not None:
        shapes.borrow(start.share, float(np.exp(start.level)))
        levels.begin(level=start.level, spread=start.spread, weekdays=start.weekdays)
    else:
        # until more is known, a weekday that is open half as long has half the contacts
        intervals = np.maximum(grid.opened.sum(axis=1), 1)
        levels.state[:, WEEKDAYS] = np.log(intervals / intervals.max())
    means = np.zeros((len(origins), AHEAD))
    variance = np.zeros((len(origins), AHEAD))
    model = np.zeros((len(origins), AHEAD, slots))
    after = np.arange(1, AHEAD + 1)
    known, weekdays = np.isfinite(counts), grid.weekdays
    place = {int(origin): row for row, origin in enumerate(origins)}
    for day in range(-1 if -1 in place else 0, grid.days):
        if day >= 0:
            levels.step()
            weekday, seen = int(weekdays[day]), known[day]
            covered = float(shapes.share[weekday, seen].sum())
            if covered >= LEAST_COVER:
                values = counts[day, seen]
                levels.learn(day=grid.first_day + day, total=float(values.sum()), covered=min(covered, 1.0))
                shapes.learn(weekday=weekday, known=seen, counts=values)
                if day < FRESH_DAYS or day % 7 == 0 or day in place:
                    shapes.refresh()
        if day in place:
            row = place[day]
            coming = (grid.first_day + day + after + 3) % 7
            ahead = levels.ahead(day=grid.first_day + day, after=after)
            means[row], variance[row] = ahead.mean, ahead.variance
            model[row] = ahead.mean[:, None] * shapes.share[coming]
    weeks, naive = _by_week(counts, origins)
    cubes = np.stack([model, weeks, _at_level(naive, model), _lately(model, naive), naive])
    state = levels.weights @ levels.state
    return Candidates(origins, cubes, variance, np.array([state[LEVEL], *state[WEEKDAYS]]))


def _by_week(counts: FloatArray, origins: IntArray) -> tuple[FloatArray, FloatArray]:
    """Decayed mean and last value of the same weekday and time, as known at each origin."""
    days, slots = counts.shape
    last, mean = np.full((days + 7, slots), np.nan), np.full((days + 7, slots), np.nan)
    total, weight = np.zeros((7, slots)), np.zeros((7, slots))
    for day in range(days):
        row, seen = counts[day], np.isfinite(counts[day])
        total[day % 7] = total[day % 7] * WEEK_DECAY + np.where(seen, row, 0.0)
        weight[day % 7] = weight[day % 7] * WEEK_DECAY + seen
        last[day] = np.where(seen, row, last[day - 7] if day >= 7 else np.nan)
        mean[day] = np.divide(total[day % 7], weight[day % 7], out=np.full(slots, np.nan), where=weight[day % 7] > 0)
    after = np.arange(1, AHEAD + 1)
    source = origins[:, None] + after - 7 * ((after + 6) // 7)
    source = np.where(source >= 0, source, days)  # rows from `days` on are nan
    return mean[source], last[source]


def _at_level(naive: FloatArray, model: FloatArray) -> FloatArray:
    """The naive forecast of each day times a factor that gives it the model's total."""
    known = np.isfinite(naive)
    has, wanted = np.where(known, naive, 0.0).sum(axis=2), np.where(known, model, 0.0).sum(axis=2)
    factor = np.clip(wanted / np.maximum(has, 1e-9), 1 / MOST_FACTOR, MOST_FACTOR)
    answer: FloatArray = naive * factor[:, :, None]
    return answer


def _lately(model: FloatArray, naive: FloatArray) -> FloatArray:
    """The model times a factor for each origin, so that all days ahead have as many contacts as the naive forecast."""
    known = np.isfinite(naive)
    has, wanted = (np.where(known, one, 0.0).sum(axis=(1, 2)) for one in (model, naive))
    factor = np.clip(wanted / np.maximum(has, 1e-9), 1 / MOST_FACTOR, MOST_FACTOR)
    answer: FloatArray = np.where(known, model * factor[:, None, None], np.nan)
    return answer
