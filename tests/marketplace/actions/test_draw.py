"""Fair opening: everyone may ask, then places are drawn; or the most reliable come first."""

from datetime import datetime, timedelta

import pytest

from gigcx.accounts.models import Agent, Site
from gigcx.ledger.models import Entry
from marketplace.actions.ask import ask_for_place, withdraw_request
from marketplace.actions.claim import claim
from marketplace.actions.draw import draw_due, draw_shift
from marketplace.actions.open_shifts import cancel_shifts, open_shifts
from marketplace.actions.refused import Refused
from marketplace.actions.release import release, undo_claim
from marketplace.claiming.draw import redraw, seed_hash
from marketplace.models import Availability, Booking, Draw, Offer, Queue, Shift, WaitingPlace
from marketplace.queries.equity import equity_of
from marketplace.vocabulary import AvailabilityKind, BookingState, Opening, ShiftState
from tests.factories import NOW, make_agent, make_queue
from tests.marketplace.bookings import TOMORROW, hold, make_shift

pytestmark = pytest.mark.django_db
UNTIL = NOW + timedelta(hours=2)


@pytest.fixture
def queue() -> Queue:
    return make_queue("cards")


def drawn_shift(queue: Queue, **fields: object) -> Shift:
    shift = make_shift(queue, status=ShiftState.DRAFT, **fields)
    open_shifts(shift_ids=[shift.pk], opening=Opening.DRAW, draw_until=UNTIL, actor="user:1", now=NOW)
    return shift


def ask(shift: Shift, agent: Agent, *, now: datetime = NOW) -> Booking:
    return ask_for_place(shift_id=shift.pk, agent_id=agent.pk, actor="user:2", now=now)


def states(shift: Shift) -> dict[int, str]:
    return dict(Booking.objects.filter(shift=shift).values_list("agent_id", "status"))


def unchanged_by(act, *args: object, **which: object) -> set[str]:
    """The codes of a refusal that changed nothing."""
    tables = (Booking, Shift, Draw, WaitingPlace, Entry)
    before = [list(table.objects.order_by("pk").values()) for table in tables]
    with pytest.raises(Refused) as refusal:
        act(*args, **which)
    assert before == [list(table.objects.order_by("pk").values()) for table in tables]
    assert all(refusal.value.sentences)
    return set(refusal.value.reasons)


def test_the_seed_is_settled_before_anyone_asks(queue):
    draw = Draw.objects.get(shift=drawn_shift(queue))
    assert (draw.seed_hash, draw.record) == (seed_hash(draw.seed), {})
    assert Draw.objects.get(shift=drawn_shift(queue)).seed != draw.seed


@pytest.mark.parametrize("until", [None, NOW, TOMORROW])
def test_a_draw_lies_ahead_and_before_the_start(queue, until):
    shift = make_shift(queue, status=ShiftState.DRAFT)
    how = {"opening": Opening.DRAW, "draw_until": until}
    assert unchanged_by(open_shifts, shift_ids=[shift.pk], **how, actor="user:1", now=NOW) == {"draw_until"}


def test_before_the_draw_places_are_asked_for_not_claimed(queue):
    shift, agent = drawn_shift(queue), make_agent(queue)
    who = {"shift_id": shift.pk, "agent_id": agent.pk, "actor": "user:2"}
    assert unchanged_by(claim, **who, now=NOW) == {"draw_pending"}
    assert ask(shift, agent).pk == ask(shift, agent).pk
    shift.refresh_from_db()
    assert (states(shift), shift.taken) == ({agent.pk: BookingState.REQUESTED}, 0)
    assert unchanged_by(ask, shift, make_agent(queue), now=UNTIL) == {"draw_closed"}
    assert unchanged_by(claim, **who, now=UNTIL) == {"draw_pending"}


def test_who_could_not_take_a_place_does_not_ask_for_one(queue):
    assert unchanged_by(ask, drawn_shift(queue), make_agent(make_queue("loans"))) == {"skill_missing"}
    assert unchanged_by(ask, make_shift(queue), make_agent(queue)) == {"no_draw"}


def test_asking_for_two_shifts_at_once_binds_to_none(queue):
    agent = make_agent(queue)
    one, other = drawn_shift(queue), drawn_shift(queue)
    ask(one, agent)
    ask(other, agent)
    assert draw_due(now=UNTIL) == 2
    # the second draw finds the first place held
    assert (states(one), states(other)) == ({agent.pk: BookingState.HELD}, {agent.pk: BookingState.RELEASED})
    assert Draw.objects.get(shift=other).record["tickets"][0]["against"] == ["overlap_booking"]


def test_a_request_is_withdrawn_until_it_is_drawn(queue):
    shift, agent = drawn_shift(queue), make_agent(queue)
    which = {"booking_id": ask(shift, agent).pk, "agent_id": agent.pk, "actor": "user:2", "now": NOW}
    withdraw_request(**which)
    assert states(shift) == {agent.pk: BookingState.RELEASED}
    assert unchanged_by(withdraw_request, **which) == {"not_asked"}


def test_places_are_drawn_as_the_record_says_and_the_others_wait_in_drawn_order(queue):
    shift = drawn_shift(queue, places=2)
    tickets = {ask(shift, make_agent(queue)).pk for _ in range(6)}
    assert draw_due(now=UNTIL - timedelta(seconds=1)) == 0
    late = UNTIL + timedelta(hours=3)
    assert (draw_due(now=late), draw_due(now=late)) == (1, 0)
    record = Draw.objects.get().record
    assert redraw(record) == {"order": record["order"], "winners": record["order"][:2]}
    assert set(record["order"]) == tickets
    held = Booking.objects.filter(status=BookingState.HELD).order_by("pk")
    assert {booking.pk for booking in held} == set(record["winners"])
    agent_of = dict(Booking.objects.values_list("pk", "agent_id"))
    line = list(WaitingPlace.objects.order_by("pk").values_list("agent_id", flat=True))
    assert line == [agent_of[ticket] for ticket in record["order"][2:]]
    assert Shift.objects.get(pk=shift.pk).taken == 2
    assert Entry.objects.get(kind="shift.drawn").data["seed"] == record["seed"]


def test_a_place_given_back_after_the_draw_goes_to_the_next_in_drawn_order(queue):
    shift = drawn_shift(queue, start=NOW + timedelta(days=5))
    for _ in range(3):
        ask(shift, make_agent(queue))
    draw_due(now=UNTIL)
    booking = Booking.objects.get(status=BookingState.HELD)
    Booking.objects.filter(pk=booking.pk).update(undo_until=UNTIL + timedelta(minutes=5))
    undo_claim(booking_id=booking.pk, agent_id=booking.agent_id, actor="user:2", now=UNTIL)
    second = Booking.objects.get(pk=Draw.objects.get().record["order"][1])
    assert Offer.objects.get().agent_id == second.agent_id


def test_what_nobody_asked_for_is_first_come_after_the_draw(queue):
    shift, agent = drawn_shift(queue), make_agent(queue)
    draw_due(now=UNTIL)
    assert hold(shift, agent, now=UNTIL).status == BookingState.HELD


def test_who_cannot_come_any_more_is_passed_over_and_waits(queue):
    shift, busy, free = drawn_shift(queue), make_agent(queue), make_agent(queue)
    ask(shift, busy)
    ask(shift, free)
    Availability.objects.create(
        agent=busy, kind=AvailabilityKind.BLACKOUT, period=(TOMORROW, TOMORROW + timedelta(hours=1))
    )
    draw_due(now=UNTIL)
    assert states(shift) == {busy.pk: BookingState.RELEASED, free.pk: BookingState.HELD}
    assert Entry.objects.get(kind="draw.passed_over").data["against"] == ["blackout"]
    place = WaitingPlace.objects.get()
    assert (place.agent_id, place.status, place.passed_at, place.against) == (busy.pk, "waiting", UNTIL, ["blackout"])
    Availability.objects.all().delete()
    booking = Booking.objects.get(agent=free)
    release(booking_id=booking.pk, agent_id=free.pk, actor="user:2", now=UNTIL)
    assert Offer.objects.get().agent_id == busy.pk


def test_being_passed_over_is_no_draw_lost(queue):
    shift, busy = drawn_shift(queue), make_agent(queue)
    ask(shift, busy)
    Availability.objects.create(
        agent=busy, kind=AvailabilityKind.BLACKOUT, period=(TOMORROW, TOMORROW + timedelta(hours=1))
    )
    draw_due(now=UNTIL)
    assert equity_of(agent_ids=[busy.pk], start=TOMORROW, now=UNTIL)[busy.pk].lost == 0


def test_no_more_are_drawn_than_the_site_has_seats(queue):
    site = Site.objects.create(name="Turin", seats=1)
    shift = drawn_shift(queue, places=1, work_place="site", site=site)
    Shift.objects.filter(pk=shift.pk).update(places=3)
    for _ in range(3):
        ask(shift, make_agent(queue))
    draw_due(now=UNTIL)
    assert Booking.objects.filter(status=BookingState.HELD).count() == 1


def test_lost_draws_and_booked_hours_go_into_the_weight(queue):
    agent, other = make_agent(queue), make_agent(queue)
    hold(make_shift(queue, start=TOMORROW + timedelta(days=2), hours=8), agent)
    lost = make_shift(queue, start=NOW - timedelta(days=3))
    Booking.objects.create(
        shift=lost, agent=other, period=(lost.starts_at, lost.ends_at), pay=1, source="draw",
        status=BookingState.NOT_DRAWN, ended_at=NOW - timedelta(days=4),
    )  # fmt: skip
    shift = drawn_shift(queue)
    mine, theirs = ask(shift, agent), ask(shift, other)
    draw_due(now=UNTIL)
    tickets = {ticket["ticket"]: ticket for ticket in Draw.objects.get().record["tickets"]}
    assert (tickets[mine.pk]["booked_hours"], tickets[mine.pk]["lost"]) == (8.0, 0)
    assert (tickets[theirs.pk]["booked_hours"], tickets[theirs.pk]["lost"]) == (0.0, 1)


def test_a_cancelled_shift_is_not_drawn(queue):
    shift, agent = drawn_shift(queue), make_agent(queue)
    ask(shift, agent)
    cancel_shifts(shift_ids=[shift.pk], actor="user:1", now=NOW)
    assert (draw_due(now=UNTIL), states(shift)) == (0, {agent.pk: BookingState.PULLED})


def test_drawing_what_has_no_draw_is_an_error(queue):
    with pytest.raises(Draw.DoesNotExist):
        draw_shift(shift_id=make_shift(queue).pk, now=NOW)


def test_a_shift_by_tiers_opens_to_the_unreliable_later(queue):
    shift, agent = make_shift(queue, status=ShiftState.DRAFT), make_agent(queue)
    open_shifts(shift_ids=[shift.pk], opening=Opening.TIERS, actor="user:1", now=NOW)
    for booking in range(10):
        data, at = {"booking": booking}, NOW - timedelta(days=2)
        Entry.objects.create(kind="booking.no_show", subject=f"agent:{agent.pk}", at=at, data=data)
    who = {"shift_id": shift.pk, "agent_id": agent.pk, "actor": "user:2"}
    assert unchanged_by(claim, **who, now=NOW) == {"tier_delay"}
    assert claim(**who, now=NOW + timedelta(hours=3)).new
    assert claim(shift_id=make_shift(queue).pk, agent_id=make_agent(queue).pk, actor="user:2", now=NOW).new
