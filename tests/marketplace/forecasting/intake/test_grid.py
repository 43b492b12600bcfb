"""How long the intervals of a file are, where nobody says."""

import random
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise

import pytest

from marketplace.forecasting.intake.grid import RUN
from tests.marketplace.forecasting.intake.history import look, text_of

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
