"""What a forecast says of one interval."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ForecastRow:
    """Offered contacts expected in one interval."""

    start: int
    """Seconds since the epoch."""
    mean: float
    p10: float
    p50: float
    p90: float
