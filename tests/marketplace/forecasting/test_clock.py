"""Instants and wall clocks."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from marketplace.forecasting.clock import EPOCH, from_wall, time_of_day, to_wall, weekday

ROME = ZoneInfo("Europe/Rome")


def wall(text: str) -> int:
    return round((datetime.fromisoformat(text) - EPOCH).total_seconds())


@pytest.mark.parametrize(
    ("shown", "instants"),
    [
        ("2026-03-29T01:59", ["2026-03-29T00:59+00:00"]),
        ("2026-03-29T02:30", []),  # skipped
        ("2026-10-25T02:30", ["2026-10-25T00:30+00:00", "2026-10-25T01:30+00:00"]),  # twice
        ("2026-10-25T03:00", ["2026-10-25T02:00+00:00"]),
    ],
)
def test_wall_time_is_shown_once_twice_or_never(shown: str, instants: list[str]) -> None:
    expected = tuple(round(datetime.fromisoformat(instant).timestamp()) for instant in instants)
    assert from_wall(wall(shown), ROME) == expected
    assert [to_wall(instant, ROME) for instant in expected] == [wall(shown)] * len(expected)


def test_weekday_and_time_are_those_of_the_calendar() -> None:
    assert (weekday(wall("2026-11-22T08:30")), time_of_day(wall("2026-11-22T08:30"))) == (6, 30_600)
    assert weekday(wall("1970-01-01T00:00")) == 3
