"""When agents can work, in their own words."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from gigcx.accounts.models import Agent
from marketplace.vocabulary import AvailabilityKind, AvailabilitySource


class Availability(models.Model):
    """A one-off period `[start, end)` that an agent offers, or keeps free of shifts."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="availabilities")
    period = DateTimeRangeField()
    kind = models.CharField(max_length=9, choices=AvailabilityKind)
    source = models.CharField(max_length=8, choices=AvailabilitySource, default=AvailabilitySource.OWN)
    note = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name_plural = _("availabilities")
        indexes = [GistIndex(fields=["agent", "period"], name="availability_period")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False),
                name="availability_bounded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.kind}"
