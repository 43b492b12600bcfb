"""The level of a day: a bank of small Kalman filters on the logarithm of the day's factor, mixed by how well each does.

The log level of a day is the sum of a slowly wandering level, a fading deviation (what lasts a few days), and an effect
of its weekday; what is seen is a count, so its variance is that of a Poisson's plus one multiplicative factor a day.
How noisy days are, how fast the level wanders and whether deviations last is not known beforehand: each filter of the
bank takes one answer, and the forecast is their mean, weighted by the likelihood of the days so far with the older ones
slowly forgotten (dynamic model averaging, Raftery, Kárný and Ettler 2010). A level shift gives the quick filters the
weight; a single odd day is held at three standard deviations.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from marketplace.matching.state import FloatArray, IntArray

FADE = 0.7
"""Share of a deviation that is left a day later."""
FORGET = 0.99
"""Per day, of the evidence for one filter over another."""
WEEKDAY_DRIFT = 0.05
"""Standard deviation by which a weekday's effect wanders in a week, as a share of the day factor's."""
CLIP = 3.0

NOISES = (0.02, 0.04, 0.08, 0.16, 0.32)
"""Standard deviation of the log day factor that nothing explains."""
WANDERS = (0.02, 0.08, 0.25)
"""Standard deviation of the level's daily step, as shares of the noise."""
LASTS = (0.0, 1.0)
"""Standard deviation of the lasting deviation, as shares of the noise."""
BANK = np.array([(noise, noise * wander, noise * last) for noise, wander, last in product(NOISES, WANDERS, LASTS)])


@dataclass(frozen=True, slots=True)
class Ahead:
    """Totals of coming days."""

    mean: FloatArray
    variance: FloatArray
    """Of the log day factor, without the Poisson's."""


@dataclass(slots=True)
class Levels:
    """The bank at one moment. States: level, deviation, effects of Monday to Sunday."""

    state: FloatArray
    cover: FloatArray
    evidence: FloatArray
    started: bool = False

    @classmethod
    def unknown(cls) -> Levels:
        """Before anything is known."""
        cover = np.zeros((len(BANK), 9, 9))
        cover[:, 0, 0] = 4.0
        cover[:, 1, 1] = BANK[:, 2] ** 2
        places = np.arange(2, 9)
        cover[:, places, places] = 1.0
        return cls(np.zeros((len(BANK), 9)), cover, np.zeros(len(BANK)))

    def begin(self, *, level: float, spread: float, weekdays: FloatArray | None = None) -> None:
        """Start from a log level known to within `spread`, and weekday effects of a sibling."""
        self.state[:, 0] = level
        self.cover[:, 0, 0] = spread**2
        if weekdays is not None:
            self.state[:, 2:] = weekdays
            places = np.arange(2, 9)
            self.cover[:, places, places] = 0.2**2
        self.started = True

    @property
    def weights(self) -> FloatArray:
        raw: FloatArray = np.exp(self.evidence - self.evidence.max())
        return raw / raw.sum()

    def step(self) -> None:
        """A day goes by."""
        noise, wander, last = BANK.T
        self.cover[:, 0, 0] += wander**2
        self.state[:, 1] *= FADE
        self.cover[:, 1, :] *= FADE
        self.cover[:, :, 1] *= FADE
        self.cover[:, 1, 1] += last**2 * (1 - FADE**2)
        places = np.arange(2, 9)
        self.cover[:, places, places] += ((WEEKDAY_DRIFT * noise) ** 2 / 7)[:, None]

    def learn(self, *, weekday: int, total: float, covered: float) -> None:
        """A day's contacts, seen over a share `covered` of it.

        The innovation is 2(√((n + ¼)/μ) − 1): near log(n/μ) for small deviations, defined at 0, with the spread of a
        Poisson's root; ¼ takes away the root's bias.
        """
        if not self.started:
            self.begin(level=float(np.log((total + 0.25) / covered)), spread=2.0)
        here = 2 + weekday
        log_mean = np.clip(self.state[:, 0] + self.state[:, 1] + self.state[:, here], -20, 25)
        mean = np.maximum(covered * np.exp(log_mean), 1e-3)
        seen = self.cover[:, :, 0] + self.cover[:, :, 1] + self.cover[:, :, here]
        variance = seen[:, 0] + seen[:, 1] + seen[:, here] + BANK[:, 0] ** 2 + 1 / np.maximum(mean, 0.25)
        spread = np.sqrt(variance)
        off = 2 * (np.sqrt((total + 0.25) / mean) - 1) / spread
        gain = seen / variance[:, None]
        self.state += gain * (np.clip(off, -CLIP, CLIP) * spread)[:, None]
        self.cover -= gain[:, :, None] * seen[:, None, :]
        # a t density with four degrees of freedom: an odd day does not decide between filters
        self.evidence = FORGET * self.evidence - np.log(spread) - 2.5 * np.log1p(off**2 / 4)

    def ahead(self, *, weekdays: IntArray, after: IntArray) -> Ahead:
        """Totals of the days that come `after` so many days, on these weekdays."""
        noise, wander, last = BANK.T[:, :, None]
        place, fade, cover = 2 + weekdays, FADE**after, self.cover
        log_mean = self.state[:, :1] + fade * self.state[:, 1:2] + self.state[:, place]
        variance = (
            cover[:, 0, 0][:, None]
            + wander**2 * after
            + fade**2 * cover[:, 1, 1][:, None]
            + (1 - fade**2) * last**2
            + cover[:, place, place]
            + 2 * (cover[:, 0, place] + fade * cover[:, 1, place] + fade * cover[:, 0, 1][:, None])
            + (WEEKDAY_DRIFT * noise) ** 2 / 7 * after
            + noise**2
        )
        weights = self.weights
        middle = weights @ log_mean
        return Ahead(
            mean=weights @ np.exp(np.clip(log_mean, -20, 25)),
            variance=np.minimum(weights @ (variance + (log_mean - middle) ** 2), 4.0),
        )
