"""One row for each interval, all of one length: doubles, rows between two intervals, lengths that change on the way."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import groupby, pairwise

from marketplace.forecasting.intake.codes import Code, Finding
from marketplace.forecasting.intake.read import Raw

USUAL_STEP_SECONDS = 900
"""Of a queue with one row only."""
RUN = 8
"""So many steps of one length in a row make a stretch."""
ACCIDENT = 1e-3
"""Unless chance makes such a run: where intervals without a contact have no row, steps of twice the length, and at
times several in a row, are nothing strange. So a run counts only if fewer than this of its kind are to be expected."""
LONGEST_STEP_SECONDS = 3600
"""Longer intervals say too little about the time of day."""
LONGEST_RUN_SECONDS = 43_200
"""Steps longer than half a day are the nights between days."""


def lay_on_grid(rows: list[Raw], *, findings: list[Finding]) -> tuple[list[Raw], int]:
    """One queue's rows by time, without doubles and of one length; and that length in seconds."""
    _find_disorder(rows, findings)
    rows = _without_doubles(rows, findings)
    lengths = stretches([row.start for row in rows])
    if len(set(lengths)) > 1:
        return _of_one_length(rows, lengths, findings)
    step = _step([later.start - earlier.start for earlier, later in pairwise(rows)])
    return _on_phase(rows, step, findings), step


def _find_disorder(rows: Sequence[Raw], findings: list[Finding]) -> None:
    """One finding for a queue: the first row that comes after a later one."""
    late = [row.line for before, row in pairwise(sorted(rows)) if row.start < before.start]
    if late:
        findings.append(Finding(Code.ORDER, late[0], "interval_start", rows[0].queue, rows=len(late)))


def _without_doubles(rows: Sequence[Raw], findings: list[Finding]) -> list[Raw]:
    """By time; of two rows for one interval the one further down, as a correction would be."""
    kept: dict[int, Raw] = {}
    first: dict[int, Raw] = {}
    for row in sorted(rows):
        if row.start in kept:
            before = first[row.start]
            same = (before.offered, before.handle) == (row.offered, row.handle)
            data = {"first": before.line, "same": same, "was": before.offered, "value": row.offered}
            findings.append(Finding(Code.DUPLICATE, row.line, "interval_start", row.queue, data=data))
        first.setdefault(row.start, row)
        kept[row.start] = row
    return sorted(kept.values(), key=lambda row: row.start)


def stretches(starts: Sequence[int]) -> list[int]:
    """For each start the length of the intervals around it, as the even runs of steps show; none seen: all 0."""
    lengths = [0] * len(starts)
    place = 0
    steps = [later - earlier for earlier, later in pairwise(starts)]
    runs = _longest_by_chance(steps)
    for step, run in groupby(steps):
        size = sum(1 for _ in run)
        if size >= runs[step] and step <= LONGEST_RUN_SECONDS:
            lengths[place : place + size] = [step] * size
        place += size
    known = next((length for length in lengths if length), 0)
    for at, length in enumerate(lengths):
        known = length or known
        lengths[at] = known
    return lengths


def _longest_by_chance(steps: Sequence[int]) -> dict[int, float]:
    """For each length of step how many in a row make a stretch: `RUN`, of all but the usual more than by chance.

    Where a share q of n steps has a length, n q^k runs of k of them are to be expected.
    """
    number = Counter(steps)
    (usual, _), *others = number.most_common() or [(0, 0)]
    return {usual: RUN} | {
        step: max(RUN, math.log(ACCIDENT / len(steps)) / math.log(count / len(steps))) for step, count in others
    }


def _of_one_length(rows: list[Raw], lengths: list[int], findings: list[Finding]) -> tuple[list[Raw], int]:
    """All rows at one length: finer ones added up where they are complete, coarser ones left out.

    That is the coarsest that makes a forecast and covers a twentieth of the time: so the most is kept.
    """
    covered: Counter[int] = Counter()
    for length in lengths:
        covered[length] += length
    many = [length for length in covered if covered[length] * 20 >= covered.total() and length <= LONGEST_STEP_SECONDS]
    step = max(many) if many else max(covered, key=lambda length: (covered[length], length))
    phase = Counter(row.start % step for row, length in zip(rows, lengths, strict=True) if length == step)
    shift = phase.most_common(1)[0][0]
    whole: list[Raw] = []
    finer: dict[int, list[tuple[Raw, int]]] = defaultdict(list)
    for length, group in groupby(zip(rows, lengths, strict=True), key=lambda pair: pair[1]):
        stretch = [row for row, _ in group]
        if length == step:
            whole += stretch
            continue
        data = {"seconds": length, "usual": step, "last_line": stretch[-1].line, "start": stretch[0].start}
        line = min(row.line for row in stretch)
        findings.append(Finding(Code.MIXED, line, "interval_start", stretch[0].queue, rows=len(stretch), data=data))
        if step % length == 0:
            for row in stretch:
                finer[(row.start - shift) // step * step + shift].append((row, length))
    whole = _on_phase(whole, step, findings)
    taken = {row.start for row in whole}
    for start, parts in finer.items():
        if start not in taken and sum(length for _, length in parts) == step:
            whole.append(_sum(start, [row for row, _ in parts]))
    return sorted(whole, key=lambda row: row.start), step


def _sum(start: int, parts: Sequence[Raw]) -> Raw:
    handles = [row.handle for row in parts if row.handle is not None]
    handle = sum(handles) if len(handles) == len(parts) else None
    return Raw(parts[0].line, parts[0].queue, start, sum(row.offered for row in parts), handle)


def _step(gaps: Sequence[int]) -> int:
    """The most frequent gap, or the smallest if it is seen as often as one gap in twenty: one typo makes no grid."""
    often = Counter(gaps)
    if not often:
        return USUAL_STEP_SECONDS
    usual = max(often, key=lambda gap: (often[gap], -gap))
    return min(gap for gap, count in often.items() if gap == usual or (gap < usual and count * 20 >= len(gaps)))


def _on_phase(rows: Sequence[Raw], step: int, findings: list[Finding]) -> list[Raw]:
    """The rows that begin where intervals begin. A zone whose clock changes by less than a step has two such grids."""
    phases = Counter(row.start % step for row in rows)
    main = phases.most_common(1)[0][0]
    grids = {main} | {phase for phase, count in phases.items() if count >= RUN and count * 20 >= len(rows)}
    kept = []
    for row in rows:
        if row.start % step in grids:
            kept.append(row)
        else:
            off = (row.start - main) % step
            data = {"usual": step, "off": off}
            findings.append(Finding(Code.OFF_GRID, row.line, "interval_start", row.queue, data=data))
    return kept
