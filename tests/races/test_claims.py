"""Many agents and one place, one agent and many connections: never a place too many, never two at once."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db.models import F

from gigcx.accounts.models import Agent
from gigcx.ledger.models import Entry
from marketplace.actions.claim import Claimed, claim
from marketplace.actions.load_duty import load_duty
from marketplace.actions.open_shifts import cancel_shifts
from marketplace.actions.refused import ClaimRefused
from marketplace.actions.release import release, undo_claim
from marketplace.models import Booking, Duty, Shift
from marketplace.simulation.files import Reading
from marketplace.simulation.tables import DutyRow
from marketplace.vocabulary import BOUND_STATES, BookingState
from tests.factories import NOW, make_agent, make_queue
from tests.marketplace.bookings import TOMORROW, hold, make_shift

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
Race = Callable[..., list[Any]]


def claiming(shift: Shift, agent: Agent) -> partial[Claimed]:
    """A claim to be made."""
    return partial(claim, shift_id=shift.pk, agent_id=agent.pk, actor="user:2", now=NOW)


def assert_sound() -> None:
    """Counters, bookings and ledger say the same; nobody is in two places."""
    for shift in Shift.objects.all():
        assert shift.taken == shift.bookings.filter(status__in=BOUND_STATES).count() <= shift.places
    bound = list(Booking.objects.filter(status__in=BOUND_STATES).order_by("agent_id", "period"))
    for first, second in itertools.pairwise(bound):
        assert first.agent_id != second.agent_id or first.period.upper <= second.period.lower
    told = Entry.objects.filter(kind="booking.held").values_list("data__booking", flat=True)
    assert sorted(told) == sorted(Booking.objects.values_list("pk", flat=True))


def outcomes(results: list[Any]) -> tuple[int, set[str]]:
    """How many won, and the codes of those who did not. Anything else that was raised fails the test."""
    codes = set()
    for result in results:
        if isinstance(result, ClaimRefused):
            codes |= set(result.reasons)
        elif isinstance(result, Exception):
            raise result
    return sum(isinstance(result, Claimed) and result.new for result in results), codes


def test_sixteen_race_for_five_places(race: Race) -> None:
    queue = make_queue("cards")
    shift = make_shift(queue, places=5)
    assert outcomes(race([claiming(shift, make_agent(queue)) for _ in range(16)])) == (5, {"shift_full"})
    assert_sound()


def test_one_agent_on_many_connections_is_never_in_two_places(race: Race) -> None:
    queue = make_queue("cards")
    agent = make_agent(queue)
    shifts = [make_shift(queue, start=TOMORROW + timedelta(minutes=30 * number), places=4) for number in range(8)]
    won, codes = outcomes(race([claiming(shift, agent) for shift in shifts for _ in range(2)]))
    assert won == 1
    assert "overlap_booking" in codes
    assert_sound()


def test_hours_a_day_hold_against_claims_at_the_same_moment(race: Race) -> None:
    queue = make_queue("cards")
    agent = make_agent(queue)
    day = TOMORROW.replace(hour=0)
    shifts = [make_shift(queue, start=day + timedelta(hours=4 * number), hours=4) for number in range(3)]
    won, codes = outcomes(race([claiming(shift, agent) for shift in shifts]))
    assert (won, codes) == (2, {"day_hours"})


def test_the_same_thumb_twice_is_one_claim(race: Race) -> None:
    queue = make_queue("cards")
    shift, agent = make_shift(queue, places=3), make_agent(queue)
    results = race([claiming(shift, agent) for _ in range(8)])
    assert outcomes(results) == (1, set())
    assert len({result.booking_id for result in results}) == 1
    assert_sound()


@pytest.mark.parametrize("round_", range(3))
def test_cancelling_against_claiming_leaves_nobody_behind(race: Race, round_: int) -> None:
    queue = make_queue("cards")
    shift = make_shift(queue, places=10)
    early = hold(shift, make_agent(queue))
    cancel = partial(cancel_shifts, shift_ids=[shift.pk], actor="user:1", now=NOW)
    outcomes(race([*(claiming(shift, make_agent(queue)) for _ in range(8)), cancel]))
    shift.refresh_from_db()
    early.refresh_from_db()
    assert early.status == BookingState.PULLED
    assert shift.taken == 0
    assert not Booking.objects.filter(status__in=BOUND_STATES).exists()


@pytest.mark.parametrize("round_", range(3))
def test_giving_back_twice_frees_one_place(race: Race, round_: int) -> None:
    queue = make_queue("cards")
    shift = make_shift(queue, start=NOW + timedelta(days=4), places=2)
    booking = hold(shift, make_agent(queue))
    hold(shift, make_agent(queue))
    mine = {"booking_id": booking.pk, "agent_id": booking.agent_id, "actor": "user:2", "now": NOW}
    race([partial(undo_claim, **mine), partial(release, **mine), partial(undo_claim, **mine)])
    assert_sound()
    shift.refresh_from_db()
    assert shift.taken == 1


@pytest.mark.parametrize("round_", range(3))
def test_a_roster_loaded_as_the_agent_claims_is_never_laid_over_the_booking(race: Race, round_: int) -> None:
    queue = make_queue("cards")
    agent, shift = make_agent(queue), make_shift(queue)
    row = DutyRow(
        line=2, agent=agent.code, starts_at=TOMORROW, ends_at=TOMORROW + timedelta(hours=2), skills=(("cards", 3),),
        queue="cards", site="HOME",
    )  # fmt: skip
    load = partial(load_duty, rows=[row], zone="UTC", file="duty.csv", reading=Reading(), actor="user:1", now=NOW)
    race([claiming(shift, agent), load])
    booked = Booking.objects.filter(status__in=BOUND_STATES, period__overlap=F("agent__duties__period"))
    assert not booked.exists()
    assert Booking.objects.count() + Duty.objects.count() == 1
