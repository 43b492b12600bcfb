"""Tiers: the more reliable, the sooner."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.claiming.tiers import opens_at

OPENED = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
TIERS = [(0.95, timedelta(0)), (0.8, timedelta(hours=1)), (0.5, timedelta(hours=3))]


@pytest.mark.parametrize(("reliability", "hours"), [(1, 0), (0.95, 0), (0.94, 1), (0.8, 1), (0.5, 3), (0.1, 3)])
def test_a_shift_opens_by_reliability(reliability, hours):
    assert opens_at(opened=OPENED, reliability=reliability, tiers=TIERS) == OPENED + timedelta(hours=hours)


def test_without_tiers_it_opens_at_once():
    assert opens_at(opened=OPENED, reliability=0, tiers=()) == OPENED
