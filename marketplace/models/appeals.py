"""Appeals: an agent's word against a mark."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.models.bookings import Booking


class Appeal(models.Model):
    """Why a mark is not deserved, and what a dispatcher decided. One for each booking."""

    booking = models.OneToOneField(Booking, on_delete=models.CASCADE, related_name="appeal")
    text = models.CharField(max_length=600)
    made_at = models.DateTimeField()
    upheld = models.BooleanField(null=True, help_text=_("Empty: not decided yet."))
    answer = models.CharField(max_length=600, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["made_at"], name="appeal_open", condition=models.Q(upheld__isnull=True))]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(upheld__isnull=True, decided_at__isnull=True)
                | models.Q(upheld__isnull=False, decided_at__isnull=False),
                name="appeal_decided",
            )
        ]

    def __str__(self) -> str:
        return f"{self.booking_id}: {self.upheld}"
