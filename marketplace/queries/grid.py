"""A picture's time axis: equal cells from an instant on, and what fills them."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import ArrayLike

from marketplace.matching.state import FloatArray, IntArray

DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Grid:
    """`cells` cells of `step_seconds` from `start`, epoch seconds."""

    start: int
    step_seconds: int
    cells: int

    @classmethod
    def ahead(cls, *, now: datetime, until: datetime, step_seconds: int) -> "Grid":
        """From the cell that holds `now` to the one that ends with or after `until`."""
        first = int(now.timestamp()) // step_seconds * step_seconds
        return cls(start=first, step_seconds=step_seconds, cells=-int(-(until.timestamp() - first) // step_seconds))

    @property
    def end(self) -> int:
        """The end of the last cell."""
        return self.start + self.step_seconds * self.cells

    @property
    def starts(self) -> IntArray:
        """The start of each cell."""
        return self.start + self.step_seconds * np.arange(self.cells, dtype=np.int64)

    def fill(self, *, row: ArrayLike, start: ArrayLike, end: ArrayLike, weight: ArrayLike, rows: int) -> FloatArray:
        """The mean over each cell of all weights that hold from `start` to `end`; `rows` × `cells`.

        One element a period: `row` says which row it belongs to, `start` and `end` are epoch seconds. Where nothing
        holds there is 0. A weight that begins inside a cell counts there for the part of it that is left: its running
        sum rises by that part in this cell and by the rest in the next.
        """
        row, weight = np.asarray(row, dtype=np.int64), np.asarray(weight, dtype=np.float64)
        change = np.zeros((rows, self.cells + 2))
        for instants, sign in ((start, 1.0), (end, -1.0)):
            inside = np.clip(np.asarray(instants, dtype=np.float64), self.start, self.end) - self.start
            cell = (inside // self.step_seconds).astype(np.int64)
            late = inside / self.step_seconds - cell
            np.add.at(change, (row, cell), sign * weight * (1 - late))
            np.add.at(change, (row, cell + 1), sign * weight * late)
        filled: FloatArray = np.cumsum(change, axis=1)[:, : self.cells]
        # what is left of sums that cancel is the error of floating point
        filled[np.abs(filled) < 1e-9] = 0.0
        return filled
