"""The level of a day: a bank of small Kalman filters on the logarithm of the day's factor, mixed by how well each does.

The log level of a day is the sum of a slowly wandering level with a fading trend, a deviation that lasts a few days, an
effect of its weekday, and one of the turn of the month. What is seen is a count, so its variance is that of a Poisson's
plus one multiplicative factor a day. How noisy days are, how fast the level wanders and whether deviations last is not
known beforehand: each filter of the bank takes one answer; the forecast is their mean, weighted by the likelihood of
the days so far with the older ones slowly forgotten (dynamic model averaging: Raftery, Kárný and Ettler 2010). A level
shift gives the quick filters the weight. An odd day is held at four standard deviations; the third in a row that is odd
to the same side is a large shift, and the level becomes as uncertain as that day was far off.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from itertools import product

import numpy as np

from marketplace.matching.state import FloatArray, IntArray

FADE = 0.5
"""Share of a deviation that is left a day later."""
DAMP = 0.98
"""The same of the trend."""
TREND = 0.003
"""Standard deviation of the daily trend before anything is known."""
TREND_WANDERS = 0.0003
"""And of its daily step."""
TURN = 0.03
"""Standard deviation of what the turn of the month does, before anything is known."""
WEEKDAY_DRIFT = 0.5
"""Standard deviation by which a weekday's effect wanders in √7 weeks, as a share of the day factor's."""
FORGET = 0.99
"""Per day, of the evidence for one filter over another."""
CLIP = 4.0
SHIFT_DAYS = 3
"""So many days in a row beyond CLIP to one side are a level shift; fewer, as two holidays or an outage, are none."""
MOST_VARIANCE = 4.0

NOISES = (0.015, 0.03, 0.06, 0.12, 0.25, 0.5)
"""Standard deviation of the log day factor that nothing explains."""
WANDERS = (0.2, 0.5)
"""Standard deviation of the level's daily step, as shares of the noise."""
LASTS = (0.0, 1.0)
"""Standard deviation of the lasting deviation, as shares of the noise."""
BANK = np.array([(noise, noise * wander, noise * last) for noise, wander, last in product(NOISES, WANDERS, LASTS)])

LEVEL, DEVIATION, SLOPE, WEEKDAYS, TURNS = 0, 1, 2, slice(3, 10), slice(10, 12)
STATES = 12


@dataclass(frozen=True, slots=True)
class Ahead:
    """Totals of coming days."""

    mean: FloatArray
    variance: FloatArray
    """Of the log day factor, without the Poisson's."""


@dataclass(slots=True)
class Levels:
    """The bank at one moment: filters × states, and filters × states × states."""

    state: FloatArray
    cover: FloatArray
    evidence: FloatArray
    started: bool = False
    odd: FloatArray = field(default_factory=lambda: np.zeros(len(BANK)))
    """Of each filter, how many days up to the latest were beyond CLIP, one after the other; negative: below it."""

    @classmethod
    def unknown(cls) -> Levels:
        """Before anything is known."""
        spread = np.zeros((len(BANK), STATES))
        spread[:, LEVEL], spread[:, DEVIATION], spread[:, SLOPE] = 2.0, BANK[:, 2], TREND
        spread[:, WEEKDAYS], spread[:, TURNS] = 1.0, TURN
        return cls(np.zeros((len(BANK), STATES)), spread[:, :, None] ** 2 * np.eye(STATES), np.zeros(len(BANK)))

    def begin(self, *, level: float, spread: float, weekdays: FloatArray | None = None) -> None:
        """Start from a log level known to within `spread`, and weekday effects of a sibling."""
        self.state[:, LEVEL] = level
        self.cover[:, LEVEL, LEVEL] = spread**2
        if weekdays is not None:
            places = np.arange(STATES)[WEEKDAYS]
            self.state[:, WEEKDAYS] = weekdays
            self.cover[:, places, places] = 0.2**2
        self.started = True

    @property
    def weights(self) -> FloatArray:
        """Of the filters, by what they foretold."""
        raw: FloatArray = np.exp(self.evidence - self.evidence.max())
        return raw / raw.sum()

    def step(self) -> None:
        """A day goes by."""
        _, wander, last = BANK.T
        state, cover = self.state, self.cover
        state[:, LEVEL] += state[:, SLOPE]
        cover[:, LEVEL, :] += cover[:, SLOPE, :]
        cover[:, :, LEVEL] += cover[:, :, SLOPE]
        for which, left in ((DEVIATION, FADE), (SLOPE, DAMP)):
            state[:, which] *= left
            cover[:, which, :] *= left
            cover[:, :, which] *= left
        diagonal = cover.reshape(len(BANK), -1)[:, :: STATES + 1]
        diagonal[:, LEVEL] += wander**2
        diagonal[:, DEVIATION] += last**2 * (1 - FADE**2)
        diagonal[:, SLOPE] += TREND_WANDERS**2
        diagonal[:, WEEKDAYS] += DRIFTS[:, None]

    def learn(self, *, day: int, total: float, covered: float) -> None:
        """The contacts of a day (since 1970-01-01), seen over a share `covered` of it.

        The innovation is 2(√((n + ¼)/μ) − 1): near log(n/μ) for small deviations, defined at 0, with the spread of a
        Poisson's root; ¼ takes away the root's bias.
        """
        if not self.started:
            self.begin(level=float(np.log((total + 0.25) / covered)), spread=2.0)
        features = day_features(day)
        mean = np.maximum(covered * np.exp(np.clip(self.state @ features, -20, 25)), 1e-3)
        noise = BANK[:, 0] ** 2 + 1 / np.maximum(mean, 0.25)
        off = 2 * (np.sqrt((total + 0.25) / mean) - 1)
        seen = self.cover @ features
        variance = seen @ features + noise
        odd = np.sign(off) * (np.abs(off) > CLIP * np.sqrt(variance))
        self.odd = np.where(odd * self.odd > 0, self.odd, 0.0) + odd
        shifted = np.abs(self.odd) >= SHIFT_DAYS
        if shifted.any():
            off = np.where(shifted, np.log((total + 0.25) / mean), off)
            wider = np.where(shifted, off**2, 0.0)
            self.cover[:, LEVEL, LEVEL] += wider
            seen[:, LEVEL] += wider
            variance += wider
            self.odd[shifted] = 0.0
        spread = np.sqrt(variance)
        gain = seen / variance[:, None]
        self.state += gain * np.clip(off, -CLIP * spread, CLIP * spread)[:, None]
        self.cover -= gain[:, :, None] * seen[:, None, :]
        # a t density with four degrees of freedom: an odd day does not decide between filters
        self.evidence = FORGET * self.evidence - np.log(spread) - 2.5 * np.log1p((off / spread) ** 2 / 4)

    def ahead(self, *, day: int, after: IntArray) -> Ahead:
        """Totals of the days that come `after` so many days, at the end of `day`."""
        noise, wander, last = BANK.T[:, :, None]
        features = np.array([day_features(day + int(days)) for days in after])
        features[:, DEVIATION] = FADE**after
        features[:, SLOPE] = (1 - DAMP**after) / (1 - DAMP)
        log_mean = self.state @ features.T
        variance = (
            ((features @ self.cover) * features).sum(axis=2)
            + wander**2 * after
            + (1 - FADE ** (2 * after)) * last**2
            + TREND_WANDERS**2 * after**3 / 3
            + DRIFTS[:, None] * after
            + noise**2
        )
        weights = self.weights
        middle = weights @ log_mean
        return Ahead(
            mean=weights @ np.exp(np.clip(log_mean, -20, 25)),
            variance=np.minimum(weights @ (variance + (log_mean - middle) ** 2), MOST_VARIANCE),
        )


DRIFTS = (WEEKDAY_DRIFT * BANK[:, 0]) ** 2 / 7


@lru_cache(maxsize=20_000)
def day_features(day: int) -> FloatArray:
    """How the states add up on a day (since 1970-01-01): its weekday, and nearness to the turn of the month."""
    features = np.zeros(STATES)
    features[LEVEL] = features[DEVIATION] = 1.0
    features[np.arange(STATES)[WEEKDAYS][(day + 3) % 7]] = 1.0
    today = date(1970, 1, 1) + timedelta(days=day)
    next_month = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
    features[TURNS] = np.exp(-(((today.day - 2) / 2) ** 2)), np.exp(-((((next_month - today).days - 1) / 2) ** 2))
    features.setflags(write=False)
    return features
