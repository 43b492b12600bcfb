"""Every shift that the patterns allow on a grid, as arrays: one column a start, length and placement of breaks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np

from marketplace.staffing.checks import BoolArray, FloatArray, IntArray
from marketplace.staffing.cover.gap import Gap
from marketplace.staffing.cover.patterns import Pattern, Premium


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Shifts by position. Bounds are steps of the grid, half-open; `bounds` is columns × stretches of work × 2."""

    pattern: IntArray
    start: IntArray
    end: IntArray
    bounds: IntArray
    placement: IntArray
    """Which of the pattern's placements for that length."""
    cost: IntArray
    at_home: BoolArray

    def __len__(self) -> int:
        return len(self.start)

    def take(self, rows: IntArray) -> Columns:
        """These columns only."""
        return Columns(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    @classmethod
    def joined(cls, blocks: Sequence[Columns]) -> Columns:
        """The columns of all blocks, one after the other; at least one block."""
        return cls(
            **{field.name: np.concatenate([getattr(block, field.name) for block in blocks]) for field in fields(cls)}
        )


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """The local time of each step of the grid."""

    second: IntArray
    """Of the day."""
    weekday: IntArray

    @classmethod
    def of(cls, *, start: int, step_seconds: int, steps: int, zone: ZoneInfo) -> Clock:
        """The clock in `zone`; right over its changes."""
        local = [datetime.fromtimestamp(start + step_seconds * step, tz=UTC).astimezone(zone) for step in range(steps)]
        seconds = [at.hour * 3600 + at.minute * 60 + at.second for at in local]
        return cls(
            second=np.array(seconds, dtype=np.int64), weekday=np.array([at.weekday() for at in local], dtype=np.int64)
        )

    def within(self, premium: Premium) -> BoolArray:
        """The steps for which the premium is paid."""
        days = list(premium.weekdays or range(7))
        today, yesterday = np.isin(self.weekday, days), np.isin((self.weekday - 1) % 7, days)
        if premium.since < premium.until:
            inside: BoolArray = today & (self.second >= premium.since) & (self.second < premium.until)
            return inside
        over: BoolArray = (today & (self.second >= premium.since)) | (yesterday & (self.second < premium.until))
        return over


def enumerate_columns(*, gap: Gap, patterns: Sequence[Pattern], extra_per_hour: int = 0) -> Columns:
    """Every shift of these patterns that lies wholly in the gap's period. A shift costs at least 1."""
    steps = gap.people.shape[1]
    clock = Clock.of(start=gap.start, step_seconds=gap.step_seconds, steps=steps, zone=gap.zone)
    most = 1 + max((len(pattern.breaks) for pattern in patterns), default=0)
    blocks = [
        block
        for number, pattern in enumerate(patterns)
        for block in _blocks(number, pattern, clock=clock, step=gap.step_seconds, extra=extra_per_hour, stretches=most)
    ]
    return Columns.joined([_none(most), *blocks])


def _blocks(number: int, pattern: Pattern, *, clock: Clock, step: int, extra: int, stretches: int) -> Iterator[Columns]:
    """The columns of one pattern, one block a length and placement."""
    pay = _pay(pattern, clock=clock, step=step, extra=extra)
    since_first = clock.second - pattern.first_start
    may_start = (since_first >= 0) & (clock.second <= pattern.last_start)
    may_start &= since_first % pattern.start_step_seconds == 0
    starts = np.flatnonzero(may_start)
    for length in pattern.lengths:
        span = length // step
        fit = starts[starts + span <= len(clock.second)]
        if not len(fit):
            continue
        pauses = pattern.breaks_of(length)
        for placement, offsets in enumerate(pattern.placements(length=length, step=step)):
            bounds = np.zeros((len(fit), stretches, 2), dtype=np.int64)
            cost = pay[fit + span] - pay[fit]
            begin = fit
            for slot, (offset, pause) in enumerate(zip(offsets, pauses, strict=True)):
                away, back = fit + offset // step, fit + (offset + pause.seconds) // step
                bounds[:, slot, 0], bounds[:, slot, 1] = begin, away
                begin = back
                if not pause.paid:
                    cost = cost - (pay[back] - pay[away])
            bounds[:, len(pauses), 0], bounds[:, len(pauses), 1] = begin, fit + span
            yield Columns(
                pattern=np.full(len(fit), number),
                start=fit,
                end=fit + span,
                bounds=bounds,
                placement=np.full(len(fit), placement),
                cost=np.maximum(1, np.floor(cost + 0.5).astype(np.int64) + pattern.cost_per_shift),
                at_home=np.full(len(fit), pattern.at_home),
            )


def _pay(pattern: Pattern, *, clock: Clock, step: int, extra: int) -> FloatArray:
    """What one person earned from the first step to each step; one longer than the grid."""
    factor = np.ones(len(clock.second))
    for premium in pattern.premiums:
        factor += premium.share * clock.within(premium)
    hourly = (pattern.pay_per_hour + extra) * factor
    return np.concatenate(([0.0], np.cumsum(hourly * step / 3600)))


def _none(stretches: int) -> Columns:
    nothing = np.zeros(0, dtype=np.int64)
    return Columns(
        pattern=nothing, start=nothing, end=nothing, bounds=np.zeros((0, stretches, 2), dtype=np.int64),
        placement=nothing, cost=nothing, at_home=np.zeros(0, dtype=np.bool_),
    )  # fmt: skip


def distinct(columns: Columns, *, wanted: BoolArray, seated: bool, over_cost: int) -> tuple[Columns, IntArray]:
    """The cheapest column of each set of wanted steps, and what each costs with its unwanted work.

    Columns that work in no wanted step go; where seats are counted, what sits elsewhere is not the same.
    `over_cost` is paid for each step worked.
    """
    before = np.concatenate(([0], np.cumsum(wanted)))
    bounds = before[columns.bounds]
    stretches = bounds.shape[1]
    for slot in range(1, stretches):
        joins = bounds[:, slot - 1, 1] == bounds[:, slot, 0]
        bounds[joins, slot, 0] = bounds[joins, slot - 1, 0]
        bounds[joins, slot - 1] = 0
    bounds[bounds[..., 0] == bounds[..., 1]] = 0
    code = np.sort(bounds[..., 0] * (len(wanted) + 1) + bounds[..., 1], axis=1)
    worked = (columns.bounds[..., 1] - columns.bounds[..., 0]).sum(axis=1)
    cost = columns.cost + over_cost * worked
    keys = [code[:, slot] for slot in range(stretches)]
    if seated:
        keys += [np.where(columns.at_home, -1, columns.start), np.where(columns.at_home, -1, columns.end)]
    order = np.lexsort((np.arange(len(cost)), cost, *keys))
    sorted_keys = np.stack(keys)[:, order]
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (sorted_keys[:, 1:] != sorted_keys[:, :-1]).any(axis=0)
    useful = code[order].any(axis=1)
    kept = np.sort(order[first & useful])
    return columns.take(kept), cost[kept]
