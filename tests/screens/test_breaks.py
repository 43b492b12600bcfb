"""A break under way, beside one that was taken late, one that nobody planned and one ahead: read on both sides."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.actions.check_in import check_in
from marketplace.actions.muster import muster
from marketplace.actions.presence import pause, ready
from marketplace.models import Booking
from tests.factories import make_queue
from tests.marketplace.bookings import hold, make_shift
from tests.screens.eyes import faults, sideways, small_targets
from tests.screens.test_agents_week import colleague

pytestmark = pytest.mark.browser
MINUTE = timedelta(minutes=1)


@pytest.fixture
def resting(floor) -> Booking:
    """Eve began four hours ago and has been on her second break for six minutes."""
    queue = make_queue("Calm", department=floor.queues["Cards — lost & stolen"].department)
    now = timezone.now()
    start = now - 240 * MINUTE
    times = [(15, 15, False), (230, 30, False), (330, 10, True)]
    breaks = [
        [(start + at * MINUTE).timestamp(), (start + (at + length) * MINUTE).timestamp(), paid]
        for at, length, paid in times
    ]
    shift = make_shift(queue, start=start, hours=6, breaks=breaks)
    booking = hold(shift, colleague("eve", queue), now=start - timedelta(days=2))
    who = {"agent_id": booking.agent_id, "actor": "user:2"}
    check_in(booking_id=booking.pk, **who, now=start)
    muster(now=start)
    for begin, end in ((21, 36), (130, 134)):
        pause(**who, reason="break", now=start + begin * MINUTE)
        ready(**who, now=start + end * MINUTE)
    pause(**who, reason="lunch", now=now - 6 * MINUTE)
    return booking


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_breaks_are_read_by_agent_and_dispatcher(open_page, floor, resting, width, scheme):
    sheet = f"/planner/shifts/{resting.shift_id}/"
    for user, path, words in (
        (resting.agent.user, "/today/", "Your break lasts until"),
        (floor.dispatcher, sheet, "Break, not planned"),
    ):
        page = open_page(user, path, width=width, scheme=scheme)
        page.get_by_text(words).first.wait_for()
        assert faults(page) == [], path
        assert sideways(page) == 0, path
        assert width > 390 or small_targets(page) == [], path


def test_the_break_that_is_over_is_read_when_it_was_taken(open_page, resting):
    page = open_page(resting.agent.user, "/today/", width=390)
    page.get_by_role("button", name="Ready").click()
    page.get_by_text("Your break lasts until").wait_for(state="detached")
    assert page.get_by_text("taken").count() == 3
