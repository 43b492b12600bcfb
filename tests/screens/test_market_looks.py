"""Every page of the shift marketplace with all that can stand on it: clean in both widths and both schemes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gigcx.accounts.models import Agent
from marketplace.actions.appeal import appeal
from marketplace.actions.no_shows import mark_no_shows
from marketplace.actions.release import release, undo_claim
from marketplace.actions.swap import accept_swap, ask_swap
from marketplace.actions.waiting import join_waiting
from marketplace.models import Booking, MarketPolicy, Queue, Shift
from tests.factories import make_queue
from tests.marketplace.bookings import hold, make_shift
from tests.screens.eyes import faults, sideways, small_targets
from tests.screens.test_agents_week import colleague
from tests.screens.test_looks import LOOKS

pytestmark = pytest.mark.browser
ACTOR = "user:2"
AGENTS = (
    "/today/", "/shifts/", "/shifts/?all=1", "/offers/", "/calendar/", "/me/", "/me/availability/", "/me/reliability/",
    "/me/preferences/", "/me/skills/", "/me/time-off/", "/me/calendars/",
)  # fmt: skip
DISPATCHERS = ("/planner/", "/appeals/", "/swaps/", "/shifts/plan/")


@pytest.fixture
def busy(floor) -> Booking:
    """Eve has a bit of everything; her booking that is not asked for yet."""
    queue = make_queue("Calm", department=floor.queues["Cards — lost & stolen"].department)
    eve, ben, cleo = (colleague(name, queue) for name in ("eve", "ben", "cleo"))
    missed(queue, eve)
    now = timezone.now()
    held(queue, eve, days=0)
    release(booking_id=held(queue, eve, days=1).pk, agent_id=eve.pk, actor=ACTOR, now=now)
    offered, full = held(queue, ben, days=2), held(queue, ben, days=6)
    for booking, agent in ((offered, eve), (full, cleo), (full, eve)):
        join_waiting(shift_id=booking.shift_id, agent_id=agent.pk, actor=ACTOR, now=now)
    undo_claim(booking_id=offered.pk, agent_id=ben.pk, actor=ACTOR, now=now)
    MarketPolicy.objects.update(swap_needs_approval=True)
    asks(held(queue, cleo, days=7), eve)
    agreed = asks(held(queue, ben, days=12), cleo)
    accept_swap(swap_id=agreed, agent_id=cleo.pk, actor=ACTOR, now=now)
    asks(held(queue, eve, days=14), None)
    shift_in(queue, days=8, places=3, bonus_per_hour=200, notes="Bring your badge.")
    return held(queue, eve, days=4)


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_pages_are_clean(open_page, floor, busy, width, scheme):
    for user, paths in (
        (busy.agent.user, (*AGENTS, f"/bookings/{busy.pk}/swap/")),
        (floor.dispatcher, DISPATCHERS),
    ):
        page = open_page(user, paths[0], width=width, scheme=scheme)
        for path in paths:
            page.goto(path)
            page.locator("h1").first.wait_for(state="attached")
            assert faults(page) == [], path
            assert sideways(page) == 0, path
            assert width > 390 or small_targets(page) == [], path


def shift_in(queue: Queue, *, days: int, **fields: object) -> Shift:
    """A shift so many days from now, soon enough to check in where that is none."""
    return make_shift(queue, start=timezone.now() + timedelta(minutes=10, days=days), **fields)


def held(queue: Queue, agent: Agent, *, days: int) -> Booking:
    """A shift with one place, which the agent holds."""
    return hold(shift_in(queue, days=days), agent, now=timezone.now())


def missed(queue: Queue, agent: Agent) -> None:
    """Two shifts that the agent did not come to, one of them appealed."""
    now = timezone.now()
    bookings = [hold(shift_in(queue, days=-days), agent, now=now - timedelta(days=3)) for days in (1, 2)]
    mark_no_shows(now=now)
    appeal(booking_id=bookings[0].pk, agent_id=agent.pk, text="The lift stood still.", actor=ACTOR, now=now)


def asks(booking: Booking, colleague: Agent | None) -> int:
    """The holder asks the colleague, or everyone, to take the booking over; the swap's id."""
    found = ask_swap(
        booking_id=booking.pk, agent_id=booking.agent_id, colleague_id=colleague and colleague.pk, wants_id=None,
        note="Dentist", actor=ACTOR, now=timezone.now(),
    )  # fmt: skip
    return found.pk
