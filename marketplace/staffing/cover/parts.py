"""The covering problem cut into parts that have nothing to do with each other, each as a linear program's arrays.

Queues hang together where a target or counted seats joins them; days where a shift reaches from one into the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from marketplace.staffing.checks import BoolArray, IntArray
from marketplace.staffing.cover.columns import Columns
from marketplace.staffing.cover.gap import Target


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Every shift worth a thought, for all targets."""

    columns: Columns
    target: IntArray
    cost: IntArray
    """With what unwanted work costs."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Minimise `cost · x + penalty · u` so that `matrix · x + flow · y + u ≥ need`; u only in the first rows.

    x says how many take each shift; u how many are missing in a queue's interval; y how many of a group's people
    serve one queue in one interval. The first rows are queues' intervals; then each group's people, then seats.
    """

    chosen: IntArray
    """The candidate behind each x."""
    cost: IntArray
    most: IntArray
    """No more people than that can be of use in each shift."""
    matrix: scipy.sparse.csc_array
    flow: scipy.sparse.csc_array
    need: IntArray
    row_step: IntArray
    """The step of each row."""
    start: IntArray
    """The step in which each shift starts."""
    length: IntArray
    penalty: IntArray
    """One a queue's interval."""
    queue: IntArray
    step: IntArray
    flow_row: IntArray
    """The row that each y serves."""
    flow_target: IntArray
    """The group whose people it counts."""


def split(
    *,
    candidates: Candidates,
    targets: Sequence[Target],
    wanted: IntArray,
    penalty: IntArray,
    seats: IntArray | None,
) -> Iterator[Part]:
    """The parts, in order of time within order of queues. `wanted` is queues × steps, 0 or more."""
    columns = candidates.columns
    for numbers in _linked(targets, len(wanted), seated=seats is not None):
        inside = np.isin(candidates.target, numbers)
        queues = sorted({queue for number in numbers for queue in targets[number].queues})
        any_wanted: BoolArray = np.any(wanted[queues] > 0, axis=0)
        if not any_wanted.any():
            continue
        own = np.flatnonzero(inside)
        # where seats are counted a shift takes one in every step, wanted or not
        counted = np.ones_like(any_wanted) if seats is not None else any_wanted
        for begin, end in _stretches(columns.start[own], columns.end[own], counted):
            if not any_wanted[begin:end].any():
                continue
            yield _part(
                candidates=candidates, chosen=own[(columns.start[own] < end) & (columns.end[own] > begin)],
                targets=targets, numbers=numbers, queues=queues, begin=begin, end=end, wanted=wanted, penalty=penalty,
                seats=seats,
            )  # fmt: skip


def _linked(targets: Sequence[Target], queues: int, *, seated: bool) -> list[list[int]]:
    """Numbers of the targets that hang together, by their first queue."""
    if seated:
        return [list(range(len(targets)))] if targets else []
    leader = list(range(queues))

    def lead(queue: int) -> int:
        while leader[queue] != queue:
            queue = leader[queue]
        return queue

    for target in targets:
        first, *others = sorted(lead(queue) for queue in target.queues)
        for other in others:
            leader[lead(other)] = lead(first)
    groups: dict[int, list[int]] = {}
    for number, target in enumerate(targets):
        groups.setdefault(lead(target.queues[0]), []).append(number)
    return [groups[first] for first in sorted(groups)]


def _stretches(start: IntArray, end: IntArray, counted: BoolArray) -> Iterator[tuple[int, int]]:
    """Stretches of steps between which no shift reaches from one counted step to another."""
    at = np.flatnonzero(counted)
    before = np.concatenate(([0], np.cumsum(counted)))
    first, last = before[start], before[end] - 1
    across = np.zeros(len(at) + 1, dtype=np.int64)
    reach = last > first
    np.add.at(across, first[reach], 1)
    np.add.at(across, last[reach], -1)
    cuts = np.flatnonzero(np.cumsum(across)[: len(at) - 1] == 0) + 1
    for begin, finish in zip((0, *cuts), (*cuts, len(at)), strict=True):
        yield int(at[begin]), int(at[finish - 1]) + 1


def _part(
    *,
    candidates: Candidates,
    chosen: IntArray,
    targets: Sequence[Target],
    numbers: Sequence[int],
    queues: Sequence[int],
    begin: int,
    end: int,
    wanted: IntArray,
    penalty: IntArray,
    seats: IntArray | None,
) -> Part:
    steps = wanted.shape[1]
    row_of = np.full(wanted.shape, -1, dtype=np.int64)
    within = np.zeros_like(wanted, dtype=np.bool_)
    within[queues, begin:end] = wanted[queues, begin:end] > 0
    queue, step = np.nonzero(within)
    row_of[queue, step] = np.arange(len(queue))
    rows = len(queue)
    need, row_step = [wanted[queue, step]], [step]
    # the rows that a target's people count in, and how many of them can be of use in a step
    counts_in, useful = np.full((len(targets), steps), -1, dtype=np.int64), np.zeros((len(targets), steps), np.int64)
    flow_row, flow_from, flow_target = [], [], []
    for number in numbers:
        served = row_of[list(targets[number].queues)]
        useful[number] = np.where(served >= 0, wanted[list(targets[number].queues)], 0).sum(axis=0)
        if len(served) == 1:
            counts_in[number] = served[0]
            continue
        shared = np.flatnonzero((served >= 0).any(axis=0))
        counts_in[number, shared] = rows + np.arange(len(shared))
        rows += len(shared)
        need.append(np.zeros(len(shared), dtype=np.int64))
        row_step.append(shared)
        _, at = np.nonzero(served >= 0)
        flow_row.append(served[served >= 0])
        flow_from.append(counts_in[number, at])
        flow_target.append(np.full(len(at), number))
    columns, target = candidates.columns.take(chosen), candidates.target[chosen]
    owner, at = _expand(columns.bounds)
    lines = counts_in[target[owner], at]
    most = np.zeros(len(chosen), dtype=np.int64)
    np.maximum.at(most, owner, useful[target[owner], at])
    owner, lines = owner[lines >= 0], lines[lines >= 0]
    values = np.ones(len(owner))
    if seats is not None:
        sitting = np.stack([columns.start, np.where(columns.at_home, columns.start, columns.end)], axis=-1)[:, None]
        sitter, at = _expand(sitting)
        owner, lines = np.concatenate((owner, sitter)), np.concatenate((lines, rows + at - begin))
        values = np.concatenate((values, np.full(len(sitter), -1.0)))
        need.append(-seats[begin:end])
        row_step.append(np.arange(begin, end))
        rows += end - begin
    into, source, group = (
        np.concatenate((np.zeros(0, dtype=np.int64), *found)) for found in (flow_row, flow_from, flow_target)
    )
    ways = np.arange(len(into))
    return Part(
        chosen=chosen,
        cost=candidates.cost[chosen],
        most=most,
        matrix=scipy.sparse.csc_array((values, (lines, owner)), shape=(rows, len(chosen))),
        flow=scipy.sparse.csc_array(
            (np.repeat([1.0, -1.0], len(into)), (np.concatenate((into, source)), np.tile(ways, 2))),
            shape=(rows, len(into)),
        ),
        need=np.concatenate(need),
        row_step=np.concatenate(row_step),
        start=columns.start,
        length=columns.end - columns.start,
        penalty=penalty[queue],
        queue=queue,
        step=step,
        flow_row=into,
        flow_target=group,
    )


def _expand(bounds: IntArray) -> tuple[IntArray, IntArray]:
    """Each step inside each column's stretches, and the column."""
    begin, end = bounds[..., 0].ravel(), bounds[..., 1].ravel()
    length = end - begin
    owner = np.repeat(np.repeat(np.arange(len(bounds)), bounds.shape[1]), length)
    offset = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    return owner, np.repeat(begin, length) + offset
