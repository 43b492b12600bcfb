"""Who waits for a place in a full shift, and the timed invitations to take one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gigcx.accounts.models import Agent
from marketplace.models.bookings import Booking
from marketplace.models.shifts import Shift
from marketplace.vocabulary import OfferState, WaitState


class WaitingPlace(models.Model):
    """An agent's place in the line for a shift. Lower ids are served first."""

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="waiting_places")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="waiting_places")
    status = models.CharField(max_length=8, choices=WaitState, default=WaitState.WAITING)
    joined_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    passed_at = models.DateTimeField(null=True, help_text=_("When a place last went past this one."))
    against = models.JSONField(default=list, db_default=[], help_text=_("Codes of what stood against it then."))

    class Meta:
        indexes = [models.Index(fields=["shift", "id"], name="waiting_line", condition=models.Q(status="waiting"))]
        constraints = [
            models.UniqueConstraint(
                fields=["agent", "shift"], name="waiting_once", condition=models.Q(status=WaitState.WAITING)
            ),
            models.CheckConstraint(condition=models.Q(status__in=WaitState.values), name="waiting_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.shift_id} {self.status}"


class Offer(models.Model):
    """A place kept for one agent until `expires_at`: a free one, or that of somebody who waits to be replaced."""

    place = models.ForeignKey(WaitingPlace, on_delete=models.CASCADE, related_name="offers")
    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="offers")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="offers")
    replaces = models.ForeignKey(
        Booking, null=True, blank=True, on_delete=models.SET_NULL, related_name="offers",
        help_text=_("Whose place it is; empty: a free place, which the shift counts as taken meanwhile."),
    )  # fmt: skip
    status = models.CharField(max_length=9, choices=OfferState, default=OfferState.OPEN)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["expires_at"], name="offer_due", condition=models.Q(status="open")),
            models.Index(fields=["shift"], name="offer_kept", condition=models.Q(status="open")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["agent", "shift"], name="offer_once", condition=models.Q(status=OfferState.OPEN)
            ),
            models.UniqueConstraint(
                fields=["replaces"], name="offer_replaces_once", condition=models.Q(status=OfferState.OPEN)
            ),
            models.CheckConstraint(condition=models.Q(made_at__lt=models.F("expires_at")), name="offer_lasts"),
            models.CheckConstraint(condition=models.Q(status__in=OfferState.values), name="offer_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.shift_id} {self.status}"
