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
        self._refresh()

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
        self._refresh()

    def _refresh(self) -> None:
        one_day = self._scatter / self._scattered if self._scattered > 1e-6 else 0.05
        raw = np.divide(self._counts, self._totals, out=np.zeros_like(self._counts), where=self._totals > 0)
        seen = self._weight > 0
        days = np.divide(self._weight**2, self._square, out=np.full(7, 1e-9), where=seen)
        variance = np.where(seen, one_day / days, np.inf)
        # axis 0: whose share is wanted, axis 1: whose share is used, over the first one's open slots
        used = np.where(self.opened[:, None, :], raw[None], 0.0)
        inside = used.sum(axis=2)
        helps = seen & (inside > ALIKE * raw.sum(axis=1)) & (inside > 0)
        used /= np.where(inside > 0, inside, 1.0)[:, :, None]
        own = used[np.arange(7), np.arange(7)]
        bias = ((used - own[:, None]) ** 2).sum(axis=2) - np.where(seen, variance, 0.0)[:, None] - variance
        bias = np.where(seen[:, None] & np.isfinite(bias), np.maximum(bias, 0.0), 0.0)
        np.fill_diagonal(bias, 0.0)
        weight = np.where(helps, 1 / (variance + bias + 1e-12), 0.0)
        total = weight.sum(axis=1)
        known = total > 0
        flat = self.opened / np.maximum(self.opened.sum(axis=1, keepdims=True), 1)
        mixed = (weight[:, :, None] * used).sum(axis=1) / np.where(known, total, 1.0)[:, None]
        self.share = np.where(known[:, None], mixed, flat)
