"""Shifts that may lack people, while something can still be done about it; one statement, whatever their number.

A shift is at risk, until it ends, by each of these rules:
- UNFILLED: it starts within a day (`CLOSE`) and has places that nobody is bound to;
- LEAVING: it has not begun, and people in it are held only until somebody takes over;
- UNCONFIRMED: it starts within the market policy's reconfirmation time, and people who took their places before that
  have not said again that they will come;
- ABSENT: it has begun, the grace of the market policy is over, and people who hold places have not checked in, or
  count as no-show already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Count, DateTimeField, ExpressionWrapper, F, Q, Value, When
from django.db.models.functions import Greatest

from marketplace.models import Booking, MarketPolicy, Shift
from marketplace.queries.shifts import in_departments
from marketplace.vocabulary import BOUND_STATES, BookingState, ShiftState

CLOSE = timedelta(hours=24)
EXPECTED = (BookingState.HELD, BookingState.RELEASING)


@dataclass(frozen=True, slots=True)
class AtRisk:
    """A shift and how many people each rule counts; 0 where it is not met."""

    shift: Shift
    unfilled: int
    leaving: int
    unconfirmed: int
    absent: int

    @property
    def worst(self) -> int:
        """How many people it may lack."""
        return self.unfilled + self.leaving + self.unconfirmed + self.absent


def shifts_at_risk(*, department_ids: Sequence[int] | None, now: datetime) -> list[AtRisk]:
    """Open shifts at risk of these departments (None: all), the soonest first."""
    policy = MarketPolicy.objects.get(pk=1)
    asked = timedelta(hours=policy.reconfirm_hours)
    ask_from = ExpressionWrapper(F("starts_at") - asked, DateTimeField())
    held = Q(bookings__status__in=EXPECTED)
    unconfirmed = held & Q(bookings__confirmed_at=None, bookings__held_at__lt=ask_from)
    missing = Q(bookings__status=BookingState.NO_SHOW) | held
    shifts = Shift.objects.filter(
        in_departments(department_ids), status=ShiftState.OPEN, starts_at__lte=now + max(CLOSE, asked), ends_at__gt=now
    ).annotate(
        bound=Count("bookings", filter=Q(bookings__status__in=BOUND_STATES)),
        free=Greatest(F("places") - F("bound"), Value(0)),
        leaving=Count("bookings", filter=Q(bookings__status=BookingState.RELEASING)),
        doubtful=Count("bookings", filter=unconfirmed),
        missing=Count("bookings", filter=missing),
        unfilled=_while(Q(starts_at__gt=now, starts_at__lte=now + CLOSE), F("free")),
        given_up=_while(Q(starts_at__gt=now), F("leaving")),
        unconfirmed=_while(Q(starts_at__gt=now, starts_at__lte=now + asked), F("doubtful")),
        absent=_while(Q(starts_at__lte=now - timedelta(minutes=policy.no_show_minutes)), F("missing")),
    )
    at_risk = Q(unfilled__gt=0) | Q(given_up__gt=0) | Q(unconfirmed__gt=0) | Q(absent__gt=0)
    rows = shifts.filter(at_risk).select_related("queue", "department", "site").order_by("starts_at", "pk")
    return [AtRisk(shift, shift.unfilled, shift.given_up, shift.unconfirmed, shift.absent) for shift in rows]


def booked_but_absent(*, department_ids: Sequence[int] | None, now: datetime) -> int:
    """People whose shift runs and whose grace is over, and who have not checked in; two statements."""
    grace = timedelta(minutes=MarketPolicy.objects.get(pk=1).no_show_minutes)
    missing = Booking.objects.filter(
        in_departments(department_ids, prefix="shift__"),
        status__in=(*EXPECTED, BookingState.NO_SHOW),
        period__contains=now,
        shift__status=ShiftState.OPEN,
        shift__starts_at__lte=now - grace,
    )
    return missing.count()


def _while(when: Q, number: F) -> Case:
    return Case(When(when, then=number), default=Value(0))
