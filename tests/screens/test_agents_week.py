"""One agent's whole week, on a phone with the thumb and by keyboard alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.db.models import F
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from gigcx.accounts.models import Agent
from marketplace.actions.ingest import AgentReport, ingest
from marketplace.actions.muster import muster
from marketplace.actions.no_shows import mark_no_shows
from marketplace.actions.release import undo_claim
from marketplace.actions.waiting import accept_offer, join_waiting
from marketplace.matching.state import Presence
from marketplace.models import Booking, Offer, Queue, Shift
from marketplace.queries.availability import weekly_of
from marketplace.vocabulary import BookingState
from tests.factories import make_agent, make_batch, make_queue, make_user
from tests.marketplace.bookings import hold, make_shift
from tests.screens.hands import Hand, Keys, Thumb

pytestmark = pytest.mark.browser
DAY = timedelta(days=1)


@dataclass
class Week:
    """Eve, whose week it is, at her page; Ben, who can do the same work."""

    hand: Hand
    eve: Agent
    ben: Agent
    queue: Queue
    began: datetime

    @property
    def page(self) -> Page:
        """Eve's."""
        return self.hand.page

    def shift(self, *, days: int) -> Shift:
        """A shift with one place so many days on, at a time of day that leaves a night's rest between any two."""
        return make_shift(self.queue, start=self.began + timedelta(minutes=30) + days * DAY)

    def row(self, shift: Shift) -> Locator:
        """The shift in the list of open ones."""
        return self.page.locator(f"#shift-{shift.pk}")

    def mine(self, shift: Shift) -> Locator:
        """Eve's booking of it among her own shifts."""
        booking = Booking.objects.filter(shift=shift, agent=self.eve).latest("pk")
        return self.page.locator(f"#booking-{booking.pk}")

    def claim(self, shift: Shift) -> None:
        """On the page of shifts, where it stands."""
        self.hand.press(self.row(shift).get_by_role("button", name="Claim"))
        expect(self.row(shift)).to_contain_text("Yours")

    def report(self, presence: Presence, reason: str = "") -> None:
        """The switch says what Eve is doing."""
        now = timezone.now()
        report = AgentReport(agent=self.eve.code, at=now, presence=presence, reason=reason)
        ingest(batch=make_batch(report, at=now), actor="token:1", now=now)


@pytest.mark.parametrize(("hand", "width"), [(Thumb, 390), (Keys, 1440)])
def test_an_agents_week(open_page, floor, hand, width):
    queue = make_queue("Calm", department=floor.queues["Cards — lost & stolen"].department)
    eve, ben = (colleague(name, queue) for name in ("eve", "ben"))
    page = open_page(eve.user, "/me/", width=width)
    week = Week(hand=hand(page), eve=eve, ben=ben, queue=queue, began=timezone.now().replace(microsecond=0))
    says_when_she_can_work(week)
    handed_on, waited_for = week.shift(days=3), week.shift(days=5)
    claims_undoes_and_claims_again(week, handed_on)
    waits_is_offered_a_place_and_takes_it(week, waited_for)
    hands_a_shift_to_a_colleague(week, handed_on, open_page(ben.user, "/offers/", width=width))
    gives_back_late_and_is_replaced(week, week.shift(days=1))
    works_and_sees_the_time(week, week.shift(days=0))
    reports_ill(week, waited_for)
    appeals_a_mark(week, open_page(floor.dispatcher, "/planner/"))


def colleague(name: str, queue: Queue) -> Agent:
    """Somebody who can serve the queue and is not at work."""
    return make_agent(queue, code=name, user=make_user(f"{name}@example.com"), department=queue.department)


def says_when_she_can_work(week: Week) -> None:
    week.hand.press(week.page.get_by_role("link", name="When you can work"))
    hour = week.page.locator("#at-Mon-8")
    week.hand.press(hour)
    expect(hour).to_have_class("weekly")
    assert [(one.weekday, one.start.hour) for one in weekly_of(agent_id=week.eve.pk)] == [(0, 8)]
    week.hand.go("Calendar")
    expect(week.page.get_by_text("08:00–09:00 you can work")).to_be_visible()


def claims_undoes_and_claims_again(week: Week, shift: Shift) -> None:
    week.hand.go("Shifts")
    week.claim(shift)
    week.hand.press(week.mine(shift).get_by_role("button", name="Undo"))
    expect(week.row(shift).get_by_role("button", name="Claim")).to_be_visible()
    expect(week.page.locator("#mine")).to_contain_text("You hold no shift yet")
    week.claim(shift)
    assert states(shift) == [BookingState.RELEASED, BookingState.HELD]


def waits_is_offered_a_place_and_takes_it(week: Week, shift: Shift) -> None:
    taken = hold(shift, week.ben, now=timezone.now())
    week.hand.press(week.page.get_by_label("Also those I can’t claim"))
    week.hand.press(week.row(shift).get_by_role("button", name="Wait"))
    expect(week.page.get_by_text("You are next.")).to_be_visible()
    week.hand.go("Shifts")
    undo_claim(booking_id=taken.pk, agent_id=week.ben.pk, actor="user:2", now=timezone.now())
    # by itself, as it happens
    week.hand.press(week.page.get_by_role("link", name="A place is kept for you"))
    week.hand.press(week.page.get_by_role("button", name="Take it"))
    expect(week.page.get_by_text("The shift is yours.")).to_be_visible()


def hands_a_shift_to_a_colleague(week: Week, shift: Shift, bens: Page) -> None:
    week.hand.go("Shifts")
    booking = week.mine(shift)
    week.hand.press(booking.get_by_role("link", name="Swap"))
    week.hand.write(week.page.get_by_label("Name"), "agent ben")
    week.hand.press(week.page.get_by_role("button", name="Find"))
    week.hand.write(week.page.get_by_label("A word with it"), "Dentist")
    week.hand.press(week.page.get_by_role("button", name="Ask Agent"))
    expect(week.page.get_by_text("Agent ben was asked.")).to_be_visible()
    week.hand.go("Shifts")
    bens.reload()
    expect(bens.get_by_text("“Dentist”")).to_be_visible()
    bens.get_by_role("button", name="Take it over").click()
    expect(booking).to_have_count(0)
    assert states(shift)[-1] == BookingState.HELD
    assert shift.bookings.latest("pk").agent == week.ben


def gives_back_late_and_is_replaced(week: Week, shift: Shift) -> None:
    week.page.reload()
    week.claim(shift)
    join_waiting(shift_id=shift.pk, agent_id=week.ben.pk, actor="user:2", now=timezone.now())
    # the minutes of free undo are over
    Booking.objects.filter(shift=shift).update(undo_until=timezone.now())
    week.page.reload()
    booking = week.mine(shift)
    week.hand.press(booking.get_by_role("button", name="Find a replacement"))
    expect(booking).to_contain_text("Held until somebody takes it over")
    offer = Offer.objects.get(shift=shift)
    accept_offer(offer_id=offer.pk, agent_id=week.ben.pk, actor="user:2", now=timezone.now())
    expect(booking).to_have_count(0)
    assert states(shift) == [BookingState.RELEASED, BookingState.HELD]


def works_and_sees_the_time(week: Week, shift: Shift) -> None:
    week.page.reload()
    week.claim(shift)
    # as if she had taken it days ago: who takes a place at the last moment is not asked again
    Booking.objects.filter(shift=shift).update(held_at=timezone.now() - 2 * DAY)
    week.page.reload()
    week.hand.press(week.mine(shift).get_by_role("button", name="I will come"))
    expect(week.mine(shift)).to_contain_text("Confirmed")
    passes(shift, timedelta(minutes=20))
    week.page.reload()
    week.hand.press(week.mine(shift).get_by_role("link", name="Check in"))
    check_in = week.page.get_by_role("button", name="Check in")
    week.hand.press(check_in)
    expect(check_in).to_have_count(0)
    passes(shift, timedelta(minutes=11))
    muster(now=timezone.now())
    expect(week.page.locator("#place")).to_have_text("Calm")
    week.report(Presence.READY)
    week.hand.press(week.page.get_by_role("button", name="Lunch"))
    expect(week.page.locator(".chip")).to_have_text("Lunch")
    week.report(Presence.PAUSED, "lunch")
    expect(week.page.locator(".chip")).to_have_text("Lunch")
    week.hand.press(week.page.get_by_role("button", name="Ready"))
    week.report(Presence.READY)
    expect(week.page.locator(".chip")).to_have_text("Ready")
    passes(shift, timedelta(hours=2))
    week.hand.press(week.page.get_by_role("button", name="Sign off"))
    expect(week.page.locator("#place")).to_have_text("You signed off")
    shift.refresh_from_db()
    week.hand.go("Calendar")
    week.page.goto(f"/calendar/?view=day&day={shift.starts_at:%Y-%m-%d}")
    expect(week.page.get_by_text("worked 2 h")).to_be_visible()


def reports_ill(week: Week, shift: Shift) -> None:
    week.hand.go("Shifts")
    booking = week.mine(shift)
    week.hand.press(booking.get_by_text("I am ill"))
    week.hand.press(booking.get_by_role("button", name="Report ill"))
    expect(booking).to_have_count(0)
    assert states(shift)[-1] == BookingState.EXCUSED


def appeals_a_mark(week: Week, dispatchers: Page) -> None:
    now = timezone.now()
    hold(week.shift(days=-1), week.eve, now=now - 2 * DAY)
    assert mark_no_shows(now=now) == 1
    week.hand.go("Me")
    week.hand.press(week.page.get_by_role("link", name="Your reliability"))
    expect(week.page.get_by_text("◆ did not come")).to_be_visible()
    week.hand.press(week.page.get_by_text("Appeal", exact=True))
    week.hand.write(week.page.get_by_label("Why is this mark not deserved?"), "The lift stood still")
    week.hand.press(week.page.get_by_role("button", name="Send"))
    expect(week.page.get_by_text("Your appeal is being looked at.")).to_be_visible()
    dispatchers.reload()
    dispatchers.get_by_role("link", name="Appeals").click()
    expect(dispatchers.get_by_text("The lift stood still")).to_be_visible()
    dispatchers.get_by_label("Your answer").fill("It did.")
    dispatchers.get_by_role("button", name="Take the mark away").click()
    expect(dispatchers.get_by_text("mark taken away")).to_be_visible()
    week.page.reload()
    expect(week.page.get_by_text("Your appeal was upheld. It did.")).to_be_visible()


def passes(shift: Shift, time: timedelta) -> None:
    """So much time passes: the shift, and what hangs on it, lie so much earlier."""
    Shift.objects.filter(pk=shift.pk).update(starts_at=F("starts_at") - time, ends_at=F("ends_at") - time)
    for booking in shift.bookings.select_related("duty"):
        for row in filter(None, (booking, booking.duty)):
            period = (row.period.lower - time, row.period.upper - time)
            type(row).objects.filter(pk=row.pk).update(period=period)


def states(shift: Shift) -> list[str]:
    """Of its bookings, in the order they were made."""
    return list(shift.bookings.order_by("pk").values_list("status", flat=True))
