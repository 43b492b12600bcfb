"""What an organisation owes people whose places it took back late."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gigcx.accounts.models import Department
from marketplace.models.bookings import Booking
from marketplace.models.shifts import CURRENCY
from marketplace.vocabulary import PullReason


class Compensation(models.Model):
    """One place taken back later than the market policy allows, and what is due for it (0 where its share is 0)."""

    booking = models.OneToOneField(Booking, on_delete=models.PROTECT, related_name="compensation")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="compensations", help_text=_("Who owes it.")
    )
    amount = models.PositiveIntegerField(help_text=_("In minor units."))
    currency = models.CharField(max_length=3, validators=[CURRENCY])
    why = models.CharField(max_length=10, choices=PullReason)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["department", "at"], name="compensation_of_department")]

    def __str__(self) -> str:
        return f"{self.booking_id}: {self.amount} {self.currency}"
