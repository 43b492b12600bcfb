"""Which queue each agent on duty serves: the history with its constraint, and the narrow hot row the tick reads."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from gigcx.accounts.models import Agent
from marketplace.models.duty import Duty
from marketplace.models.queues import Queue


class Assignment(models.Model):
    """An agent serves a queue over `[from, until)`; open while the upper end is infinite. Never two at once."""

    # both constraints below index the agent
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="assignments", db_index=False)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="assignments", db_index=False)
    period = DateTimeRangeField()
    move = models.ForeignKey("marketplace.Move", null=True, blank=True, on_delete=models.SET_NULL)
    pinned = models.BooleanField(default=False, help_text=_("The matcher may not move this agent."))

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="assignment_no_overlap",
                expressions=[("agent", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
            ),
            models.UniqueConstraint(
                fields=["agent"], condition=models.Q(period__upper_inf=True), name="assignment_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent} at {self.queue}"


class AgentNow(models.Model):
    """One row an agent on duty: where and doing what, now.

    All integers, so that a tick reads 100,000 of them in tens of milliseconds; instants are epoch seconds
    (`reported_ms` in milliseconds). Written under lock of the row; `version` rises with each change of queue or pin.
    """

    agent = models.OneToOneField(Agent, primary_key=True, on_delete=models.CASCADE, related_name="now")
    duty = models.OneToOneField(Duty, on_delete=models.PROTECT)
    queue = models.ForeignKey(Queue, null=True, on_delete=models.PROTECT, db_index=False)
    department_id = models.IntegerField()
    since = models.BigIntegerField(default=0, help_text="When this duty was begun.")
    presence = models.SmallIntegerField(default=0)
    presence_since = models.BigIntegerField(default=0)
    reported_ms = models.BigIntegerField(default=0)
    assigned_at = models.BigIntegerField(default=0)
    arrives_at = models.BigIntegerField(default=0)
    until = models.BigIntegerField()
    moved_at = models.BigIntegerField(default=0)
    moves = models.IntegerField(default=0)
    pinned = models.SmallIntegerField(default=0)
    at_home = models.SmallIntegerField(default=0)
    standby = models.IntegerField(default=0, db_default=0, help_text="The department that the agent stands by for.")
    version = models.IntegerField(default=1)
    wants = models.SmallIntegerField(default=1, help_text="What the agent asked for: ready or paused.")
    wants_reason = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=40, blank=True, help_text="Why paused, as the switch says.")

    class Meta:
        indexes = [models.Index(fields=["until"], name="agent_now_until")]
        constraints = [
            models.CheckConstraint(condition=models.Q(presence__gte=0, presence__lte=4), name="agent_now_presence")
        ]

    def __str__(self) -> str:
        return f"agent {self.agent_id} at queue {self.queue_id}"
