"""What a shift may look like: lengths, starts, breaks, work place, pay.

Durations and times of day are seconds; times of day are by the local clock of the `Gap`. Money is minor units.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

DAY_SECONDS = 86_400
MOST_PLACEMENTS = 400
"""So many ways to place the breaks of one length are enumerated; more are a mistake in the windows."""


@dataclass(frozen=True, slots=True)
class Break:
    """A break of `seconds`, anywhere between `after_seconds` from the start and `before_end_seconds` from the end.

    Only shifts of at least `from_length_seconds` have it.
    """

    seconds: int
    after_seconds: int
    before_end_seconds: int
    paid: bool = False
    from_length_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Premium:
    """Pay is higher by `share` from `since` to `until` of the local day, on `weekdays` (0 is Monday; empty: all).

    An `until` that is not after `since` is on the next day, which belongs to the weekday on which it began; equal
    times mean the whole day. Several premiums add up.
    """

    share: float
    since: int = 0
    until: int = 0
    weekdays: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Pattern:
    """A family of shifts of one kind.

    Lengths run from `least_seconds` to `most_seconds`, breaks included; starts from `first_start` to `last_start` of
    the local day. `cost_per_shift` is what a shift costs beside its hours. A mid-day home shift is a short pattern
    with `at_home`.
    """

    name: str
    pay_per_hour: int
    least_seconds: int
    most_seconds: int
    length_step_seconds: int = 3600
    first_start: int = 0
    last_start: int = DAY_SECONDS - 1
    start_step_seconds: int = 1800
    at_home: bool = False
    breaks: tuple[Break, ...] = ()
    premiums: tuple[Premium, ...] = ()
    cost_per_shift: int = 0

    @property
    def lengths(self) -> range:
        """The lengths in seconds."""
        return range(self.least_seconds, self.most_seconds + 1, self.length_step_seconds)

    def breaks_of(self, length: int) -> tuple[Break, ...]:
        """The breaks that a shift of this length has."""
        return tuple(pause for pause in self.breaks if length >= pause.from_length_seconds)

    def placements(self, *, length: int, step: int) -> list[tuple[int, ...]]:
        """Every way to place the breaks: seconds from the start, one a break, in order and without overlap."""
        pauses = self.breaks_of(length)
        windows = [
            range(pause.after_seconds, length - pause.before_end_seconds - pause.seconds + 1, step) for pause in pauses
        ]
        return [
            offsets
            for offsets in product(*windows)
            if all(
                offset + pause.seconds <= later
                for offset, pause, later in zip(offsets, pauses, offsets[1:], strict=False)
            )
        ]

    def faults(self, *, step: int) -> Iterator[str]:
        """What is wrong with this pattern on a grid of `step` seconds, each in a sentence."""
        wrong = [*self._times_wrong(step), *self._pay_wrong(), *self._breaks_wrong(step)]
        yield from wrong or self._placements_wrong(step)

    def _times_wrong(self, step: int) -> Iterator[str]:
        for name in ("least_seconds", "most_seconds", "length_step_seconds", "start_step_seconds"):
            value = getattr(self, name)
            if value <= 0 or value % step:
                yield f"{self.name}: {name} is {value}, must be a multiple of {step} above 0"
        for name in ("first_start", "last_start"):
            if not 0 <= getattr(self, name) < DAY_SECONDS:
                yield f"{self.name}: {name} is {getattr(self, name)}, must be a time of day"
        if self.least_seconds > self.most_seconds:
            yield f"{self.name}: least_seconds is above most_seconds"

    def _pay_wrong(self) -> Iterator[str]:
        if self.pay_per_hour <= 0 or self.cost_per_shift < 0:
            yield f"{self.name}: a shift must cost something: pay_per_hour above 0, cost_per_shift 0 or more"
        if any(premium.share < 0 or premium.weekdays - frozenset(range(7)) for premium in self.premiums):
            yield f"{self.name}: a premium has a share of 0 or more, on weekdays 0 to 6"

    def _breaks_wrong(self, step: int) -> Iterator[str]:
        for pause in self.breaks:
            parts = (pause.seconds, pause.after_seconds, pause.before_end_seconds)
            if pause.seconds <= 0 or min(parts) < 0 or any(part % step for part in parts):
                yield f"{self.name}: a break and its window must be multiples of {step}, the break above 0"

    def _placements_wrong(self, step: int) -> Iterator[str]:
        for length in self.lengths:
            count = len(self.placements(length=length, step=step))
            if not count:
                yield f"{self.name}: the breaks do not fit into {length} s"
            elif count > MOST_PLACEMENTS:
                yield f"{self.name}: {count} ways to place the breaks in {length} s, at most {MOST_PLACEMENTS}"
