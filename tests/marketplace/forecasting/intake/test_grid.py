"""The intervals of a file: how long they are, where nobody says, and what lies between them or is missing."""

import random
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise

import pytest

from marketplace.forecasting.intake.grid import RUN
from marketplace.forecasting.intake.words import line_of
from tests.marketplace.forecasting.intake.history import history, look, stored, text_of

CLEAN = history()

SEED = 10
"""One that has such a run by chance."""


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7, 0.9])
def test_intervals_without_a_row_where_nobody_called_are_not_taken_for_longer_ones(share: float) -> None:
    quiet = random.Random(SEED)
    opens = datetime(2026, 1, 5, 8, tzinfo=UTC)
    slots = (opens + timedelta(days=day, minutes=5 * slot) for day in range(400) for slot in range(144))
    rows = [(at, 1) for at in slots if quiet.random() < share]
    steps = [(later - earlier) // timedelta(minutes=5) for (earlier, _), (later, _) in pairwise(rows)]
    assert share != 0.5 or max(sum(1 for _ in run) for step, run in groupby(steps) if step == 2) >= RUN
    found = look(text_of(rows))
    assert [finding.line for finding in found.findings if finding.code == "mixed-intervals"] == []
    assert found.steps == {"NE": 300}


def test_gap_is_unknown_where_that_weekday_and_time_has_rows_and_closed_where_it_never_has() -> None:
    rows = text_of(CLEAN)
    found = look(rows[:50] + rows[53:])
    (gap,) = found.findings
    assert (gap.code, gap.line, gap.rows) == ("gap", 51, 3)
    assert len(found.rows) == len(CLEAN) - 3  # no zeros
    assert look(rows[:50] + rows[53:], refuse=["gap"]).refused == [gap]


def test_row_between_two_intervals() -> None:
    rows = text_of(CLEAN)
    rows.insert(5, f"NE,{(CLEAN[4][0] + timedelta(minutes=7)).isoformat()},3")
    assert [(finding.code, finding.line) for finding in look(rows).refused] == [("off-grid", 7)]
    assert stored(look(rows, repair=["off-grid"])) == stored(look(text_of(CLEAN)))


@pytest.mark.parametrize("part", [300, 600, 900])
def test_finer_stretch_is_added_up_to_the_length_of_most(part: int) -> None:
    fine = history(step=15, weeks=8)
    cut = CLEAN[part][0]
    rows = text_of([row for row in CLEAN if row[0] < cut] + [row for row in fine if row[0] >= cut])
    found = look(rows)
    assert {finding.code for finding in found.refused} == {"mixed-intervals"}
    mended = look(rows, repair=["mixed-intervals"])
    assert mended.refused == []
    sums: dict[datetime, int] = {}
    for at, offered in fine:
        half = at.replace(minute=at.minute // 30 * 30)
        sums[half] = sums.get(half, 0) + offered
    expected = [(at, offered) if at < cut else (at, sums[at]) for at, offered in CLEAN]
    assert mended.steps == {"NE": 1800}
    assert [row.offered for row in mended.rows] == [offered for _, offered in expected]


@pytest.mark.parametrize(("minutes", "words"), [(1440, "24 h"), (7, "7 min")])
def test_intervals_that_make_no_forecast_are_said_and_kept(minutes: int, words: str) -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    rows = [f"NE,{(start + timedelta(minutes=minutes * step)).isoformat()},{40 + step % 3}" for step in range(60)]
    found = look(rows)
    told = [finding for finding in found.findings if finding.code == "no-forecast"]
    assert [(finding.line, finding.rows) for finding in told] == [(2, 60)]
    assert f"NE is counted every {words}, which makes no forecast" in line_of(told[0], file="f.csv")
    assert len(found.rows) == 60
    assert "no-forecast" in {finding.code for finding in look(rows, refuse=["no-forecast"]).refused}
