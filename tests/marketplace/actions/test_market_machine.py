"""The whole market played at random: after every step nobody is booked twice, no shift is overfull, and the ledger
alone gives the same states.

Every person who waits is served in order: whoever is offered a place stands before all others who could take it.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from gigcx.ledger.models import Entry
from marketplace.actions.ask import ask_for_place, withdraw_request
from marketplace.actions.claim import claim
from marketplace.actions.draw import draw_due
from marketplace.actions.open_shifts import cancel_shifts, open_shifts
from marketplace.actions.pull import pull_booking
from marketplace.actions.refused import Refused
from marketplace.actions.release import keep_place, release, undo_claim
from marketplace.actions.serve_waiting import expire_offers, serve_waiting
from marketplace.actions.swap import accept_swap, ask_swap, decline_swap, expire_swaps, withdraw_swap
from marketplace.actions.waiting import accept_offer, decline_offer, join_waiting, leave_waiting
from marketplace.claiming.draw import seed_hash
from marketplace.claiming.eligibility import refusals
from marketplace.claiming.places import with_a_place
from marketplace.models import Booking, Draw, MarketPolicy, Offer, Shift, Swap, WaitingPlace
from marketplace.queries.claim_facts import facts_of_many
from marketplace.vocabulary import BOUND_STATES, BookingState, OfferState, Opening, ShiftState, WaitState
from tests.factories import NOW, make_agent, make_queue
from tests.marketplace.bookings import make_shift

AGENTS, SHIFTS = 5, 4
WHO, WHERE = st.integers(0, AGENTS - 1), st.integers(0, SHIFTS - 1)
MINUTES = st.sampled_from([1, 4, 20, 45, 180, 720])
SEED = "2a" * 32
AFTER = {
    "booking.held": BookingState.HELD, "booking.requested": BookingState.REQUESTED,
    "booking.unrequested": BookingState.RELEASED, "booking.undone": BookingState.RELEASED,
    "booking.released": BookingState.RELEASED, "booking.releasing": BookingState.RELEASING,
    "booking.kept": BookingState.HELD, "booking.replaced": BookingState.RELEASED,
    "booking.swapped": BookingState.RELEASED, "booking.pulled": BookingState.PULLED,
    "draw.lost": BookingState.NOT_DRAWN, "draw.passed_over": BookingState.RELEASED,
    "offer.made": OfferState.OPEN, "offer.accepted": OfferState.ACCEPTED, "offer.declined": OfferState.DECLINED,
    "offer.expired": OfferState.EXPIRED, "offer.withdrawn": OfferState.WITHDRAWN,
}  # fmt: skip
"""What each kind of Entry leaves its booking, or its offer, in."""


class Market(RuleBasedStateMachine):
    """Five people, four shifts of which two overlap and one is drawn, and a clock."""

    def __init__(self) -> None:
        super().__init__()
        self.before = transaction.savepoint()
        self.now = NOW
        self.offers_seen = 0

    def teardown(self) -> None:
        """Nothing stays."""
        transaction.savepoint_rollback(self.before)

    @initialize()
    def open_the_market(self) -> None:
        """Someone cannot do one of the queues; the fourth shift is drawn in two hours."""
        cards, loans = make_queue("cards"), make_queue("loans")
        self.agents = [make_agent(cards, loans) for _ in range(AGENTS - 1)] + [make_agent(cards)]
        self.shifts = [
            make_shift(cards, start=NOW + timedelta(days=1), places=2),
            make_shift(loans, start=NOW + timedelta(days=1, hours=2)),
            make_shift(cards, start=NOW + timedelta(days=4)),
            make_shift(cards, start=NOW + timedelta(days=6), places=2, status=ShiftState.DRAFT),
        ]
        until = NOW + timedelta(hours=2)
        which = [self.shifts[3].pk]
        open_shifts(shift_ids=which, opening=Opening.DRAW, draw_until=until, actor="user:1", now=NOW)
        # the same play comes out the same again
        Draw.objects.update(seed=SEED, seed_hash=seed_hash(SEED))

    def attempt(self, act: Callable[..., Any], **which: Any) -> None:
        """Try; what is refused changes nothing, which the tests of each action show."""
        with suppress(Refused, Swap.DoesNotExist):
            act(**which, actor="user:2", now=self.now)

    @rule(who=WHO, where=WHERE, act=st.sampled_from([claim, claim, claim, join_waiting, join_waiting, ask_for_place]))
    def take_or_wait(self, who: int, where: int, act: Callable[..., Any]) -> None:
        """One person wants one shift."""
        self.attempt(act, shift_id=self.shifts[where].pk, agent_id=self.agents[who].pk)

    @rule(who=WHO, where=WHERE)
    def leave(self, who: int, where: int) -> None:
        """One person waits no more."""
        self.attempt(leave_waiting, shift_id=self.shifts[where].pk, agent_id=self.agents[who].pk)

    @rule(which=st.integers(0, 9), act=st.sampled_from([undo_claim, release, release, keep_place, withdraw_request]))
    def give_back(self, which: int, act: Callable[..., Any]) -> None:
        """A holder changes his or her mind."""
        live = list(Booking.objects.exclude(ended_at__isnull=False).order_by("pk"))
        if live:
            booking = live[which % len(live)]
            self.attempt(act, booking_id=booking.pk, agent_id=booking.agent_id)

    @rule(which=st.integers(0, 9), act=st.sampled_from([accept_offer, accept_offer, decline_offer]))
    def answer(self, which: int, act: Callable[..., Any]) -> None:
        """Somebody answers an offer, live or over."""
        offers = list(Offer.objects.order_by("-pk")[:10])
        if offers:
            offer = offers[which % len(offers)]
            self.attempt(act, offer_id=offer.pk, agent_id=offer.agent_id)

    @rule(which=st.integers(0, 9), who=st.none() | WHO, against=st.booleans())
    def offer_swap(self, which: int, who: int | None, against: bool) -> None:
        """A holder asks a colleague, or everyone; for nothing, or for the colleague's first shift, or for any."""
        held = list(Booking.objects.filter(status=BookingState.HELD).order_by("pk"))
        if not held:
            return
        booking, colleague = held[which % len(held)], None if who is None else self.agents[who].pk
        wants = next((one.pk for one in held if against and one.agent_id == colleague), None)
        about = {"booking_id": booking.pk, "agent_id": booking.agent_id}
        self.attempt(ask_swap, **about, colleague_id=colleague, wants_id=wants, in_return=against and who is None)

    @rule(
        which=st.integers(0, 9), who=WHO, act=st.sampled_from([accept_swap, accept_swap, decline_swap, withdraw_swap])
    )
    def answer_swap(self, which: int, who: int, act: Callable[..., Any]) -> None:
        """Whoever is asked answers an open swap, or its giver thinks again."""
        swaps = list(Swap.objects.order_by("-pk")[:10])
        if swaps:
            swap = swaps[which % len(swaps)]
            answering = swap.giver_id if act is withdraw_swap else swap.colleague_id or self.agents[who].pk
            self.attempt(act, swap_id=swap.pk, agent_id=answering)

    @rule(which=st.integers(0, 9))
    def pull(self, which: int) -> None:
        """A dispatcher takes a place back."""
        held = list(Booking.objects.filter(status__in=BOUND_STATES).order_by("pk"))
        if held:
            self.attempt(pull_booking, booking_id=held[which % len(held)].pk, words="not needed")

    @rule(where=WHERE, sure=st.integers(0, 4))
    def cancel(self, where: int, sure: int) -> None:
        """A dispatcher cancels a shift; seldom, else nothing is left to play."""
        if sure == 0:
            self.attempt(cancel_shifts, shift_ids=[self.shifts[where].pk])

    @rule(where=WHERE)
    def add_a_place(self, where: int) -> None:
        """A dispatcher makes room; the clock finds who waits."""
        Shift.objects.filter(pk=self.shifts[where].pk, places__lt=4).update(places=F("places") + 1)
        serve_waiting(now=self.now)

    @rule(minutes=MINUTES, sweeps=st.booleans())
    def pass_time(self, minutes: int, sweeps: bool) -> None:
        """Time passes; the sweeps may be late."""
        self.now += timedelta(minutes=minutes)
        if sweeps:
            expire_offers(now=self.now)
            expire_swaps(now=self.now)
            draw_due(now=self.now)
            serve_waiting(now=self.now)

    @invariant()
    def nobody_is_booked_twice(self) -> None:
        """No two places at one time."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM marketplace_booking a JOIN marketplace_booking b"
                " ON a.agent_id = b.agent_id AND a.id < b.id AND a.period && b.period"
                " WHERE a.status = ANY(%(bound)s) AND b.status = ANY(%(bound)s)",
                {"bound": [str(state) for state in BOUND_STATES]},
            )
            assert cursor.fetchone() == (0,)

    @invariant()
    def every_shift_counts_its_places(self) -> None:
        """Taken are those that are held and those that are kept, and never more than there are."""
        for shift in Shift.objects.all():
            held = shift.bookings.filter(status__in=BOUND_STATES).count()
            kept = shift.offers.filter(status=OfferState.OPEN, replaces=None).count()
            assert shift.taken == held + kept <= shift.places

    @invariant()
    def the_ledger_gives_the_same_states(self) -> None:
        """Reading nothing but entries, in order."""
        said: dict[tuple[str, int], str] = {}
        for kind, data in Entry.objects.filter(kind__in=AFTER).order_by("pk").values_list("kind", "data"):
            what = "offer" if kind.startswith("offer.") else "booking"
            said[what, data[what]] = AFTER[kind]
        for what, table in (("booking", Booking), ("offer", Offer)):
            found = {(what, pk): status for pk, status in table.objects.values_list("pk", "status")}
            assert found == {key: state for key, state in said.items() if key[0] == what}

    @invariant()
    def everyone_who_waits_is_served_in_order(self) -> None:
        """Whoever stands before the one who was just asked, and was not asked, could not have taken the place."""
        for offer in Offer.objects.filter(pk__gt=self.offers_seen, status=OfferState.OPEN):
            before = WaitingPlace.objects.filter(
                shift=offer.shift_id, status=WaitState.WAITING, pk__lt=offer.place_id
            ).exclude(offers__status=OfferState.OPEN)
            people = list(before.values_list("agent_id", flat=True))
            facts = facts_of_many(agent_ids=people, shift_id=offer.shift_id, now=self.now)
            assert all(refusals(with_a_place(one)) for one in facts.values())
        last = Offer.objects.order_by("-pk").first()
        self.offers_seen = last.pk if last else 0

    @invariant()
    def nobody_is_asked_again_after_a_no(self) -> None:
        """Declined is declined."""
        for place in WaitingPlace.objects.filter(status=WaitState.DECLINED):
            again = Offer.objects.filter(shift=place.shift_id, agent=place.agent_id, made_at__gt=place.ended_at)
            assert not again.exists()


@pytest.mark.django_db
def test_the_market_keeps_its_promises() -> None:
    MarketPolicy.objects.get_or_create(pk=1)
    run_state_machine_as_test(
        Market,
        settings=settings(
            max_examples=25, stateful_step_count=30, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
