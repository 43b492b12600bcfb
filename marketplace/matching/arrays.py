"""Small operations on compressed rows that the rest of the matcher shares."""

from __future__ import annotations

import numpy as np

from marketplace.matching.state import IntArray


def ranges(*, start: IntArray, stop: IntArray) -> tuple[IntArray, IntArray]:
    """All integers of the half-open ranges, end to end, and the index of the range that each came from.

    `ranges(start=[3, 7], stop=[5, 8])` is `([0, 0, 1], [3, 4, 7])`.
    """
    length = stop - start
    owner = np.repeat(np.arange(len(start), dtype=np.int64), length)
    first = np.cumsum(length) - length
    return owner, np.arange(len(owner), dtype=np.int64) - first[owner] + start[owner]


def find_in_rows(*, start: IntArray, values: IntArray, row: IntArray, wanted: IntArray) -> IntArray:
    """Where `wanted[i]` stands in the ascending row `row[i]` of compressed rows, or −1; all by binary search."""
    if not len(values):
        return np.full(len(row), -1, dtype=np.int64)
    low, end = start[row], start[row + 1]
    high = end
    for _ in range(int((end - low).max(initial=0)).bit_length()):
        middle = (low + high) // 2
        right = (low < high) & (values[np.minimum(middle, len(values) - 1)] < wanted)
        low, high = np.where(right, middle + 1, low), np.where(right, high, middle)
    hit = (low < end) & (values[np.minimum(low, len(values) - 1)] == wanted)
    return np.where(hit, low, -1)
