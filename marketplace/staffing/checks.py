"""What the arguments of the staffing functions may be, checked in one place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

TINY = float(np.finfo(np.float64).tiny)
MOST = 1e12
"""Beyond any contact centre; keeps products of two arguments inside the range of floats and whole numbers."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One argument outside its meaning."""

    argument: str
    value: float
    must_be: str

    def __str__(self) -> str:
        return f"{self.argument}: {self.value} given, must be {self.must_be}"


class UnusableError(ValueError):
    """Arguments that mean nothing; `faults` names every one of them, once."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class _Meaning:
    least: float
    most: float
    words: str
    whole: bool = False
    endless: bool = False


_MEANINGS = {
    "rate": _Meaning(0.0, MOST, "a number, 0 or more"),
    "handle_seconds": _Meaning(1e-9, MOST, "a number of seconds above 0"),
    "patience_seconds": _Meaning(1e-9, MOST, "a number of seconds above 0", endless=True),
    "agents": _Meaning(0.0, 1e9, "a whole number, 0 or more", whole=True),
    "target_seconds": _Meaning(0.0, MOST, "a number of seconds, 0 or more"),
    "target_share": _Meaning(0.0, 1.0, "a share from 0 to 1"),
    "occupancy_cap": _Meaning(1e-9, 1.0, "a share above 0, at most 1"),
    "shrinkage": _Meaning(0.0, 1.0 - 1e-9, "a share from 0, below 1"),
}


def faults(**arguments: ArrayLike) -> list[Fault]:
    """Every argument that lies outside its meaning, with its first such value."""
    found = []
    for name, given in arguments.items():
        meaning = _MEANINGS[name]
        values = np.asarray(given, dtype=np.float64)
        good = (values >= meaning.least) & (values <= meaning.most)
        if meaning.whole:
            good &= values == np.floor(values)
        if meaning.endless:
            good |= values == np.inf
        if not good.all():
            found.append(Fault(argument=name, value=float(values[~good].flat[0]), must_be=meaning.words))
    return found


def checked(**arguments: ArrayLike) -> tuple[FloatArray, ...]:
    """The arguments as float arrays of one shape. Raises UnusableError if any lies outside its meaning."""
    found = faults(**arguments)
    if found:
        raise UnusableError(found)
    return tuple(np.broadcast_arrays(*(np.asarray(given, dtype=np.float64) for given in arguments.values())))
