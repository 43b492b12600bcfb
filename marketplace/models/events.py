"""Known events that change demand: campaigns, bill runs, an outage that was announced."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from gigcx.accounts.models import Department
from marketplace.models.queues import Queue


class Event(models.Model):
    """A period `[starts_at, ends_at)` in which something known changes what comes, at some queues or at all of one
    department's.

    `factor` 1.3 means 30 % more than without it; null: learnt from past events of the same name.
    """

    name = models.CharField(max_length=120, help_text=_("Past events of the same name say what this one does."))
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        help_text=_("All queues of this department, or pick some below."),
    )
    queues = models.ManyToManyField(Queue, blank=True, related_name="events")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    factor = models.FloatField(
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("1.3 means 30 % more than usual. Empty: learnt from past events of the same name."),
    )

    class Meta:
        ordering = ["-starts_at", "name"]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="event_period"),
            models.CheckConstraint(
                condition=models.Q(factor__isnull=True) | models.Q(factor__gte=0), name="event_factor"
            ),
        ]
        indexes = [models.Index(fields=["name", "starts_at"], name="event_name_starts")]

    def __str__(self) -> str:
        return f"{self.name} {self.starts_at:%Y-%m-%d}"
