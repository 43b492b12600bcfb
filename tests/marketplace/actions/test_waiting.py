"""The waiting list: joined when full, served in order by timed offers, which are accepted, declined or pass on."""

from datetime import datetime, timedelta

import pytest

from gigcx.accounts.models import Agent, Site
from gigcx.ledger.models import Entry
from marketplace.actions.check_in import check_in
from marketplace.actions.claim import claim
from marketplace.actions.open_shifts import cancel_shifts
from marketplace.actions.refused import Refused
from marketplace.actions.release import keep_place, release, undo_claim
from marketplace.actions.serve_waiting import expire_offers, serve_waiting
from marketplace.actions.waiting import accept_offer, decline_offer, join_waiting, leave_waiting
from marketplace.models import Availability, Booking, Offer, Queue, Shift, WaitingPlace
from marketplace.vocabulary import AvailabilityKind, BookingState, OfferState, WaitState
from tests.factories import NOW, make_agent, make_queue
from tests.marketplace.bookings import TOMORROW, hold, make_shift

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(minutes=1)


@pytest.fixture
def queue() -> Queue:
    return make_queue("cards")


def join(shift: Shift, agent: Agent, *, now: datetime = NOW) -> WaitingPlace:
    return join_waiting(shift_id=shift.pk, agent_id=agent.pk, actor="user:2", now=now)


def full_with_waiting(queue: Queue, *, waiting: int = 2, **fields: object) -> tuple[Booking, list[Agent]]:
    """The booking of the only place, and those who wait for it in order."""
    shift = make_shift(queue, **fields)
    booking = hold(shift, make_agent(queue))
    agents = [make_agent(queue) for _ in range(waiting)]
    for agent in agents:
        join(shift, agent)
    return booking, agents


def undo(booking: Booking) -> None:
    undo_claim(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=SOON)


def offered() -> list[tuple[int, str]]:
    """Every offer so far: to whom, and what became of it."""
    return list(Offer.objects.order_by("pk").values_list("agent_id", "status"))


def taken(shift_id: int) -> int:
    return Shift.objects.get(pk=shift_id).taken


def unchanged_by(act, **which: object) -> set[str]:
    """The codes of a refusal that changed nothing."""
    tables = (Booking, Shift, Offer, WaitingPlace, Entry)
    before = [list(table.objects.order_by("pk").values()) for table in tables]
    with pytest.raises(Refused) as refusal:
        act(**which)
    assert before == [list(table.objects.order_by("pk").values()) for table in tables]
    assert all(refusal.value.sentences)
    return set(refusal.value.reasons)


def test_joining_takes_the_last_place_in_the_line_once(queue):
    booking, (first, second) = full_with_waiting(queue)
    assert join(booking.shift, first).pk == WaitingPlace.objects.get(agent=first).pk
    assert list(WaitingPlace.objects.order_by("pk").values_list("agent_id", flat=True)) == [first.pk, second.pk]
    assert Entry.objects.filter(kind="waiting.joined").count() == 2


def test_nobody_waits_for_what_is_free_or_held(queue):
    shift, agent = make_shift(queue), make_agent(queue)
    who = {"shift_id": shift.pk, "agent_id": agent.pk, "actor": "user:2", "now": NOW}
    assert unchanged_by(join_waiting, **who) == {"shift_not_full"}
    hold(shift, agent)
    assert unchanged_by(join_waiting, **who) == {"booking_held"}


def test_who_could_not_claim_anyway_does_not_wait(queue):
    shift = make_shift(queue)
    hold(shift, make_agent(queue))
    stranger = make_agent(make_queue("loans"))
    who = {"shift_id": shift.pk, "agent_id": stranger.pk, "actor": "user:2", "now": NOW}
    assert unchanged_by(join_waiting, **who) == {"skill_missing"}


def test_at_a_full_site_the_seat_comes_with_the_place(queue):
    site = Site.objects.create(name="Turin", seats=1)
    booking, (agent,) = full_with_waiting(queue, waiting=1, work_place="site", site=site)
    undo(booking)
    assert offered() == [(agent.pk, OfferState.OPEN)]


def test_a_freed_place_is_kept_for_the_first_who_waits(queue):
    booking, (first, _) = full_with_waiting(queue)
    undo(booking)
    offer = Offer.objects.get()
    assert (offer.agent_id, offer.expires_at, taken(booking.shift_id)) == (first.pk, SOON + timedelta(minutes=30), 1)
    passer_by = make_agent(queue)
    who = {"shift_id": booking.shift_id, "agent_id": passer_by.pk, "actor": "user:2", "now": SOON}
    assert unchanged_by(claim, **who) == {"shift_full"}


def test_accepting_takes_the_kept_place_once(queue):
    booking, (first, second) = full_with_waiting(queue)
    undo(booking)
    offer = Offer.objects.get()
    who = {"offer_id": offer.pk, "agent_id": first.pk, "actor": "user:2", "now": SOON}
    done = accept_offer(**who)
    assert accept_offer(**who) == type(done)(done.booking_id, new=False)
    held = Booking.objects.get(pk=done.booking_id)
    assert (held.status, held.source, taken(held.shift_id)) == (BookingState.HELD, "offer", 1)
    assert offered() == [(first.pk, OfferState.ACCEPTED)]
    line = list(WaitingPlace.objects.order_by("pk").values_list("agent_id", "status"))
    assert line == [(first.pk, WaitState.SERVED), (second.pk, WaitState.WAITING)]


def test_claiming_what_is_kept_for_oneself_accepts(queue):
    booking, (first,) = full_with_waiting(queue, waiting=1)
    undo(booking)
    assert hold(booking.shift, first, now=SOON).source == "offer"
    assert offered() == [(first.pk, OfferState.ACCEPTED)]


def test_who_declines_is_not_asked_again(queue):
    booking, (first, second) = full_with_waiting(queue)
    undo(booking)
    decline_offer(offer_id=Offer.objects.get().pk, agent_id=first.pk, actor="user:2", now=SOON)
    assert offered() == [(first.pk, OfferState.DECLINED), (second.pk, OfferState.OPEN)]
    assert taken(booking.shift_id) == 1
    who = {"shift_id": booking.shift_id, "agent_id": first.pk, "actor": "user:2", "now": SOON}
    assert unchanged_by(join_waiting, **who) == {"said_no"}


def test_when_nobody_is_left_the_place_is_open(queue):
    booking, (first,) = full_with_waiting(queue, waiting=1)
    undo(booking)
    decline_offer(offer_id=Offer.objects.get().pk, agent_id=first.pk, actor="user:2", now=SOON)
    assert taken(booking.shift_id) == 0
    assert hold(booking.shift, make_agent(queue), now=SOON).source == "claim"


def test_an_offer_nobody_answers_passes_on_however_late(queue):
    booking, (first, second) = full_with_waiting(queue)
    undo(booking)
    offer = Offer.objects.get()
    assert expire_offers(now=offer.expires_at - timedelta(seconds=1)) == 0
    late = offer.expires_at + timedelta(hours=3)
    who = {"offer_id": offer.pk, "agent_id": first.pk, "actor": "user:2", "now": late}
    assert unchanged_by(accept_offer, **who) == {"offer_over"}
    assert (expire_offers(now=late), expire_offers(now=late)) == (1, 0)
    assert offered() == [(first.pk, OfferState.EXPIRED), (second.pk, OfferState.OPEN)]
    assert Offer.objects.last().made_at == late
    assert WaitingPlace.objects.get(agent=first).status == WaitState.MISSED


def test_who_missed_an_offer_may_join_again_at_the_end(queue):
    booking, (first, second) = full_with_waiting(queue)
    undo(booking)
    late = Offer.objects.get().expires_at
    expire_offers(now=late)
    again = join(booking.shift, first, now=late)
    assert again.pk > WaitingPlace.objects.get(agent=second).pk


def test_those_who_cannot_come_now_are_passed_over_and_keep_their_place(queue):
    booking, (first, second) = full_with_waiting(queue)
    Availability.objects.create(
        agent=first, kind=AvailabilityKind.BLACKOUT, period=(TOMORROW, TOMORROW + timedelta(hours=1))
    )
    undo(booking)
    assert offered() == [(second.pk, OfferState.OPEN)]
    place = WaitingPlace.objects.get(agent=first)
    assert (place.status, place.passed_at, place.against) == (WaitState.WAITING, SOON, ["blackout"])
    told = Entry.objects.get(kind="waiting.passed_over")
    assert (told.subject, told.data["place"], told.data["against"]) == (f"agent:{first.pk}", place.pk, ["blackout"])
    Availability.objects.all().delete()
    decline_offer(offer_id=Offer.objects.get().pk, agent_id=second.pk, actor="user:2", now=SOON)
    assert offered() == [(second.pk, OfferState.DECLINED), (first.pk, OfferState.OPEN)]


def test_a_place_that_nobody_can_take_is_told_once_for_each_reason(queue):
    booking, (first,) = full_with_waiting(queue, waiting=1)
    Availability.objects.create(
        agent=first, kind=AvailabilityKind.BLACKOUT, period=(TOMORROW, TOMORROW + timedelta(hours=1))
    )
    undo(booking)
    assert [serve_waiting(now=SOON + timedelta(minutes=number)) for number in range(3)] == [0, 0, 0]
    assert [entry.data["against"] for entry in Entry.objects.filter(kind="waiting.passed_over")] == [["blackout"]]
    Availability.objects.all().delete()
    assert serve_waiting(now=SOON + timedelta(minutes=5)) == 1
    assert Entry.objects.filter(kind="waiting.passed_over").count() == 1


def test_hours_offered_elsewhere_do_not_keep_an_offer_from_who_waits(queue):
    booking, (first, _) = full_with_waiting(queue)
    later = TOMORROW + timedelta(days=3)
    Availability.objects.create(
        agent=first, kind=AvailabilityKind.AVAILABLE, period=(later, later + timedelta(hours=9))
    )
    undo(booking)
    assert offered() == [(first.pk, OfferState.OPEN)]
    assert not Entry.objects.filter(kind="waiting.passed_over").exists()


def test_rules_are_checked_again_when_an_offer_is_accepted(queue):
    booking, (first,) = full_with_waiting(queue, waiting=1)
    undo(booking)
    hold(make_shift(queue, start=TOMORROW + timedelta(hours=1)), first)
    who = {"offer_id": Offer.objects.get().pk, "agent_id": first.pk, "actor": "user:2", "now": SOON}
    assert unchanged_by(accept_offer, **who) == {"overlap_booking"}


def test_leaving_with_an_offer_in_hand_passes_it_on(queue):
    booking, (first, second) = full_with_waiting(queue)
    undo(booking)
    leave_waiting(shift_id=booking.shift_id, agent_id=first.pk, actor="user:2", now=SOON)
    assert offered() == [(first.pk, OfferState.DECLINED), (second.pk, OfferState.OPEN)]
    leave_waiting(shift_id=booking.shift_id, agent_id=second.pk, actor="user:2", now=SOON)
    assert taken(booking.shift_id) == 0
    who = {"shift_id": booking.shift_id, "agent_id": second.pk, "actor": "user:2", "now": SOON}
    assert unchanged_by(leave_waiting, **who) == {"not_waiting"}


def test_leaving_without_an_offer_is_no_no(queue):
    booking, (first, second) = full_with_waiting(queue)
    leave_waiting(shift_id=booking.shift_id, agent_id=first.pk, actor="user:2", now=SOON)
    join(booking.shift, first, now=SOON)
    undo(booking)
    assert offered() == [(second.pk, OfferState.OPEN)]


def test_who_wants_to_leave_is_replaced_by_the_next_who_waits(queue):
    booking, (first, _) = full_with_waiting(queue)
    later = NOW + timedelta(hours=1)
    release(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=later)
    offer = Offer.objects.get()
    assert (offer.agent_id, offer.replaces_id, taken(booking.shift_id)) == (first.pk, booking.pk, 1)
    who = {"shift_id": booking.shift_id, "agent_id": make_agent(queue).pk, "actor": "user:2", "now": later}
    assert unchanged_by(claim, **who) == {"shift_full"}
    accept_offer(offer_id=offer.pk, agent_id=first.pk, actor="user:2", now=later)
    booking.refresh_from_db()
    assert (booking.status, taken(booking.shift_id)) == (BookingState.RELEASED, 1)
    assert Entry.objects.filter(kind="booking.replaced", subject=f"agent:{booking.agent_id}").exists()


def test_who_stays_after_all_takes_the_offer_back(queue):
    booking, (first, _) = full_with_waiting(queue)
    later = NOW + timedelta(hours=1)
    release(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=later)
    keep_place(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=later)
    assert offered() == [(first.pk, OfferState.WITHDRAWN)]
    assert WaitingPlace.objects.get(agent=first).status == WaitState.WAITING
    release(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=later)
    assert offered()[1:] == [(first.pk, OfferState.OPEN)]


def test_who_comes_although_nobody_took_over_takes_the_offer_back(queue):
    booking, (first,) = full_with_waiting(queue, waiting=1)
    Booking.objects.filter(pk=booking.pk).update(status=BookingState.RELEASING, releasing_at=NOW)
    assert serve_waiting(now=TOMORROW - timedelta(hours=2)) == 1
    Offer.objects.update(expires_at=TOMORROW)
    check_in(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=TOMORROW - timedelta(minutes=5))
    assert offered() == [(first.pk, OfferState.WITHDRAWN)]


def test_places_that_are_added_go_to_those_who_wait(queue):
    booking, (first, second) = full_with_waiting(queue)
    Shift.objects.filter(pk=booking.shift_id).update(places=4)
    assert (serve_waiting(now=SOON), serve_waiting(now=SOON)) == (2, 0)
    assert [agent for agent, _ in offered()] == [first.pk, second.pk]
    assert taken(booking.shift_id) == 3


def test_cancelling_takes_offers_back(queue):
    booking, (first, _) = full_with_waiting(queue)
    undo(booking)
    cancel_shifts(shift_ids=[booking.shift_id], actor="user:1", now=SOON)
    assert (offered(), taken(booking.shift_id)) == ([(first.pk, OfferState.WITHDRAWN)], 0)
    assert serve_waiting(now=SOON) == 0


def test_offers_to_others_are_not_there(queue):
    booking, (_, second) = full_with_waiting(queue)
    undo(booking)
    for act in (accept_offer, decline_offer):
        with pytest.raises(Offer.DoesNotExist):
            act(offer_id=Offer.objects.get().pk, agent_id=second.pk, actor="user:2", now=SOON)
