"""Hours that the clock skips or shows twice."""

import pytest

from tests.marketplace.forecasting.intake.history import look, stored


def test_hour_that_the_clock_skips() -> None:
    rows = [f"NE,2026-03-29T{hour:02}:{minute:02},5" for hour in range(6) for minute in (0, 30)]
    found = look(rows)
    assert [(finding.code, finding.line) for finding in found.refused] == [("clock-skipped", 6), ("clock-skipped", 7)]
    mended = look(rows, repair=["clock-skipped"])
    assert [at for at, _ in stored(mended)][3:5] == ["2026-03-29T00:30:00+00:00", "2026-03-29T01:00:00+00:00"]
    assert mended.refused == []


@pytest.mark.parametrize("order", ["in turn", "pairs"])
def test_hour_that_the_clock_shows_twice(order: str) -> None:
    two = [f"NE,2026-10-25T02:{minute:02},{hour}" for hour in (1, 2) for minute in (0, 30)]
    two = two if order == "in turn" else [two[0], two[2], two[1], two[3]]
    rows = [f"NE,2026-10-25T0{hour}:{minute:02},9" for hour in (0, 1) for minute in (0, 30)]
    rows += [*two, "NE,2026-10-25T03:00,9", "NE,2026-10-25T03:30,9"]
    assert [(finding.code, finding.line) for finding in look(rows).refused] == [
        ("clock-twice", line) for line in range(6, 10)
    ]
    mended = look(rows, repair=["clock-twice"])
    assert stored(mended)[4:8] == [
        ("2026-10-25T00:00:00+00:00", 1),
        ("2026-10-25T00:30:00+00:00", 1),
        ("2026-10-25T01:00:00+00:00", 2),
        ("2026-10-25T01:30:00+00:00", 2),
    ]
    assert mended.refused == []


def test_hour_that_the_clock_shows_twice_but_the_file_once_is_left_out() -> None:
    rows = [f"NE,2026-10-25T0{hour}:00,9" for hour in range(6)]
    mended = look(rows, repair=["clock-twice"])
    assert [at[11:16] for at, _ in stored(mended)] == ["22:00", "23:00", "02:00", "03:00", "04:00"]


def test_offsets_tell_both_hours_apart() -> None:
    rows = [f"NE,2026-10-25T02:00+0{offset}:00,{offset}" for offset in (2, 1)]
    assert stored(look(rows)) == [("2026-10-25T00:00:00+00:00", 2), ("2026-10-25T01:00:00+00:00", 1)]
