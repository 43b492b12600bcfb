"""The shape of a day: which share of its contacts each time of day gets, by weekday.

A weekday's share is the ratio of sums (contacts at that time ÷ contacts of those days), older days counting less.
Other weekdays help as far as they are alike: each is an estimate with a variance of its own and a squared bias that the
data show, and they are averaged by inverse mean squared error.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from marketplace.matching.state import BoolArray, FloatArray

HALF_LIFE_DAYS = 56.0
"""After so many days a day counts half."""
ALIKE = 0.6
"""A weekday helps another if it has at least this share of its contacts in the other's open hours."""


@dataclass(slots=True)
class Shapes:
    """Decayed sums of the days seen so far, and the shares that follow from them."""

    opened: BoolArray
    share: FloatArray = field(init=False)
    """Weekdays × slots, each open weekday summing to 1."""
    _counts: FloatArray = field(init=False)
    _totals: FloatArray = field(init=False)
    _weight: FloatArray = field(init=False)
    _square: FloatArray = field(init=False)
    _scatter: float = 0.0
    _scattered: float = 1e-9

    def __post_init__(self) -> None:
        size = self.opened.shape
        self._counts, self._totals = np.zeros(size), np.zeros(size)
        self._weight, self._square = np.zeros(7), np.zeros(7)
        self.share = self.opened / np.maximum(self.opened.sum(axis=1, keepdims=True), 1)

    def borrow(self, share: FloatArray, total: float) -> None:
        """Begin with these shares, as if one such day had been seen on each weekday."""
        self._counts += share * total
        self._totals += np.where(self.opened, total, 0.0)
        self._weight += self.opened.any(axis=1)
        self._square += self.opened.any(axis=1)
        self.refresh()

    def learn(self, *, weekday: int, known: BoolArray, counts: FloatArray) -> None:
        """Take in one day: the counts at the slots that are known. Surges are clipped at four standard deviations."""
        expected = self.share[weekday, known]
        covered = float(expected.sum())
        if covered <= 0:
            return
        total = float(counts.sum()) / covered
        taken = counts
        if self._weight.sum() > 7:
            mean = expected * total
            reach = 4 * np.sqrt(mean + (0.15 * mean) ** 2)
            taken = np.clip(counts, mean - reach, mean + reach)
        decay = 0.5 ** (1 / HALF_LIFE_DAYS)
        if self._weight[weekday] > 0.5 and covered > 0.5 and total > 0:
            seen = float(((counts / total - expected) ** 2).sum()) / (1 + 1 / self._weight[weekday])
            self._scatter, self._scattered = self._scatter * decay + seen * total, self._scattered * decay + total
        self._counts *= decay
        self._totals *= decay
        self._weight *= decay
        self._square *= decay**2
        self._counts[weekday, known] += taken * covered
        self._totals[weekday, known] += total * covered
        self._weight[weekday] += covered
        self._square[weekday] += covered**2

    def refresh(self) -> None:
        """Work out the shares anew from the days taken in."""
        one_day = self._scatter / self._scattered if self._scattered > 1e-6 else 0.05
        has, known = self._weight > 0, self._totals > 0
        raw = np.divide(self._counts, self._totals, out=np.zeros_like(self._counts), where=known)
        days = np.divide(self._weight**2, self._square, out=np.ones(7), where=has)
        variance = one_day / days
        # axis 0: the weekday whose share is wanted, axis 1: the one whose share is used, scaled to what both know
        wanted = self.opened[:, None] & known[None]
        both = known[:, None] & wanted
        had, lent = (both * raw[:, None]).sum(axis=2), (both * raw[None]).sum(axis=2)
        inside = (wanted * raw[None]).sum(axis=2)
        scale = np.where(lent > 0, had / np.maximum(lent, 1e-12), 1 / np.maximum(inside, 1e-12))
        used = wanted * raw[None] * np.where((had > 0) | (lent == 0), scale, 0.0)[:, :, None]
        helps = has[None] & (inside > ALIKE * raw.sum(axis=1))
        off = (both * (used - raw[:, None]) ** 2).sum(axis=2)
        bias = np.maximum(off - (variance[:, None] + variance) * had, 0.0)
        np.fill_diagonal(bias, 0.0)
        weight = np.where(helps, 1 / (variance + bias + 1e-12), 0.0)
        heft = weight[:, :, None] * wanted
        total = heft.sum(axis=1)
        flat = 1 / np.maximum(self.opened.sum(axis=1, keepdims=True), 1)
        mixed = np.where(total > 0, (heft * used).sum(axis=1) / np.maximum(total, 1e-12), flat) * self.opened
        left = (weight**2 * variance).sum(axis=1) / np.maximum(weight.sum(axis=1) ** 2, 1e-12)
        mixed = smoothed(mixed, self.opened, left)
        self.share = mixed / np.maximum(mixed.sum(axis=1, keepdims=True), 1e-12)


def smoothed(share: FloatArray, opened: BoolArray, variance: FloatArray) -> FloatArray:
    """Shares drawn to the mean of their neighbours in time as far as noise explains that they differ (James and Stein).

    `variance` is of each weekday's shares, summed over the day. The neighbours' mean weighs 1 : 2 : 1.
    """
    near, heft = 2 * share, 2.0 * opened
    near[:, 1:] += share[:, :-1]
    near[:, :-1] += share[:, 1:]
    heft[:, 1:] += opened[:, :-1]
    heft[:, :-1] += opened[:, 1:]
    middle = near / np.maximum(heft, 1.0) * opened
    off = share - middle
    size = (off**2).sum(axis=1)
    expected = (0.5**2 + 2 * 0.25**2) * variance  # of pure noise less its neighbours' mean
    kept = 1 - np.minimum(expected / np.maximum(size, 1e-15), 1.0)
    answer: FloatArray = middle + kept[:, None] * off
    return answer
