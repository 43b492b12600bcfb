"""`cover`: the whole search, from a gap and patterns to shifts with a proven bound."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import ArrayLike

from marketplace.staffing.checks import BoolArray, IntArray
from marketplace.staffing.cover.answer import Cover, Placed
from marketplace.staffing.cover.columns import Columns, distinct, enumerate_columns
from marketplace.staffing.cover.gap import Gap
from marketplace.staffing.cover.parts import Candidates, Part, split
from marketplace.staffing.cover.patterns import DAY_SECONDS, Pattern
from marketplace.staffing.cover.program import Solved, solve

Progress = Callable[[int, int], None]
SECONDS = 60.0
CLOSE = 0.005
LARGEST_JOINT = 6_000
"""Intervals that seats may join into one part; beyond that queues get their seats one after the other."""


class UnusableCoverError(ValueError):
    """A gap or patterns that mean nothing; `faults` says every reason."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


def cover(
    *,
    gap: Gap,
    patterns: Sequence[Pattern],
    missing_per_hour: ArrayLike,
    over_per_hour: int = 0,
    seats: IntArray | None = None,
    within: float = CLOSE,
    seconds: float = SECONDS,
    workers: int = 1,
    progress: Progress | None = None,
) -> Cover:
    """Shifts of these patterns that cover the gap at least cost.

    The cost is the pay of the shifts, plus `missing_per_hour` (one figure, or one a queue) for each hour that a person
    is missing after all, plus `over_per_hour` for each hour that one works who is not needed. `seats` are those free
    for people on site in each interval; None counts none. Money is minor units.

    The answer is optimal, or within `relative_gap` of the cheapest possible: the search ends as soon as it is good to
    `within`. Where that takes branch and cut, `seconds` of it are shared among independent parts by size; the same
    arguments give the same answer unless they run out. `workers` parts are searched at once; `progress` hears how many
    of how many are done. Raises
    `UnusableCoverError`.
    """
    _check(gap, patterns, missing_per_hour, over_per_hour, seats)
    extras = {target.extra_per_hour for target in gap.everyone}
    search = _Search(
        gap=gap, patterns=patterns, within=within, seconds=seconds, workers=workers, progress=progress,
        penalty=_per_step(missing_per_hour, gap),
        over=round(over_per_hour * gap.step_seconds / 3600),
        wanted=np.maximum(0, gap.people).astype(np.int64),
        columns={extra: enumerate_columns(gap=gap, patterns=patterns, extra_per_hour=extra) for extra in extras},
    )  # fmt: skip
    answer = search.run(seats=None)
    if seats is None or (search.sitting(answer) <= seats).all():
        return answer
    if int((gap.people > 0).sum()) <= LARGEST_JOINT:
        return search.run(seats=seats)
    return search.one_after_another(seats=seats, bound=answer.bound)


def _check(
    gap: Gap, patterns: Sequence[Pattern], missing_per_hour: ArrayLike, over_per_hour: int, seats: IntArray | None
) -> None:
    faults = list(gap.faults())
    if not faults:
        faults += [fault for pattern in patterns for fault in pattern.faults(step=gap.step_seconds)]
        if (
            np.asarray(missing_per_hour).shape not in {(), (len(gap.people),)}
            or np.min(missing_per_hour, initial=0) < 0
        ):
            faults.append("missing_per_hour: one figure or one a queue, 0 or more")
        if over_per_hour < 0:
            faults.append("over_per_hour: 0 or more")
        if seats is not None and (seats.shape != (gap.people.shape[1],) or (seats < 0).any()):
            faults.append("seats: one number an interval, 0 or more")
    if faults:
        raise UnusableCoverError(faults)


def _per_step(per_hour: ArrayLike, gap: Gap) -> IntArray:
    """Whole minor units for one interval, one figure a queue."""
    hourly = np.broadcast_to(np.asarray(per_hour, dtype=np.float64), (len(gap.people),))
    return np.floor(hourly * gap.step_seconds / 3600 + 0.5).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """The arguments of one search, and its steps."""

    gap: Gap
    patterns: Sequence[Pattern]
    columns: Mapping[int, Columns]
    """By what an hour costs beyond the pattern's pay."""
    wanted: IntArray
    penalty: IntArray
    """For an interval, one a queue."""
    over: int
    """For an interval."""
    within: float
    seconds: float
    workers: int
    progress: Progress | None

    def run(self, *, seats: IntArray | None, only: Sequence[int] | None = None) -> Cover:
        """Solve every part; of the targets `only` these."""
        targets = self.gap.everyone
        candidates = self._candidates(range(len(targets)) if only is None else only, seated=seats is not None)
        asked = self._asked(only)
        # to work where nobody is wanted is paid as a part of the shift, so each hour missing less is an hour less over
        price = self.penalty + self.over
        parts = list(split(candidates=candidates, targets=targets, wanted=asked, penalty=price, seats=seats))
        solved = self._solve(parts)
        people = np.zeros(len(candidates.cost), dtype=np.int64)
        served, used = np.zeros_like(self.wanted), np.zeros((len(targets), self.wanted.shape[1]), dtype=np.int64)
        bound = int((asked * self.penalty[:, None]).sum())
        for part, answer in zip(parts, solved, strict=True):
            people[part.chosen] += answer.people
            np.add.at(served, (part.queue[part.flow_row], part.step[part.flow_row]), answer.flow)
            np.add.at(used, (part.flow_target, part.step[part.flow_row]), answer.flow)
            bound += answer.bound - int(part.need[: len(part.penalty)] @ part.penalty)
        return self._cover(self._placed(candidates, people), served, used, bound=bound)

    def one_after_another(self, *, seats: IntArray, bound: int) -> Cover:
        """Queues by what missing their people costs, each with the seats that the ones before left free."""
        targets = self.gap.everyone
        weight = (self.penalty[:, None] * self.wanted).sum(axis=1)
        order = sorted(range(len(targets)), key=lambda number: (-max(weight[list(targets[number].queues)]), number))
        left, found = seats.copy(), []
        for number in order:
            if len(targets[number].queues) == 1:
                answer = self.run(seats=left, only=[number])
                left = left - self.sitting(answer)
                found.append(answer.shifts)
        nobody = np.zeros((len(targets), self.wanted.shape[1]), dtype=np.int64)
        shifts = tuple(chain.from_iterable(found))
        return self._cover(shifts, np.zeros_like(self.wanted), nobody, bound=bound)

    def sitting(self, answer: Cover) -> IntArray:
        """People on site in each step."""
        there = np.zeros(self.wanted.shape[1], dtype=np.int64)
        for shift in answer.shifts:
            if not self.patterns[shift.pattern].at_home:
                there[self._step(shift.start) : self._step(shift.end)] += shift.people
        return there

    def _asked(self, only: Sequence[int] | None) -> IntArray:
        if only is None:
            return self.wanted
        asked = np.zeros_like(self.wanted)
        for number in only:
            rows = list(self.gap.everyone[number].queues)
            asked[rows] = self.wanted[rows]
        return asked

    def _candidates(self, numbers: Sequence[int], *, seated: bool) -> Candidates:
        found: list[tuple[Columns, IntArray]] = []
        for number in numbers:
            target = self.gap.everyone[number]
            columns = self.columns[target.extra_per_hour]
            if not target.home_allowed:
                columns = columns.take(np.flatnonzero(~columns.at_home))
            wanted: BoolArray = np.any(self.wanted[list(target.queues)] > 0, axis=0)
            found.append(distinct(columns, wanted=wanted, seated=seated, over_cost=self.over))
        return Candidates(
            columns=Columns.joined([columns for columns, _ in found]),
            target=np.repeat(np.array(list(numbers), dtype=np.int64), [len(columns) for columns, _ in found]),
            cost=np.concatenate([cost for _, cost in found]),
        )

    def _solve(self, parts: Sequence[Part]) -> list[Solved]:
        size = sum(len(part.cost) for part in parts)
        done = 0
        answers: list[Solved] = []

        def one(part: Part) -> Solved:
            share = self.seconds * self.workers * len(part.cost) / max(1, size)
            return solve(part=part, day=round(DAY_SECONDS / self.gap.step_seconds), within=self.within, seconds=share)

        with ThreadPoolExecutor(max_workers=self.workers) as pool:
            for answer in pool.map(one, parts):
                answers.append(answer)
                done += 1
                if self.progress is not None:
                    self.progress(done, len(parts))
        return answers

    def _placed(self, candidates: Candidates, people: IntArray) -> tuple[Placed, ...]:
        columns, step = candidates.columns, self.gap.step_seconds
        found = []
        for column in np.flatnonzero(people):
            number = int(columns.pattern[column])
            pattern = self.patterns[number]
            length = int(columns.end[column] - columns.start[column]) * step
            start = self.gap.start + int(columns.start[column]) * step
            offsets = pattern.placements(length=length, step=step)[int(columns.placement[column])]
            breaks = tuple(
                (start + offset, start + offset + pause.seconds, pause.paid)
                for offset, pause in zip(offsets, pattern.breaks_of(length), strict=True)
            )
            found.append(
                Placed(
                    pattern=number, target=int(candidates.target[column]), start=start, end=start + length,
                    breaks=breaks, people=int(people[column]), cost=int(columns.cost[column]),
                )
            )  # fmt: skip
        return tuple(sorted(found, key=lambda shift: (shift.start, shift.end, shift.target, shift.pattern)))

    def _cover(self, shifts: tuple[Placed, ...], served: IntArray, used: IntArray, *, bound: int) -> Cover:
        """Add everything up anew from the shifts themselves."""
        targets = self.gap.everyone
        covered = served.copy()
        idle = -used
        for shift in shifts:
            rows = targets[shift.target].queues
            line = covered[rows[0]] if len(rows) == 1 else idle[shift.target]
            line[self._step(shift.start) : self._step(shift.end)] += shift.people
            for begin, end, _paid in shift.breaks:
                line[self._step(begin) : self._step(end)] -= shift.people
        cost = sum(shift.cost * shift.people for shift in shifts)
        # of a group's people those who serve nobody stand at its first queue
        for number, target in enumerate(targets):
            covered[target.queues[0]] += idle[number]
        over = np.maximum(0, covered - self.wanted)
        missing = np.maximum(0, self.wanted - covered)
        missing_cost = int((missing * self.penalty[:, None]).sum())
        over_cost = int(over.sum()) * self.over
        objective = cost + missing_cost + over_cost
        return Cover(
            shifts=shifts, cost=cost, missing_cost=missing_cost, over_cost=over_cost, objective=objective,
            bound=min(bound, objective), covered=covered, missing=missing, over=over,
        )  # fmt: skip

    def _step(self, instant: int) -> int:
        return (instant - self.gap.start) // self.gap.step_seconds
