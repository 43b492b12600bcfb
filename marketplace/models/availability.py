"""When agents can work, in their own words: one-off periods, weekly ones, and what they would rather do."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.indexes import GistIndex
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from gigcx.accounts.models import Agent, Site
from marketplace.models.calendars import BusyCalendar
from marketplace.models.queues import Queue
from marketplace.vocabulary import AvailabilityKind, AvailabilitySource, WorkPlace

WEEK_HOURS = [MinValueValidator(0), MaxValueValidator(168)]


class Availability(models.Model):
    """A one-off period `[start, end)` that an agent offers, or keeps free of shifts."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="availabilities")
    period = DateTimeRangeField()
    kind = models.CharField(max_length=9, choices=AvailabilityKind)
    source = models.CharField(max_length=8, choices=AvailabilitySource, default=AvailabilitySource.OWN)
    calendar = models.ForeignKey(
        BusyCalendar, null=True, blank=True, on_delete=models.CASCADE, related_name="busy",
        help_text=_("Where the period was read."),
    )  # fmt: skip
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


class WeeklyAvailability(models.Model):
    """Offered every week by the agent's own clock; an end that is not after the start is the next day's.

    It begins on local days in `[since, until)`; an empty bound is none.
    """

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="weekly_availabilities")
    weekday = models.PositiveSmallIntegerField(help_text=_("0 is Monday."))
    start = models.TimeField()
    end = models.TimeField()
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name_plural = _("weekly availabilities")
        ordering = ["weekday", "start", "since"]
        indexes = [models.Index(fields=["weekday", "agent"], name="weekly_availability_of_day")]
        constraints = [
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="weekly_availability_weekday"),
            models.CheckConstraint(
                condition=models.Q(since__isnull=True)
                | models.Q(until__isnull=True)
                | models.Q(since__lt=models.F("until")),
                name="weekly_availability_bounds",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.weekday} {self.start:%H:%M}–{self.end:%H:%M}"


class Preference(models.Model):
    """What an agent would rather do. It orders what is shown and offered; it forbids nothing."""

    agent = models.OneToOneField(Agent, on_delete=models.CASCADE, related_name="preference")
    queues = models.ManyToManyField(Queue, blank=True, related_name="+")
    sites = models.ManyToManyField(Site, blank=True, related_name="+")
    work_place = models.CharField(max_length=4, blank=True, choices=WorkPlace, help_text=_("Empty: either."))
    hours_wanted = models.FloatField(null=True, blank=True, validators=WEEK_HOURS, help_text=_("A week."))
    least_hours = models.FloatField(null=True, blank=True, validators=WEEK_HOURS, help_text=_("A week."))
    most_hours = models.FloatField(null=True, blank=True, validators=WEEK_HOURS, help_text=_("A week."))

    def __str__(self) -> str:
        return str(self.agent_id)

    def clean(self) -> None:
        """Hours a week go up from least over wanted to most."""
        given = [hours for hours in (self.least_hours, self.hours_wanted, self.most_hours) if hours is not None]
        if given != sorted(given):
            raise ValidationError(_("Hours go up from the least over those wanted to the most."))
