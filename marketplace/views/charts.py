"""The geometry of every chart: from figures to SVG paths. No words, no colours; templates and style sheets have those.

Paths live in a box of `WIDTH` × `HEIGHT` that the page stretches to whatever room there is; ticks and marks are
percentages of the same box, so that their text is not stretched with it. A figure that is unknown is NaN: lines and
areas are interrupted there.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

WIDTH = HEIGHT = 1000
ABOUT_TICKS = 4

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from `lowest` to `highest` along one side of the box."""

    lowest: float
    highest: float

    def at(self, values: ArrayLike) -> Floats:
        """0 at the lowest, 1 at the highest."""
        part: Floats = (np.asarray(values, dtype=np.float64) - self.lowest) / (self.highest - self.lowest)
        return part


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, in percent of the box from its left or top, and what stands there."""

    at: float
    label: str
    minor: bool = False
    """Left out where there is little room."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something known of an instant or a period, drawn through the whole height; percent from the left."""

    at: float
    width: float
    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class Series:
    """One shape of a chart. `kind` is its class in the style sheet, `label` its word in the legend (empty: none)."""

    kind: str
    path: str
    label: str = ""
    is_area: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything `charts/figure.html` draws, and the table behind it: the first cell of each row is its heading."""

    name: str
    """Its id in the page."""
    series: Sequence[Series]
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    """One a cell of the time axis, in its order: pointer and keyboard read the picture by them."""
    marks: Sequence[Mark] = ()

    @property
    def cells(self) -> int:
        """How many cells the time axis has."""
        return len(self.rows)


def upright(values: Sequence[ArrayLike], *, least: float = 1.0) -> tuple[Scale, list[float]]:
    """A scale from zero on which all these values have room, and round figures on it; unknown ones take none."""
    top = max(least, *(float(np.nanmax(part)) for part in map(_floats, values) if np.isfinite(part).any()), 0.0)
    step = round_step(top / ABOUT_TICKS)
    ticks = [step * index for index in range(math.floor(top * 1.001 / step) + 1)]
    return Scale(0.0, max(top * 1.06, ticks[-1])), ticks


def round_step(about: float) -> float:
    """The least of 1, 2, 5 × a power of ten that is not less than `about`."""
    power = 10.0 ** math.floor(math.log10(about))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= about * (1 - 1e-9))


def line(x: ArrayLike, y: ArrayLike) -> str:
    """A line through points given as parts of the box, 0–1 from the left and the bottom."""
    return "".join(f"M{'L'.join(_points(*run))}" for run in _runs(x, y))


def area(x: ArrayLike, low: ArrayLike, high: ArrayLike) -> str:
    """What lies between two lines."""
    shapes = []
    for places, below, above in _runs(x, low, high):
        shapes.append(f"M{'L'.join([*_points(places, above), *reversed(_points(places, below))])}Z")
    return "".join(shapes)


def steps(edges: ArrayLike, y: ArrayLike) -> str:
    """A stair: each value holds from its edge to the next; one edge more than values."""
    return line(*_stair(edges, y))


def between(edges: ArrayLike, low: ArrayLike, high: ArrayLike) -> str:
    """What lies between two stairs."""
    x, below = _stair(edges, low)
    return area(x, below, _stair(edges, high)[1])


def above(edges: ArrayLike, y: ArrayLike, floor: ArrayLike) -> str:
    """What of a stair rises above another: the part of each cell between the two, where it is higher."""
    edges, y, floor = _floats(edges), _floats(y), _floats(floor)
    higher = np.where(y > floor + 1e-9, y, np.nan)
    shapes = []
    for (left, right), top, bottom in zip(pairwise(edges), higher, floor, strict=True):
        if np.isfinite(top) and np.isfinite(bottom):
            shapes.append(_rectangle(left, right, bottom, top))
    return "".join(shapes)


def bars(values: ArrayLike, *, middle: float, room: float, gap: float = 0.0) -> str:
    """One bar a value, −1 to 1, up or down from a line at `middle` (a part of the height, from the bottom).

    `room` is the height of the longest, `gap` the part of its width that a bar leaves free. Values of 0 have none.
    """
    values = _floats(values)
    width = 1 / max(len(values), 1)
    shapes = []
    for index, value in enumerate(values):
        if np.isfinite(value) and value:
            left = index * width
            shapes.append(_rectangle(left, left + width * (1 - gap), middle, middle + room * float(value)))
    return "".join(shapes)


def _rectangle(left: float, right: float, bottom: float, top: float) -> str:
    (x0, x1), (y0, y1) = _across([left, right]), _down([bottom, top])
    return f"M{x0} {y0}H{x1}V{y1}H{x0}Z"


def _stair(edges: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    edges = _floats(edges)
    return np.repeat(edges, 2)[1:-1], np.repeat(_floats(y), 2)


def _points(x: Floats, y: Floats) -> list[str]:
    return [f"{left} {top}" for left, top in zip(_across(x), _down(y), strict=True)]


def _across(x: ArrayLike) -> list[int]:
    return [round(value) for value in (_floats(x) * WIDTH).tolist()]


def _down(y: ArrayLike) -> list[int]:
    return [round(value) for value in ((1 - _floats(y)) * HEIGHT).tolist()]


def _runs(*columns: ArrayLike) -> list[list[Floats]]:
    """The stretches of points in which everything is known."""
    table = np.stack([_floats(column) for column in columns])
    if not table.shape[1]:
        return []
    known = np.isfinite(table).all(axis=0)
    cuts = np.flatnonzero(np.diff(known)) + 1
    pieces = zip(np.split(table, cuts, axis=1), np.split(known, cuts), strict=True)
    return [list(piece) for piece, whole in pieces if whole[0]]


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)
