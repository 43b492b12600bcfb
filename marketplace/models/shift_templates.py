"""Shifts that come again: what they look like, by the clock of the queue."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from gigcx.accounts.models import AgentKind, Department, Site
from marketplace.models.queues import Queue
from marketplace.vocabulary import WorkPlace


class ShiftTemplate(models.Model):
    """A shift without a day. An end that is not after the start is on the next day."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="shift_templates")
    name = models.CharField(max_length=60)
    queue = models.ForeignKey(
        Queue, null=True, blank=True, on_delete=models.CASCADE, related_name="+", help_text=_("Empty: standby.")
    )
    starts = models.TimeField(help_text=_("By the clock of the queue."))
    ends = models.TimeField()
    places = models.PositiveIntegerField(default=1, validators=[MinValueValidator(1)])
    work_place = models.CharField(max_length=4, choices=WorkPlace, default=WorkPlace.SITE)
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    breaks = models.JSONField(
        default=list, blank=True, help_text=_("Each with minutes after the start, its minutes, and whether it is paid.")
    )
    pay_per_hour = models.PositiveIntegerField(validators=[MinValueValidator(1)], help_text=_("In minor units."))
    bonus_per_hour = models.PositiveIntegerField(default=0)
    notes = models.CharField(max_length=400, blank=True)
    kinds = ArrayField(models.CharField(max_length=8, choices=AgentKind), default=list, blank=True)
    skills = models.JSONField(default=dict, blank=True, help_text=_("Levels by skill id, beyond what the queue asks."))
    certification_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)

    class Meta:
        ordering = ["department", "name"]
        constraints = [models.UniqueConstraint(fields=["department", "name"], name="shift_template_once")]

    def __str__(self) -> str:
        return self.name
