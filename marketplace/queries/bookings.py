"""An agent's own bookings, and what can be done with each now."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, Subquery

from gigcx.ledger.models import Entry
from marketplace.models import Booking, MarketPolicy, Swap
from marketplace.vocabulary import LIVE_STATES, LIVE_SWAPS, BookingState, PullReason

MINUTE = timedelta(minutes=1)
SOON = timedelta(hours=24)
GIVEN_BACK = (BookingState.HELD, BookingState.RELEASING)
EXPECTED = (*GIVEN_BACK, BookingState.NO_SHOW)


@dataclass(frozen=True, slots=True)
class MyBooking:
    """A booking as its agent sees it at `now`."""

    booking: Booking
    policy: MarketPolicy
    now: datetime

    @property
    def starts_at(self) -> datetime:
        """The start of the shift."""
        return self.booking.period.lower

    @property
    def ends_at(self) -> datetime:
        """The end of the shift."""
        return self.booking.period.upper

    @property
    def held(self) -> bool:
        """The agent is expected, and nobody is looked for."""
        return self.booking.status == BookingState.HELD

    @property
    def releasing(self) -> bool:
        """Held until replaced."""
        return self.booking.status == BookingState.RELEASING

    @property
    def replaced_by(self) -> datetime:
        """Whoever was not replaced until then is expected to come."""
        return self.starts_at - timedelta(minutes=self.policy.replace_until_minutes)

    @property
    def undo_until(self) -> datetime | None:
        """Until when the claim can be undone freely; None: no more."""
        until = self.booking.undo_until
        fresh = self.booking.status in GIVEN_BACK and until is not None and self.now < min(until, self.starts_at)
        return until if fresh else None

    @property
    def undo_minutes(self) -> int:
        """Minutes left to undo the claim, begun ones included."""
        return math.ceil((self.undo_until - self.now) / MINUTE) if self.undo_until else 0

    @property
    def can_be_given_back(self) -> bool:
        """It is held, and has not begun."""
        return self.held and self.now < self.starts_at

    @property
    def locked_down(self) -> bool:
        """So close to the start that the place is held until somebody takes it over."""
        return self.starts_at - timedelta(hours=self.policy.lock_down_hours) <= self.now

    @property
    def swap_until(self) -> datetime | None:
        """Until when a swap that was asked for waits for its answer; None: none does."""
        until: datetime | None = self.booking.swap_until  # type: ignore[attr-defined]  # `bookings_of` annotates it
        return until if self.held and until is not None and self.now < until else None

    @property
    def confirm_from(self) -> datetime:
        """From when the agent is asked to say again: I will come."""
        return self.starts_at - timedelta(hours=self.policy.reconfirm_hours)

    @property
    def asked_to_confirm(self) -> bool:
        """The shift is close, nothing was confirmed yet, and there is no checking in yet, which says more.

        Whoever took the place as late as that has just said so.
        """
        unsaid = self.held and self.booking.confirmed_at is None
        early = self.booking.held_at is not None and self.booking.held_at < self.confirm_from
        return unsaid and early and self.confirm_from <= self.now < self.check_in_from

    @property
    def can_be_excused(self) -> bool:
        """The agent is expected and may fall ill."""
        return self.booking.status in GIVEN_BACK and self.now < self.ends_at

    @property
    def excused_soon(self) -> bool:
        """So near the shift that falling ill is what this person may well have to say."""
        return self.can_be_excused and self.starts_at - SOON <= self.now

    @property
    def check_in_from(self) -> datetime:
        """When check-in opens."""
        return self.starts_at - timedelta(minutes=self.policy.check_in_minutes)

    @property
    def can_check_in(self) -> bool:
        """The agent is expected, and check-in is open."""
        return self.booking.status in EXPECTED and self.check_in_from <= self.now < self.ends_at

    def changes(self) -> Iterator[datetime]:
        """When time alone changes what is true here."""
        yield from (self.starts_at - SOON, self.confirm_from, self.check_in_from, self.starts_at, self.ends_at)
        yield self.starts_at - timedelta(hours=self.policy.lock_down_hours)
        if self.swap_until is not None:
            yield self.swap_until
        if self.undo_until is not None:
            yield from (self.undo_until - left * MINUTE for left in range(self.undo_minutes))


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A place that the organisation took back."""

    booking: Booking
    why: str
    words: str
    """What a dispatcher said; empty where the whole shift was cancelled."""


def bookings_of(*, agent_id: int, now: datetime) -> list[MyBooking]:
    """The agent's bookings that are not over, by start: asked for, held, checked in, or missed while the shift still
    runs. Two statements."""
    return own_shifts(agent_id=agent_id, now=now)[0]


def own_shifts(*, agent_id: int, now: datetime) -> tuple[list[MyBooking], list[TakenBack]]:
    """`bookings_of`, and places taken back in shifts that are not over; two statements, three where there is one."""
    wanted = Q(status__in=LIVE_STATES) | Q(status__in=(BookingState.NO_SHOW, BookingState.PULLED))
    found = Booking.objects.filter(wanted, agent_id=agent_id, period__endswith__gt=now)
    policy = MarketPolicy.objects.get(pk=1)
    swaps = Swap.objects.filter(booking=OuterRef("pk"), status__in=LIVE_SWAPS).values("expires_at")
    found = found.annotate(swap_until=Subquery(swaps[:1]))
    related = ("shift__queue", "shift__department", "shift__site", "compensation")
    rows = list(found.select_related(*related).order_by("period", "pk"))
    gone = [row for row in rows if row.status == BookingState.PULLED]
    kept = [MyBooking(booking=row, policy=policy, now=now) for row in rows if row.status != BookingState.PULLED]
    return kept, _why(gone, agent_id=agent_id) if gone else []


def _why(gone: Sequence[Booking], *, agent_id: int) -> list[TakenBack]:
    entries = Entry.objects.filter(
        subject=f"agent:{agent_id}", kind="booking.pulled", data__booking__in=[row.pk for row in gone]
    )
    said = dict(entries.values_list("data__booking", "data"))
    return [
        TakenBack(row, str(PullReason(said[row.pk]["why"]).label), said[row.pk].get("words", ""))
        for row in gone
        if row.pk in said
    ]


def next_booking(*, agent_id: int, now: datetime) -> MyBooking | None:
    """The next booking to check in to; two statements."""
    mine = bookings_of(agent_id=agent_id, now=now)
    return next((one for one in mine if one.booking.status in EXPECTED), None)


def seconds_to_change(bookings: Sequence[MyBooking], *, now: datetime) -> float:
    """How long what is said of these bookings stays true; infinite where time changes nothing."""
    ahead = (instant for one in bookings for instant in one.changes() if instant > now)
    return min(((instant - now).total_seconds() for instant in ahead), default=float("inf"))
