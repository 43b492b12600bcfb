"""Duty: the periods in which agents are at work. The matcher sees people on duty, nobody else."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from gigcx.accounts.models import Agent, Site
from marketplace.models.queues import Queue


class DutySource(models.TextChoices):
    """Where a duty came from."""

    ROSTER = "roster", _("roster")
    BOOKING = "booking", _("booking")
    HAND = "hand", _("by hand")


class Duty(models.Model):
    """A period `[start, end)` in which an agent is at work; never two at once for one agent."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="duties")
    period = DateTimeRangeField()
    queue = models.ForeignKey(
        Queue, null=True, blank=True, on_delete=models.SET_NULL, help_text=_("Where the agent starts.")
    )
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.SET_NULL, help_text=_("Empty: from home."))
    source = models.CharField(max_length=8, choices=DutySource, default=DutySource.ROSTER)
    signed_off_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Ended early by the agent or a dispatcher.")
    )

    begun_at = models.DateTimeField(
        null=True, editable=False, help_text=_("When the agent was taken on; empty again if the duty is to begin anew.")
    )

    class Meta:
        verbose_name_plural = _("duties")
        indexes = [
            GistIndex(fields=["period"], name="duty_to_begin", condition=models.Q(begun_at__isnull=True)),
            GistIndex(fields=["site", "period"], name="duty_site_period", condition=models.Q(site__isnull=False)),
        ]
        constraints = [
            ExclusionConstraint(
                name="duty_no_overlap",
                expressions=[("agent", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                condition=models.Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False),
                name="duty_bounded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent}: {self.period.lower:%Y-%m-%d %H:%M}–{self.period.upper:%H:%M}"
