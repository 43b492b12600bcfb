"""Bookings that their holders want to hand to a colleague, openly or by name."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gigcx.accounts.models import Agent
from marketplace.models.bookings import Booking
from marketplace.vocabulary import LIVE_SWAPS, SwapState


class Swap(models.Model):
    """A booking given to a colleague, for nothing or for one of the colleague's. Open swaps name nobody.

    One that is open `in_return` is taken by nobody as it is: a colleague answers with a swap of his or her own, for it,
    and its giver says yes or no to that.
    """

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="swaps")
    giver = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="swaps_given")
    colleague = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.CASCADE, related_name="swaps_asked",
        help_text=_("Who is asked, or has said yes; empty: anyone who can."),
    )  # fmt: skip
    wants = models.ForeignKey(
        Booking, null=True, blank=True, on_delete=models.CASCADE, related_name="swaps_wanting",
        help_text=_("What the giver wants for it; empty: nothing."),
    )  # fmt: skip
    in_return = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("Open to those who give a shift of theirs; each names one by a swap of its own."),
    )
    note = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=9, choices=SwapState, default=SwapState.ASKED)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, help_text=_("When the colleague answered."))
    decided_at = models.DateTimeField(null=True, help_text=_("When a dispatcher decided."))

    class Meta:
        indexes = [
            models.Index(fields=["colleague"], name="swap_asked", condition=models.Q(status__in=LIVE_SWAPS)),
            models.Index(fields=["expires_at"], name="swap_due", condition=models.Q(status__in=LIVE_SWAPS)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["booking"], name="swap_once", condition=models.Q(status__in=LIVE_SWAPS)),
            models.CheckConstraint(
                condition=models.Q(wants__isnull=True) | models.Q(colleague__isnull=False),
                name="swap_wants_of_one",
            ),
            models.CheckConstraint(
                condition=models.Q(colleague__isnull=True) | ~models.Q(colleague=models.F("giver")),
                name="swap_with_another",
            ),
            models.CheckConstraint(
                condition=models.Q(in_return=False) | models.Q(colleague__isnull=True), name="swap_return_is_open"
            ),
            models.CheckConstraint(condition=models.Q(status__in=SwapState.values), name="swap_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.booking_id} → {self.colleague_id or '*'} {self.status}"
