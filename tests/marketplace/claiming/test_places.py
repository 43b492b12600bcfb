"""How long a place is kept: half an hour, less near the start, never past it."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.claiming.places import offer_ends

NOW = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "minutes"), [(3000, 30), (360, 30), (120, 10), (60, 5), (24, 2), (10, 2), (2, 2), (1.9, None), (-5, None)]
)
def test_offers_get_shorter_near_the_start(left, minutes):
    ends = offer_ends(now=NOW, latest=NOW + timedelta(minutes=left), usual=timedelta(minutes=30))
    assert ends == (None if minutes is None else NOW + timedelta(minutes=minutes))
