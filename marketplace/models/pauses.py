"""Pauses: when agents on duty were away from contacts, and why."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models

from gigcx.accounts.models import Agent
from marketplace.models.duty import Duty


class Pause(models.Model):
    """A period `[from, until)` of one duty in which the agent was paused; open while it lasts. Never two at once."""

    # both constraints below index the agent
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="pauses", db_index=False)
    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="pauses")
    period = DateTimeRangeField()
    reason = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="pause_no_overlap",
                expressions=[("agent", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
            ),
            models.UniqueConstraint(
                fields=["agent"], condition=models.Q(period__upper_inf=True), name="pause_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(period__isempty=False, period__lower_inf=False), name="pause_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} paused from {self.period.lower:%Y-%m-%d %H:%M}"
