"""Bookings: who holds a place in which shift, and what became of it."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from gigcx.accounts.models import Agent
from marketplace.models.duty import Duty
from marketplace.models.shifts import Shift
from marketplace.vocabulary import BOUND_STATES, LIVE_STATES, BookingSource, BookingState

NEVER_HELD = (BookingState.REQUESTED, BookingState.NOT_DRAWN, BookingState.RELEASED, BookingState.PULLED)
"""What a booking may be although its agent never had the place: asked for, and nothing came of it."""


class Booking(models.Model):
    """An agent's hold on one place in a shift. `period` is the shift's, so that the database can refuse overlaps."""

    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="bookings")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="bookings")
    period = DateTimeRangeField()
    status = models.CharField(max_length=10, choices=BookingState)
    source = models.CharField(max_length=10, choices=BookingSource, default=BookingSource.CLAIM)
    pay = models.PositiveIntegerField(help_text=_("For the whole shift as promised when it was taken, minor units."))
    held_at = models.DateTimeField(null=True, help_text=_("When the place was taken."))
    undo_until = models.DateTimeField(null=True, help_text=_("Until then it can be given back without a word."))
    releasing_at = models.DateTimeField(null=True, help_text=_("When the agent asked to be replaced."))
    confirmed_at = models.DateTimeField(null=True, help_text=_("When the agent said again: I will come."))
    checked_in_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text=_("When it was given back, pulled, worked or missed."))
    duty = models.OneToOneField(Duty, null=True, blank=True, on_delete=models.SET_NULL, related_name="booking")
    worked_seconds = models.PositiveIntegerField(null=True, help_text=_("Paid time: duty less unpaid breaks."))

    class Meta:
        indexes = [
            models.Index(fields=["shift"], name="booking_of_shift"),
            # what the clock looks for: no-shows to mark, work to close
            models.Index(fields=["status"], name="booking_bound", condition=models.Q(status__in=BOUND_STATES)),
        ]
        constraints = [
            ExclusionConstraint(
                name="booking_no_overlap",
                expressions=[("agent", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=models.Q(status__in=BOUND_STATES),
            ),
            models.UniqueConstraint(
                fields=["agent", "shift"], name="booking_once", condition=models.Q(status__in=LIVE_STATES)
            ),
            models.CheckConstraint(
                condition=models.Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False),
                name="booking_bounded",
            ),
            models.CheckConstraint(condition=models.Q(status__in=BookingState.values), name="booking_status_known"),
            models.CheckConstraint(
                condition=models.Q(status__in=NEVER_HELD) | models.Q(held_at__isnull=False),
                name="booking_held_since",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.shift_id} {self.status}"
