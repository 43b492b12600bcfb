"""One person's first shift, all the way from the claim on the phone to the time worked."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from gigcx.accounts.models import User
from marketplace.actions.ingest import AgentReport, QueueReport, ingest
from marketplace.actions.muster import muster
from marketplace.actions.tick import tick
from marketplace.matching.state import Presence
from marketplace.models import AgentNow, Booking, Duty, Queue, QueueCertification
from marketplace.vocabulary import BookingState
from skills.models import Certificate
from tests.factories import make_agent, make_batch, make_queue, make_user
from tests.marketplace.bookings import make_shift

pytestmark = pytest.mark.browser


def report(*reports, at):
    ingest(batch=make_batch(*reports, at=at), actor="token:1", now=at)


def newcomer(*queues: Queue) -> User:
    """Somebody who can serve these queues and is not at work."""
    user = make_user("eve@example.com")
    eve = make_agent(*queues, code="eve", user=user, department=queues[0].department)
    for asked in QueueCertification.objects.filter(queue__in=queues).distinct("certification"):
        Certificate.objects.create(agent=eve, certification=asked.certification)
    return user


def test_from_the_claim_to_the_time_worked(open_page, floor):
    now, cards = timezone.now().replace(microsecond=0), floor.queues["Cards — lost & stolen"]
    calm = make_queue("Calm", department=cards.department)
    user = newcomer(calm, cards)
    shift = make_shift(calm, start=now + timedelta(minutes=10), hours=4)
    # all the others are busy: whoever is sent to the surge is the newcomer
    AgentNow.objects.update(presence=Presence.ON_CONTACT)

    page = open_page(user, "/shifts/", width=390)
    page.locator(f"#shift-{shift.pk}").get_by_role("button", name="Claim").tap()
    expect(page.locator(f"#shift-{shift.pk}")).to_contain_text("Yours")
    expect(page.locator("#mine")).to_contain_text("Calm")

    page.locator("#mine").get_by_role("link", name="Check in").tap()
    page.get_by_role("button", name="Check in").tap()
    expect(page.locator("#booked")).to_have_count(0)
    booking = Booking.objects.get(shift=shift)
    assert booking.status == BookingState.CHECKED_IN

    begin = shift.starts_at
    muster(now=begin)
    expect(page.locator("#place")).to_have_text("Calm")
    report(AgentReport(agent="eve", at=begin, presence=Presence.READY), at=begin)
    expect(page.locator(".chip")).to_have_text("Ready")

    surge = begin + timedelta(minutes=20)
    report(
        QueueReport(
            queue=cards.code, at=surge, waiting=40, longest_wait_seconds=90.0, interval_seconds=60,
            interval_start=surge.replace(second=0, microsecond=0), offered=60,
        ),
        at=surge,
    )  # fmt: skip
    tick(now=surge, trigger="surge.began")
    expect(page.locator("#place")).to_have_text(cards.name)
    page.get_by_role("button", name="Got it").tap()
    expect(page.locator("#got-it")).to_have_count(0)
    assert user.agent.moves.get().acknowledged_at is not None

    muster(now=shift.ends_at)
    expect(page.locator("#place")).to_have_text("You are off duty")
    booking.refresh_from_db()
    assert (booking.status, booking.worked_seconds) == (BookingState.WORKED, 4 * 3600)
    assert Duty.objects.get(agent=user.agent).booking == booking
