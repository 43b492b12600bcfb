"""Time off: asked for by an agent, answered by a dispatcher who has seen the staffing."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.utils.translation import gettext_lazy as _

from gigcx.accounts.models import Agent
from marketplace.models.availability import Availability
from marketplace.vocabulary import TimeOffState


class TimeOff(models.Model):
    """A period `[start, end)` that an agent asks to have free. Granted, it is a blackout."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="time_off")
    period = DateTimeRangeField()
    reason = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=9, choices=TimeOffState, default=TimeOffState.ASKED)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=64, blank=True)
    note = models.CharField(max_length=200, blank=True, help_text=_("What the dispatcher said."))
    blackout = models.OneToOneField(
        Availability, null=True, on_delete=models.SET_NULL, related_name="time_off", help_text=_("While granted.")
    )

    class Meta:
        verbose_name_plural = _("time off")
        indexes = [
            models.Index(fields=["asked_at"], name="time_off_asked", condition=models.Q(status=TimeOffState.ASKED)),
            models.Index(fields=["agent", "-asked_at"], name="time_off_of_agent"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False),
                name="time_off_bounded",
            ),
            models.CheckConstraint(condition=models.Q(status__in=TimeOffState.values), name="time_off_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.status}"
