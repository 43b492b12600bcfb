"""Made-up history of a queue that opens on weekdays from eight to eight and on Saturdays until two."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from marketplace.forecasting.intake.codes import Choices
from marketplace.forecasting.intake.inspect import Inspection, inspect_counts

ROME = ZoneInfo("Europe/Rome")
HEADER = "queue,interval_start,offered"
Line = tuple[datetime, int]


def history(
    *,
    weeks: int = 8,
    first: str = "2026-01-05",
    step: int = 30,
    zone: ZoneInfo = ROME,
    level: float = 20,
    seed: int = 1,
) -> list[Line]:
    """Wall clock times without offset, and Poisson counts about a weekly shape."""
    rng = np.random.default_rng(seed)
    start = datetime.fromisoformat(first)
    lines = []
    for day in range(weeks * 7):
        begins = start + timedelta(days=day, hours=8)
        weekday = begins.weekday()
        if weekday == 6:
            continue
        for slot in range((6 if weekday == 5 else 12) * 60 // step):
            at = begins + timedelta(minutes=slot * step)
            shape = (1.0, 0.9, 0.8, 0.8, 0.9, 0.4)[weekday] * (1.5 if at.hour < 12 else 1.0)
            lines.append((at, int(rng.poisson(level * shape * step / 30))))
    return lines


def text_of(lines: Iterable[Line], *, queue: str = "NE") -> list[str]:
    """Rows of a file, without the header."""
    return [f"{queue},{at.isoformat()},{offered}" for at, offered in lines]


def look(
    rows: Iterable[str], *, zone: ZoneInfo = ROME, now: datetime | None = None, **choices: list[str]
) -> Inspection:
    """What is found in these rows."""
    content = "\n".join([HEADER, *rows]).encode()
    return inspect_counts(content=content, name="counts.csv", zone=zone, choices=Choices(**choices), now=now)


def stored(inspection: Inspection) -> list[tuple[str, int]]:
    """What would be stored: UTC and count."""
    return [(row.interval_start.astimezone(UTC).isoformat(), row.offered) for row in inspection.rows]


def codes(inspection: Inspection) -> list[str]:
    """The kinds of findings in the order of the file."""
    return [str(finding.code) for finding in inspection.findings]
