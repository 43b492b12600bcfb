"""The half-hour of a queue as SVG paths: the forecast's band behind, what came in front."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from marketplace.queries.recent import History

WIDTH, HEIGHT, MARGIN = 150, 26, 3


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Path data for a box of `WIDTH` × `HEIGHT`; empty where there is nothing to draw."""

    line: str
    band: str
    end: tuple[int, int] | None
    """The last point."""
    rate: float | None
    """Contacts a minute now."""


def sparkline(history: History) -> Sparkline:
    """The paths, scaled so that band and line fill the height from zero."""
    known = [value for value in (*history.rate, *history.high) if not math.isnan(value)]
    if not known:
        return Sparkline(line="", band="", end=None, rate=None)
    top = max(*known, 1e-9)
    points = _points(history.rate, top)
    high, low = _points(history.high, top), _points(history.low, top)
    return Sparkline(
        line=" ".join(_path(run) for run in _runs(points)),
        band="".join(
            _path([*above, *reversed(below)]) + "Z" for above, below in zip(_runs(high), _runs(low), strict=True)
        ),
        end=points[-1] if points else None,
        rate=None if not history.rate or math.isnan(history.rate[-1]) else history.rate[-1],
    )


def _points(values: Sequence[float], top: float) -> list[tuple[int, int] | None]:
    step = WIDTH / max(1, len(values) - 1)
    room = HEIGHT - 2 * MARGIN
    return [
        None
        if math.isnan(value)
        else (round((WIDTH - MARGIN) * index * step / WIDTH), round(HEIGHT - MARGIN - room * value / top))
        for index, value in enumerate(values)
    ]


def _runs(points: Sequence[tuple[int, int] | None]) -> list[list[tuple[int, int]]]:
    """The stretches without gaps."""
    return [
        [point for point in run if point is not None]
        for known, run in groupby(points, key=lambda point: point is not None)
        if known
    ]


def _path(points: Sequence[tuple[int, int]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in points)
